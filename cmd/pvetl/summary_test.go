package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
)

// summaryOf is a run as it is printed, changed a little.
func summaryOf(change func(*pipeline.Summary)) pipeline.Summary {
	began := time.Date(2026, 1, 1, 2, 15, 0, 0, time.UTC)
	ended, at := began.Add(1500*time.Millisecond), "2026-01-01 02:00:00"
	s := pipeline.Summary{
		Job: "tickets", Status: pipeline.Succeeded, StartedAt: began, FinishedAt: &ended,
		Interactions: pipeline.Counts{Read: 3, New: 2, Unchanged: 1}, Watermark: pipeline.Watermarks{Interactions: &at},
	}
	change(&s)
	return s
}

func TestTheSummaryOfARunLeavesOutWhatThereIsNothingOf(t *testing.T) {
	t.Parallel()
	const head = "job tickets: succeeded in 1.5s\n"
	const tail = "  requests: 0 (0 bulk, 0 polls, 0 writes, 0 lookups; 0 throttled)\n"
	later := "2026-01-01 02:10:00"
	for name, test := range map[string]struct {
		change func(*pipeline.Summary)
		want   string
	}{
		"interactions": {func(*pipeline.Summary) {}, head + `
                read  new  changed  unchanged  rejected  unknown  waiting
  interactions  3     2    0        1          0         0        0
  comments      0     0    0        0          0         0        0
`[1:] + tail + "  watermark: 2026-01-01 02:00:00\n"},
		"files, deletions and comments with a cursor": {func(s *pipeline.Summary) {
			s.Attachments = pipeline.Counts{Read: 1, New: 1}
			s.Interactions.Deleted = 4
			s.Watermark.Comments = &later
		}, head + `
                read  new  changed  unchanged  rejected  unknown  waiting  deleted
  interactions  3     2    0        1          0         0        0        4
  comments      0     0    0        0          0         0        0        0
  attachments   1     1    0        0          0         0        0        0
`[1:] + tail + "  watermark: 2026-01-01 02:00:00, of the comments 2026-01-01 02:10:00\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			(&app{Process: Process{Stdout: &out}}).printSummaries([]pipeline.Summary{summaryOf(test.change)}, pipeline.Options{})
			require.Equal(t, test.want, out.String())
		})
	}
}
