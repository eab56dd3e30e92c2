// Command pvetl brings conversations from a company's own SQL databases into Playvox.
package main

import (
	"context"
	"os"
	_ "time/tzdata" // zones have to be known where the system has none
)

func main() {
	ctx, stop := onSignals(context.Background())
	code := Main(ctx, Process{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, LookupEnv: os.LookupEnv,
		StdoutTerminal: isTerminal(os.Stdout), Terminal: isTerminal(os.Stderr), Asks: isTerminal(os.Stdin) && isTerminal(os.Stderr),
		Hangups: onHangups,
	})
	stop()
	os.Exit(code)
}
