package extract

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
)

// Child names a row that belongs to a parent, without its other columns.
type Child struct {
	Key    string
	Parent string
	Size   int64 // of one column, in bytes as the source stores it
}

// Children reads all rows that belong to one of the given parents, in no order.
func (st *Stream) Children(ctx context.Context, parents []string) (Page, error) {
	if st.parent < 0 {
		return Page{}, errNoParent
	}
	return st.among(ctx, st.parent, parents, nil)
}

// ChildKeys names the rows that belong to one of the given parents, in no order, and says how large each one's column
// sizeOf is: 0 where that is NULL, or empty. The column itself is not read, so that rows that are too much for one
// page can be read one after the other.
func (st *Stream) ChildKeys(ctx context.Context, parents []string, sizeOf string) ([]Child, error) {
	if st.parent < 0 {
		return nil, errNoParent
	}
	size, err := st.column("size column", sizeOf)
	if err != nil {
		return nil, err
	}
	var children []Child
	for chunk := range st.chunks(st.parent, parents) {
		into, err := st.source.readRows(ctx, st.childQuery(chunk, size), []Column{st.columns[st.key], st.columns[st.parent], {}}, 0)
		if err != nil {
			return nil, err
		}
		for _, row := range into.rows {
			if !holds(chunk, row[1]) {
				continue
			}
			if row[0].IsNull() {
				return nil, st.errNullKey()
			}
			child := Child{Key: string(row[0]), Parent: string(row[1])}
			if child.Size, err = strconv.ParseInt(string(row[2]), 10, 64); err != nil {
				return nil, err
			}
			children = append(children, child)
		}
	}
	return children, nil
}

// childQuery writes SELECT key, parent, size; the size of no column is 0.
func (st *Stream) childQuery(parents []string, size int) *builder {
	db := st.source.db
	b := &builder{db: db}
	length := "0"
	if size >= 0 {
		length = "coalesce(" + db.size(st.columns[size], st.name(size)) + ", 0)"
	}
	b.text("SELECT ", db.cell(st.name(st.key)), ", ", db.cell(st.name(st.parent)), ", ", length, " FROM ")
	st.writeQuery(b, Window{}, parents)
	b.text(" WHERE ")
	db.among(b, st.columns[st.parent], st.name(st.parent), parents)
	return b
}

// Rows reads the rows that have one of the given keys, in no order.
func (st *Stream) Rows(ctx context.Context, keys []string) (Page, error) {
	if st.NeedsParents() {
		return Page{}, errParents
	}
	return st.among(ctx, st.key, keys, nil)
}

// RowsOf is Rows for a query that names :parents: it reads those rows with one of the keys that belong to one of the
// parents. A query that does not name them is read as by Rows.
func (st *Stream) RowsOf(ctx context.Context, parents, keys []string) (Page, error) {
	if !st.NeedsParents() {
		return st.Rows(ctx, keys)
	}
	if st.parent < 0 {
		return Page{}, errNoParent
	}
	var all Page
	for chunk := range st.chunks(st.parent, parents) {
		page, err := st.among(ctx, st.key, keys, chunk)
		if err != nil {
			return Page{}, err
		}
		all.Rows = append(all.Rows, page.Rows...)
	}
	return all, nil
}

var errNoParent = errors.New("the query has no parent column: name the one that holds the parents' keys as parent")

// keysPerQuery keeps a query far below what any database takes as arguments: SQLite 32,766 and MySQL 65,535.
const keysPerQuery = 1000

// chunks sorts the texts that column i has values for, and cuts them into what one query takes.
func (st *Stream) chunks(i int, texts []string) iter.Seq[[]string] {
	texts = st.source.db.fitting(st.columns[i], texts)
	return slices.Chunk(slices.Compact(slices.Sorted(slices.Values(texts))), keysPerQuery)
}

// among reads the rows whose column i holds exactly one of the given texts. Databases are more generous: to a MySQL
// column 'a' is also 'A' and 'ä', and 0 is every text that is no number. Where column i is not the parent, parents
// are one query's worth of them, sorted, to one of which the rows belong; nil is any.
func (st *Stream) among(ctx context.Context, i int, texts, parents []string) (Page, error) {
	var all Page
	for chunk := range st.chunks(i, texts) {
		bound := chunk
		if i != st.parent {
			bound = parents
		}
		b := st.selectRows(Window{}, bound)
		b.text(" WHERE ")
		st.source.db.among(b, st.columns[i], st.name(i), chunk)
		if i != st.parent && parents != nil {
			b.text(" AND ")
			st.source.db.among(b, st.columns[st.parent], st.name(st.parent), parents)
		}
		page, err := st.read(ctx, b, 0)
		if err != nil {
			return Page{}, err
		}
		for _, row := range page.Rows {
			if holds(chunk, row[i]) && (parents == nil || holds(parents, row[st.parent])) {
				all.Rows = append(all.Rows, row)
			}
		}
	}
	return all, nil
}

// holds reports whether one of the sorted texts is exactly the cell's.
func holds(sorted []string, cell Cell) bool {
	_, exact := slices.BinarySearch(sorted, string(cell))
	return exact
}
