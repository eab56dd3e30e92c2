package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"pvetl/state"
)

// hinted is an error with advice on what to do next.
type hinted struct {
	error
	hint string
}

func (e hinted) Unwrap() error { return e.error }

// statusError ends a command with an exit status after it has said everything itself.
type statusError struct{ code int }

func (e statusError) Error() string { return fmt.Sprintf("exit status %d", e.code) }

// end turns a command's error into an exit status, and into words where the command has not found its own.
func (a *app) end(ctx context.Context, err error) int {
	if err == nil {
		return exitDone
	}
	if said, ok := errors.AsType[statusError](err); ok {
		return said.code
	}
	code := exitFailed
	stopped, isStopped := errors.AsType[stoppedError](context.Cause(ctx))
	switch {
	case errors.As(err, new(usageError)), a.command == "": // cobra's own complaints come before any command runs
		code = exitUsage
	case isStopped:
		code = 128 + int(stopped.signal)
	case errors.As(err, new(*state.HeldError)):
		code = exitHeld
	}
	var advice hinted
	errors.As(err, &advice)
	message := a.redactor.Redact(err.Error())
	if a.json {
		_ = a.printJSON(map[string]any{"command": a.command, "ok": false, "error": map[string]string{"message": message, "hint": advice.hint}})
		return code
	}
	fmt.Fprintf(a.Stderr, "pvetl: %s\n", message)
	switch {
	case advice.hint != "":
		fmt.Fprintf(a.Stderr, "  %s\n", advice.hint)
	case code == exitUsage:
		fmt.Fprintln(a.Stderr, strings.TrimSpace("  see pvetl "+a.command)+" --help")
	}
	return code
}

// printJSON writes one object on stdout.
func (a *app) printJSON(value any) error {
	encoder := json.NewEncoder(a.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// printTable writes rows below a heading, in columns.
func printTable(w io.Writer, heading []string, rows [][]string) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, strings.Join(heading, "\t"))
	for _, row := range rows {
		for i, cell := range row {
			row[i] = oneLine(cell)
		}
		fmt.Fprintln(table, strings.Join(row, "\t"))
	}
	_ = table.Flush()
}

// oneLine keeps a value from breaking a table or the terminal it is shown on.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}

// moment writes a time for people, with its zone.
func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

func textOr(text *string, none string) string {
	if text == nil {
		return none
	}
	return *text
}
