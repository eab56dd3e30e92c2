package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

// stoppedError is the reason a signal gives for stopping.
type stoppedError struct {
	signal syscall.Signal
}

func (e stoppedError) Error() string { return fmt.Sprintf("stopped by %s", signalName(e.signal)) }

func signalName(s syscall.Signal) string {
	if s == syscall.SIGINT {
		return "Ctrl-C"
	}
	return "SIGTERM"
}

// onSignals cancels the context at the first SIGINT or SIGTERM: what is on its way is finished and written down. The
// second one ends the process at once, which loses nothing either.
func onSignals(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	received := make(chan os.Signal, 2)
	signal.Notify(received, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		first, ok := <-received
		if !ok {
			return
		}
		cancel(stoppedError{first.(syscall.Signal)})
		if second, ok := <-received; ok {
			os.Exit(128 + int(second.(syscall.Signal)))
		}
	}()
	return ctx, func() {
		signal.Stop(received)
		close(received)
		cancel(nil)
	}
}

// onHangups has SIGHUP sent to whoever asks for it. Until then it ends the process, as a terminal that is closed wants it.
func onHangups() (<-chan os.Signal, func()) {
	received := make(chan os.Signal, 1)
	signal.Notify(received, syscall.SIGHUP)
	return received, func() { signal.Stop(received) }
}

func isTerminal(file *os.File) bool { return term.IsTerminal(int(file.Fd())) }
