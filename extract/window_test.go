package extract_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
)

// clockColumn is a kind of column that holds times, and how now, give or take, is written to it.
type clockColumn struct {
	kind  string
	zone  string // in which columns without one are meant
	write func(t time.Time) any
}

const (
	bogota  = "America/Bogota"
	kolkata = "Asia/Kolkata" // where clocks are never set back, as in Bogota
	rome    = "Europe/Rome"
)

func layout(layout, zone string) func(time.Time) any {
	location, err := time.LoadLocation(zone)
	if err != nil {
		return func(time.Time) any { return err.Error() }
	}
	return func(t time.Time) any { return t.In(location).Format(layout) }
}

const (
	micros = "2006-01-02 15:04:05.000000"
	offset = "2006-01-02 15:04:05.000000-07:00"
)

var clockColumns = map[string][]clockColumn{
	"postgres": {
		{"timestamptz", "UTC", layout(offset, kolkata)},
		{"timestamptz", bogota, layout(offset, "UTC")},
		{"timestamp", "UTC", layout(micros, "UTC")},
		{"timestamp", bogota, layout(micros, bogota)},
		{"timestamp", kolkata, layout(micros, kolkata)},
		{"varchar(40)", bogota, layout("2006-01-02 15:04:05", bogota)},
	},
	"mysql": {
		{"datetime(6)", "UTC", layout(micros, "UTC")},
		{"datetime(6)", bogota, layout(micros, bogota)},
		{"datetime(6)", kolkata, layout(micros, kolkata)},
		{"timestamp(6) NULL", "UTC", layout(micros, "Asia/Karachi")}, // the application's zone
		{"timestamp(6) NULL", bogota, layout(micros, "Asia/Karachi")},
	},
	"sqlite": {
		{"datetime", "UTC", layout("2006-01-02 15:04:05", "UTC")},
		{"datetime", bogota, layout("2006-01-02 15:04:05", bogota)},
		{"text", kolkata, layout("2006-01-02T15:04:05.000", kolkata)},
		{"text", bogota, layout("2006-01-02T15:04:05Z", "UTC")},
		{"text", "UTC", layout("2006-01-02T15:04:05.000Z", "UTC")},
		{"", bogota, layout("2006-01-02T15:04:05.000-07:00", bogota)},
	},
}

func TestAWindowEndsAtTheSourcesClock(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		for i, c := range clockColumns[f.name] {
			t.Run(c.kind+" in "+c.zone, func(t *testing.T) {
				zone, err := time.LoadLocation(c.zone)
				require.NoError(t, err)
				table := fmt.Sprintf("t%d", i)
				f.exec(t, fmt.Sprintf("CREATE TABLE %s (id integer, at %s)", table, c.kind))
				now := time.Now()
				f.insert(t, table,
					[]any{1, c.write(now.Add(-2 * time.Hour))},
					[]any{2, c.write(now.Add(-20 * time.Minute))},
					[]any{3, c.write(now.Add(-5 * time.Minute))},
					[]any{4, c.write(now.Add(-10 * time.Second))},
					[]any{5, c.write(now.Add(time.Minute))},
					[]any{6, c.write(now.Add(48 * time.Hour))},
					[]any{7, nil},
				)
				source := f.open(t, func(o *extract.Options) { o.Timezone = zone })
				read := func(query extract.Query, from *extract.Position) []string {
					query.SQL, query.Cursor = "SELECT * FROM "+table, "at"
					stream := streamOf(t, source, query)
					return keys(stream, firstPage(t, stream, from).Rows)
				}
				stream := streamOf(t, source, extract.Query{SQL: "SELECT * FROM " + table, Cursor: "at"})
				first := firstPage(t, stream, nil)
				require.Equal(t, []string{"1", "2", "3", "4"}, keys(stream, first.Rows), "the future waits, NULL is never read")
				gaps, err := stream.Gaps(t.Context(), window(t, stream, nil))
				require.NoError(t, err)
				require.Equal(t, extract.Gaps{NullCursor: 1, Ahead: 2}, gaps)

				page, err := stream.Page(t.Context(), extract.Window{}, nil)
				require.NoError(t, err)
				require.Equal(t, []string{"1", "2", "3", "4", "5", "6"}, keys(stream, page.Rows), "no window, no bound")

				last := stored(t, first.Last)
				require.Equal(t, []string{"3", "4"}, read(extract.Query{}, &last), "ten minutes before the watermark again")
				lag := func(d time.Duration) extract.Lag { return extract.Lag{Set: true, Duration: d} }
				require.Equal(t, []string{"4"}, read(extract.Query{Lag: lag(0)}, &last), "the watermark itself is included")
				require.Equal(t, []string{"2", "3", "4"}, read(extract.Query{Lag: lag(time.Hour)}, &last))

				start := now.Add(-time.Hour).UTC().Format(time.RFC3339)
				require.Equal(t, []string{"2", "3", "4"}, read(extract.Query{Start: start}, nil))
				require.Equal(t, []string{"2", "3", "4"}, read(extract.Query{Start: start, Lag: lag(24 * time.Hour)}, &last), "never before the start")

				at, err := stream.At(t.Context(), now.Add(-10*time.Minute).UTC().Format(time.RFC3339))
				require.NoError(t, err)
				require.Equal(t, []string{"3", "4"}, read(extract.Query{Lag: lag(time.Second)}, &at))
				_, err = stream.At(t.Context(), "yesterday")
				require.ErrorContains(t, err, `"yesterday" is no time, but the cursor at is one: write it as 20`)

				ahead, err := stream.At(t.Context(), now.Add(time.Hour).UTC().Format(time.RFC3339))
				require.NoError(t, err)
				_, err = stream.Window(t.Context(), &ahead)
				var aheadErr *extract.AheadError
				require.ErrorAs(t, err, &aheadErr)
				require.Equal(t, ahead.Cursor, aheadErr.Cursor)
				require.ErrorContains(t, err, "is ahead of the source's clock")
				near, err := stream.At(t.Context(), now.Add(2*time.Minute).UTC().Format(time.RFC3339))
				require.NoError(t, err)
				_, err = stream.Window(t.Context(), &near)
				require.NoError(t, err, "clocks may differ by as much as is read again")
			})
		}
	})
}

