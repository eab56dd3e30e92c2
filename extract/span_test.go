package extract_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
)

// spanCase is a kind of cursor, the bounds as somebody types them, and the values at their edges.
type spanCase struct {
	kind, zone string
	from, to   string
	before     []any // the span
	inside     []any // some stand twice
	behind     []any
}

var spanCases = map[string][]spanCase{
	"postgres": {
		{
			"timestamptz", bogota, "2026-01-02", "2026-01-03T05:00:00Z",
			[]any{"2026-01-02 04:59:59.999999+00"},
			[]any{"2026-01-02 05:00:00+00", "2026-01-02 05:00:00+00", "2026-01-03 04:59:59.999999+00"},
			[]any{"2026-01-03 05:00:00+00", "2026-01-03 05:00:00+00", "infinity"},
		},
		{
			"timestamp", rome, "2026-01-02T00:00:00Z", "2026-01-03 01:00",
			[]any{"-infinity", "2026-01-02 00:59:59.999999"},
			[]any{"2026-01-02 01:00:00", "2026-01-02 01:00:00", "2026-01-03 00:59:59.999999"},
			[]any{"2026-01-03 01:00:00", "2026-01-03 01:00:00"},
		},
		{
			"timestamptz", "UTC", "2026-01-02T00:00:00.000001Z", "2026-01-02T00:00:00.0000031Z",
			[]any{"2026-01-02 00:00:00+00"},
			[]any{"2026-01-02 00:00:00.000001+00", "2026-01-02 00:00:00.000003+00"},
			[]any{"2026-01-02 00:00:00.000004+00"},
		},
		{"date", bogota, "2026-01-02", "2026-01-04", []any{"2026-01-01"}, []any{"2026-01-02", "2026-01-02", "2026-01-03"}, []any{"2026-01-04", "2026-01-04"}},
		{"integer", "UTC", "10", "20", []any{9}, []any{10, 10, 19}, []any{20, 20, 21}},
		{
			"bigint", "UTC", "9007199254740993", "9007199254740995",
			[]any{9007199254740992},
			[]any{9007199254740993, 9007199254740993, 9007199254740994},
			[]any{9007199254740995},
		},
		{"numeric(20,3)", "UTC", "10.5", "20", []any{"10.499"}, []any{"10.5", "10.5", "19.999"}, []any{"20", "20.001"}},
		{"double precision", "UTC", "0.1", "0.3", []any{0.05}, []any{0.1, 0.1, 0.2}, []any{0.3}},
		{"varchar(40)", rome, "2026-01-02", "2026-01-03", []any{"2026-01-01 23:59:59"}, []any{"2026-01-02 00:00:00", "2026-01-02 23:59:59"}, []any{"2026-01-03 00:00:00"}},
		{"bigint", "UTC", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z", []any{1767311999}, []any{1767312000, 1767312000, 1767398399}, []any{1767398400}},
	},
	"mysql": {
		{
			"timestamp(6) NULL", bogota, "2026-01-02", "2026-01-03T05:00:00Z", // the application's zone is five hours ahead of UTC
			[]any{"2026-01-02 09:59:59.999999"},
			[]any{"2026-01-02 10:00:00", "2026-01-02 10:00:00", "2026-01-03 09:59:59.999999"},
			[]any{"2026-01-03 10:00:00", "2026-01-03 10:00:00"},
		},
		{
			"datetime", rome, "2026-01-02T00:00:00Z", "2026-01-03 01:00",
			[]any{"0000-00-00 00:00:00", "2026-01-02 00:59:59"},
			[]any{"2026-01-02 01:00:00", "2026-01-02 01:00:00", "2026-01-03 00:59:59"},
			[]any{"2026-01-03 01:00:00", "2026-01-03 01:00:00"},
		},
		{"datetime(6)", "UTC", "0001-01-01", "2026-01-02", []any{"0000-00-00 00:00:00"}, []any{"1000-01-01 00:00:00", "2026-01-01 23:59:59.999999"}, []any{"2026-01-02 00:00:00"}},
		{"timestamp(6) NULL", "UTC", "0001-01-01", "2026-01-02", []any{"0000-00-00 00:00:00"}, []any{"1971-01-01 00:00:00"}, []any{"2026-01-02 05:00:00"}},
		{"date", bogota, "2026-01-02", "2026-01-04", []any{"0000-00-00", "2026-01-01"}, []any{"2026-01-02", "2026-01-02", "2026-01-03"}, []any{"2026-01-04"}},
		{
			"bigint unsigned", "UTC", "18446744073709551612", "18446744073709551614",
			[]any{"18446744073709551611"},
			[]any{"18446744073709551612", "18446744073709551613"},
			[]any{"18446744073709551614"},
		},
		{"decimal(20,3)", "UTC", "10.5", "20", []any{"10.499"}, []any{"10.5", "10.5", "19.999"}, []any{"20", "20.001"}},
		{"double", "UTC", "0.1", "0.3", []any{0.05}, []any{0.1, 0.1, 0.2}, []any{0.3}},
		{"bigint", "UTC", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z", []any{1767311999999}, []any{1767312000000, 1767398399999}, []any{1767398400000}},
	},
	"sqlite": {
		{"", rome, "2026-01-02T00:00:00Z", "2026-01-03 01:00", []any{"2026-01-02 00:59:59", 7}, []any{"2026-01-02 01:00:00", "2026-01-02 01:00:00", "2026-01-03 00:59:59"}, []any{"2026-01-03 01:00:00"}},
		{
			"text", rome, "2026-01-02", "2026-01-03",
			[]any{"2026-01-01T22:59:59.999Z"},
			[]any{"2026-01-01T23:00:00.000Z", "2026-01-01T23:00:00.000Z", "2026-01-02T22:59:59.999Z"},
			[]any{"2026-01-02T23:00:00.000Z"},
		},
		{
			"datetime", "UTC", "2026-01-02T00:00:00.5Z", "2026-01-03T00:00:00Z",
			[]any{"2026-01-02T00:00:00-00:00"},
			[]any{"2026-01-02T00:00:01-00:00", "2026-01-02T23:59:59-00:00"},
			[]any{"2026-01-03T00:00:00-00:00"},
		},
		{"date", bogota, "2026-01-02", "2026-01-04", []any{"2026-01-01"}, []any{"2026-01-02", "2026-01-02", "2026-01-03"}, []any{"2026-01-04"}},
		{"integer", "UTC", "10", "20", []any{9}, []any{10, 10, 19}, []any{20, 20, 21}},
		{"", "UTC", "10.5", "20", []any{10, 10.25}, []any{10.5, 11, 19.75}, []any{20, 21.5}},
		{"integer", rome, "2026-01-02T00:00:00Z", "2026-01-03 01:00", []any{1767311999}, []any{1767312000, 1767312000, 1767398399}, []any{1767398400}},
	},
}

func TestASpanIsHalfOpen(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		for i, c := range spanCases[f.name] {
			t.Run(c.kind+" from "+c.from, func(t *testing.T) {
				table := fmt.Sprintf("t%d", i)
				f.exec(t, fmt.Sprintf("CREATE TABLE %s (id integer, at %s)", table, c.kind))
				var inside []string
				id := 0
				for part, values := range [][]any{c.before, c.inside, c.behind, {nil}} {
					for _, value := range values {
						id++
						f.insert(t, table, []any{id, value})
						if part == 1 {
							inside = append(inside, fmt.Sprint(id))
						}
					}
				}
				stream := f.stream(t, extract.Query{SQL: "SELECT * FROM " + table + " WHERE id > 0", Cursor: "at", PageSize: 2}, inZone(t, c.zone))
				span, err := stream.Span(t.Context(), c.from, c.to)
				require.NoError(t, err)
				require.Equal(t, inside, keys(stream, rowsIn(t, stream, span)), span)
				n, err := stream.CountIn(t.Context(), span)
				require.NoError(t, err)
				require.EqualValues(t, len(inside), n)
				slices := split(t, stream, span, extract.SplitOptions{Most: 1})
				require.Equal(t, inside, keysIn(t, stream, slices), slices)
			})
		}
	})
}

