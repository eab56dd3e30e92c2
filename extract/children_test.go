package extract_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
)

func TestChildrenBelongToExactlyTheParentsThatAreNamed(t *testing.T) {
	t.Parallel()
	type parents struct {
		kind   string
		stored []any
		asked  []string
		found  []string // parents of the rows that are returned, in any order
	}
	const first, second = "00000000-0000-5000-8000-00000000000a", "00000000-0000-5000-8000-00000000000b"
	integers := parents{
		"bigint",
		[]any{int64(9007199254740992), int64(9007199254740993), int64(0), int64(-7), int64(7)},
		[]string{"9007199254740993", "-7", "abc", "", "7.0", "007", "99999999999999999999999", "1e1"},
		[]string{"9007199254740993", "-7"},
	}
	anyCase := []any{"a", "A", "ä", "a ", "10", "", `{"x"}`, `\`, "🙂", "NULL"}
	letters := []string{"a", "10", "10.0", `{"x"}`, `\`, "", "🙂", "NULL", "b", "a"}
	foundLetters := []string{"a", "10", `{"x"}`, `\`, "", "🙂", "NULL"}
	text := func(kind string) parents { return parents{kind, anyCase, letters, foundLetters} }
	uuid := func(kind string) parents {
		return parents{kind, []any{first, second}, []string{first, "no uuid", "7"}, []string{first}}
	}
	cases := map[string][]parents{
		"postgres": {
			integers, text("text"), text("varchar(40)"), text("text COLLATE caseless"), uuid("uuid"), uuid("text"), uuid("char(36)"),
			{"numeric(10,2)", []any{"10.00", "7.50"}, []string{"10.00", "x", "NaN", "7.5"}, []string{"10.00"}},
			{"smallint", []any{7, 8}, []string{"8", "70000", "x"}, []string{"8"}},
			{"date", []any{"2026-01-01", "2026-01-02"}, []string{"2026-01-02", "tomorrow"}, []string{"2026-01-02"}},
			{"inet", []any{"10.0.0.1", "10.0.0.2"}, []string{"10.0.0.1", "7"}, []string{"10.0.0.1"}},
		},
		"mysql": {
			integers, text("varchar(40)"), text("text"), uuid("char(36)"),
			{
				"bigint unsigned",
				[]any{uint64(18446744073709551615), uint64(18446744073709551614)},
				[]string{"18446744073709551615", "-1", "x"},
				[]string{"18446744073709551615"},
			},
			{"varchar(9) CHARACTER SET latin1", []any{"é", "e", "É"}, []string{"é", "🙂"}, []string{"é"}},
			{"varchar(8) CHARACTER SET latin1", []any{"é", "e", "É"}, []string{"e", "f"}, []string{"e"}},
			{"enum('a','é')", []any{"a", "é"}, []string{"é", "1", "x"}, []string{"é"}},
			{"decimal(30,0)", []any{"9007199254740992", "9007199254740993"}, []string{"9007199254740993", "x"}, []string{"9007199254740993"}},
		},
		"sqlite": {
			integers, text("text"), text("text COLLATE NOCASE"), uuid("text"),
			{
				"",
				[]any{int64(10), "11", "a", int64(9007199254740993)},
				[]string{"10", "11", "a", "9007199254740993", "A"},
				[]string{"10", "11", "a", "9007199254740993"},
			},
			{"real", []any{10.0, 11.5}, []string{"10.0", "11.5", "10"}, []string{"10.0", "11.5"}},
		},
	}
	onEach(t, func(t *testing.T, f *fixture) {
		if f.name == "postgres" {
			f.exec(t, `CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`)
		}
		source := f.open(t)
		for i, c := range cases[f.name] {
			t.Run(c.kind, func(t *testing.T) {
				table := fmt.Sprintf("t%d", i)
				f.exec(t, fmt.Sprintf("CREATE TABLE %s (id integer, parent %s)", table, c.kind))
				for i, parent := range append(c.stored, nil) {
					f.insert(t, table, []any{i, parent}, []any{100 + i, parent})
				}
				stream := streamOf(t, source, extract.Query{SQL: "SELECT * FROM " + table, Parent: "parent"})
				page, err := stream.Children(t.Context(), c.asked)
				require.NoError(t, err)
				var found []string
				for _, row := range page.Rows {
					found = append(found, stream.Parent(row))
				}
				require.ElementsMatch(t, slices.Repeat(c.found, 2), found)

				stream = streamOf(t, source, extract.Query{SQL: "SELECT * FROM " + table, Key: "parent"})
				rows, err := stream.Rows(t.Context(), c.asked)
				require.NoError(t, err)
				require.ElementsMatch(t, slices.Repeat(c.found, 2), keys(stream, rows.Rows))
			})
		}
	})
}

func TestChildrenOfMoreParentsThanAQueryTakesArguments(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		const parents = 70_000
		f.exec(t, "CREATE TABLE t (id integer, parent integer)")
		f.exec(t, "CREATE INDEX t_parent ON t (parent)")
		for i := range 10 {
			f.insert(t, "t", []any{i, i * (parents - 1) / 9}, []any{i + 10, parents + i})
		}
		asked := make([]string, parents)
		for i := range asked {
			asked[i] = strconv.Itoa(i)
		}
		stream := f.stream(t, extract.Query{SQL: "SELECT id, parent FROM t", Parent: "parent"})
		page, err := stream.Children(t.Context(), asked)
		require.NoError(t, err)
		require.Len(t, page.Rows, 10)
	})
}

func TestNoParentsHaveNoChildren(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.insert(t, "created", []any{1})
		stream := f.stream(t, extract.Query{SQL: "SELECT id FROM created", Parent: "id"})
		page, err := stream.Children(t.Context(), nil)
		require.NoError(t, err)
		require.Empty(t, page.Rows)
	})
}
