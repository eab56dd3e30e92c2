package extract_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pvetl/extract"
)

// background is for helpers that a property test calls too, which has no context of its own.
var background = context.Background()

var stamps = map[string]string{"postgres": "timestamp", "mysql": "datetime(6)", "sqlite": "text"}

// fill makes a table with so many rows at each of some times.
func (f *fixture) fill(tb testing.TB, rows map[string]int) {
	tb.Helper()
	f.exec(tb, "CREATE TABLE t (id integer, at "+stamps[f.name]+")")
	var values []string
	for at, n := range rows {
		for range n {
			values = append(values, fmt.Sprintf("(%d, '%s')", len(values), at))
		}
	}
	f.exec(tb, "INSERT INTO t VALUES "+strings.Join(values, ", "))
}

// cuts writes slices as they begin, with their rows.
func cuts(parts []extract.Slice) []string {
	var lines []string
	for _, part := range parts {
		lines = append(lines, fmt.Sprintf("%s: %d", strings.TrimSuffix(part.From, ".000000"), part.Rows))
	}
	return lines
}

func TestSlicesAreCutByTheirRows(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.fill(t, map[string]int{
			"2025-01-01 12:00:00": 3, "2025-03-01 12:00:00": 4, // little in months
			"2025-06-01 08:00:00": 9, "2025-06-01 09:00:00": 9, "2025-06-01 21:00:00": 9, // much on a day
			"2025-06-03 10:10:10": 25, // more than a slice should hold, at one moment
			"2025-06-03 10:10:11": 1, "2025-06-20 00:00:00": 2,
		})
		if f.name != sqlite.name { // counts with an index, and few rows without
			f.exec(t, "CREATE INDEX t_at ON t (at)")
		}
		stream := f.stream(t, extract.Query{SQL: "SELECT id, at FROM t", Cursor: "at"})
		span, err := stream.Span(t.Context(), "2025-01-01", "2026-01-01")
		require.NoError(t, err)
		parts := split(t, stream, span, extract.SplitOptions{Most: 10})
		require.Equal(t, []string{
			"2025-01-01 00:00:00: 7",
			"2025-06-01 06:00:00: 9", "2025-06-01 09:00:00: 9", "2025-06-01 18:00:00: 9",
			"2025-06-03 10:10:10: 25",
			"2025-06-03 10:10:11: 3",
		}, cuts(parts))
		require.Len(t, split(t, stream, span, extract.SplitOptions{}), 1, "few rows are one slice")
	})
}

func TestASliceIsNoWiderThanSomebodySaid(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.fill(t, map[string]int{"2026-01-01 12:00:00": 3, "2026-01-03 12:00:00": 4})
		stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: "at"})
		span, err := stream.Span(t.Context(), "2026-01-01 06:00", "2026-01-04 06:00")
		require.NoError(t, err)
		require.Equal(t, []string{"2026-01-01 06:00:00: 3", "2026-01-02 00:00:00: 0", "2026-01-03 00:00:00: 4", "2026-01-04 00:00:00: 0"},
			cuts(split(t, stream, span, extract.SplitOptions{Width: 24 * time.Hour})), "whole days of the source's own clock")
		_, err = stream.Split(t.Context(), span, extract.SplitOptions{Units: 24})
		require.ErrorContains(t, err, "a slice of 24: the cursor at is a time: give a duration such as 24h")

		counted := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: "id"})
		span, err = counted.Span(t.Context(), "1", "100")
		require.NoError(t, err)
		require.Equal(t, []string{"1: 2", "3: 3", "6: 1"}, cuts(split(t, counted, span, extract.SplitOptions{Units: 3})))
		_, err = counted.Split(t.Context(), span, extract.SplitOptions{Width: time.Hour})
		require.ErrorContains(t, err, "a slice of 1h0m0s: the cursor id counts: give a number such as 10000")
	})
}

