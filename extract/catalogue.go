package extract

import (
	"cmp"
	"context"
	"slices"
	"strconv"
)

// Table is a table or a view of the source, as its catalogue describes it.
type Table struct {
	Schema      string // empty where the kind of database has none, or it is the one that names are looked up in
	Name        string
	View        bool
	Columns     []TableColumn
	PrimaryKey  []string
	ForeignKeys []ForeignKey
	Indexes     []Index  // with that of the primary key; only those that sort, and hold every row
	Rows        int64    // roughly; negative where the catalogue does not know
	Triggers    []string // the texts of those that run at updates, as far as the user can see them
}

// TableColumn is a column of a table.
type TableColumn struct {
	Column

	Nullable bool
	OnUpdate bool // the database itself sets it when the row changes
}

// ForeignKey says that columns of a table hold the key of another one.
type ForeignKey struct {
	Columns    []string
	Table      string // with its schema, where that is another one
	References []string
}

// Index is an index of a table; its columns are in their order, an expression is an empty name.
type Index struct {
	Columns []string
	Unique  bool
}

// catalogueQueries read a catalogue in one go each. Rows of one table, index or foreign key stand together, in order.
type catalogueQueries struct {
	columns     string // table's id, schema, name, whether a view, rows; column's name, type, kind, nullable, set by updates
	indexes     string // table's id, index's id, whether unique, whether the primary key's, column
	foreignKeys string // table's id, foreign key's id, column, table and column that it refers to
	triggers    string // table's id, text
	views       string // names of views that have to be asked one by one; empty where columns holds them
}

// Tables reads the catalogue: the tables and views that the source's user can read, less those of the system, by name.
func (s *Source) Tables(ctx context.Context) ([]Table, error) {
	queries := s.db.catalogue()
	c := catalogue{at: make(map[string]int)}
	for _, part := range []struct {
		query   string
		columns int
		take    func(Row)
	}{{queries.columns, 10, c.addColumn(s.db.catalogueColumn)}, {queries.indexes, 5, c.addIndex()}, {queries.foreignKeys, 5, c.addForeignKey()}, {queries.triggers, 2, c.addTrigger}} {
		rows, err := s.rows(ctx, part.columns, part.query)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			part.take(row)
		}
	}
	if err := s.addViews(ctx, &c, queries.views); err != nil {
		return nil, err
	}
	slices.SortStableFunc(c.tables, func(a, b Table) int { return cmp.Or(cmp.Compare(a.Schema, b.Schema), cmp.Compare(a.Name, b.Name)) })
	return c.tables, nil
}

// addViews leaves out the views that cannot be read.
func (s *Source) addViews(ctx context.Context, c *catalogue, query string) error {
	if query == "" {
		return nil
	}
	names, err := s.rows(ctx, 1, query)
	if err != nil {
		return err
	}
	for _, row := range names {
		columns, err := s.db.describe(ctx, "SELECT * FROM "+s.db.quote(string(row[0]))+" LIMIT 0", nil)
		if err != nil {
			continue
		}
		view := Table{Name: string(row[0]), View: true, Rows: -1}
		for _, column := range columns {
			view.Columns = append(view.Columns, TableColumn{Column: column, Nullable: true})
		}
		c.tables = append(c.tables, view)
	}
	return ctx.Err()
}

// rows reads all rows of a query of our own, with so many columns.
func (s *Source) rows(ctx context.Context, columns int, query string, args ...any) ([]Row, error) {
	b := &builder{db: s.db, args: args}
	b.text(query)
	into, err := s.read(ctx, b, make([]Column, columns), 0)
	if err != nil {
		return nil, err
	}
	return into.rows, nil
}

// catalogue puts tables together from what its queries return.
type catalogue struct {
	tables []Table
	at     map[string]int // by the table's id
}

func (c *catalogue) addColumn(column func(databaseType, kind string) Column) func(Row) {
	return func(row Row) {
		id := string(row[0])
		if _, ok := c.at[id]; !ok {
			rows, err := strconv.ParseInt(string(row[4]), 10, 64)
			if err != nil {
				rows = -1
			}
			c.at[id] = len(c.tables)
			c.tables = append(c.tables, Table{Schema: string(row[1]), Name: string(row[2]), View: isTrue(row[3]), Rows: rows})
		}
		found := column(string(row[6]), string(row[7]))
		found.Name = string(row[5])
		table := &c.tables[c.at[id]]
		table.Columns = append(table.Columns, TableColumn{Column: found, Nullable: isTrue(row[8]), OnUpdate: isTrue(row[9])})
	}
}

func (c *catalogue) addIndex() func(Row) {
	last := ""
	return func(row Row) {
		at, ok := c.at[string(row[0])]
		if !ok {
			return
		}
		table := &c.tables[at]
		if id := string(row[0]) + "\x00" + string(row[1]); id != last {
			last = id
			table.Indexes = append(table.Indexes, Index{Unique: isTrue(row[2])})
		}
		index := &table.Indexes[len(table.Indexes)-1]
		index.Columns = append(index.Columns, string(row[4]))
		if isTrue(row[3]) {
			table.PrimaryKey = append(table.PrimaryKey, string(row[4]))
		}
	}
}

func (c *catalogue) addForeignKey() func(Row) {
	last := ""
	return func(row Row) {
		at, ok := c.at[string(row[0])]
		if !ok {
			return
		}
		table := &c.tables[at]
		if id := string(row[0]) + "\x00" + string(row[1]); id != last {
			last = id
			table.ForeignKeys = append(table.ForeignKeys, ForeignKey{Table: string(row[3])})
		}
		key := &table.ForeignKeys[len(table.ForeignKeys)-1]
		key.Columns = append(key.Columns, string(row[2]))
		if !row[4].IsNull() {
			key.References = append(key.References, string(row[4]))
		}
	}
}

func (c *catalogue) addTrigger(row Row) {
	if at, ok := c.at[string(row[0])]; ok {
		c.tables[at].Triggers = append(c.tables[at].Triggers, string(row[1]))
	}
}

// isTrue reads a condition's value as each of the databases writes it.
func isTrue(cell Cell) bool { return string(cell) == "1" || string(cell) == "t" }
