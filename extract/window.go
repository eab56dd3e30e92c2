package extract

import (
	"context"
	"fmt"
	"math/big"
	"time"
)

// Window bounds one read of a stream by its cursor, both ends included unless it is that of a Span. The zero Window bounds
// nothing: then every row that has a cursor is read.
type Window struct {
	Since string // empty where there is no lower bound
	Until string
	Empty bool // whether no row can lie in it

	bounded    bool
	exclusive  bool // whether Until itself does not belong to it
	sinceClass string
	untilClass string
}

// AheadError says that a position lies in the source's future, which no read of ours can have reached.
type AheadError struct {
	Cursor string // of the position
	Clock  string // the source's clock, written alike
}

func (e *AheadError) Error() string {
	return fmt.Sprintf("the watermark %s is ahead of the source's clock %s: another database, or one restored from a backup?", e.Cursor, e.Clock)
}

// Window returns the bounds of a read that goes on behind from: from minus the lag, to the source's own clock; for a
// cursor that counts, to its present maximum. Without from it begins at the query's start. No read goes beyond the
// source's present: a row stamped with the future waits for its time and cannot pull the watermark there.
func (st *Stream) Window(ctx context.Context, from *Position) (Window, error) {
	if st.query.Cursor == "" {
		return Window{}, nil
	}
	scale, err := st.scale(ctx)
	if err != nil {
		return Window{}, fmt.Errorf("reading the source's present: %w", err)
	}
	if scale.empty {
		return Window{Empty: true}, nil
	}
	if scale.isTime {
		return st.timeWindow(scale, from)
	}
	return st.countWindow(scale, from)
}

// scale is what a cursor's values are measured by.
type scale struct {
	isTime   bool
	form     clockForm
	zoneless *time.Location // how a time without an offset is meant
	now      time.Time      // the source's clock
	newest   string         // the cursor's maximum, where the column's type does not say that it is a time
	class    string         // of the newest value
	empty    bool           // no row has a cursor
}

func (st *Stream) scale(ctx context.Context) (scale, error) {
	s := scale{zoneless: st.zoneless()}
	db, column := st.source.db, st.columns[st.cursor]
	var err error
	if s.now, err = st.source.clock(ctx); err != nil {
		return s, err
	}
	if !db.typed() && column.Kind.isTime() {
		s.isTime = true
		s.form = clockForm{dateOnly: column.Kind == Date, sep: ' ', digits: 6, zone: s.zoneless}
		if column.Kind == Instant {
			s.form.suffix = db.instantSuffix()
		}
		return s, nil
	}
	if s.newest, s.class, s.empty, err = st.newest(ctx, ""); err != nil || s.empty {
		return s, err
	}
	if s.class == classText || !db.typed() && column.Kind == Text {
		if s.form, _, s.isTime = formOf(s.newest, s.zoneless); !s.isTime {
			return s, st.checkWords(ctx, s)
		}
	}
	return s, nil
}

// zoneless is how a cursor's time without an offset is meant.
func (st *Stream) zoneless() *time.Location {
	if st.columns[st.cursor].Kind == Instant && !st.source.db.typed() {
		return time.UTC
	}
	return st.source.zone
}

// pastDigits is less than every text that begins with a letter, and greater than all that begin with a digit.
const pastDigits = ":"

// checkWords refuses a word such as infinity among texts that are times: it is greater than all of them, so the
// watermark would come to stand there and no time would ever be read again.
func (st *Stream) checkWords(ctx context.Context, s scale) error {
	if len(st.source.db.fitting(st.columns[st.cursor], []string{pastDigits})) == 0 {
		return nil // such as a uuid, which is never a time
	}
	newest, class, empty, err := st.newest(ctx, pastDigits)
	if err != nil || empty || class == classInteger || class == classReal {
		return err
	}
	if _, _, isTime := formOf(newest, s.zoneless); isTime {
		return fmt.Errorf("the greatest value of the cursor %s is %q, which is no time, as %q is: correct it, or leave such rows out of the query",
			st.query.Cursor, s.newest, newest)
	}
	return nil
}

func (st *Stream) timeWindow(s scale, from *Position) (Window, error) {
	w := Window{bounded: true, Until: s.form.write(s.now), untilClass: s.class, sinceClass: s.class}
	if st.query.Lag.Units != 0 {
		return w, fmt.Errorf("lag is the number %d, but the cursor %s is a time: give a duration such as 10m", st.query.Lag.Units, st.query.Cursor)
	}
	var start time.Time
	if st.query.Start != "" {
		instant, err := time.Parse(time.RFC3339, st.query.Start)
		if err != nil {
			return w, fmt.Errorf("start %q is no time, but the cursor %s is one", st.query.Start, st.query.Cursor)
		}
		start, w.Since = wall(instant.In(s.form.zone)), s.form.write(instant)
	}
	if from == nil {
		return w, nil
	}
	form, at, ok := formOf(from.Cursor, s.zoneless)
	if !ok { // such as -infinity: nothing can be taken off it
		w.Since, w.sinceClass = from.Cursor, st.cursorClass(*from)
		return w, nil
	}
	lower := at.Add(-st.lag(form, at))
	if lower.After(wall(s.now.In(form.zone))) {
		return w, &AheadError{Cursor: from.Cursor, Clock: w.Until}
	}
	if lower.After(start) {
		w.Since = form.writeWall(lower)
	}
	return w, nil
}

// lag is how much before a time is read again: what jobs.yaml says and, where clocks were set back, that hour too.
func (st *Stream) lag(form clockForm, at time.Time) time.Duration {
	lag := DefaultLag
	if st.query.Lag.Set {
		lag = st.query.Lag.Duration
	}
	if form.suffix == "" {
		lag += fallBack(form.zone, at)
	}
	return lag
}

// wall is t's date and time as a clock in its zone shows them, without the zone.
func wall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

func (st *Stream) countWindow(s scale, from *Position) (Window, error) {
	w := Window{bounded: true, Until: s.newest, Since: st.query.Start, untilClass: s.class, sinceClass: s.class}
	if st.query.Lag.Duration != 0 {
		return w, fmt.Errorf("lag is the duration %s, but the cursor %s counts: give a number", st.query.Lag.Duration, st.query.Cursor)
	}
	if _, ok := number(s.newest); !ok && st.numeric(s.class) {
		return w, fmt.Errorf("the greatest value of the cursor %s is %s: no later row could be told from it", st.query.Cursor, s.newest)
	}
	start, hasStart := number(st.query.Start)
	if st.query.Start != "" && !hasStart && st.numeric(s.class) {
		return w, fmt.Errorf("start %q is no number, but the cursor %s counts", st.query.Start, st.query.Cursor)
	}
	if from == nil {
		return w, nil
	}
	at, ok := number(from.Cursor)
	if !ok {
		w.Since, w.sinceClass = from.Cursor, st.cursorClass(*from)
		return w, nil
	}
	at.Sub(at, new(big.Rat).SetInt64(st.query.Lag.Units))
	if !hasStart || at.Cmp(start) > 0 {
		w.Since, w.sinceClass = decimal(at), st.cursorClass(*from)
	}
	return w, nil
}

// numeric reports whether the cursor's values are numbers.
func (st *Stream) numeric(class string) bool {
	kind := st.columns[st.cursor].Kind
	return class == classInteger || class == classReal || class == "" && (kind == Integer || kind == Decimal)
}

// cursorClass is the class of a position's cursor, empty where columns have types.
func (st *Stream) cursorClass(p Position) string {
	if !st.source.db.typed() {
		return ""
	}
	class, _ := classes(p.Type)
	return class
}
