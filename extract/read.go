package extract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Page reads the rows of the window that lie behind after, in the order of cursor and key; nil is before all rows.
func (st *Stream) Page(ctx context.Context, w Window, after *Position) (Page, error) {
	if st.statement.uses(nameParents) {
		return Page{}, errors.New("the query names :parents, so it can only be read for certain parents")
	}
	if w.Empty {
		return Page{}, nil
	}
	b := st.selectRows(w, nil)
	b.text(" WHERE 1 = 1")
	if st.cursor >= 0 {
		st.compareWindow(b, w, after)
	}
	if after != nil {
		st.compareAfter(b, *after)
	}
	st.order(b, after)
	b.text(" LIMIT ", strconv.Itoa(st.query.PageSize))
	page, err := st.read(ctx, b, maxPageBytes)
	if err != nil {
		return page, err
	}
	if err := st.checkKeys(page.Rows); err != nil {
		return Page{}, err
	}
	page.More = page.More || len(page.Rows) == st.query.PageSize
	return page, nil
}

// order sorts by cursor and key. Without a cursor the first page begins with the rows that have no key, so that they are
// noticed: behind a page no comparison finds them.
func (st *Stream) order(b *builder, after *Position) {
	b.text(" ORDER BY ")
	switch {
	case st.cursor >= 0:
		b.text(st.ordered(st.cursor), ", ")
	case after == nil:
		b.text(st.name(st.key), " IS NULL DESC, ")
	}
	b.text(st.ordered(st.key))
}

func (st *Stream) checkKeys(rows []Row) error {
	for _, row := range rows {
		switch {
		case !st.HasKey(row):
			return fmt.Errorf("a row has NULL in its key column %s: a key names the row, so it has to be unique and NOT NULL", st.query.Key)
		case !utf8.Valid(row[st.key]) || st.cursor >= 0 && !utf8.Valid(row[st.cursor]):
			return fmt.Errorf("a row's key or cursor is binary (key %x): let the query return it as text, such as hex(%s)", row[st.key], st.query.Key)
		}
	}
	return nil
}

// Children reads all rows that belong to one of the given parents, in no order.
func (st *Stream) Children(ctx context.Context, parents []string) (Page, error) {
	return st.among(ctx, st.parent, parents)
}

// Rows reads the rows that have one of the given keys, in no order.
func (st *Stream) Rows(ctx context.Context, keys []string) (Page, error) {
	return st.among(ctx, st.key, keys)
}

// keysPerQuery keeps a query far below what any database takes as arguments: SQLite 32,766 and MySQL 65,535.
const keysPerQuery = 1000

// among reads the rows whose column i holds exactly one of the given texts. Databases are more generous: to a MySQL
// column 'a' is also 'A' and 'ä', and 0 is every text that is no number.
func (st *Stream) among(ctx context.Context, i int, texts []string) (Page, error) {
	var all Page
	texts = st.source.db.fitting(st.columns[i], texts)
	for chunk := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(texts))), keysPerQuery) {
		b := st.selectRows(Window{}, chunk)
		b.text(" WHERE ")
		st.source.db.among(b, st.columns[i], st.name(i), chunk)
		page, err := st.read(ctx, b, 0)
		if err != nil {
			return Page{}, err
		}
		for _, row := range page.Rows {
			if _, exact := slices.BinarySearch(chunk, string(row[i])); exact {
				all.Rows = append(all.Rows, row)
			}
		}
	}
	return all, nil
}

// Gaps are rows that no incremental read can see.
type Gaps struct {
	NullCursor int64
	NullKey    int64
	Ahead      int64 // stamped later than the window's end
}

// Gaps counts the rows that a read of the window leaves out. It reads the whole query once.
func (st *Stream) Gaps(ctx context.Context, w Window) (Gaps, error) {
	if st.cursor < 0 {
		return Gaps{}, nil
	}
	cursor := st.ordered(st.cursor)
	b := &builder{db: st.source.db}
	b.text("SELECT count(*) - count(")
	if st.zeroesAreNull() {
		b.text("CASE WHEN ", cursor, " >= ")
		st.writeBound(b, "", "", false, false)
		b.text(" THEN 1 END")
	} else {
		b.text(cursor)
	}
	b.text("), count(*) - count(", st.name(st.key), "), count(CASE WHEN ", cursor, " > ")
	st.writeBound(b, w.Until, w.untilClass, w.bounded, true)
	b.text(" THEN 1 END) FROM ")
	st.writeQuery(b, w, nil)
	into, err := st.source.read(ctx, b, make([]Column, 3), 0)
	if err != nil || len(into.rows) != 1 {
		return Gaps{}, err
	}
	var counts [3]int64
	for i := range counts {
		if counts[i], err = strconv.ParseInt(string(into.rows[0][i]), 10, 64); err != nil {
			return Gaps{}, fmt.Errorf("reading a count: %w", err)
		}
	}
	return Gaps{NullCursor: counts[0], NullKey: counts[1], Ahead: counts[2]}, nil
}

// newest returns the cursor's maximum.
func (st *Stream) newest(ctx context.Context) (value, class string, empty bool, err error) {
	db, name := st.source.db, st.name(st.cursor)
	b := &builder{db: db}
	class = "''"
	if db.typed() {
		class = db.typeOf(name)
	}
	b.text("SELECT ", db.cell(name), ", ", class, " FROM ")
	st.writeQuery(b, Window{}, nil)
	b.text(" WHERE ", name, " IS NOT NULL ORDER BY ", st.ordered(st.cursor), " DESC LIMIT 1")
	into, err := st.source.read(ctx, b, []Column{st.columns[st.cursor], {}}, 0)
	if err != nil || len(into.rows) == 0 {
		return "", "", true, err
	}
	return string(into.rows[0][0]), string(into.rows[0][1]), false, nil
}

// read runs a built statement and turns what it returns into a page of at most maxBytes; zero is no limit.
func (st *Stream) read(ctx context.Context, b *builder, maxBytes int) (Page, error) {
	columns := st.columns
	if st.source.db.typed() {
		columns = append(slices.Clip(columns), Column{}, Column{})
	}
	into, err := st.source.read(ctx, b, columns, maxBytes)
	if err != nil {
		return Page{}, err
	}
	page := Page{Rows: into.rows, More: into.full()}
	if len(page.Rows) > 0 {
		page.Last = st.position(page.Rows[len(page.Rows)-1])
	}
	for i, row := range page.Rows {
		page.Rows[i] = row[:len(st.columns):len(st.columns)]
	}
	return page, nil
}

func (st *Stream) position(row Row) Position {
	p := Position{Key: string(row[st.key]), Type: st.columns[st.leading()].Type}
	if st.cursor >= 0 {
		p.Cursor = string(row[st.cursor])
	}
	if st.source.db.typed() {
		n := len(st.columns)
		p.Type = string(row[n]) + "," + string(row[n+1])
	}
	return p
}

// classes splits a position's type into the classes of cursor and key, where values have types of their own.
func classes(positionType string) (cursor, key string) {
	cursor, key, _ = strings.Cut(positionType, ",")
	return cursor, key
}

// clock asks the source for its time.
func (s *Source) clock(ctx context.Context) (time.Time, error) {
	b := &builder{db: s.db}
	b.text(s.db.clockQuery())
	into, err := s.read(ctx, b, make([]Column, 1), 0)
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse("2006-01-02 15:04:05.999999", string(into.rows[0][0]))
}