func TestAQueryMayNameTheBoundsOfASpan(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, at date)")
		f.insert(t, "t", []any{1, "2026-01-01"}, []any{2, "2026-01-02"}, []any{3, "2026-01-03"})
		stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t WHERE at >= :since AND at <= :until", Cursor: "at"})
		span, err := stream.Span(t.Context(), "2026-01-02", "2026-01-03")
		require.NoError(t, err)
		require.Equal(t, []string{"2"}, keys(stream, rowsIn(t, stream, span)))
	})
}

func TestASpanEndsAtTheSourcesPresent(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		for i, c := range clockColumns[f.name] {
			t.Run(c.kind+" in "+c.zone, func(t *testing.T) {
				table := fmt.Sprintf("t%d", i)
				f.exec(t, fmt.Sprintf("CREATE TABLE %s (id integer, at %s)", table, c.kind))
				now := time.Now()
				f.insert(t, table, []any{1, c.write(now.Add(-time.Hour))}, []any{2, c.write(now.Add(-2 * time.Second))}, []any{3, c.write(now.Add(time.Hour))})
				stream := f.stream(t, extract.Query{SQL: "SELECT * FROM " + table, Cursor: "at"}, inZone(t, c.zone))
				span, err := stream.Span(t.Context(), now.Add(-time.Minute).UTC().Format(time.RFC3339), "9000-01-01")
				require.NoError(t, err)
				require.Equal(t, []string{"2"}, keys(stream, rowsIn(t, stream, span)))
				_, err = stream.Span(t.Context(), now.Add(time.Hour).UTC().Format(time.RFC3339), "9000-01-01")
				require.ErrorContains(t, err, "is not before the source's present")
			})
		}
		f.exec(t, "CREATE TABLE counted (id integer, at "+map[string]string{"postgres": "real", "mysql": "float", "sqlite": "real"}[f.name]+")")
		f.insert(t, "counted", []any{1, 5}, []any{2, 16777216})
		counted := f.stream(t, extract.Query{SQL: "SELECT * FROM counted", Cursor: "at"})
		span, err := counted.Span(t.Context(), "5", "99999999999")
		require.NoError(t, err)
		require.Equal(t, []string{"1", "2"}, keys(counted, rowsIn(t, counted, span)), "the newest row belongs to it, also where floats lie far apart")
		require.Less(t, len(span.To), len("99999999999"))
		_, err = counted.Span(t.Context(), "16777217", "99999999999")
		require.ErrorContains(t, err, "there is no history to bring")
	})
}

