package extract

import (
	"fmt"
	"math/big"
	"time"
)

// ruler lays marks along a span, at which it may be cut: mark 0 is its beginning and the last one its end.
type ruler struct {
	span   Span
	last   int64
	write  func(mark int64) string                   // a bound as the column writes it
	find   func(cursor string) (mark int64, ok bool) // the last mark that is not behind a cursor's value
	lies   func(unit int64) int64                    // how far mark 0 lies behind a multiple of unit
	units  []int64                                   // at whose multiples it is cut, the widest first
	width  int64                                     // of a slice where rows are not counted
	strict bool                                      // whether no slice may be wider, few rows as it may have
}

// ruler reads a span as a time, or as a count.
func (st *Stream) ruler(span Span, options SplitOptions) (ruler, error) {
	form, from, isTime := formOf(span.From, st.zoneless())
	_, to, toIsTime := formOf(span.To, st.zoneless())
	if isTime && toIsTime {
		if options.Units > 0 {
			return ruler{}, fmt.Errorf("a slice of %d: the cursor %s is a time: give a duration such as 24h", options.Units, st.query.Cursor)
		}
		return timeRuler(span, form, from, to, options), nil
	}
	low, ok := number(span.From)
	high, okToo := number(span.To)
	if !ok || !okToo {
		return ruler{}, fmt.Errorf("%q to %q are no bounds of the cursor %s", span.From, span.To, st.query.Cursor)
	}
	units := options.Units
	if options.Width > 0 {
		if span.unit() == 0 {
			return ruler{}, fmt.Errorf("a slice of %s: the cursor %s counts: give a number such as 10000", options.Width, st.query.Cursor)
		}
		units = max(1, int64(options.Width.Seconds()*float64(span.unit())))
	}
	return countRuler(span, low, high, units, options.Most), nil
}

// timeRuler has a mark at each second, or day, of the column's own clock, whatever the zone it stands in.
func timeRuler(span Span, form clockForm, from, to time.Time, options SplitOptions) ruler {
	tick := time.Second
	if form.dateOnly {
		tick = 24 * time.Hour
	}
	origin, step := from.Truncate(tick).Unix(), int64(tick/time.Second)
	mark := func(t time.Time) int64 { return floorDiv(t.Unix()-origin, step) }
	r := ruler{
		span: span, strict: options.Width > 0,
		write: func(mark int64) string { return form.writeWall(time.Unix(origin+mark*step, 0).UTC()) },
		find: func(cursor string) (int64, bool) {
			_, t, ok := formOf(cursor, form.zone)
			return mark(t), ok
		},
		lies: func(unit int64) int64 { return floorMod((origin+secondsBC)/step, unit) },
	}
	if r.last = mark(to); time.Unix(origin+r.last*step, 0).Before(to) {
		r.last++
	}
	width := options.Width
	if width <= 0 {
		width = usualWidth
	}
	r.width = max(1, int64((width+tick-1)/tick))
	r.units = append(r.units, r.width)
	for _, unit := range []time.Duration{12 * time.Hour, 6 * time.Hour, time.Hour, 10 * time.Minute, time.Minute, time.Second} {
		if unit < width && unit >= tick {
			r.units = append(r.units, int64(unit/tick))
		}
	}
	return r
}

// secondsBC are the seconds from the first day of the calendar, a Monday, to 1970.
const secondsBC = 62135596800

// countRuler has a mark at each whole number or, where they are too many, at some.
func countRuler(span Span, low, high *big.Rat, units, most int64) ruler {
	origin := new(big.Int).Div(low.Num(), low.Denom())
	length := new(big.Int).Sub(ceil(high), origin)
	step := big.NewInt(1)
	if excess := length.BitLen() - mostBits; excess > 0 {
		step.Lsh(step, uint(excess))
	}
	mark := func(n *big.Int) int64 { return n.Div(n.Sub(n, origin), step).Int64() }
	r := ruler{
		span: span, strict: units > 0, width: max(1, scaled(units, step)),
		write: func(mark int64) string {
			n := new(big.Int).Mul(big.NewInt(mark), step)
			return n.Add(n, origin).String()
		},
		find: func(cursor string) (int64, bool) {
			n, ok := number(cursor)
			if !ok {
				return 0, false
			}
			return mark(new(big.Int).Div(n.Num(), n.Denom())), true
		},
		lies: func(unit int64) int64 {
			n := new(big.Int).Div(origin, step)
			return n.Mod(n, big.NewInt(unit)).Int64()
		},
	}
	r.last = mark(new(big.Int).Add(ceil(high), new(big.Int).Sub(step, big.NewInt(1))))
	if units > 0 {
		r.units = []int64{r.width}
	} else {
		r.width = scaled(most, step)
	}
	for unit := int64(1e18); unit > 0; unit /= 10 {
		if units <= 0 || unit < r.width {
			r.units = append(r.units, unit)
		}
	}
	return r
}

// mostBits keep the number of marks far from an overflow.
const mostBits = 60

func scaled(n int64, step *big.Int) int64 {
	return max(1, new(big.Int).Div(big.NewInt(n), step).Int64())
}

func floorDiv(a, b int64) int64 { return (a - floorMod(a, b)) / b }

func floorMod(a, b int64) int64 { return (a%b + b) % b }

// bound is the text of a mark.
func (r ruler) bound(mark int64) string {
	switch mark {
	case 0:
		return r.span.From
	case r.last:
		return r.span.To
	default:
		return r.write(mark)
	}
}

// slice is the part of the span between two marks.
func (r ruler) slice(from, to, rows int64) Slice {
	return Slice{Span: Span{From: r.bound(from), To: r.bound(to), Type: r.span.Type}, Rows: rows}
}

// below is the last multiple of unit that is not behind a mark.
func (r ruler) below(mark, unit int64) int64 { return mark - floorMod(mark+r.lies(unit), unit) }

// reach is how far a slice may reach that begins at a mark.
func (r ruler) reach(from int64) int64 {
	if !r.strict {
		return r.last
	}
	return min(r.last, r.below(from, r.width)+r.width)
}

// cut is where to end a slice that is to end at a mark or before, and begins at another: at the widest unit's multiple
// that does not make it much shorter.
func (r ruler) cut(from, at int64) int64 {
	for _, unit := range r.units {
		if end := r.below(at, unit); end > from && end-from >= (at-from)/2 {
			return end
		}
	}
	return max(at, from+1)
}

// widen makes slices as wide as it takes to have no more than so many behind a mark.
func (r ruler) widen(from, most int64) ruler {
	if n := (r.last - from) / r.width / max(1, most); n > 0 {
		r.width *= n + 1
	}
	return r
}
