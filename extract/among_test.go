package extract_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
)

// sized are values and how many bytes they have.
var sized = map[string]map[string][]any{ // by dialect and type: value, bytes, value, bytes, …
	"postgres": {
		"bytea":   {[]byte{0xff, 0, 1}, 3, []byte{}, 0, nil, 0, make([]byte, 100_000), 100_000},
		"text":    {"añ🙂", 7, "", 0, nil, 0, strings.Repeat("ä", 5000), 10_000},
		"json":    {`{"a":  1}`, 9, nil, 0},
		"char(5)": {"ab", 5},
		"integer": {12345, 5, nil, 0},
	},
	"mysql": {
		"longblob":                         {[]byte{0xff, 0, 1}, 3, []byte{}, 0, nil, 0, make([]byte, 100_000), 100_000},
		"longtext":                         {"añ🙂", 7, "", 0, nil, 0, strings.Repeat("ä", 5000), 10_000},
		"varchar(9) CHARACTER SET utf8mb4": {"é", 2},
		"integer":                          {12345, 5, nil, 0},
	},
	"sqlite": {
		"blob":    {[]byte{0xff, 0, 1}, 3, []byte{}, 0, nil, 0, make([]byte, 100_000), 100_000, "añ🙂", 7},
		"text":    {"añ🙂", 7, "", 0, nil, 0, "a\x00b", 3},
		"integer": {12345, 5, nil, 0},
	},
}

func TestChildKeysSayHowLargeAChildIs(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		source := f.open(t)
		n := 0
		for kind, pairs := range sized[f.name] {
			n++
			table := fmt.Sprintf("t%d", n)
			f.exec(t, fmt.Sprintf("CREATE TABLE %s (id varchar(9), parent integer, content %s)", table, kind))
			var want, unsized []extract.Child
			for i := 0; i < len(pairs); i += 2 {
				key := "f" + strconv.Itoa(i)
				f.insert(t, table, []any{key, i % 4, pairs[i]}, []any{key + "x", 99, pairs[i]}, []any{key + "y", nil, pairs[i]})
				want = append(want, extract.Child{Key: key, Parent: strconv.Itoa(i % 4), Size: int64(pairs[i+1].(int))})
				unsized = append(unsized, extract.Child{Key: key, Parent: strconv.Itoa(i % 4)})
			}
			stream := streamOf(t, source, extract.Query{SQL: "SELECT * FROM " + table, Parent: "parent"})
			children, err := stream.ChildKeys(t.Context(), []string{"0", "2", "4", "abc"}, "content")
			require.NoError(t, err, kind)
			require.ElementsMatch(t, want, children, kind)
			children, err = stream.ChildKeys(t.Context(), []string{"0", "2"}, "")
			require.NoError(t, err, kind)
			require.ElementsMatch(t, unsized, children, kind)
		}
	})
}

func TestChildKeysOfParentsThatDatabasesTakeForOneAnother(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, parent varchar(9))")
		f.insert(t, "t", []any{1, "a"}, []any{2, "A"}, []any{3, "ä"}, []any{4, "a "}, []any{5, "7"}, []any{6, nil})
		stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Parent: "parent"})
		children, err := stream.ChildKeys(t.Context(), []string{"a", "07", "b"}, "")
		require.NoError(t, err)
		require.Equal(t, []extract.Child{{Key: "1", Parent: "a"}}, children)
	})
}

func TestChildKeysThatCannotBe(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, parent integer, content varchar(9))")
		f.insert(t, "t", []any{nil, 1, "abc"})
		source := f.open(t)
		stream := streamOf(t, source, extract.Query{SQL: "SELECT * FROM t", Parent: "parent"})
		_, err := stream.ChildKeys(t.Context(), []string{"1"}, "contents")
		require.ErrorContains(t, err, "size column contents is no column of the query: did you mean content?")
		_, err = stream.ChildKeys(t.Context(), []string{"1"}, "content")
		require.ErrorContains(t, err, "a row has NULL in its key column id")
		children, err := stream.ChildKeys(t.Context(), nil, "content")
		require.NoError(t, err)
		require.Empty(t, children)

		orphaned := streamOf(t, source, extract.Query{SQL: "SELECT * FROM t"})
		_, err = orphaned.ChildKeys(t.Context(), []string{"1"}, "")
		require.ErrorContains(t, err, "the query has no parent column")
		_, err = orphaned.Children(t.Context(), []string{"1"})
		require.ErrorContains(t, err, "the query has no parent column")
	})
}

func TestRowsByKeyOfAQueryThatNamesParents(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, parent varchar(9))")
		f.insert(t, "t", []any{1, "a"}, []any{2, "a"}, []any{3, "b"}, []any{4, "A"}, []any{5, nil})
		source := f.open(t)
		read := func(query string, parents, keys []string) []string {
			page, err := streamOf(t, source, extract.Query{SQL: query, Parent: "parent"}).RowsOf(t.Context(), parents, keys)
			require.NoError(t, err)
			return texts(page.Rows)
		}
		const plain, named = "SELECT * FROM t", "SELECT * FROM t WHERE parent IN (:parents)"
		const nested = "SELECT id, parent FROM t WHERE EXISTS (SELECT 1 FROM t x WHERE x.parent IN (:parents))"
		require.ElementsMatch(t, []string{"2|a", "3|b"}, read(named, []string{"a", "b"}, []string{"2", "3", "9", "x"}))
		require.ElementsMatch(t, []string{"2|a"}, read(named, []string{"a"}, []string{"2", "3", "4"}), "the others belong to none of the parents")
		require.ElementsMatch(t, []string{"2|a"}, read(nested, []string{"a"}, []string{"2", "3", "4"}), "wherever the query names them")
		require.Empty(t, read(named, nil, []string{"2"}))
		require.Empty(t, read(named, []string{"a"}, nil))
		require.ElementsMatch(t, []string{"2|a", "4|A"}, read(plain, []string{"b"}, []string{"2", "4"}), "a query that names none has its rows by their keys alone")

		stream := streamOf(t, source, extract.Query{SQL: named, Parent: "parent"})
		require.True(t, stream.NeedsParents())
		require.False(t, streamOf(t, source, extract.Query{SQL: plain}).NeedsParents())
		children, err := stream.ChildKeys(t.Context(), []string{"a"}, "")
		require.NoError(t, err)
		require.Len(t, children, 2)
		_, err = stream.Rows(t.Context(), []string{"2"})
		require.EqualError(t, err, "the query names :parents, so it can only be read for certain parents")
		_, err = stream.Explain(t.Context(), extract.Window{}, nil)
		require.EqualError(t, err, "the query names :parents, so it can only be read for certain parents")
	})
}

func TestRowsByKeyOfMoreParentsAndKeysThanAQueryTakes(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer PRIMARY KEY, parent integer)")
		var parents, keys []string
		for i := range 1500 {
			parents, keys = append(parents, strconv.Itoa(i)), append(keys, strconv.Itoa(-i-1))
		}
		for i := range 10 {
			f.insert(t, "t", []any{-1 - i*150, 1499 - i*150}, []any{i + 1, i})
		}
		query := "SELECT id, parent FROM t WHERE parent IN (:parents) OR parent IN (:parents)"
		page, err := f.stream(t, extract.Query{SQL: query, Parent: "parent"}).RowsOf(t.Context(), parents, keys)
		require.NoError(t, err)
		require.Len(t, page.Rows, 10)
	})
}
