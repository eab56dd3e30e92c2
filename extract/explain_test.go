package extract_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
)

func TestAnExplanationCountsWhatAWindowHoldsAndLeavesOut(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		c := clockColumns[f.name][0]
		f.exec(t, "CREATE TABLE t (id integer, at "+c.kind+")")
		now := time.Now()
		at := func(d time.Duration) any { return c.write(now.Add(d).Truncate(time.Second)) }
		f.insert(t, "t",
			[]any{1, at(-3 * time.Hour)},
			[]any{2, at(-2 * time.Hour)}, []any{3, at(-2 * time.Hour)}, []any{4, at(-2 * time.Hour)},
			[]any{5, at(-time.Hour)}, []any{6, at(-time.Hour)},
			[]any{7, at(-time.Minute)},
			[]any{8, at(time.Hour)}, []any{9, at(time.Hour)}, []any{10, at(48 * time.Hour)},
			[]any{11, nil}, []any{nil, nil},
		)
		explain := func(query extract.Query, from, after *extract.Position) extract.Explanation {
			query.SQL, query.Cursor = "SELECT * FROM t", "at"
			stream := f.stream(t, query)
			e, err := stream.Explain(t.Context(), window(t, stream, from), after)
			require.NoError(t, err)
			e.SQL, e.Args = "", nil
			return e
		}
		all := extract.Explanation{Rows: 7, NullCursor: 2, NullKey: 1, Ahead: 3, Ties: 5, LargestTie: 3}
		require.Equal(t, all, explain(extract.Query{}, nil, nil))
		page := firstPage(t, f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: "at", PageSize: 4}), nil)
		last := stored(t, page.Last)
		require.Equal(t, all, explain(extract.Query{}, nil, &last), "a page further on has the same window")

		behind := all
		behind.Rows, behind.Ties = 6, 5
		require.Equal(t, behind, explain(extract.Query{}, &last, nil), "ten minutes before the watermark, and all that is later")
		recent := now.Add(-30 * time.Minute).UTC().Format(time.RFC3339)
		require.Equal(t, extract.Explanation{Rows: 1, NullCursor: 2, NullKey: 1, Ahead: 3}, explain(extract.Query{Start: recent}, nil, nil), "no ties")
	})
}

func TestAnExplanationCountsARowThatCommitsLate(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, at integer)")
		f.insert(t, "t", []any{1, 10}, []any{2, 20})
		query := extract.Query{SQL: "SELECT * FROM t", Cursor: "at", Lag: extract.Lag{Set: true, Units: 5}}
		stream := f.stream(t, query)
		tx, err := f.db.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.ExecContext(t.Context(), "INSERT INTO t VALUES (3, 15)")
		require.NoError(t, err)
		watermark := firstPage(t, stream, nil).Last
		rows := func() int64 {
			e, err := stream.Explain(t.Context(), window(t, stream, &watermark), nil)
			require.NoError(t, err)
			return e.Rows
		}
		require.EqualValues(t, 1, rows())
		require.NoError(t, tx.Commit())
		require.EqualValues(t, 2, rows())
	})
}

func TestAnExplanationShowsTheQueryAsItIsSent(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, at integer)")
		f.insert(t, "t", []any{1, 10}, []any{2, 20}, []any{3, 20}, []any{4, 30})
		stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t WHERE at >= :since", Cursor: "at", PageSize: 2, Start: "5"})
		w := window(t, stream, nil)
		page, err := stream.Page(t.Context(), w, nil)
		require.NoError(t, err)
		for _, after := range []*extract.Position{nil, &page.Last} {
			e, err := stream.Explain(t.Context(), w, after)
			require.NoError(t, err)
			next, err := stream.Page(t.Context(), w, after)
			require.NoError(t, err)
			require.Equal(t, texts(next.Rows), f.rerun(t, e), e.SQL)
		}
		e, err := stream.Explain(t.Context(), w, &page.Last)
		require.NoError(t, err)
		placeholders := map[string][]string{"postgres": {"$1", "$5"}, "mysql": {"?"}, "sqlite": {"?"}}[f.name]
		for _, placeholder := range placeholders {
			require.Contains(t, e.SQL, placeholder)
		}
		require.Equal(t, []string{"5", "30", "20", "20", "2"}, e.Args)
		require.Contains(t, e.SQL, "LIMIT 2")
	})
}

// rerun runs an explained query by another driver, with its arguments put in as they are shown.
func (f *fixture) rerun(t *testing.T, e extract.Explanation) (found []string) {
	t.Helper()
	query := e.SQL
	for i, arg := range e.Args {
		placeholder := "?"
		if f.name == postgres.name {
			placeholder, arg = fmt.Sprintf("$%d", i+1), "'"+arg+"'"
		}
		query = strings.Replace(query, placeholder, arg, 1)
	}
	rows, err := f.db.QueryContext(t.Context(), query)
	require.NoError(t, err, query)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		cells := make([]string, len(columns))
		targets := make([]any, len(columns))
		for i := range cells {
			targets[i] = &cells[i]
		}
		require.NoError(t, rows.Scan(targets...))
		found = append(found, strings.Join(cells[:2], "|")) // SQLite's have their classes behind them
	}
	require.NoError(t, rows.Err())
	return found
}

func TestAnExplanationWithoutACursor(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, at integer)")
		stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t"})
		explain := func(after *extract.Position) extract.Explanation {
			e, err := stream.Explain(t.Context(), window(t, stream, nil), after)
			require.NoError(t, err)
			return e
		}
		empty := explain(nil)
		require.Zero(t, empty.Rows)
		require.Contains(t, empty.SQL, "ORDER BY", "an empty table is read too")
		f.insert(t, "t", []any{1, 1}, []any{2, 1}, []any{3, 1}, []any{nil, 1})
		e := explain(&extract.Position{Key: "2", Type: "integer,integer"})
		require.Equal(t, []string{"2"}, e.Args)
		e.SQL, e.Args = "", nil
		require.Equal(t, extract.Explanation{Rows: 4, NullKey: 1}, e)
	})
}

func TestAnExplanationOfAnEmptyWindow(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, at integer)")
		f.insert(t, "t", []any{1, nil}, []any{nil, nil})
		stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: "at"})
		e, err := stream.Explain(t.Context(), window(t, stream, nil), nil)
		require.NoError(t, err)
		require.Equal(t, extract.Explanation{NullCursor: 2, NullKey: 1}, e, "no query is run")
	})
}

func TestAnExplanationOfMySQLsZeroDates(t *testing.T) {
	t.Parallel()
	f := newFixture(t, mysql)
	f.exec(t, "CREATE TABLE t (id integer, at datetime NULL)")
	f.exec(t, "INSERT INTO t VALUES (1, 0), (2, 0), (3, '2026-01-01'), (4, '2026-01-01')")
	stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: "at"})
	e, err := stream.Explain(t.Context(), window(t, stream, nil), nil)
	require.NoError(t, err)
	require.Equal(t, [4]int64{2, 2, 2, 2}, [4]int64{e.Rows, e.NullCursor, e.Ties, e.LargestTie})
}
