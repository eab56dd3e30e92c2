package extract_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
)

func TestARowThatCommitsLateIsFoundWithinTheLag(t *testing.T) {
	t.Parallel()
	for name, wroteBefore := range map[string]bool{
		"its transaction had written when the first run read": true,
		"its transaction had begun, and had written nothing":  false,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, f *fixture) {
				c := clockColumns[f.name][0]
				f.exec(t, "CREATE TABLE t (id integer, at "+c.kind+")")
				now := time.Now()
				stamp := func(ago time.Duration) string { return fmt.Sprint(c.write(now.Add(-ago))) }
				f.insert(t, "t", []any{1, stamp(time.Minute)})
				source := f.open(t)
				run := func(lag time.Duration, from *extract.Position) extract.Page {
					query := extract.Query{SQL: "SELECT * FROM t", Cursor: "at", Lag: extract.Lag{Set: true, Duration: lag}}
					return firstPage(t, streamOf(t, source, query), from)
				}
				ids := func(page extract.Page) (found []string) {
					for _, row := range page.Rows {
						found = append(found, string(row[0]))
					}
					return found
				}

				tx, err := f.db.BeginTx(t.Context(), nil)
				require.NoError(t, err)
				defer func() { _ = tx.Rollback() }()
				var n int
				require.NoError(t, tx.QueryRowContext(t.Context(), "SELECT count(*) FROM created").Scan(&n))
				write := func() {
					_, err := tx.ExecContext(t.Context(), "INSERT INTO t VALUES (2, '"+stamp(2*time.Minute)+"')")
					require.NoError(t, err)
				}
				if wroteBefore {
					write()
				}
				first := run(10*time.Minute, nil)
				require.Equal(t, []string{"1"}, ids(first))
				second := run(10*time.Minute, &first.Last)
				require.Equal(t, []string{"1"}, ids(second), "it is open across two runs")
				if !wroteBefore {
					write()
				}
				require.NoError(t, tx.Commit())
				require.Equal(t, []string{"2", "1"}, ids(run(10*time.Minute, &second.Last)))
				require.Equal(t, []string{"1"}, ids(run(0, &second.Last)), "without a lag it is never read: that is what the lag is for")
			})
		})
	}
}

func TestManyRowsOfOneTimestampAreReadOnceAlsoWhenTheReaderStops(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		const rows = 10_000
		pageSize := 100
		if f.name == sqlite.name {
			pageSize = 500 // it is Go, which the race detector makes thirty times slower
		}
		kind := map[string]string{"mysql": "datetime"}[f.name]
		if kind == "" {
			kind = "timestamp"
		}
		f.exec(t, "CREATE TABLE t (id integer PRIMARY KEY, at "+kind+")")
		f.exec(t, "CREATE INDEX t_at ON t (at, id)")
		var want, values []string
		for i := range rows {
			want = append(want, strconv.Itoa(i))
			values = append(values, fmt.Sprintf("(%d, '2026-01-01 00:00:00')", i))
		}
		f.exec(t, "INSERT INTO t VALUES "+strings.Join(values, ", "))
		query := extract.Query{SQL: "SELECT * FROM t", Cursor: "at", PageSize: pageSize}
		var found []string
		var after *extract.Position
		stream := f.stream(t, query)
		for more, pages := true, 0; more; pages++ {
			require.LessOrEqual(t, pages, rows/pageSize, "the pages do not end")
			if pages%7 == 1 {
				stream = f.stream(t, query) // as a process does that was killed and started again
			}
			page, err := stream.Page(t.Context(), window(t, stream, nil), after)
			require.NoError(t, err)
			found = append(found, keys(stream, page.Rows)...)
			more = page.More
			if len(page.Rows) > 0 {
				last := stored(t, page.Last)
				after = &last
			}
			if pages == rows/pageSize/2 {
				query.PageSize = rows + 1
				again := f.stream(t, query)
				require.Len(t, firstPage(t, again, after).Rows, rows, "a run that begins at a watermark among them leaves none out")
				query.PageSize = pageSize
			}
		}
		require.Equal(t, want, found)
	})
}

func TestWhereClocksWereSetBackARowOfTheRepeatedHourIsRead(t *testing.T) {
	t.Parallel()
	kinds := map[string][]string{"postgres": {"timestamp", "varchar(20)"}, "mysql": {"datetime"}, "sqlite": {"datetime", "text"}}
	zone, err := time.LoadLocation(rome)
	require.NoError(t, err)
	onEach(t, func(t *testing.T, f *fixture) {
		for i, kind := range kinds[f.name] {
			table := fmt.Sprintf("t%d", i)
			f.exec(t, fmt.Sprintf("CREATE TABLE %s (id integer, at %s)", table, kind))
			f.insert(t, table, []any{1, "2025-10-26 02:50:00"}) // 00:50 UTC
			read := func(zone *time.Location, from *extract.Position) extract.Page {
				lag := extract.Lag{Set: true, Duration: time.Minute}
				query := extract.Query{SQL: "SELECT * FROM " + table, Cursor: "at", Lag: lag}
				return firstPage(t, f.stream(t, query, func(o *extract.Options) { o.Timezone = zone }), from)
			}
			watermark := read(zone, nil).Last
			f.insert(t, table, []any{2, "2025-10-26 02:10:00"}) // 01:10 UTC: twenty minutes later
			require.Len(t, read(zone, &watermark).Rows, 2, kind)
			require.Len(t, read(time.UTC, &watermark).Rows, 1, "%s: where no clock is set back, the lag is all", kind)
		}
	})
}