func TestADateIsReadAgainForTheWholeDay(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, at date)")
		zone, err := time.LoadLocation(bogota)
		require.NoError(t, err)
		for i, days := range []int{-2, -1, 0, 1} {
			f.insert(t, "t", []any{i, time.Now().In(zone).AddDate(0, 0, days).Format(time.DateOnly)})
		}
		stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: "at", PageSize: 3}, func(o *extract.Options) { o.Timezone = zone })
		first := firstPage(t, stream, nil)
		require.Equal(t, []string{"0", "1", "2"}, keys(stream, first.Rows))
		require.Equal(t, []string{"1", "2"}, keys(stream, firstPage(t, stream, &first.Last).Rows), "the day before, because of the lag")
	})
}

func TestACountingCursorEndsAtItsMaximum(t *testing.T) {
	t.Parallel()
	kinds := map[string][]string{
		"postgres": {"bigint", "numeric(20,0)", "integer", "double precision"},
		"mysql":    {"bigint", "bigint unsigned", "decimal(20,0)", "double"},
		"sqlite":   {"integer", "", "numeric", "real"},
	}
	onEach(t, func(t *testing.T, f *fixture) {
		for i, kind := range kinds[f.name] {
			t.Run(kind, func(t *testing.T) {
				table := fmt.Sprintf("t%d", i)
				f.exec(t, fmt.Sprintf("CREATE TABLE %s (id integer, at %s)", table, kind))
				f.insert(t, table, []any{1, 90}, []any{2, 100}, []any{3, 1000}, []any{4, nil})
				source := f.open(t)
				read := func(query extract.Query, from *extract.Position) []string {
					query.SQL, query.Cursor = "SELECT * FROM "+table, "at"
					stream := streamOf(t, source, query)
					return keys(stream, firstPage(t, stream, from).Rows)
				}
				stream := streamOf(t, source, extract.Query{SQL: "SELECT * FROM " + table, Cursor: "at"})
				w := window(t, stream, nil)
				f.insert(t, table, []any{5, 1001})
				page, err := stream.Page(t.Context(), w, nil)
				require.NoError(t, err)
				require.Equal(t, []string{"1", "2", "3"}, keys(stream, page.Rows), "what comes later waits for the next run")
				gaps, err := stream.Gaps(t.Context(), w)
				require.NoError(t, err)
				require.Equal(t, extract.Gaps{NullCursor: 1, Ahead: 1}, gaps)

				last := stored(t, page.Last)
				require.Equal(t, []string{"3", "5"}, read(extract.Query{}, &last), "the watermark itself is included")
				require.Equal(t, []string{"2", "3", "5"}, read(extract.Query{Lag: extract.Lag{Set: true, Units: 900}}, &last))
				require.Equal(t, []string{"2", "3", "5"}, read(extract.Query{Start: "95"}, nil))
				require.Equal(t, []string{"3", "5"}, read(extract.Query{Start: "95"}, &last))
				require.Equal(t, []string{"2", "3", "5"}, read(extract.Query{Start: "95", Lag: extract.Lag{Set: true, Units: 990}}, &last))
				at, err := stream.At(t.Context(), "100")
				require.NoError(t, err)
				require.Equal(t, []string{"2", "3", "5"}, read(extract.Query{}, &at))
				_, err = stream.At(t.Context(), "1/2")
				require.ErrorContains(t, err, `"1/2" is no number, but the cursor at counts`)
			})
		}
	})
}

