package extract_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
)

func TestAConnectionTellsWhatItMayDo(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		access, err := f.open(t).Access(t.Context())
		require.NoError(t, err)
		require.Regexp(t, `^(PostgreSQL|MySQL|MariaDB|SQLite) \d+\.\d+`, access.Server)
		require.Empty(t, access.TLS)
		require.Less(t, access.Ahead.Abs(), 10*time.Second)
		require.Equal(t, f.name != sqlite.name, access.Anything || len(access.Writable) > 0)
	})
}

func TestARoleThatCanWriteIsFoundWithItsTables(t *testing.T) {
	t.Parallel()
	on(t, []dialect{postgres, mysql}, func(t *testing.T, f *fixture) {
		for _, table := range []string{"a", "b", "c", "d"} {
			f.exec(t, "CREATE TABLE "+table+" (id integer, n integer)")
		}
		reader := f.reader(t, "a", "b", "c", "d")
		user := reader.user(t)
		source := reader.open(t)
		access, err := source.Access(t.Context())
		require.NoError(t, err)
		require.False(t, access.Anything)
		require.Empty(t, access.Writable)

		f.exec(t, "GRANT DELETE ON b TO "+user)
		f.exec(t, "GRANT UPDATE (n) ON c TO "+user)
		access, err = source.Access(t.Context())
		require.NoError(t, err)
		require.False(t, access.Anything)
		require.Equal(t, []string{"b", "c"}, access.Writable)
	})
}

func TestAColumnIsTracedToItsTable(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		for _, statement := range shopTables {
			f.exec(t, statement)
		}
		source := f.open(t)
		tables, err := source.Tables(t.Context())
		require.NoError(t, err)
		stream := streamOf(t, source, extract.Query{
			SQL: "SELECT t.id, t.updated_at AS changed, c.email, t.id + 1 AS next FROM tickets t LEFT JOIN customers c ON c.id = t.customer_id", Cursor: "changed",
		})
		origin, ok := stream.Origin("changed", tables)
		require.True(t, ok)
		require.Equal(t, "tickets", origin.Table.FullName())
		require.Equal(t, "updated_at", origin.Column.Name)
		require.True(t, origin.Table.SortedBy("updated_at"))
		require.False(t, origin.Table.SortedBy("price"))
		require.True(t, origin.Table.UniqueBy("id"))
		require.False(t, origin.Table.UniqueBy("updated_at"))
		_, ok = stream.Origin("next", tables)
		require.False(t, ok)
	})
}

func TestTriggersThatMoveAColumnAreSeen(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, changed_at TIMESTAMP, made_at TIMESTAMP NULL)")
		switch f.name {
		case postgres.name:
			f.exec(t, "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.changed_at = now(); RETURN NEW; END'")
			f.exec(t, "CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch()")
		case mysql.name:
			f.exec(t, "CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW SET NEW.changed_at = now()")
		case sqlite.name:
			f.exec(t, "CREATE TRIGGER touch AFTER UPDATE ON t BEGIN UPDATE t SET changed_at = 1 WHERE id = NEW.id; END")
		}
		table := tablesOf(t, f.open(t))["t"]
		require.True(t, table.MovedByTrigger("changed_at"))
		require.False(t, table.MovedByTrigger("made_at"))
	})
}

func TestKeysAndCursorsAreCountedWhereTheyAreFew(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id varchar(9), at integer)")
		f.insert(t, "t", []any{"a", 1}, []any{"a", 2}, []any{"A", nil}, []any{nil, 3}, []any{"b", nil})
		stream := f.stream(t, extract.Query{SQL: "SELECT id, at FROM t", Cursor: "at"})
		counts, ok, err := stream.Count(t.Context(), 5)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, extract.Counts{Rows: 5, NullKeys: 1, NullCursors: 2, Doubled: 1, Double: "a"}, counts)

		_, ok, err = stream.Count(t.Context(), 4)
		require.NoError(t, err)
		require.False(t, ok)
	})
}

func TestADatabasesComplaintIsPlacedInTheQuery(t *testing.T) {
	t.Parallel()
	on(t, []dialect{postgres, mysql}, func(t *testing.T, f *fixture) {
		for query, mistake := range map[string]string{
			"SELECT 'ä' AS id,, 2 FROM created":                     ", 2",
			"SELECT id FROM created WHERE id > :since AND AND id<9": "AND id<9",
			"SELECT id, 'é' AS x FROMM created, created c":          "FROMM created,",
		} {
			_, err := f.open(t).Stream(t.Context(), extract.Query{SQL: query, Key: "id", Cursor: "id"})
			failed, ok := errors.AsType[*extract.QueryError](err)
			require.True(t, ok, query)
			if f.name == postgres.name {
				require.True(t, strings.HasPrefix(query[failed.Offset:], mistake), "%s: %s", err, query[failed.Offset:])
				continue
			}
			at := strings.Index(query, mistake)
			require.True(t, failed.Offset >= at-len("AND ") && failed.Offset <= at+len(mistake), "%s: %s", err, query[failed.Offset:])
		}
	})
}

// user is the name that the fixture's address logs in with.
func (f *fixture) user(tb testing.TB) string {
	tb.Helper()
	return "reader_" + strings.ToLower(f.database(tb))
}

func TestAPlanTellsWhetherAPageReadsAWholeTable(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE tickets (id integer NOT NULL PRIMARY KEY, n integer NOT NULL, m integer NOT NULL)")
		f.exec(t, "CREATE INDEX by_n ON tickets (n, id)")
		f.exec(t, "INSERT INTO tickets WITH RECURSIVE r (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 900) SELECT a.i * 900 + b.i, a.i * 900 + b.i, b.i FROM r a, r b WHERE a.i < 20")
		if f.name != mysql.name {
			f.exec(t, "ANALYZE")
		}
		source := f.open(t)
		table := tablesOf(t, source)["tickets"]
		for cursor, want := range map[string]bool{"n": false, "m": true} {
			stream := streamOf(t, source, extract.Query{SQL: "SELECT t.id, t.n, t.m FROM tickets t", Cursor: cursor})
			whole, err := stream.ReadsWhole(t.Context(), table)
			require.NoError(t, err)
			require.Equal(t, want, whole, cursor)
		}
	})
}
