package extract_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
)

// shopTables is a schema that the three kinds of databases all understand.
var shopTables = []string{
	"CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, email varchar(190) NOT NULL UNIQUE)",
	`CREATE TABLE tickets (
		id bigint NOT NULL, customer_id integer, subject varchar(200) NOT NULL, price numeric(10, 2), due date, updated_at TIMESTAMP NOT NULL,
		PRIMARY KEY (id), CONSTRAINT of_customer FOREIGN KEY (customer_id) REFERENCES customers (id))`,
	"CREATE TABLE tags (tag varchar(30) NOT NULL, ticket_id bigint NOT NULL, PRIMARY KEY (ticket_id, tag))",
	"CREATE INDEX by_change ON tickets (updated_at, id)",
	"CREATE UNIQUE INDEX by_subject ON tickets (subject)",
	"CREATE VIEW urgent AS SELECT id, due FROM tickets",
}

func tablesOf(t *testing.T, source *extract.Source) map[string]extract.Table {
	t.Helper()
	tables, err := source.Tables(t.Context())
	require.NoError(t, err)
	found := make(map[string]extract.Table)
	for _, table := range tables {
		require.NotContains(t, found, table.Name)
		found[table.Name] = table
	}
	return found
}

func namesOf(table extract.Table) (names, nullable []string) {
	for _, column := range table.Columns {
		names = append(names, column.Name)
		if column.Nullable {
			nullable = append(nullable, column.Name)
		}
	}
	return names, nullable
}

func TestACatalogueDescribesTheTables(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		for _, statement := range shopTables {
			f.exec(t, statement)
		}
		source := f.open(t)
		tables := tablesOf(t, source)
		require.Len(t, tables, 5) // with the one that each fixture has

		tickets := tables["tickets"]
		names, nullable := namesOf(tickets)
		require.Equal(t, []string{"id", "customer_id", "subject", "price", "due", "updated_at"}, names)
		require.Equal(t, []string{"customer_id", "price", "due"}, nullable)
		require.Empty(t, tickets.Schema)
		require.False(t, tickets.View)
		require.Equal(t, []string{"id"}, tickets.PrimaryKey)
		require.Equal(t, []extract.ForeignKey{{Columns: []string{"customer_id"}, Table: "customers", References: []string{"id"}}}, tickets.ForeignKeys)
		require.Subset(t, tickets.Indexes, []extract.Index{
			{Columns: []string{"id"}, Unique: true}, {Columns: []string{"subject"}, Unique: true}, {Columns: []string{"updated_at", "id"}},
		})
		require.Equal(t, []string{"ticket_id", "tag"}, tables["tags"].PrimaryKey)
		require.Equal(t, []extract.Index{{Columns: []string{"ticket_id", "tag"}, Unique: true}}, tables["tags"].Indexes)
		require.Contains(t, tables["customers"].Indexes, extract.Index{Columns: []string{"id"}, Unique: true})
		require.Contains(t, tables["customers"].Indexes, extract.Index{Columns: []string{"email"}, Unique: true})
		require.True(t, tables["urgent"].View)

		for name, table := range tables {
			columns := streamOf(t, source, extract.Query{SQL: "SELECT * FROM " + name, Key: table.Columns[0].Name}).Columns()
			require.Len(t, columns, len(table.Columns))
			for i, column := range columns {
				require.Equal(t, column, table.Columns[i].Column, "as the query describes it")
			}
		}
	})
}

func TestACatalogueLeavesOutWhatTheUserCannotRead(t *testing.T) {
	t.Parallel()
	on(t, []dialect{postgres, mysql}, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE secrets (id integer)")
		f.exec(t, "CREATE TABLE partly (id integer, salary integer)")
		reader := f.reader(t, "created", "partly (id)")
		f.exec(t, "GRANT INSERT (salary) ON partly TO "+reader.user(t))
		tables := tablesOf(t, reader.open(t))
		require.Len(t, tables, 2)
		names, _ := namesOf(tables["partly"])
		require.Equal(t, []string{"id"}, names)
	})
}

func TestWhatAPostgresCatalogueKnowsBesides(t *testing.T) {
	t.Parallel()
	on(t, []dialect{postgres}, func(t *testing.T, f *fixture) {
		for _, statement := range []string{
			"CREATE SCHEMA crm", "CREATE DOMAIN address AS text", "CREATE TYPE state AS ENUM ('open')",
			`CREATE TABLE crm."My Tickets" (id uuid PRIMARY KEY, mail address, tags text[], state state, at timestamptz)`,
			"CREATE TABLE parts (id integer, day date) PARTITION BY RANGE (day)",
			"CREATE TABLE part_one PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
			"CREATE MATERIALIZED VIEW sums AS SELECT 1 AS n",
			"CREATE INDEX partial ON parts (day) WHERE id > 3", "CREATE INDEX computed ON parts ((id + 1), day)",
			"INSERT INTO crm.\"My Tickets\" SELECT gen_random_uuid() FROM generate_series(1, 500)", "ANALYZE",
		} {
			f.exec(t, statement)
		}
		tables := tablesOf(t, f.open(t))
		require.Len(t, tables, 4)
		tickets := tables["My Tickets"]
		require.Equal(t, "crm", tickets.Schema)
		require.EqualValues(t, 500, tickets.Rows)
		var kinds []extract.Kind
		for _, column := range tickets.Columns {
			kinds = append(kinds, column.Kind)
		}
		require.Equal(t, []extract.Kind{extract.Text, extract.Text, extract.Array, extract.Text, extract.Instant}, kinds)
		require.Equal(t, []extract.Index{{Columns: []string{"", "day"}}}, tables["parts"].Indexes)
		require.True(t, tables["sums"].View)
		require.NotContains(t, tables, "part_one")
	})
}