func TestACommentsStreamIsPagedByItsCursor(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, ticket_id integer, at integer)")
		f.insert(t, "t", []any{1, 7, 10}, []any{2, nil, 10}, []any{3, 8, 20}, []any{4, nil, nil}, []any{5, 7, 30}, []any{6, nil, 30})
		query := extract.Query{SQL: "SELECT * FROM t", Cursor: "at", Parent: "ticket_id", PageSize: 2}
		stream := f.stream(t, query)
		require.Equal(t, []string{"1|7|10", "2|<NULL>|10", "3|8|20", "5|7|30", "6|<NULL>|30"}, readInPages(t, stream))

		whole := query
		whole.PageSize = 10
		page := firstPage(t, f.stream(t, whole), nil)
		var orphans []string
		for _, row := range page.Rows {
			if !stream.HasParent(row) {
				orphans = append(orphans, stream.Key(row))
			}
		}
		require.Equal(t, []string{"2", "6"}, orphans, "rows without a parent are read, so that someone can count them")
		gaps, err := stream.Gaps(t.Context(), window(t, stream, nil))
		require.NoError(t, err)
		require.Equal(t, extract.Gaps{NullCursor: 1}, gaps)

		f.insert(t, "t", []any{7, 8, 40})
		next := firstPage(t, f.stream(t, whole), &page.Last)
		require.Equal(t, []string{"5", "6", "7"}, keys(stream, next.Rows), "a comment that is added later is found without its interaction")
		require.False(t, f.stream(t, extract.Query{SQL: "SELECT * FROM t"}).HasParent(page.Rows[0]), "without a parent column no row has one")
	})
}

// extremes are values that a cursor should not have, or hardly.
var extremes = map[string][]struct {
	kind   string
	past   []any // read, in this order
	future []any // wait
}{
	"postgres": {
		{"timestamptz", []any{"-infinity", "0044-03-15 10:00:00+00 BC", "0001-01-02 00:00:00+00"}, []any{"9999-12-31 23:59:59+00", "20000-01-01 00:00:00+00", "infinity"}},
		{"timestamp", []any{"-infinity", "0044-03-15 10:00:00 BC", "0001-01-02 00:00:00"}, []any{"9999-12-31 23:59:59", "infinity"}},
		{"date", []any{"-infinity", "0044-03-15 BC", "0001-01-02"}, []any{"9999-12-31", "infinity"}},
	},
	"mysql": {
		{"datetime(6)", []any{"1000-01-01 00:00:00"}, []any{"9999-12-31 23:59:59"}},
		{"date", []any{"1000-01-01"}, []any{"9999-12-31"}},
		{"timestamp NULL", []any{"1970-01-02 00:00:01"}, []any{"2038-01-18 00:00:00"}},
	},
	"sqlite": {
		{"datetime", []any{"", "0000-00-00 00:00:00", "0001-01-02 00:00:00"}, []any{"9999-12-31 23:59:59"}},
		{"date", []any{"0000-00-00", "0001-01-02"}, []any{"9999-12-31"}},
	},
}

func TestAnOddCursorNeverPoisonsTheWatermark(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		for i, c := range extremes[f.name] {
			table := fmt.Sprintf("t%d", i)
			f.exec(t, fmt.Sprintf("CREATE TABLE %s (id integer, at %s)", table, c.kind))
			f.insert(t, table, []any{-1, nil})
			for j, at := range slices.Concat(c.past, []any{"2026-01-01 00:00:00"}, c.future) {
				if strings.HasPrefix(c.kind, "date") && !strings.HasPrefix(c.kind, "datetime") && at == "2026-01-01 00:00:00" {
					at = "2026-01-01"
				}
				f.insert(t, table, []any{j, at})
			}
			stream := f.stream(t, extract.Query{SQL: "SELECT * FROM " + table, Cursor: "at"})
			page := firstPage(t, stream, nil)
			require.Len(t, page.Rows, len(c.past)+1, c.kind)
			require.Equal(t, strconv.Itoa(len(c.past)), page.Last.Key, "%s: the present is the last", c.kind)
			gaps, err := stream.Gaps(t.Context(), window(t, stream, nil))
			require.NoError(t, err)
			require.Equal(t, extract.Gaps{NullCursor: 1, Ahead: int64(len(c.future))}, gaps, c.kind)
			for j, row := range page.Rows { // a run that was stopped there
				one := extract.Query{SQL: "SELECT * FROM " + table, Cursor: "at", PageSize: j + 1, Lag: extract.Lag{Set: true}}
				last := stored(t, firstPage(t, f.stream(t, one), nil).Last)
				one.PageSize = 100
				rest := keys(stream, firstPage(t, f.stream(t, one), &last).Rows)
				require.Equal(t, stream.Key(row), rest[0], "%s: the watermark is included", c.kind)
				require.Len(t, rest, len(page.Rows)-j, "%s: whatever it is, all behind it is read", c.kind)
			}
		}
	})
}

func TestAWordAmongTimesBlocksItsStream(t *testing.T) {
	t.Parallel()
	on(t, []dialect{postgres, mysql, sqlite}, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, at varchar(40))")
		f.insert(t, "t", []any{1, "2026-01-01 00:00:00"}, []any{2, "infinity"}, []any{3, ""})
		stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: "at"})
		_, err := stream.Window(t.Context(), nil)
		require.EqualError(t, err, "reading the source's present: the greatest value of the cursor at is \"infinity\", which is no time, "+
			"as \"2026-01-01 00:00:00\" is: correct it, or leave such rows out of the query")
		f.exec(t, "UPDATE t SET at = '2026-01-02 00:00:00' WHERE id = 2")
		require.Len(t, firstPage(t, stream, nil).Rows, 3)
		f.exec(t, "UPDATE t SET at = 'rev'")
		require.Len(t, firstPage(t, stream, nil).Rows, 3, "words alone are a cursor that counts")
	})
}
