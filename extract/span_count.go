package extract

import (
	"fmt"
	"math/big"
	"strconv"
	"time"
)

// countSpan ends behind the newest row, which belongs to it.
func (st *Stream) countSpan(s scale, from, to string) (Span, error) {
	newest, ok := number(s.newest)
	if !ok {
		return Span{}, fmt.Errorf("the greatest value of the cursor %s is %s: no row could lie behind it", st.query.Cursor, s.newest)
	}
	span := Span{Type: st.spanType(s.class)}
	var bounds [2]*big.Rat
	for i, typed := range [2]string{from, to} {
		bound, unit, err := st.countBound(typed, newest, s.now)
		if err != nil {
			return Span{}, err
		}
		if unit > 0 {
			span.Type = st.spanType(s.class) + perSecond + strconv.FormatInt(unit, 10)
		}
		bounds[i] = bound
	}
	if bounds[0].Cmp(bounds[1]) >= 0 {
		return Span{}, errBackwards(from, to)
	}
	if newest.Cmp(bounds[0]) < 0 {
		return Span{}, fmt.Errorf("%s lies behind the newest row, %s: there is no history to bring", from, s.newest)
	}
	if bounds[1].Cmp(newest) > 0 {
		behind, err := st.behind(newest, s.newest, s.class)
		if err != nil {
			return Span{}, err
		}
		if behind.Cmp(bounds[1]) < 0 {
			bounds[1] = behind
		}
	}
	span.From, span.To = decimal(bounds[0]), decimal(bounds[1])
	return span, nil
}

// countBound reads a number, or a time where the cursor counts the time; then unit is how much it counts in a second.
func (st *Stream) countBound(typed string, newest *big.Rat, now time.Time) (bound *big.Rat, unit int64, err error) {
	bound, ok := number(typed)
	if !ok {
		at, isTime := ParseCursor(typed, "", st.source.zone)
		if unit = unixUnit(newest, now); !isTime || unit == 0 {
			return nil, 0, fmt.Errorf("%q is no number, but the cursor %s counts: write it as %s", typed, st.query.Cursor, decimal(newest))
		}
		bound = unixOf(at, unit)
	}
	if st.columns[st.cursor].Kind == Integer {
		bound = new(big.Rat).SetInt(ceil(bound))
	}
	return bound, unit, nil
}

// unixUnit guesses how much a cursor counts in a second from its greatest value: between 2001 and tomorrow, the units lie
// far apart. Only where somebody typed a time is it asked.
func unixUnit(newest *big.Rat, now time.Time) int64 {
	for unit := int64(1); unit <= int64(time.Second); unit *= 1000 {
		least, most := unixOf(time.Unix(1e9, 0), unit), unixOf(now.AddDate(0, 0, 1), unit)
		if least.Cmp(newest) <= 0 && newest.Cmp(most) <= 0 {
			return unit
		}
	}
	return 0
}

func unixOf(t time.Time, unit int64) *big.Rat {
	seconds := new(big.Rat).SetInt64(t.Unix())
	seconds.Add(seconds, big.NewRat(int64(t.Nanosecond()), int64(time.Second)))
	return seconds.Mul(seconds, new(big.Rat).SetInt64(unit))
}

// behind is a number behind the greatest one, also where a float has no digit left for one more.
func (st *Stream) behind(newest *big.Rat, text, class string) (*big.Rat, error) {
	step := big.NewRat(1, 1)
	if st.isFloat(class) {
		step.Add(step, new(big.Rat).Quo(new(big.Rat).Abs(newest), big.NewRat(1<<20, 1)))
	}
	next := new(big.Rat).Add(newest, step)
	next.SetInt(ceil(next))
	if st.columns[st.cursor].Kind != Integer {
		return next, nil
	}
	greatest, _ := st.source.db.extreme(st.columns[st.cursor], true)
	if limit, ok := number(greatest); ok && next.Cmp(limit) > 0 {
		return nil, fmt.Errorf("the greatest value of the cursor %s is %s, and nothing can lie behind that: end the span there, or correct the row", st.query.Cursor, text)
	}
	return next, nil
}

func (st *Stream) isFloat(class string) bool {
	switch st.columns[st.cursor].Type {
	case "real", "double precision", "FLOAT", "DOUBLE":
		return !st.source.db.typed()
	}
	return class == classReal
}

// ceil is the least integer that is not less than r.
func ceil(r *big.Rat) *big.Int {
	floor := new(big.Int).Div(r.Num(), r.Denom())
	if r.IsInt() {
		return floor
	}
	return floor.Add(floor, big.NewInt(1))
}