func TestWhatIsNoSpan(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, at date, n smallint, word varchar(9), none integer)")
		f.insert(t, "t", []any{32767, "2026-01-01", 32767, "b", nil})
		for _, c := range []struct{ cursor, from, to, fault string }{
			{"", "2026-01-01", "2026-01-02", "the query has no cursor"},
			{"at", "yesterday", "2026-01-02", `"yesterday" is no time, but the cursor at is one: write it as 2006-01-02`},
			{"at", "2026-01-01", "5", `"5" is no time`},
			{"at", "2026-01-02", "2026-01-02", "from 2026-01-02 to 2026-01-02 is no span of history"},
			{"n", "2026-01-01", "2026-01-02", `"2026-01-01" is no number, but the cursor n counts: write it as 32767`},
			{"n", "7", "3", "from 7 to 3 is no span of history"},
			{"word", "a", "c", "the cursor word is neither a time nor a number"},
		} {
			stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: c.cursor})
			_, err := stream.Span(t.Context(), c.from, c.to)
			require.ErrorContains(t, err, c.fault)
		}
		none := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: "none"})
		_, err := none.Span(t.Context(), "1", "2")
		require.ErrorContains(t, err, "no row of the query has a value in its cursor none")
	})
	on(t, []dialect{postgres}, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, n smallint)")
		f.insert(t, "t", []any{1, 32767})
		_, err := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: "n"}).Span(t.Context(), "1", "99999")
		require.ErrorContains(t, err, "the greatest value of the cursor n is 32767, and nothing can lie behind that")
	})
}

func TestTheOlderPartOfASpan(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, at date, seconds bigint)")
		for day := range 5 {
			f.insert(t, "t", []any{day, fmt.Sprintf("2026-01-%02d", day+1), 1767225600 + day*86400})
		}
		for _, cursor := range []string{"at", "seconds"} {
			stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: cursor})
			span, err := stream.Span(t.Context(), "2026-01-02", "2026-01-05")
			require.NoError(t, err)
			older := func(at string) []string {
				instant, err := time.Parse(time.DateTime, at)
				require.NoError(t, err)
				part, ok, err := stream.Before(t.Context(), span, instant)
				require.NoError(t, err)
				if !ok {
					return nil
				}
				return keys(stream, rowsIn(t, stream, part))
			}
			require.Nil(t, older("2026-01-02 00:00:00"))
			require.Equal(t, []string{"1"}, older("2026-01-02 12:00:00"))
			require.Equal(t, []string{"1", "2"}, older("2026-01-04 00:00:00"))
			require.Equal(t, []string{"1", "2", "3"}, older("2030-01-01 00:00:00"))
		}
		counts := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: "seconds"})
		span, err := counts.Span(t.Context(), "0", "1767225601")
		require.NoError(t, err)
		_, ok, err := counts.Before(t.Context(), span, time.Now())
		require.NoError(t, err)
		require.False(t, ok, "a number that nobody called a time is none")
	})
}

func inZone(t *testing.T, name string) func(*extract.Options) {
	t.Helper()
	zone, err := time.LoadLocation(name)
	require.NoError(t, err)
	return func(o *extract.Options) { o.Timezone = zone }
}

// rowsIn reads a span page by page.
func rowsIn(t require.TestingT, stream *extract.Stream, span extract.Span) (rows []extract.Row) {
	var after *extract.Position
	for {
		page, err := stream.Page(background, stream.Within(span), after)
		require.NoError(t, err)
		rows = append(rows, page.Rows...)
		if !page.More {
			return rows
		}
		after = &page.Last
	}
}

func keysIn(t require.TestingT, stream *extract.Stream, parts []extract.Slice) []string {
	var all []string
	for _, part := range parts {
		found := rowsIn(t, stream, part.Span)
		if part.Rows >= 0 {
			require.Len(t, found, int(part.Rows), part)
		}
		all = append(all, keys(stream, found)...)
	}
	return all
}

// split cuts a span, and sees that its slices follow on each other.
func split(t require.TestingT, stream *extract.Stream, span extract.Span, options extract.SplitOptions) []extract.Slice {
	parts, err := stream.Split(background, span, options)
	require.NoError(t, err)
	require.NotEmpty(t, parts)
	require.Equal(t, span.From, parts[0].From)
	require.Equal(t, span.To, parts[len(parts)-1].To)
	for i, part := range parts {
		require.Equal(t, span.Type, part.Type)
		require.NotEqual(t, part.From, part.To)
		if i > 0 {
			require.Equal(t, parts[i-1].To, part.From)
		}
	}
	return slices.Clip(parts)
}
