package demo

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"pvetl/internal/pipeline"
)

// teller writes the story. Nobody can be told that it cannot be written, so those errors are left.
type teller struct {
	out io.Writer
}

func (t teller) heading(text string) {
	fmt.Fprintf(t.out, "\n%s\n%s\n", text, strings.Repeat("-", len(text)))
}

func (t teller) say(format string, args ...any) { fmt.Fprintf(t.out, format+"\n", args...) }

// table writes rows whose cells are separated by tabs.
func (t teller) table(rows ...string) {
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, row)
	}
	_ = w.Flush()
}

// counts shows what a run did.
func (t teller) counts(s pipeline.Summary) {
	t.say("%12s  %6s  %6s  %7s  %9s  %8s  %7s", "", "read", "new", "changed", "unchanged", "rejected", "waiting")
	for _, stream := range []struct {
		name string
		pipeline.Counts
	}{{pipeline.StreamInteractions, s.Interactions}, {pipeline.StreamComments, s.Comments}} {
		t.say("%-12s  %6d  %6d  %7d  %9d  %8d  %7d", stream.name,
			stream.Read, stream.New, stream.Changed, stream.Unchanged, stream.Rejected, stream.Waiting)
	}
	took := ""
	if s.FinishedAt != nil {
		took = " in " + s.FinishedAt.Sub(s.StartedAt).Round(10*time.Millisecond).String()
	}
	t.say("%d requests%s: %d bulk, %d polls, %d single writes, %d lookups",
		s.Requests.Total, took, s.Requests.Bulk, s.Requests.Polls, s.Requests.Writes, s.Requests.Lookups)
}

// cut keeps a cell of a table narrow.
func cut(text string, width int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > width {
		return string(runes[:width-1]) + "…"
	}
	return string(runes)
}
