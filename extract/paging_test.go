package extract_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"pvetl/extract"
)

// column is a column's type and what is stored in it.
type column struct {
	name   string
	kind   string
	values []any // distinct
}

var (
	awkwardTexts = []any{"a", "A", "a ", "ä", "10", "9", "09", "B", "b", "", "'", `\`, "é", "🙂", "a\tb", "Z", "_", "-", " a", "ab"}
	bigints      = []any{
		int64(-9223372036854775808), int64(-1), int64(0), int64(9007199254740992), int64(9007199254740993),
		int64(9007199254740994), int64(9223372036854775806), int64(9223372036854775807), int64(7), int64(10),
	}
	uuids      = generated(12, func(i int) any { return uuid.NewSHA1(uuid.Nil, []byte{byte(i)}).String() })
	timestamps = []any{"2026-01-01 00:00:00", "2026-01-01 00:00:00.000001", "2026-01-01 00:00:00.5", "2026-03-29 02:30:00.123456"}
	dates      = []any{"2025-12-31", "2026-01-01", "2026-02-28"}
	floats     = []any{-1.5, 0.1, 0.30000000000000004, 1e15, 1e-9, 1e300, 3.0}
)

func generated(n int, value func(i int) any) []any {
	values := make([]any, n)
	for i := range values {
		values[i] = value(i)
	}
	return values
}

var pagedKeys = map[string][]column{
	"postgres": {
		{"text", "text", awkwardTexts},
		{"text without case", "text COLLATE caseless", awkwardTexts},
		{"char", "char(5)", []any{"a", "A", "ab", "a!", "b", "10", "9"}},
		{"bigint", "bigint", bigints},
		{"uuid", "uuid", uuids},
		{"numeric", "numeric(40,10)", []any{"9007199254740993.0000000001", "9007199254740993.0000000002", "-1", "10", "9"}},
		{"double", "double precision", floats},
		{"interval", "interval", []any{"1 day", "24:00:00", "30 days", "1 month", "-1 day"}},
		{"inet", "inet", []any{"10.0.0.1", "9.0.0.1", "10.0.0.1/24", "::1"}},
		{"enum", "colour", []any{"red", "green", "blue"}},
		{"boolean", "boolean", []any{true, false}},
	},
	"mysql": {
		{"text", "varchar(40)", awkwardTexts},
		{"text in latin1", "varchar(40) CHARACTER SET latin1", []any{"a", "A", "ä", "é", "z", "a ", "Ä", "10", "9"}},
		{"bigint", "bigint", bigints},
		{"unsigned", "bigint unsigned", []any{uint64(18446744073709551615), uint64(18446744073709551614), uint64(9007199254740993), uint64(9)}},
		{"uuid", "char(36)", uuids},
		{"decimal", "decimal(65,10)", []any{strings.Repeat("9", 55) + ".0000000001", strings.Repeat("9", 55) + ".0000000002", "-1", "10", "9"}},
		{"double", "double", floats},
		{"float", "float", []any{"0.1", "0.3", "16777216", "-2.5", "1e30"}},
		{"enum", "enum('red','Green','blue')", []any{"red", "Green", "blue"}},
		{"bit", "bit(16)", []any{int64(1), int64(256), int64(65535)}},
	},
	"sqlite": {
		{"text", "text", awkwardTexts},
		{"text without case", "text COLLATE NOCASE", awkwardTexts},
		{"bigint", "integer", bigints},
		{"uuid", "text", uuids},
		{"real", "real", floats},
		{"undeclared", "", []any{"a", "A", "", "09", int64(10), "9", 9.5, int64(8), "10.5", int64(9007199254740993), 1e300}},
		{"numeric", "numeric", []any{"a", 200.0, 200.5, int64(9007199254740993), "09x", 1e300}},
	},
}

var pagedCursors = map[string][]column{
	"postgres": {
		{"timestamptz", "timestamptz", timestamps},
		{"timestamp", "timestamp", append(timestamps, "-infinity")},
		{"date", "date", dates},
		{"bigint", "bigint", bigints},
		{"text", "text", []any{"10", "9", "a", "A"}},
		{"double", "double precision", floats},
		{"uuid", "uuid", uuids[:3]},
	},
	"mysql": {
		{"timestamp(6)", "timestamp(6)", []any{"2026-01-01 00:00:00", "2026-01-01 00:00:00.000001", "2026-01-01 00:00:00.5"}},
		{"datetime(6)", "datetime(6)", timestamps},
		{"datetime", "datetime", []any{"2026-01-01 00:00:00", "2026-01-01 00:00:01", "1000-01-01 00:00:00"}},
		{"date", "date", dates},
		{"bigint", "bigint", bigints},
		{"unsigned", "bigint unsigned", []any{uint64(18446744073709551615), uint64(18446744073709551614), uint64(3)}},
		{"text", "varchar(20)", []any{"10", "9", "a", "A"}},
		{"float", "float", []any{"0.1", "0.3", "16777216"}},
		{"decimal", "decimal(20,6)", []any{"1767225600.000001", "1767225600.000002", "9"}},
	},
	"sqlite": {
		{"texts with a blank", "datetime", []any{"2026-01-01 10:00:00", "2026-01-01 10:00:01", "2025-12-31 23:59:59"}},
		{"texts with a zone", "text", []any{"2026-01-01T10:00:00Z", "2026-01-01T10:00:01Z", "2025-12-31T23:59:59Z"}},
		{"texts with a fraction", "timestamp", []any{"2026-01-01T10:00:00.123Z", "2026-01-01T10:00:00.124Z"}},
		{"integers", "integer", bigints},
		{"julian days", "real", []any{2461041.5, 2461041.500001, 2461042.0}},
		{"all classes", "", []any{int64(5), 5.5, "5", "a"}},
		{"dates", "date", dates},
	},
}

func TestEveryRowIsReadOnceAndInOrderHoweverItIsPaged(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		if f.name == "postgres" {
			f.exec(t, `CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`)
			f.exec(t, `CREATE TYPE colour AS ENUM ('red', 'green', 'blue')`)
		}
		source := f.open(t)
		random := rand.New(rand.NewPCG(1, 2))
		n := 0
		check := func(name string, key, cursor column) {
			n++
			table := fmt.Sprintf("t%d", n)
			f.exec(t, fmt.Sprintf("CREATE TABLE %s (id %s, at %s)", table, key.kind, cursor.kind))
			for _, i := range random.Perm(len(key.values)) {
				f.insert(t, table, []any{key.values[i], cursor.values[random.IntN(len(cursor.values))]})
			}
			t.Run(name, func(t *testing.T) {
				checkPaging(t, source, "SELECT * FROM "+table, len(key.values))
			})
		}
		for _, key := range pagedKeys[f.name] {
			check("key "+key.name, key, pagedCursors[f.name][0])
		}
		for _, cursor := range pagedCursors[f.name] {
			check("cursor "+cursor.name, pagedKeys[f.name][0], cursor)
		}
	})
}

// checkPaging reads a table with a cursor and without, in pages of every size, and compares with what one page returns.
func checkPaging(t *testing.T, source *extract.Source, query string, rows int) {
	t.Helper()
	for _, cursor := range []string{"at", ""} {
		stream := streamOf(t, source, extract.Query{SQL: query, Cursor: cursor})
		whole := firstPage(t, stream, nil)
		require.Len(t, whole.Rows, rows)
		require.False(t, whole.More)
		want := texts(whole.Rows)
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(keys(stream, whole.Rows)))), rows, "each row once")
		for size := 1; size <= 7; size++ {
			stream := streamOf(t, source, extract.Query{SQL: query, Cursor: cursor, PageSize: size})
			require.Equal(t, want, readInPages(t, stream), "cursor %q, pages of %d", cursor, size)
		}
	}
}

// readInPages reads a stream from page to page, each time from a position that was stored meanwhile.
func readInPages(t *testing.T, stream *extract.Stream) []string {
	t.Helper()
	var found []string
	var after *extract.Position
	w := window(t, stream, nil)
	for range 1000 {
		page, err := stream.Page(t.Context(), w, after)
		require.NoError(t, err)
		found = append(found, texts(page.Rows)...)
		if !page.More {
			return found
		}
		if len(page.Rows) > 0 {
			last := stored(t, page.Last)
			require.True(t, after == nil || stream.Later(last, *after), "%+v is later than %+v", last, after)
			require.False(t, stream.Later(last, last))
			after = &last
		}
	}
	require.Fail(t, "the pages do not end")
	return nil
}

func stored(t *testing.T, p extract.Position) (restored extract.Position) {
	t.Helper()
	text, err := json.Marshal(p)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &restored))
	return restored
}

func TestAPageEndsEarlyWhereRowsAreLarge(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		kind := map[string]string{"mysql": "longtext"}[f.name]
		if kind == "" {
			kind = "text"
		}
		f.exec(t, "CREATE TABLE t (id integer, body "+kind+")")
		body := strings.Repeat("ä", extract.MaxPageBytes/8)
		const rows = 5
		for i := range rows {
			f.insert(t, "t", []any{i, body})
		}
		stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t"})
		var after *extract.Position
		var sizes []int
		for {
			page, err := stream.Page(t.Context(), extract.Window{}, after)
			require.NoError(t, err)
			sizes = append(sizes, len(page.Rows))
			for _, row := range page.Rows {
				require.Equal(t, body, string(row[1]))
			}
			if !page.More {
				break
			}
			after = &page.Last
		}
		require.Equal(t, []int{4, 1}, sizes)
	})
}

func TestRowsThatChangeBetweenPagesAreNotSkipped(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, at integer)")
		f.insert(t, "t", []any{1, 1}, []any{2, 2}, []any{3, 3}, []any{4, 4})
		stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: "at", PageSize: 2})
		w := window(t, stream, nil)
		first, err := stream.Page(t.Context(), w, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"1", "2"}, keys(stream, first.Rows))

		f.exec(t, "DELETE FROM t WHERE id <= 2")      // the row that the position names is gone
		f.exec(t, "INSERT INTO t VALUES (5, 2)")      // committed late, with an equal cursor
		f.exec(t, "UPDATE t SET at = 9 WHERE id = 3") // moves behind the window's end
		second, err := stream.Page(t.Context(), w, &first.Last)
		require.NoError(t, err)
		require.Equal(t, []string{"5", "4"}, keys(stream, second.Rows))
	})
}

func TestRowsWithoutAKeyAreNoticed(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, at integer)")
		f.insert(t, "t", []any{1, 1}, []any{2, 1}, []any{nil, 1}, []any{3, 1})
		for _, cursor := range []string{"", "at"} {
			stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: cursor, PageSize: 2})
			w := window(t, stream, nil)
			var after *extract.Position
			var err error
			for err == nil {
				var page extract.Page
				page, err = stream.Page(t.Context(), w, after)
				require.True(t, err != nil || page.More, "cursor %q: the end was reached", cursor)
				after = &page.Last
			}
			require.ErrorContains(t, err, "a row has NULL in its key column id")
		}
	})
}

func TestALongReadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		stream := f.stream(t, extract.Query{SQL: f.slowQuery(t)})
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		begun := time.Now()
		_, err := stream.Page(ctx, extract.Window{}, nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Less(t, time.Since(begun), 5*time.Second)
	})
}

// slowQuery runs for ten seconds or more.
func (f *fixture) slowQuery(t *testing.T) string {
	t.Helper()
	f.insert(t, "created", []any{1}, []any{2})
	switch f.name {
	case "postgres":
		return "SELECT id, CAST(pg_sleep(5) AS text) AS slept FROM created"
	case "mysql":
		return "SELECT id, SLEEP(5) AS slept FROM created"
	default:
		return "WITH RECURSIVE c(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM c LIMIT 1000000000) SELECT max(id) AS id FROM c"
	}
}
