package extract

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Span is a part of a stream's history by its cursor, half open: From belongs to it, To does not. Both are the source's
// own texts, to be kept and given back as they are; Type says how they are to be read. Only this package looks inside.
type Span struct {
	From string
	To   string
	Type string
}

// perSecond follows a span's type where its cursor counts the time since 1970, with how much it counts in a second.
const perSecond = "@"

// errNoCursor is what a span cannot be without.
var errNoCursor = errors.New("the query has no cursor, by which its history could be cut: name one, or run the job, which reads everything")

// Span reads bounds as somebody typed them: a date, or a date and time, which without a zone is meant in the source's; a
// number where the cursor counts. A cursor that counts the seconds since 1970, or parts of them, takes either. A To that
// lies ahead of the source's present is cut to it.
func (st *Stream) Span(ctx context.Context, from, to string) (Span, error) {
	if st.query.Cursor == "" {
		return Span{}, errNoCursor
	}
	if st.NeedsParents() {
		return Span{}, errParents
	}
	scale, err := st.scale(ctx)
	switch {
	case err != nil:
		return Span{}, fmt.Errorf("reading the source's present: %w", err)
	case scale.empty:
		return Span{}, fmt.Errorf("no row of the query has a value in its cursor %s: there is nothing to bring", st.query.Cursor)
	case scale.isTime:
		return st.timeSpan(scale, from, to)
	case st.numeric(scale.class):
		return st.countSpan(scale, from, to)
	default:
		return Span{}, fmt.Errorf("the cursor %s is neither a time nor a number (its greatest value is %q): history cannot be cut by it", st.query.Cursor, scale.newest)
	}
}

func (st *Stream) spanType(class string) string {
	if st.source.db.typed() {
		return class
	}
	return st.columns[st.cursor].Type
}

// timeSpan cuts at what the column can hold, upwards: no value lies between a bound and the next one.
func (st *Stream) timeSpan(s scale, from, to string) (Span, error) {
	var bounds [2]time.Time
	for i, typed := range [2]string{from, to} {
		at, ok := ParseCursor(typed, "", st.source.zone)
		if !ok {
			return Span{}, fmt.Errorf("%q is no time, but the cursor %s is one: write it as 2006-01-02, 2006-01-02 15:04 or 2006-01-02T15:04:05Z", typed, st.query.Cursor)
		}
		bounds[i] = s.form.ceil(wall(at.In(s.form.zone)))
	}
	span := Span{From: s.form.writeWall(bounds[0]), To: s.form.writeWall(bounds[1]), Type: st.spanType(s.class)}
	if !bounds[0].Before(bounds[1]) {
		return Span{}, errBackwards(from, to)
	}
	present := s.form.ceil(wall(s.now.In(s.form.zone)))
	if !bounds[0].Before(present) {
		return Span{}, fmt.Errorf("%s is not before the source's present, %s: there is no history to bring", from, s.form.writeWall(present))
	}
	if present.Before(bounds[1]) {
		span.To = s.form.writeWall(present)
	}
	return span, nil
}

func errBackwards(from, to string) error {
	return fmt.Errorf("from %s to %s is no span of history: the second is not behind the first, and does not belong to it", from, to)
}

// ceil is the next time that this form can write.
func (f clockForm) ceil(wall time.Time) time.Time {
	unit := 24 * time.Hour
	if !f.dateOnly {
		unit = time.Second / time.Duration(math.Pow10(min(f.digits, 9)))
	}
	if floor := wall.Truncate(unit); floor.Before(wall) {
		return floor.Add(unit)
	}
	return wall
}

// Within returns the window that reads a span.
func (st *Stream) Within(span Span) Window {
	class := ""
	if st.source.db.typed() {
		class, _, _ = strings.Cut(span.Type, perSecond)
	}
	return Window{Since: span.From, Until: span.To, bounded: true, exclusive: true, sinceClass: class, untilClass: class}
}

// CountIn counts the rows of a span.
func (st *Stream) CountIn(ctx context.Context, span Span) (int64, error) {
	w := st.Within(span)
	b := &builder{db: st.source.db}
	b.text("SELECT count(*) FROM ")
	st.writeQuery(b, w, nil)
	b.text(" WHERE 1 = 1")
	st.compareWindow(b, w, nil)
	counts, err := st.counts(ctx, b, 1)
	if err != nil {
		return 0, err
	}
	return counts[0], nil
}

// Before returns the part of a span that lies before an instant; ok is false where there is none, or the cursor is no time.
func (st *Stream) Before(_ context.Context, span Span, at time.Time) (older Span, ok bool, err error) {
	bound, class := "", classText
	if unit := span.unit(); unit > 0 {
		bound, class = ceil(unixOf(at, unit)).String(), classReal
	} else if form, _, isTime := formOf(span.From, st.zoneless()); isTime {
		bound = form.writeWall(form.ceil(wall(at.In(form.zone))))
	}
	if bound == "" || compare(class, bound, class, span.From) <= 0 {
		return Span{}, false, nil
	}
	older = span
	if compare(class, bound, class, span.To) < 0 {
		older.To = bound
	}
	return older, true, nil
}

// unit is how much the cursor counts in a second, zero where it counts something else.
func (s Span) unit() int64 {
	_, text, _ := strings.Cut(s.Type, perSecond)
	unit, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return unit
}