func TestADaylongSliceIsADayOfTheClockAlsoWhenItIsSet(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.fill(t, map[string]int{"2026-03-29 01:30:00": 1, "2026-03-29 03:30:00": 1, "2026-03-30 00:30:00": 1})
		stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: "at"}, inZone(t, rome))
		span, err := stream.Span(t.Context(), "2026-03-28", "2026-03-31")
		require.NoError(t, err)
		require.Equal(t, []string{"2026-03-28 00:00:00: 0", "2026-03-29 00:00:00: 2", "2026-03-30 00:00:00: 1"},
			cuts(split(t, stream, span, extract.SplitOptions{Width: 24 * time.Hour})))
	})
}

func TestSlicesAreCutByTheirWidthWhereCountingIsNotCheap(t *testing.T) {
	t.Parallel()
	on(t, []dialect{postgres, mysql}, func(t *testing.T, f *fixture) {
		f.fill(t, map[string]int{"2026-01-01 12:00:00": 30})
		joined := "SELECT a.* FROM t a, t b, t c, t d, t e, t f" // 30 to the sixth rows
		stream := f.stream(t, extract.Query{SQL: joined, Cursor: "at"}, func(o *extract.Options) { o.StatementTimeout = 300 * time.Millisecond })
		span, err := stream.Span(t.Context(), "2026-01-01", "2026-01-03 12:00")
		require.NoError(t, err)
		require.Equal(t, []string{"2026-01-01 00:00:00: -1", "2026-01-02 00:00:00: -1", "2026-01-03 00:00:00: -1"}, cuts(split(t, stream, span, extract.SplitOptions{})))
		long, err := stream.Span(t.Context(), "1900-01-01", "2026-01-03 12:00")
		require.NoError(t, err)
		require.InDelta(t, 4000, len(split(t, stream, long, extract.SplitOptions{Width: time.Minute})), 1001)
	})
}

// Whatever the cuts, the pages of the slices hold each row of the span once.
func TestSlicesHoldEachRowOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, at "+stamps[f.name]+", n bigint)")
		places := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 20), rapid.IntRange(0, 400_000)), 30, 60).Example()
		noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
		write := func(seconds int) string { return noon.Add(time.Duration(seconds) * time.Second).Format(time.DateTime) }
		values := make([]string, len(places))
		for id, at := range places {
			values[id] = fmt.Sprintf("(%d, '%s', %d)", id, write(at), at)
		}
		f.exec(t, "INSERT INTO t VALUES (-1, NULL, 1000000), "+strings.Join(values, ", "))
		source := f.open(t)
		byTime := streamOf(t, source, extract.Query{SQL: "SELECT * FROM t", Cursor: "at", PageSize: 7})
		byCount := streamOf(t, source, extract.Query{SQL: "SELECT * FROM t", Cursor: "n", PageSize: 7})
		rounds := 0
		rapid.Check(t, func(r *rapid.T) {
			if rounds++; rounds > 20 {
				return // what a server is asked for takes its time
			}
			from := rapid.OneOf(rapid.SampledFrom(places), rapid.IntRange(0, 300_000)).Draw(r, "from")
			to := from + rapid.OneOf(rapid.IntRange(1, 20), rapid.IntRange(1, 300_000)).Draw(r, "length")
			options := extract.SplitOptions{Most: rapid.Int64Range(1, 20).Draw(r, "most")}
			var inside []string
			for id, at := range places {
				if from <= at && at < to {
					inside = append(inside, fmt.Sprint(id))
				}
			}
			width := rapid.SampledFrom([]int{0, 0, 1, 5}).Draw(r, "width") * (to - from + 9) / 10
			if rapid.Bool().Draw(r, "counts") {
				span, err := byCount.Span(background, fmt.Sprint(from), fmt.Sprint(to))
				require.NoError(r, err)
				options.Units = int64(width)
				require.ElementsMatch(r, inside, keysIn(r, byCount, split(r, byCount, span, options)))
				return
			}
			span, err := byTime.Span(background, write(from), write(to))
			require.NoError(r, err)
			options.Width = time.Duration(width) * time.Second
			require.ElementsMatch(r, inside, keysIn(r, byTime, split(r, byTime, span, options)))
		})
	})
}
