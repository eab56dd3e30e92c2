package extract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// Stream is a query made ready to be read in pages.
type Stream struct {
	source    *Source
	query     Query
	statement statement
	columns   []Column
	key       int
	cursor    int // -1 where there is none
	parent    int // -1 where there is none
}

// alias names the user's query inside ours.
const alias = "pvetl_rows"

// Stream checks a query against the database and finds its key, cursor and parent among the columns it returns.
func (s *Source) Stream(ctx context.Context, query Query) (*Stream, error) {
	statement, err := parseStatement(query.SQL, s.db.backslash())
	if err != nil {
		return nil, err
	}
	st := &Stream{source: s, query: query, statement: statement}
	if query.Cursor == "" && (statement.uses(nameSince) || statement.uses(nameUntil)) {
		return nil, errors.New("the query names :since or :until, but has no cursor that they could bound")
	}
	if st.columns, err = st.describe(ctx); err != nil {
		return nil, err
	}
	for i, column := range st.columns {
		if slices.ContainsFunc(st.columns[:i], func(c Column) bool { return strings.EqualFold(c.Name, column.Name) }) {
			return nil, fmt.Errorf("the query returns two columns named %s: give one of them another name with AS", column.Name)
		}
	}
	var errs [3]error
	st.key, errs[0] = st.find("key", query.Key)
	st.cursor, errs[1] = st.find("cursor", query.Cursor)
	st.parent, errs[2] = st.find("parent", query.Parent)
	return st, errors.Join(errs[:]...)
}

// untypedNulls stand for the placeholders of a query that is only described. A database that needs to know their type
// takes one of the others where it cannot tell from what stands around them.
var untypedNulls = []string{"NULL", "CAST(NULL AS timestamp)", "CAST(NULL AS bigint)"}

// Columns are the columns of the query's rows.
func (st *Stream) Columns() []Column { return st.columns }

// Key returns the text of a row's key.
func (st *Stream) Key(row Row) string { return string(row[st.key]) }

// HasKey reports whether the row's key is not NULL.
func (st *Stream) HasKey(row Row) bool { return !row[st.key].IsNull() }

// Parent returns the text of the key of the row's parent.
func (st *Stream) Parent(row Row) string { return string(row[st.parent]) }

// HasParent reports whether the query has a parent column and the row's is not NULL.
func (st *Stream) HasParent(row Row) bool { return st.parent >= 0 && !row[st.parent].IsNull() }

// NeedsParents reports whether the query names :parents, so that it can only be read for certain ones.
func (st *Stream) NeedsParents() bool { return st.statement.uses(nameParents) }

// find finds a column by which rows are told apart, sorted or joined: its text has to stand for its value.
func (st *Stream) find(role, name string) (int, error) {
	i, err := st.column(role, name)
	if i >= 0 && st.columns[i].Kind == Bytes && !st.source.db.typed() {
		return -1, fmt.Errorf("%s %s is binary (%s): let the query return it as text, in hexadecimal say", role, name, st.columns[i].Type)
	}
	return i, err
}

// column finds a column by its name; -1 is that of no name.
func (st *Stream) column(role, name string) (int, error) {
	if name == "" {
		return -1, nil
	}
	if i := slices.IndexFunc(st.columns, func(c Column) bool { return c.Name == name }); i >= 0 {
		return i, nil
	}
	names := make([]string, len(st.columns))
	nearest := ""
	for i, column := range st.columns {
		names[i] = column.Name
		if nearest == "" || levenshtein.Distance(name, column.Name, nil) < levenshtein.Distance(name, nearest, nil) {
			nearest = column.Name
		}
	}
	return -1, &ColumnError{role, fmt.Sprintf("%s %s is no column of the query: did you mean %s? It returns %s", role, name, nearest, strings.Join(names, ", "))}
}

// describe asks for no rows, only for their columns.
func (st *Stream) describe(ctx context.Context) ([]Column, error) {
	ctx, cancel := st.source.limit(ctx)
	defer cancel()
	var first error
	for _, null := range untypedNulls {
		b := &builder{db: st.source.db}
		b.text("SELECT * FROM (\n")
		for i, text := range st.statement.texts {
			b.text(text)
			switch {
			case i == len(st.statement.names):
			case st.statement.names[i] == nameParents:
				b.text("NULL")
			default:
				b.text(null)
			}
		}
		b.text("\n) AS ", alias, " LIMIT 0")
		columns, err := st.source.db.describe(ctx, b.sql.String(), b.args)
		if err == nil {
			return columns, nil
		}
		if first == nil {
			first = st.placed(st.source.explain(ctx, err), b.sql.String())
		}
		if !st.statement.uses(nameSince) && !st.statement.uses(nameUntil) {
			break
		}
	}
	return nil, first
}

// leading is the column that rows are sorted by first.
func (st *Stream) leading() int {
	if st.cursor >= 0 {
		return st.cursor
	}
	return st.key
}

func (st *Stream) name(i int) string { return alias + "." + st.source.db.quote(st.columns[i].Name) }

func (st *Stream) ordered(i int) string { return st.source.db.ordered(st.columns[i], st.name(i)) }
