package extract

import (
	"context"
	"fmt"
	"strconv"
)

// Gaps are rows that no incremental read can see.
type Gaps struct {
	NullCursor int64
	NullKey    int64
	Ahead      int64 // stamped later than the window's end
}

// Gaps counts the rows that a read of the window leaves out. It reads the whole query once.
func (st *Stream) Gaps(ctx context.Context, w Window) (Gaps, error) {
	if st.cursor < 0 {
		return Gaps{}, nil
	}
	cursor := st.ordered(st.cursor)
	b := &builder{db: st.source.db}
	b.text("SELECT count(*) - count(")
	if st.zeroesAreNull() {
		b.text("CASE WHEN ", cursor, " >= ")
		st.writeBound(b, "", "", false, false)
		b.text(" THEN 1 END")
	} else {
		b.text(cursor)
	}
	b.text("), count(*) - count(", st.name(st.key), "), count(CASE WHEN ", cursor, " > ")
	st.writeBound(b, w.Until, w.untilClass, w.bounded, true)
	b.text(" THEN 1 END) FROM ")
	st.writeQuery(b, w, nil)
	counts, err := st.counts(ctx, b, 3)
	if err != nil {
		return Gaps{}, err
	}
	return Gaps{NullCursor: counts[0], NullKey: counts[1], Ahead: counts[2]}, nil
}

// counts runs a query that returns one row of n numbers.
func (st *Stream) counts(ctx context.Context, b *builder, n int) ([]int64, error) {
	into, err := st.source.read(ctx, b, make([]Column, n), 0)
	if err != nil {
		return nil, err
	}
	counts := make([]int64, n)
	for i, cell := range into.rows[0] {
		if counts[i], err = strconv.ParseInt(string(cell), 10, 64); err != nil {
			return nil, fmt.Errorf("reading a count: %w", err)
		}
	}
	return counts, nil
}
