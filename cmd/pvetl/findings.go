package main

import (
	"errors"
	"fmt"
	"strings"

	"pvetl/internal/config"
)

// The colours of a terminal in which a finding's severity and its caret are shown.
var severityColours = map[config.Severity]string{
	config.SeverityError: "31", config.SeverityWarning: "33", config.SeverityHint: "36",
}

// finding returns a finding in one line, and on a terminal with the line of the file that it is about.
func (a *app) finding(file *config.File, finding config.Finding, onTerminal bool) string {
	if !onTerminal {
		return string(finding.Severity) + ": " + finding.String()
	}
	colour := severityColours[finding.Severity]
	return a.paint(string(finding.Severity), colour) + ": " + finding.String() + a.excerpt(file, finding, colour)
}

// excerpt returns the line of the file that a finding is about, below the finding.
func (a *app) excerpt(file *config.File, finding config.Finding, colour string) string {
	line, caret, ok := strings.Cut(file.Excerpt(finding), "\n")
	if !ok {
		return ""
	}
	at := strings.Index(caret, "^")
	return "\n" + line + "\n" + caret[:at] + a.paint(caret[at:], colour)
}

// paint colours a text, unless whoever reads it does not want that.
func (a *app) paint(text, colour string) string {
	if unwanted, _ := a.LookupEnv("NO_COLOR"); unwanted != "" {
		return text
	}
	if kind, _ := a.LookupEnv("TERM"); kind == "dumb" {
		return text
	}
	return fmt.Sprintf("\x1b[1;%sm%s\x1b[0m", colour, text)
}

// shownError is a file that cannot be used, with its lines for whoever sits at the terminal.
type shownError struct {
	error
	text string
}

func (e shownError) Error() string { return e.text }

func (e shownError) Unwrap() error { return e.error }

// broken adds to what is wrong with a file the lines that are meant, where there is somebody to look at them.
func (a *app) broken(file *config.File, err error) error {
	faults, ok := errors.AsType[*config.Error](err)
	if !ok || !a.Terminal || a.json {
		return err
	}
	lines := make([]string, len(faults.Findings))
	for i, fault := range faults.Findings {
		lines[i] = fault.String() + a.excerpt(file, fault, severityColours[fault.Severity])
	}
	return shownError{err, strings.Join(lines, "\n")}
}
