package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Severity says how bad a finding is.
type Severity string

// An error keeps the file from being used, a warning does not, and a hint is merely worth knowing.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityHint    Severity = "hint"
)

// Finding is something to say about one place of the file. It never shows a credential.
type Finding struct {
	Severity   Severity `json:"severity"`
	File       string   `json:"file"`
	Line       int      `json:"line"`   // from 1
	Column     int      `json:"column"` // from 1
	Path       string   `json:"path"`   // such as jobs.tickets.extract.interactions.page_size; empty for the whole file
	Message    string   `json:"message"`
	Suggestion string   `json:"suggestion"` // such as: did you mean page_size?
}

// String returns the finding in one line: jobs.yaml:12:9: job tickets: load.batch_size: found 0, expected …
func (f Finding) String() string {
	text := fmt.Sprintf("%s:%d:%d: ", f.File, f.Line, f.Column)
	if place := readable(f.Path); place != "" {
		text += place + ": "
	}
	text += f.Message
	if f.Suggestion != "" {
		text += "; " + f.Suggestion
	}
	return text
}

// readable names the job of a path in words: jobs.tickets.source is job tickets: source.
func readable(at string) string {
	rest, isJob := strings.CutPrefix(at, "jobs.")
	if isJob {
		end := strings.IndexAny(rest, ".[")
		if end < 0 {
			end = len(rest)
		}
		return jobAnd(rest[:end], rest[end:])
	}
	rest, isQuoted := strings.CutPrefix(at, "jobs[")
	if name, err := strconv.QuotedPrefix(rest); isQuoted && err == nil {
		return jobAnd(name, strings.TrimPrefix(rest[len(name):], "]"))
	}
	return at
}

func jobAnd(name, rest string) string {
	if rest = strings.TrimPrefix(rest, "."); rest == "" {
		return "job " + name
	}
	return "job " + name + ": " + rest
}

// Error is a file that cannot be used. It holds every finding of severity error, in the order of the file.
type Error struct {
	Findings []Finding
}

// Error returns the findings, one per line.
func (e *Error) Error() string { return lines(e.Findings) }

func lines(findings []Finding) string {
	texts := make([]string, len(findings))
	for i, finding := range findings {
		texts[i] = finding.String()
	}
	return strings.Join(texts, "\n")
}

func inFileOrder(a, b Finding) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// failed returns the findings that are errors as one error, nil where there is none.
func failed(findings []Finding) error {
	faults := slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool { return f.Severity != SeverityError })
	if len(faults) == 0 {
		return nil
	}
	return &Error{faults}
}
