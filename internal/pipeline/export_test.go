package pipeline

import (
	"context"
	"sync/atomic"

	"pvetl/extract"
	"pvetl/state"
)

// CountCommentQueries counts how often comments are asked for.
func CountCommentQueries(s *Source) *atomic.Int64 {
	counting := &countingChildren{inner: s.comments.children}
	s.comments.children = counting
	return &counting.queries
}

type countingChildren struct {
	inner   Children
	queries atomic.Int64
}

func (c *countingChildren) Children(ctx context.Context, parents []string) (extract.Page, error) {
	c.queries.Add(1)
	return c.inner.Children(ctx, parents)
}

// Tracker is the tracker of settled pages.
type Tracker struct{ tracker }

// Begin adds the next page.
func (t *Tracker) Begin(last extract.Position, rows int) int { return t.begin(last, rows) }

// Settle takes rows of one page as settled.
func (t *Tracker) Settle(page, rows int) *extract.Position {
	reached, _ := t.settle(map[int]int{page: rows})
	return reached
}

// AppendText appends the text of a value in JSON.
var AppendText = appendText

// GroupRejects groups rejects as a run does.
func GroupRejects(rejects []state.Reject) []RejectGroup {
	found := make(causes)
	for _, reject := range rejects {
		found.add(reject)
	}
	return found.groups()
}
