package extract

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
)

// Later reports whether a stands behind b in the stream's order: numbers by their value, anything else byte by byte, as
// the source sorts them.
func (st *Stream) Later(a, b Position) bool {
	cursorA, keyA := st.classesOf(a)
	cursorB, keyB := st.classesOf(b)
	return cmp.Or(compare(cursorA, a.Cursor, cursorB, b.Cursor), compare(keyA, a.Key, keyB, b.Key)) > 0
}

// classesOf returns the classes of a position's cursor and key, those of their columns where values have none.
func (st *Stream) classesOf(p Position) (cursor, key string) {
	if st.source.db.typed() {
		return classes(p.Type)
	}
	return classOf(st.columns[st.leading()].Kind), classOf(st.columns[st.key].Kind)
}

func classOf(kind Kind) string {
	if kind == Integer || kind == Decimal {
		return classReal
	}
	return classText
}

// sqliteOrder is how SQLite sorts values of different classes. Integers and reals are both numbers.
var sqliteOrder = []string{classReal, classText, classBlob}

func compare(classA, a, classB, b string) int {
	rank := func(class string) int {
		if class == classInteger {
			class = classReal
		}
		return slices.Index(sqliteOrder, class)
	}
	if order := cmp.Compare(rank(classA), rank(classB)); order != 0 {
		return order
	}
	x, okX := number(a)
	y, okY := number(b)
	if rank(classA) == 0 && okX && okY {
		return x.Cmp(y)
	}
	return strings.Compare(a, b)
}

// number reads digits with a sign, a point and an exponent; not the fractions and prefixes that big.Rat knows besides.
func number(text string) (*big.Rat, bool) {
	if strings.Trim(text, "+-.0123456789eE") != "" || strings.Trim(text, "+-.eE") == "" {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// decimal writes a number so that an integer column takes it where it is one.
func decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	return strings.TrimRight(r.FloatString(30), "0")
}
