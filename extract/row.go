package extract

// Kind is what the rest of the program has to know about a column's type. What has no kind of its own (uuid, json,
// interval, enum, …) is Text: its text is its value.
type Kind uint8

// The kinds of columns. SQLite has types per value, not per column: there a column has the kind its declaration
// suggests and each cell has to be read leniently.
const (
	Text      Kind = iota // the text as it is
	Integer               // decimal digits, perhaps a sign
	Decimal               // numeric and floating point: digits, perhaps with a point or an exponent; also NaN and Infinity
	Boolean               // true or false, spelt out
	Date                  // 2026-11-22
	Timestamp             // date and time without a zone: 2026-11-22 10:00:00.123456
	Instant               // date and time that name one instant: with an offset, or without one and meant as UTC
	Array                 // a Postgres array in its text form: {a,"b c",NULL}
	Bytes                 // binary: the bytes themselves, not their hexadecimal text
)

func (k Kind) isTime() bool { return k == Date || k == Timestamp || k == Instant }

// Column describes one column of a query's result.
type Column struct {
	Name string // as the query names it
	Kind Kind
	Elem Kind   // of an Array's elements
	Type string // the source's own name for the type, for messages
}

// Cell is one value as the source's own text, nil where it is NULL. An empty text is an empty, non-nil slice.
type Cell []byte

// IsNull reports whether the cell is NULL.
func (c Cell) IsNull() bool { return c == nil }

// Row is the cells of one row, in the order of the columns.
type Row []Cell
