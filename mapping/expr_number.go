package mapping

import (
	"cmp"
	"math"
	"math/bits"
)

func whole(n int64) value { return value{kind: kindInteger, integer: n} }

func floating(f float64) value { return value{kind: kindFloat, float: f} }

func (v value) isNumber() bool { return v.kind&kindNumber != 0 }

func (v value) asFloat() float64 {
	if v.kind == kindInteger {
		return float64(v.integer)
	}
	return v.float
}

func compareNumbers(v, w value) int {
	if v.kind == kindInteger && w.kind == kindInteger {
		return cmp.Compare(v.integer, w.integer)
	}
	return cmp.Compare(v.asFloat(), w.asFloat())
}

// Arithmetic of whole numbers is exact: what does not fit into 64 bits is refused, in words, and so is what a float cannot
// hold. The quotient of whole numbers is one where it can be.

func sum(v, w value) (value, string) {
	if v.kind&w.kind == kindInteger {
		n := v.integer + w.integer
		return exact(n, (n > v.integer) == (w.integer > 0) || w.integer == 0)
	}
	return finite(v.asFloat() + w.asFloat())
}

func difference(v, w value) (value, string) {
	if v.kind&w.kind == kindInteger {
		n := v.integer - w.integer
		return exact(n, (n < v.integer) == (w.integer > 0) || w.integer == 0)
	}
	return finite(v.asFloat() - w.asFloat())
}

func product(v, w value) (value, string) {
	if v.kind&w.kind == kindInteger {
		high, low := bits.Mul64(magnitude(v.integer), magnitude(w.integer))
		return exact(v.integer*w.integer, high == 0 && low <= math.MaxInt64)
	}
	return finite(v.asFloat() * w.asFloat())
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func quotient(v, w value) (value, string) {
	switch {
	case w.asFloat() == 0:
		return value{}, "division by zero"
	case v.kind&w.kind == kindInteger && w.integer == -1:
		return difference(whole(0), v) // the one quotient of two whole numbers that may not fit
	case v.kind&w.kind == kindInteger && v.integer%w.integer == 0:
		return whole(v.integer / w.integer), ""
	}
	return finite(v.asFloat() / w.asFloat())
}

func remainder(v, w value) (value, string) {
	switch w.integer {
	case 0:
		return value{}, "division by zero"
	case -1:
		return whole(0), ""
	}
	return whole(v.integer % w.integer), ""
}

const tooLarge = "the result is too large for a number"

func exact(n int64, fits bool) (value, string) {
	if !fits {
		return value{}, tooLarge
	}
	return whole(n), ""
}

func finite(f float64) (value, string) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return value{}, tooLarge
	}
	return floating(f + 0), "" // no minus zero
}
