package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"

	"pvetl/extract"
)

// The bounds of an expression: of its text, of its parts, and of the texts and lists that it makes of one row.
const (
	longestExpr = 4096
	mostParts   = 500
	mostMade    = 4 << 20
)

// expression is the compiled text of an expr rule. It is total: nothing in it repeats, so that it ends after as many
// steps as it has parts, and what it makes is bounded. The same row always gives the same value. Only the grammar is the
// library's. Its own machine lets whole numbers overflow, divides them as floats, cuts texts inside of characters, has no
// bound for what + and replace make, and takes NULL for an empty text in a list: made safe, it was as much code as this,
// and said less about a mistake.
type expression struct {
	text    string
	columns []placed // each once, in the order of their first use
	root    part
	lets    int // how many names it gives to values
}

// placed is the name of a column, and where it stands in the text.
type placed struct {
	name   string
	offset int // in bytes
}

// part is a part of an expression.
type part struct {
	kinds kinds // that it may give
	run   run
	text  string // for messages
}

// run computes a part for one row.
type run func(*scope) (value, *refusal)

// scope is what a part may look at.
type scope struct {
	cells []value // of the columns
	lets  []value
	stack []value // the arguments of the functions that are being computed
	made  int     // bytes
}

// make counts n bytes that are about to be made.
func (s *scope) make(n int) string {
	if s.made += n; n > mostMade || s.made > mostMade {
		return fmt.Sprintf("it makes more than %d MiB of one row", mostMade>>20)
	}
	return ""
}

// brief is a part as messages show it.
func brief(part string) string { return cutAt(part, 40) }

// refuseExpr says what is wrong with what a part of an expression is to compute.
func refuseExpr(part, wrong string) *refusal {
	return &refusal{ruleExpr, fmt.Sprintf("%s: %s", brief(part), wrong)}
}

// evaluate makes the expression the field's source.
func (f *field) evaluate(text string, columns []extract.Column) error {
	e, slips := parseExpression(text)
	if len(slips) > 0 {
		return slips[0]
	}
	read := make([]func(extract.Row) []byte, len(e.columns))
	var missing []error
	for i, column := range e.columns {
		at, err := f.find(columns, column.name)
		if err != nil {
			missing = append(missing, err)
			continue
		}
		read[i] = reading(at, columns[at].Kind)
	}
	f.origin = strings.ToValidUTF8(text, "\ufffd")
	f.source = e.source(read)
	return errors.Join(missing...)
}

// reading returns how a cell becomes a text: a zero date is NULL, and an instant carries its zone.
func reading(at int, kind extract.Kind) func(extract.Row) []byte {
	switch {
	case kind == extract.Instant:
		return func(row extract.Row) []byte { return zoned(withoutZeroDate(row[at])) }
	case isTime(kind):
		return func(row extract.Row) []byte { return withoutZeroDate(row[at]) }
	}
	return func(row extract.Row) []byte { return row[at] }
}

// zoned adds the zone that the text of an instant lacks: its kind is lost behind an expression.
func zoned(text []byte) []byte {
	if _, rest, ok := readWall(text); ok && len(rest) == 0 {
		return append(bytes.Clone(text), "+00"...)
	}
	return text
}

// source computes the expression. Where that fails, it returns the columns with their values, for the fault.
func (e *expression) source(read []func(extract.Row) []byte) source {
	pool := sync.Pool{New: func() any {
		return &scope{cells: make([]value, len(e.columns)), lets: make([]value, e.lets)}
	}}
	return func(row extract.Row) ([]byte, *refusal) {
		s := pool.Get().(*scope)
		for i, read := range read {
			s.cells[i] = textOrNull(read(row))
		}
		result, refused := e.root.run(s)
		text := result.bytes()
		if refused != nil {
			text = e.shown(s.cells)
		}
		clear(s.cells)
		clear(s.lets)
		clear(s.stack)
		s.stack, s.made = s.stack[:0], 0
		pool.Put(s)
		return text, refused
	}
}

// shown lists the columns and what they hold.
func (e *expression) shown(cells []value) []byte {
	all := make([]string, len(cells))
	for i, cell := range cells {
		all[i] = e.columns[i].name + ": NULL"
		if cell.kind == kindText {
			all[i] = e.columns[i].name + ": " + valid(truncate(cell.text, shownValue))
		}
	}
	return []byte(strings.Join(all, ", "))
}
