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

// errParents ends a read that could bind nothing to :parents.
var errParents = errors.New("the query names :parents, so it can only be read for certain parents")

// Page reads the rows of the window that lie behind after, in the order of cursor and key; nil is before all rows. Rows
// whose parent is NULL are among them.
func (st *Stream) Page(ctx context.Context, w Window, after *Position) (Page, error) {
	if st.NeedsParents() {
		return Page{}, errParents
	}
	if w.Empty {
		return Page{}, nil
	}
	page, err := st.read(ctx, st.pageQuery(w, after), maxPageBytes)
	if err != nil {
		return page, err
	}
	if err := st.checkKeys(page.Rows); err != nil {
		return Page{}, err
	}
	page.More = page.More || len(page.Rows) == st.query.PageSize
	return page, nil
}

// pageQuery writes the query of a page.
func (st *Stream) pageQuery(w Window, after *Position) *builder {
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
	return b
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
			return st.errNullKey()
		case !utf8.Valid(row[st.key]) || st.cursor >= 0 && !utf8.Valid(row[st.cursor]):
			return fmt.Errorf("a row's key or cursor is binary (key %x): let the query return it as text, such as hex(%s)", row[st.key], st.query.Key)
		}
	}
	return nil
}

func (st *Stream) errNullKey() error {
	return fmt.Errorf("a row has NULL in its key column %s: a key names the row, so it has to be unique and NOT NULL", st.query.Key)
}

// newest returns the cursor's maximum, of the texts less than below if that is given.
func (st *Stream) newest(ctx context.Context, below string) (value, class string, empty bool, err error) {
	db, name := st.source.db, st.name(st.cursor)
	b := &builder{db: db}
	class = "''"
	if db.typed() {
		class = db.typeOf(name)
	}
	b.text("SELECT ", db.cell(name), ", ", class, " FROM ")
	st.writeQuery(b, Window{}, nil)
	b.text(" WHERE ", name, " IS NOT NULL")
	if below != "" {
		b.text(" AND ", st.ordered(st.cursor), " < ")
		db.bound(b, st.columns[st.cursor], below, classText)
	}
	b.text(" ORDER BY ", st.ordered(st.cursor), " DESC LIMIT 1")
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
	into, err := st.source.readRows(ctx, b, columns, maxBytes)
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