func TestALagAlsoReachesBackFromAFraction(t *testing.T) {
	t.Parallel()
	kinds := map[string]string{"postgres": "numeric(20,6)", "mysql": "decimal(20,6)", "sqlite": "real"}
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, at "+kinds[f.name]+")")
		f.insert(t, "t", []any{1, 1767225600.25}, []any{2, 1767225600.75}, []any{3, 1767225660.5})
		stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: "at", Lag: extract.Lag{Set: true, Units: 60}})
		last := firstPage(t, stream, nil).Last
		require.Equal(t, []string{"2", "3"}, keys(stream, firstPage(t, stream, &last).Rows))
	})
}

func TestAnEmptyWindow(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, n integer, at date)")
		for _, cursor := range []string{"n", "at", ""} {
			stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: cursor})
			require.Empty(t, firstPage(t, stream, nil).Rows)
			require.False(t, firstPage(t, stream, nil).More)
			gaps, err := stream.Gaps(t.Context(), window(t, stream, nil))
			require.NoError(t, err)
			require.Zero(t, gaps)
		}
		f.insert(t, "t", []any{1, nil, nil}, []any{nil, nil, nil})
		for _, cursor := range []string{"n", "at"} {
			stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: cursor})
			gaps, err := stream.Gaps(t.Context(), window(t, stream, nil))
			require.NoError(t, err)
			require.Equal(t, extract.Gaps{NullCursor: 2, NullKey: 1}, gaps, "no row has a %s, which must not pass for no rows", cursor)
		}
	})
}

func TestAWindowThatCannotBe(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, at date)")
		f.insert(t, "t", []any{1, "2026-01-01"})
		source := f.open(t)
		for name, c := range map[string]struct {
			query extract.Query
			want  string
		}{
			"a number as the lag of a time": {
				extract.Query{Cursor: "at", Lag: extract.Lag{Set: true, Units: 5}},
				"lag is the number 5, but the cursor at is a time: give a duration such as 10m",
			},
			"a duration as the lag of a number": {
				extract.Query{Cursor: "id", Lag: extract.Lag{Set: true, Duration: time.Minute}},
				"lag is the duration 1m0s, but the cursor id counts: give a number",
			},
			"a number as the start of a time": {
				extract.Query{Cursor: "at", Start: "7"},
				`start "7" is no time, but the cursor at is one`,
			},
			"a time as the start of a number": {
				extract.Query{Cursor: "id", Start: "2026-01-01T00:00:00Z"},
				`start "2026-01-01T00:00:00Z" is no number, but the cursor id counts`,
			},
		} {
			c.query.SQL = "SELECT * FROM t"
			_, err := streamOf(t, source, c.query).Window(t.Context(), nil)
			require.EqualError(t, err, c.want, name)
		}
	})
}

func TestACursorThatIsNoNumberBlocksItsStream(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres)
	f.exec(t, "CREATE TABLE t (id integer, at double precision)")
	f.insert(t, "t", []any{1, 1.5}, []any{2, "NaN"})
	_, err := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: "at"}).Window(t.Context(), nil)
	require.ErrorContains(t, err, "the greatest value of the cursor at is NaN")
}

func TestMySQLsZeroDatesCountAsNull(t *testing.T) {
	t.Parallel()
	f := newFixture(t, mysql)
	for i, kind := range []string{"date", "datetime(6)", "timestamp"} {
		table := fmt.Sprintf("t%d", i)
		f.exec(t, fmt.Sprintf("CREATE TABLE %s (id integer, at %s NULL)", table, kind))
		f.exec(t, fmt.Sprintf("INSERT INTO %s VALUES (1, 0), (2, 0), (3, 0), (4, '2026-01-01'), (5, NULL)", table))
		stream := f.stream(t, extract.Query{SQL: "SELECT * FROM " + table, Cursor: "at", PageSize: 2})
		require.Len(t, readInPages(t, stream), 1, kind)
		gaps, err := stream.Gaps(t.Context(), window(t, stream, nil))
		require.NoError(t, err)
		require.Equal(t, extract.Gaps{NullCursor: 4}, gaps)
	}
}