func TestAMySQLCatalogueKnowsWhatUpdatesSet(t *testing.T) {
	t.Parallel()
	on(t, []dialect{mysql}, func(t *testing.T, f *fixture) {
		f.exec(t, `CREATE TABLE t (id int unsigned PRIMARY KEY, a timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
			b datetime NOT NULL DEFAULT CURRENT_TIMESTAMP, c enum('x') NULL, d json NULL, e mediumblob NULL)`)
		f.insert(t, "t", []any{1, "2026-01-01", "2026-01-01", nil, nil, nil})
		f.exec(t, "ANALYZE TABLE t")
		table := tablesOf(t, f.open(t))["t"]
		require.EqualValues(t, 1, table.Rows)
		var updated []string
		for _, column := range table.Columns {
			if column.OnUpdate {
				updated = append(updated, column.Name)
			}
		}
		require.Equal(t, []string{"a"}, updated)
		require.Equal(t, extract.Column{Name: "id", Kind: extract.Integer, Type: "UNSIGNED INT"}, table.Columns[0].Column)
		require.Equal(t, extract.Bytes, table.Columns[5].Kind)
	})
}

func TestASQLiteCatalogueOfOddTables(t *testing.T) {
	t.Parallel()
	on(t, []dialect{sqlite}, func(t *testing.T, f *fixture) {
		for _, statement := range []string{
			"CREATE TABLE plain (n, id INTEGER PRIMARY KEY)", "CREATE TABLE keyed (id TEXT PRIMARY KEY, other REFERENCES plain) WITHOUT ROWID",
			"CREATE INDEX some ON plain (n) WHERE n > 1", "CREATE VIRTUAL TABLE words USING fts5(body)",
			"CREATE TABLE gone (id)", "CREATE VIEW broken AS SELECT id FROM gone", "DROP TABLE gone",
		} {
			f.exec(t, statement)
		}
		tables := tablesOf(t, f.open(t))
		require.Equal(t, []extract.Index{{Columns: []string{"id"}, Unique: true}}, tables["plain"].Indexes)
		require.Equal(t, []string{"id"}, tables["plain"].PrimaryKey)
		require.Equal(t, []extract.Index{{Columns: []string{"id"}, Unique: true}}, tables["keyed"].Indexes)
		require.Equal(t, []extract.ForeignKey{{Columns: []string{"other"}, Table: "plain"}}, tables["keyed"].ForeignKeys)
		require.NotContains(t, tables, "words")
		require.NotContains(t, tables, "broken")
	})
}

func TestOfSQLitesPragmasOnlyTheCataloguesAreAllowed(t *testing.T) {
	t.Parallel()
	f := newFixture(t, sqlite)
	source := f.open(t)
	for _, pragma := range []string{
		"user_version = 7", "user_version", "query_only = 0", "journal_mode = DELETE", "writable_schema = 1", "table_info(created)", "wal_checkpoint", "optimize",
	} {
		require.ErrorContains(t, extract.ExecSQLite(t.Context(), source, "PRAGMA "+pragma), "not authorized", pragma)
	}
	require.NoError(t, extract.ExecSQLite(t.Context(), source, "PRAGMA table_xinfo(created)"))
	require.Error(t, extract.ExecSQLite(t.Context(), source, "CREATE TABLE more (id)"))
}

// reader is the database as a user of its own sees it, who can read the named tables, TABLE or TABLE (COLUMNS).
func (f *fixture) reader(tb testing.TB, tables ...string) *fixture {
	tb.Helper()
	user := "reader_" + strings.ToLower(f.database(tb))
	if f.name == mysql.name {
		f.exec(tb, "CREATE USER "+user+" IDENTIFIED BY 'pass'")
	} else {
		f.exec(tb, "CREATE ROLE "+user+" LOGIN PASSWORD 'pass'")
	}
	tb.Cleanup(func() { f.dropUser(tb, user) })
	for _, table := range tables {
		name, columns, _ := strings.Cut(table, " ")
		f.exec(tb, "GRANT SELECT "+columns+" ON "+name+" TO "+user)
	}
	reading := *f
	reading.dsn = withUser(tb, f.dsn, user, "pass")
	return &reading
}
