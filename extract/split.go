package extract

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"time"
)

// Slice is a part of a span, with the number of rows in it where they were counted, else -1.
type Slice struct {
	Span
	Rows int64
}

// SplitOptions say how a span is cut.
type SplitOptions struct {
	Width time.Duration // of a slice, at most, where the cursor is a time; 0 leaves it to the rows
	Units int64         // the same where it counts
	Most  int64         // rows that a slice should hold at most where they can be counted; 0 is a usual number
}

const (
	usualWidth = 24 * time.Hour
	usualMost  = 20_000
	mostSlices = 5000

	// the source is asked for no longer than this, in all and by one query
	countingTime  = 10 * time.Second
	countingQuery = 2 * time.Second
)

var errCountingTime = errors.New("counting rows takes long")

// Split cuts a span into slices, the oldest first, without a gap between them. Where the source finds rows by their
// cursor, a slice holds about as many as it should; where it does not, or that takes long, the rest is cut by its width.
func (st *Stream) Split(ctx context.Context, span Span, options SplitOptions) ([]Slice, error) {
	if st.query.Cursor == "" {
		return nil, errNoCursor
	}
	options.Most = cmp.Or(max(0, options.Most), usualMost)
	r, err := st.ruler(span, options)
	if err != nil {
		return nil, err
	}
	r = r.widen(0, mostSlices)
	slices, reached, err := st.countedSlices(ctx, r, options.Most)
	if err != nil {
		return nil, err
	}
	return append(slices, r.rest(reached, mostSlices-int64(len(slices)))...), nil
}

// countedSlices counts from the oldest rows on, for as long as that is quick, and returns the mark that it reached.
func (st *Stream) countedSlices(ctx context.Context, r ruler, most int64) (slices []Slice, reached int64, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, countingTime, errCountingTime)
	defer cancel()
	quick, err := st.findsByCursor(ctx)
	for quick && err == nil && reached < r.last && len(slices) < mostSlices-1 {
		var to, rows int64
		if to, rows, err = st.nextSlice(ctx, r, reached, most); err == nil {
			slices = r.join(slices, r.slice(reached, to, rows), most)
			reached = to
		}
	}
	if errors.Is(err, errCountingTime) || errors.Is(err, errTimeout) || errors.Is(err, errOffTheRuler) {
		err = nil
	}
	return slices, reached, err
}

// join adds a slice to those before, as a part of the last one where the two hold little.
func (r ruler) join(slices []Slice, next Slice, most int64) []Slice {
	if len(slices) == 0 || r.strict {
		return append(slices, next)
	}
	last := &slices[len(slices)-1]
	if last.Rows > 0 && next.Rows > 0 && last.Rows+next.Rows > most {
		return append(slices, next)
	}
	last.To, last.Rows = next.To, last.Rows+next.Rows
	return slices
}

// nextSlice finds where a slice ends that begins at a mark. What it asks reads about as many rows as a slice holds.
func (st *Stream) nextSlice(ctx context.Context, r ruler, from, most int64) (to, rows int64, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, countingQuery, errCountingTime)
	defer cancel()
	to = r.reach(from)
	cursor, more, err := st.cursorBehind(ctx, r.slice(from, to, 0).Span, most)
	if err != nil {
		return 0, 0, err
	}
	if more {
		at, ok := r.find(cursor)
		if !ok {
			return 0, 0, errOffTheRuler
		}
		to = min(to, r.cut(from, at))
	}
	rows, err = st.CountIn(ctx, r.slice(from, to, 0).Span)
	return to, rows, err
}

// errOffTheRuler is a value among times, or among numbers, that is none.
var errOffTheRuler = errors.New("a cursor is not of the kind of the others")

// cursorBehind returns the cursor of the first row of a span behind so many others; more is false where there is none.
func (st *Stream) cursorBehind(ctx context.Context, span Span, rows int64) (cursor string, more bool, err error) {
	w := st.Within(span)
	b := &builder{db: st.source.db}
	b.text("SELECT ", b.db.cell(st.name(st.cursor)), " FROM ")
	st.writeQuery(b, w, nil)
	b.text(" WHERE 1 = 1")
	st.compareWindow(b, w, nil)
	b.text(" ORDER BY ", st.ordered(st.cursor), " LIMIT 1 OFFSET ", strconv.FormatInt(rows, 10))
	into, err := st.source.read(ctx, b, st.columns[st.cursor:st.cursor+1], 0)
	if err != nil || len(into.rows) == 0 {
		return "", false, err
	}
	return string(into.rows[0][0]), true, nil
}

// findsByCursor reports whether the source need not read all rows to count some: an index begins with the cursor, or there
// are few.
func (st *Stream) findsByCursor(ctx context.Context) (bool, error) {
	tables, err := st.source.Tables(ctx)
	if err != nil {
		return false, err
	}
	if cursor, ok := st.Origin(st.query.Cursor, tables); ok && cursor.Table.SortedBy(cursor.Column.Name) {
		return true, nil
	}
	return st.hasAtMost(ctx, FewRows)
}

// rest cuts what lies behind a mark by its width.
func (r ruler) rest(from, most int64) (slices []Slice) {
	r = r.widen(from, most)
	for from < r.last {
		to := min(r.last, r.below(from, r.width)+r.width)
		slices = append(slices, r.slice(from, to, -1))
		from = to
	}
	return slices
}