func TestWhereClocksAreSetBackTheRepeatedHourIsReadAgain(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation(rome)
	require.NoError(t, err)
	utc := func(hour, minute int) time.Time { return time.Date(2026, 10, 25, hour, minute, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		watermark    string
		now          time.Time
		since, until string
	}{
		"in the hour that comes twice": {"2026-10-25 02:50:00", utc(1, 10), "2026-10-25 01:40:00", "2026-10-25 02:10:00"},
		"after it":                     {"2026-10-25 02:50:00", utc(5, 0), "2026-10-25 01:40:00", "2026-10-25 06:00:00"},
		"the day after":                {"2026-10-26 03:00:00", utc(26, 0), "2026-10-26 01:50:00", "2026-10-26 03:00:00"},
		"a week after":                 {"2026-11-01 03:00:00", utc(7*24+2, 0), "2026-11-01 02:50:00", "2026-11-01 03:00:00"},
		"a week before":                {"2026-10-18 03:00:00", utc(1-7*24, 0), "2026-10-18 02:50:00", "2026-10-18 03:00:00"},
	} {
		w, err := extract.TimeWindow(extract.Query{Cursor: "at"}, zone, c.watermark, c.now, &extract.Position{Cursor: c.watermark})
		require.NoError(t, err, name)
		require.Equal(t, []string{c.since, c.until}, []string{w.Since, w.Until}, name)
	}
}

func TestWhereClocksAreSetForwardNothingIsReadTwice(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation(rome)
	require.NoError(t, err)
	now := time.Date(2026, 3, 29, 1, 5, 0, 0, time.UTC)
	w, err := extract.TimeWindow(extract.Query{Cursor: "at"}, zone, "2026-03-29 01:59:00", now, &extract.Position{Cursor: "2026-03-29 01:59:00"})
	require.NoError(t, err)
	require.Equal(t, []string{"2026-03-29 01:49:00", "2026-03-29 03:05:00"}, []string{w.Since, w.Until})
}

func TestBoundsAreWrittenAsTheColumnWritesItsTimes(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation(bogota)
	require.NoError(t, err)
	now := time.Date(2026, 11, 22, 15, 4, 5, 987654321, time.UTC)
	for newest, want := range map[string][2]string{
		"2026-11-22 10:00:00":           {"2026-11-22 09:50:00", "2026-11-22 10:04:05"},
		"2026-11-22T10:00:00":           {"2026-11-22T09:50:00", "2026-11-22T10:04:05"},
		"2026-11-22T15:00:00Z":          {"2026-11-22T14:50:00Z", "2026-11-22T15:04:05Z"},
		"2026-11-22T15:00:00.123Z":      {"2026-11-22T14:50:00.123Z", "2026-11-22T15:04:05.987Z"},
		"2026-11-22 15:00:00.123456+00": {"2026-11-22 14:50:00.123456+00", "2026-11-22 15:04:05.987654+00"},
		"2026-11-22T20:30:00+0530":      {"2026-11-22T20:20:00+0530", "2026-11-22T20:34:05+0530"},
		"2026-11-22T10:00:00-05:00":     {"2026-11-22T09:50:00-05:00", "2026-11-22T10:04:05-05:00"},
		"2026-11-22 10:00":              {"2026-11-22 09:50:00", "2026-11-22 10:04:05"},
		"2026-11-22":                    {"2026-11-21", "2026-11-22"},
	} {
		w, err := extract.TimeWindow(extract.Query{Cursor: "at"}, zone, newest, now, &extract.Position{Cursor: newest})
		require.NoError(t, err, newest)
		require.Equal(t, want, [2]string{w.Since, w.Until}, newest)
	}
}

func TestParseCursor(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation(bogota)
	require.NoError(t, err)
	for text, want := range map[string]string{
		"2026-11-22 10:00:00":       "2026-11-22T15:00:00Z",
		"2026-11-22T10:00:00.5Z":    "2026-11-22T10:00:00.5Z",
		"2026-11-22 10:00:00+05:30": "2026-11-22T04:30:00Z",
		"2026-11-22":                "2026-11-22T05:00:00Z",
		"48213":                     "",
		"infinity":                  "",
		"":                          "",
		"2026-11-22 25:00:00":       "",
		"2026-11-22 10:00:00 BC":    "",
	} {
		at, ok := extract.ParseCursor(text, "", zone)
		require.Equal(t, want != "", ok, text)
		if ok {
			require.Equal(t, want, at.UTC().Format(time.RFC3339Nano), text)
		}
	}
	at, ok := extract.ParseCursor("2026-11-22 10:00:00", "TIMESTAMP", zone)
	require.True(t, ok)
	require.Equal(t, "2026-11-22T10:00:00Z", at.UTC().Format(time.RFC3339), "MySQL's TIMESTAMP is UTC")
}
