package extract

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// Origin is where a column of a query comes from.
type Origin struct {
	Table  Table
	Column TableColumn
}

// Origin finds the column of a table that a query's column is taken from as it stands; ok is false where it is computed,
// or its table is none of the given ones.
func (st *Stream) Origin(column string, tables []Table) (origin Origin, ok bool) {
	outline := OutlineOf(st.query.SQL)
	at := slices.IndexFunc(outline.Columns, func(c OutlineColumn) bool { return strings.EqualFold(c.Name, column) })
	if at < 0 || outline.Columns[at].Table == "" {
		return Origin{}, false
	}
	from := outline.Columns[at]
	for _, table := range tables {
		if !table.isNamed(from.Table) {
			continue
		}
		for _, c := range table.Columns {
			if strings.EqualFold(c.Name, from.Column) {
				return Origin{Table: table, Column: c}, true
			}
		}
	}
	return Origin{}, false
}

// isNamed reports whether a query means this table by a name, with or without its schema.
func (t Table) isNamed(name string) bool {
	if t.Schema != "" {
		return strings.EqualFold(t.Schema+"."+t.Name, name)
	}
	return strings.EqualFold(t.Name, name[strings.LastIndexByte(name, '.')+1:])
}

// FullName is the table's name, with its schema where names have to say it.
func (t Table) FullName() string {
	if t.Schema == "" {
		return t.Name
	}
	return t.Schema + "." + t.Name
}

// UniqueBy reports whether an index lets no two rows have the same value of a column.
func (t Table) UniqueBy(column string) bool {
	return slices.ContainsFunc(t.Indexes, func(i Index) bool {
		return i.Unique && len(i.Columns) == 1 && strings.EqualFold(i.Columns[0], column)
	})
}

// SortedBy reports whether an index begins with a column.
func (t Table) SortedBy(column string) bool {
	return slices.ContainsFunc(t.Indexes, func(i Index) bool { return strings.EqualFold(i.Columns[0], column) })
}

// MovedByTrigger reports whether a trigger that runs at updates names a column.
func (t Table) MovedByTrigger(column string) bool {
	return slices.ContainsFunc(t.Triggers, func(text string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(column)) })
}

// Counts are what a query's rows say about its key and cursor.
type Counts struct {
	Rows        int64
	NullKeys    int64
	NullCursors int64
	Doubled     int64  // rows whose key another row has before them
	Double      string // one such key
}

const (
	// FewRows can be counted without anybody noticing.
	FewRows = 200_000
	// SomeRows can be read without an index without anybody noticing.
	SomeRows = 10_000
)

// Count counts all rows of a query that returns no more than most; ok is false where there are more, or where they cannot
// be read at once.
func (st *Stream) Count(ctx context.Context, most int64) (counts Counts, ok bool, err error) {
	if st.NeedsParents() {
		return Counts{}, false, nil
	}
	if few, err := st.hasAtMost(ctx, most); !few {
		return Counts{}, false, err
	}
	key := st.ordered(st.key)
	b := &builder{db: st.source.db}
	b.text("SELECT count(*), count(", key, "), count(DISTINCT ", key, ") FROM ")
	st.writeQuery(b, Window{}, nil)
	n, err := st.counts(ctx, b, 3)
	if err != nil {
		return Counts{}, false, err
	}
	counts = Counts{Rows: n[0], NullKeys: n[0] - n[1], Doubled: n[1] - n[2]}
	gaps, err := st.Gaps(ctx, Window{})
	counts.NullCursors = gaps.NullCursor
	if err == nil && counts.Doubled > 0 {
		counts.Double, err = st.double(ctx)
	}
	return counts, err == nil, err
}

// hasAtMost reports whether a query returns no more than so many rows. It reads no more than that.
func (st *Stream) hasAtMost(ctx context.Context, rows int64) (bool, error) {
	b := &builder{db: st.source.db}
	b.text("SELECT count(*) FROM (SELECT 1 AS n FROM ")
	st.writeQuery(b, Window{}, nil)
	b.text(" LIMIT ", strconv.FormatInt(rows+1, 10), ") AS pvetl_few")
	few, err := st.counts(ctx, b, 1)
	return err == nil && few[0] <= rows, err
}

// double returns a key that several rows have.
func (st *Stream) double(ctx context.Context) (string, error) {
	key := st.ordered(st.key)
	b := &builder{db: st.source.db}
	b.text("SELECT ", key, " FROM ")
	st.writeQuery(b, Window{}, nil)
	b.text(" GROUP BY ", key, " HAVING count(*) > 1 AND count(", key, ") > 0 LIMIT 1")
	into, err := st.source.read(ctx, b, st.columns[st.key:st.key+1], 0)
	if err != nil || len(into.rows) == 0 {
		return "", err
	}
	return string(into.rows[0][0]), nil
}
