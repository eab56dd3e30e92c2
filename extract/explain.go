package extract

import (
	"context"
	"fmt"
)

// Explanation is what the next page would run, and what its window holds.
type Explanation struct {
	SQL        string   // exactly as it is sent; empty where the window is, because then nothing is
	Args       []string // the bound values, in the order of their placeholders
	Rows       int64    // in the window, whatever lies before the page
	NullCursor int64    // rows that no window holds
	NullKey    int64    // rows, of the whole query, that make a page fail
	Ahead      int64    // rows stamped later than the window's end
	Ties       int64    // rows of the window that share their cursor's value with another one
	LargestTie int64    // the most rows of the window that share one value; 0 where none do
}

// Explain shows the query that Page would run for the same window and position, and counts what is in the window and
// what is outside of it. It does not run the query itself, but what it counts is read: the whole query once and, where
// there is a cursor, the window once more. On a large table that takes as long as reading it.
func (st *Stream) Explain(ctx context.Context, w Window, after *Position) (Explanation, error) {
	if st.NeedsParents() {
		return Explanation{}, errParents
	}
	var e Explanation
	if !w.Empty {
		page := st.pageQuery(w, after)
		e.SQL, e.Args = page.sql.String(), argTexts(page.args)
	}
	if st.cursor < 0 {
		return e, st.countAll(ctx, &e)
	}
	gaps, err := st.Gaps(ctx, w)
	if err != nil {
		return Explanation{}, err
	}
	e.NullCursor, e.NullKey, e.Ahead = gaps.NullCursor, gaps.NullKey, gaps.Ahead
	if w.Empty {
		return e, nil
	}
	return e, st.countTies(ctx, w, &e)
}

func argTexts(args []any) []string {
	texts := make([]string, len(args))
	for i, arg := range args {
		if raw, ok := arg.([]byte); ok {
			arg = string(raw)
		}
		texts[i] = fmt.Sprint(arg)
	}
	return texts
}

func (st *Stream) countAll(ctx context.Context, e *Explanation) error {
	b := &builder{db: st.source.db}
	b.text("SELECT count(*), count(*) - count(", st.name(st.key), ") FROM ")
	st.writeQuery(b, Window{}, nil)
	counts, err := st.counts(ctx, b, 2)
	if err == nil {
		e.Rows, e.NullKey = counts[0], counts[1]
	}
	return err
}

// countTies counts the window's rows by their cursor's value, as pages are sorted by it.
func (st *Stream) countTies(ctx context.Context, w Window, e *Explanation) error {
	b := &builder{db: st.source.db}
	b.text("SELECT coalesce(sum(n), 0), coalesce(sum(CASE WHEN n > 1 THEN n END), 0), coalesce(max(CASE WHEN n > 1 THEN n END), 0) FROM (" +
		"SELECT count(*) AS n FROM ")
	st.writeQuery(b, w, nil)
	b.text(" WHERE 1 = 1")
	st.compareWindow(b, w, nil)
	b.text(" GROUP BY ", st.ordered(st.cursor), ") AS pvetl_ties")
	counts, err := st.counts(ctx, b, 3)
	if err == nil {
		e.Rows, e.Ties, e.LargestTie = counts[0], counts[1], counts[2]
	}
	return err
}
