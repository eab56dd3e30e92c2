package main

import (
	"fmt"
	"slices"
	"time"

	"pvetl/internal/pipeline"
)

func (a *app) printSummaries(summaries []pipeline.Summary, options pipeline.Options) {
	for _, summary := range summaries {
		if summary.HeldBy != nil {
			fmt.Fprintln(a.Stdout, summary.HeldBy)
			continue
		}
		a.printSummary(summary, options)
	}
}

func (a *app) printSummary(s pipeline.Summary, options pipeline.Options) {
	took := time.Duration(0)
	if s.FinishedAt != nil {
		took = s.FinishedAt.Sub(s.StartedAt)
	}
	what := s.Status
	if options.DryRun {
		what += " (dry run: nothing was sent)"
	}
	fmt.Fprintf(a.Stdout, "job %s: %s in %s\n", s.Job, what, took.Round(10*time.Millisecond))
	a.printCounts(s)
	fmt.Fprintf(a.Stdout, "  requests: %d (%d bulk, %d polls, %d writes, %d lookups; %d throttled)\n",
		s.Requests.Total, s.Requests.Bulk, s.Requests.Polls, s.Requests.Writes, s.Requests.Lookups, s.Requests.Throttled)
	fmt.Fprintf(a.Stdout, "  watermark: %s\n", watermarksOf(s.Watermark))
	if s.Error != nil {
		fmt.Fprintf(a.Stdout, "  error: %s\n", a.redactor.Redact(*s.Error))
	}
	if s.Status == pipeline.Partial {
		fmt.Fprintf(a.Stdout, "  what stayed behind and why: pvetl rejects %s\n", s.Job)
	}
}

// printCounts leaves out what there is only in some jobs: files, and what was deleted.
func (a *app) printCounts(s pipeline.Summary) {
	streams := []pipeline.Counts{s.Interactions, s.Comments}
	if s.Attachments != (pipeline.Counts{}) {
		streams = append(streams, s.Attachments)
	}
	deletes := slices.ContainsFunc(streams, func(c pipeline.Counts) bool { return c.Deleted > 0 })
	heading := []string{"", "read", "new", "changed", "unchanged", "rejected", "unknown", "waiting"}
	if deletes {
		heading = append(heading, "deleted")
	}
	names := []string{pipeline.StreamInteractions, pipeline.StreamComments, pipeline.StreamAttachments}
	rows := make([][]string, len(streams))
	for i, c := range streams {
		rows[i] = countsRow("  "+names[i], c)
		if deletes {
			rows[i] = append(rows[i], fmt.Sprint(c.Deleted))
		}
	}
	printTable(a.Stdout, heading, rows)
}

func countsRow(name string, c pipeline.Counts) []string {
	row := []string{name}
	for _, n := range []int64{c.Read, c.New, c.Changed, c.Unchanged, c.Rejected, c.Unknown, c.Waiting} {
		row = append(row, fmt.Sprint(n))
	}
	return row
}

// watermarksOf names both watermarks where comments have one of their own.
func watermarksOf(w pipeline.Watermarks) string {
	text := oneLine(textOr(w.Interactions, "none yet"))
	if w.Comments != nil {
		text += ", of the comments " + oneLine(*w.Comments)
	}
	return text
}
