package extract_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
)

func TestAQueryIsOneSelect(t *testing.T) {
	t.Parallel()
	const several = "a query is one statement, this one goes on behind a semicolon"
	for query, want := range map[string]string{
		"SELECT 1":                               "",
		"select 1;":                              "",
		"WITH x AS (SELECT 1) SELECT * FROM x":   "",
		"-- why\nSELECT 1":                       "",
		"/* why */ SELECT 1":                     "",
		"SELECT 1 -- why; and more":              "",
		"SELECT 1 ; -- why; and more":            "",
		"SELECT 1;; /* ; */ \n":                  "",
		"SELECT ';' , \";\", `;`":                "",
		"SELECT $$;$$, $tag$ ; $$ ; $tag$":       "",
		`SELECT E'\';'`:                          "",
		`SELECT '\';'`:                           "", // as MySQL reads it
		`SELECT '\'`:                             "", // as Postgres reads it
		"SELECT 'it''s;'":                        "",
		"UPDATE t SET a = 1":                     "a query begins with SELECT or WITH, this one with UPDATE",
		"delete from t":                          "a query begins with SELECT or WITH, this one with DELETE",
		"ATTACH 'x' AS y":                        "a query begins with SELECT or WITH, this one with ATTACH",
		"(SELECT 1)":                             "a query begins with SELECT or WITH, this one with (",
		"":                                       "the query is empty",
		" \n -- nothing":                         "the query is empty",
		"SELECT 1; SELECT 2":                     several,
		"SELECT 1; DELETE FROM t":                several,
		"SELECT 1;'":                             "a quote ' is not closed",
		"SELECT 1;''":                            several,
		"SELECT ';'; DROP TABLE t; --'":          several,
		"SELECT $$ ' $$; DROP TABLE t; --'":      "", // in MySQL one text; refused when a Postgres source is asked
		"SELECT 'x":                              "a quote ' is not closed",
		"SELECT /* x":                            "a comment /* is not closed",
		"SELECT $x$ y $$":                        "", // in MySQL names
		`SELECT '\'; DROP TABLE t; -- '`:         "", // likewise
		"SELECT a FROM t WHERE b = 5--3; DROP x": "",
	} {
		err := extract.CheckQuery(query)
		if want == "" {
			require.NoError(t, err, query)
			continue
		}
		require.EqualError(t, err, want, query)
	}
}

func TestPlaceholdersAreFoundOutsideOfQuotesAndComments(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"SELECT :since, :until FROM t WHERE p IN (:parents)": "since until parents",
		"SELECT ':since', \":until\", `:parents`":            "",
		"SELECT 1 -- :since\n, :until":                       "until",
		"SELECT /* :since */ :until":                         "until",
		"SELECT now()::since, a::until":                      "",
		"SELECT :since::timestamptz":                         "since",
		"SELECT :sinced, :other, a[1:2], :":                  "",
		"SELECT $$ :since $$, $1, $a$ :until $a$":            "",
		"SELECT a$b, :since":                                 "since",
		"SELECT x:since":                                     "since",
	} {
		joined, names, err := extract.CutStatement(query, false)
		require.NoError(t, err, query)
		require.Equal(t, want, strings.Join(names, " "), query)
		require.Equal(t, query, joined)
	}
	for query, want := range map[string]string{
		`SELECT '\':since'`:        "",
		"SELECT 1 # :since":        "",
		"SELECT 5--:since\n":       "since", // no comment in MySQL
		"SELECT 5 -- :since\n":     "",
		"SELECT $$ :since $$":      "since",
		"SELECT \"\\\":since\"":    "",
		"SELECT `\\`, :since, `a`": "since",
	} {
		_, names, err := extract.CutStatement(query, true)
		require.NoError(t, err, query)
		require.Equal(t, want, strings.Join(names, " "), query)
	}
}

func FuzzStatement(f *testing.F) {
	for _, seed := range []string{
		"SELECT :since;", "WITH a AS (SELECT 1) SELECT ':x' -- y", "SELECT $a$ ; $a$", `SELECT E'\''`, "SELECT /**/ `a``b`", "SELECT 1;;#",
		"SELECT\"", "$", ":", "SELECT 1 --", "SELECT :::until",
	} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, query string, backslash bool) {
		_ = extract.CheckQuery(query)
		joined, names, err := extract.CutStatement(query, backslash)
		if err != nil {
			return
		}
		rest, ok := strings.CutPrefix(query, joined)
		require.True(t, ok, "the pieces give back the query")
		require.True(t, rest == "" || rest[0] == ';', "but for what stands behind its end")
		for _, name := range names {
			require.Contains(t, []string{"since", "until", "parents"}, name)
		}
	})
}

func TestAQueryNamesItsParents(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]bool{
		"SELECT * FROM m WHERE ticket_id IN (:parents)": true,
		"SELECT * FROM m":                                         false,
		"SELECT ':parents' FROM m -- :parents":                    false,
		"SELECT x::parents FROM m":                                false,
		"SELECT $$ :parents $$ FROM m":                            false,
		`SELECT 'it\'s' FROM m WHERE ticket_id IN (:parents)`:     true,
		"SELECT * FROM m WHERE ticket_id IN (:parents) AND a = '": false,
	} {
		require.Equal(t, want, extract.NamesParents(sql), sql)
	}
}

func TestQueriesRunAsTheyAre(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, at date, name varchar(40))")
		f.insert(t, "t", []any{1, "2026-01-01", "a"}, []any{2, "2026-01-02", "b"}, []any{3, "2026-01-03", "b"})
		source := f.open(t)
		queries := map[string]string{
			"SELECT id FROM t":                                             "1 2 3",
			"SELECT id FROM t;":                                            "1 2 3",
			"SELECT id FROM t -- all of them":                              "1 2 3",
			"SELECT id FROM t; -- all of them":                             "1 2 3",
			"SELECT id FROM t WHERE name <> ':since;' /* :since */":        "1 2 3",
			"WITH x AS (SELECT id FROM t WHERE id > 1) SELECT id FROM x":   "2 3",
			"SELECT max(id) AS id, name FROM t GROUP BY name":              "1 3",
			"SELECT id FROM t ORDER BY id DESC LIMIT 2":                    "2 3",
			"SELECT id FROM t UNION SELECT id + 10 FROM t":                 "1 2 3 11 12 13",
			"SELECT a.id, b.name FROM t a JOIN t b ON b.id = a.id + 1":     "1 2",
			"SELECT id, name AS \"named so\" FROM t WHERE name LIKE '%a%'": "1",
		}
		switch f.name {
		case "postgres":
			queries["SELECT id::bigint AS id FROM t WHERE at > '2026-01-01'::date AND name <> $$;:since$$"] = "2 3"
			queries[`SELECT id FROM t WHERE name <> E'\';' AND name <> '\'`] = "1 2 3"
		case "mysql":
			queries[`SELECT id FROM t WHERE name <> '\';' AND name <> "\";"`] = "1 2 3"
			queries["SELECT id FROM t WHERE id = 5--3 # :since"] = ""
			queries["SELECT `id` FROM t WHERE id = 5--3"] = ""
			queries["SELECT id, name AS `named so` FROM t"] = "1 2 3"
			delete(queries, "SELECT id, name AS \"named so\" FROM t WHERE name LIKE '%a%'")
		case "sqlite":
			queries["SELECT [id] FROM t WHERE name <> '\\'"] = "1 2 3"
		}
		for query, want := range queries {
			stream := streamOf(t, source, extract.Query{SQL: query})
			require.Equal(t, want, strings.Join(keys(stream, firstPage(t, stream, nil).Rows), " "), query)
		}
	})
}

func TestBoundsThatAQueryNames(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		stamp := map[string]string{"postgres": "timestamptz", "mysql": "datetime(6)", "sqlite": "text"}[f.name]
		f.exec(t, "CREATE TABLE t (id integer, parent integer, at "+stamp+")")
		for i := range 6 {
			f.insert(t, "t", []any{i, i % 2, fmt.Sprintf("2026-01-0%d 00:00:00", i+1)})
		}
		source := f.open(t)
		shifted := map[string]string{
			"postgres": "date_trunc('day', :since)",
			"mysql":    "DATE(:since)",
			"sqlite":   "datetime(:since)",
		}[f.name]
		ended := map[string]string{"postgres": ":until + interval '1 day'", "mysql": ":until + INTERVAL 1 SECOND", "sqlite": "datetime(:until)"}[f.name]
		for name, where := range map[string]string{
			"compared":      "at >= :since AND at <= :until",
			"in a function": "at >= " + shifted + " AND at <= " + ended,
			"several times": "at >= :since AND (at >= :since OR at < :since) AND NOT at > :until",
		} {
			query := extract.Query{SQL: "SELECT id, parent, at FROM t WHERE " + where, Cursor: "at", Parent: "parent"}
			stream := streamOf(t, source, query)
			require.Len(t, firstPage(t, stream, nil).Rows, 6, "%s: no bound leaves nothing out", name)
			children, err := stream.Children(t.Context(), []string{"0", "1"})
			require.NoError(t, err)
			require.Len(t, children.Rows, 6, "%s: parents have all their children", name)

			query.Start = "2026-01-04T12:00:00Z"
			stream = streamOf(t, source, query)
			require.NotContains(t, keys(stream, firstPage(t, stream, nil).Rows), "2", name)
			require.Contains(t, keys(stream, firstPage(t, stream, nil).Rows), "5", name)
		}

		counted := extract.Query{SQL: "SELECT id, at FROM t WHERE id >= :since AND id <= :until", Cursor: "id", Start: "4"}
		require.Len(t, firstPage(t, streamOf(t, source, counted), nil).Rows, 2)
		grouped := extract.Query{
			SQL:    "SELECT parent AS id, max(at) AS at FROM t WHERE at >= :since GROUP BY parent",
			Cursor: "at", Start: "2026-01-05T12:00:00Z",
		}
		require.Equal(t, []string{"1"}, keys(streamOf(t, source, grouped), firstPage(t, streamOf(t, source, grouped), nil).Rows))
	})
}

func TestParentsThatAQueryNames(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, parent integer, at integer)")
		for i := range 6 {
			f.insert(t, "t", []any{i, i % 3, i})
		}
		query := extract.Query{
			SQL:    "SELECT id, parent, (SELECT count(*) FROM t x WHERE x.parent IN (:parents)) AS siblings FROM t WHERE parent IN (:parents)",
			Parent: "parent",
		}
		stream := f.stream(t, query)
		page, err := stream.Children(t.Context(), []string{"1", "2"})
		require.NoError(t, err)
		require.ElementsMatch(t, []string{"1|1|4", "2|2|4", "4|1|4", "5|2|4"}, texts(page.Rows))
		page, err = stream.Children(t.Context(), []string{"1", "abc"})
		require.NoError(t, err)
		require.ElementsMatch(t, []string{"1|1|2", "4|1|2"}, texts(page.Rows), "a key that does not fit the column is no child's")
		page, err = stream.Children(t.Context(), nil)
		require.NoError(t, err)
		require.Empty(t, page.Rows)

		_, err = stream.Page(t.Context(), extract.Window{}, nil)
		require.EqualError(t, err, "the query names :parents, so it can only be read for certain parents")
	})
}

func TestAStreamThatCannotBe(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		blob := map[string]string{"postgres": "bytea", "mysql": "varbinary(16)", "sqlite": "blob"}[f.name]
		f.exec(t, "CREATE TABLE t (id integer, updated_at integer, raw "+blob+")")
		f.insert(t, "t", []any{1, 1, []byte{0xff, 0}})
		source := f.open(t)
		for name, c := range map[string]struct {
			query extract.Query
			want  []string
		}{
			"no such key": {
				extract.Query{SQL: "SELECT id, updated_at FROM t", Key: "ID"},
				[]string{"key ID is no column of the query: did you mean id? It returns id, updated_at"},
			},
			"nothing is right": {
				extract.Query{SQL: "SELECT id, updated_at FROM t", Key: "key", Cursor: "update_at", Parent: "idd"},
				[]string{
					"key key is no column",
					"cursor update_at is no column of the query: did you mean updated_at?",
					"parent idd is no column of the query: did you mean id?",
				},
			},
			"a name twice":           {extract.Query{SQL: "SELECT a.id, b.id FROM t a JOIN t b ON a.id = b.id"}, []string{"id"}},
			"a name in another case": {extract.Query{SQL: "SELECT id, updated_at AS ID FROM t"}, []string{"id"}},
			"no such table":          {extract.Query{SQL: "SELECT id FROM nowhere"}, []string{"nowhere"}},
			"no SQL":                 {extract.Query{SQL: "SELECT id FROM t WHERE WHERE"}, []string{"WHERE"}},
			"a bound without a cursor": {
				extract.Query{SQL: "SELECT id FROM t WHERE updated_at > :since"},
				[]string{"the query names :since or :until, but has no cursor that they could bound"},
			},
			"two statements": {extract.Query{SQL: "SELECT id FROM t; SELECT id FROM t"}, []string{"a query is one statement"}},
			"a write":        {extract.Query{SQL: "UPDATE t SET id = 2"}, []string{"a query begins with SELECT or WITH, this one with UPDATE"}},
		} {
			if c.query.Key == "" {
				c.query.Key = "id"
			}
			_, err := source.Stream(t.Context(), c.query)
			for _, want := range c.want {
				require.Error(t, err, name)
				require.Contains(t, strings.ToLower(err.Error()), strings.ToLower(want), name)
			}
		}
		_, err := source.Stream(t.Context(), extract.Query{SQL: "SELECT * FROM t", Key: "raw"})
		if f.name == "sqlite" { // its values have types, its columns do not
			require.NoError(t, err)
			_, err = streamOf(t, source, extract.Query{SQL: "SELECT * FROM t", Key: "raw"}).Page(t.Context(), extract.Window{}, nil)
		}
		require.ErrorContains(t, err, "binary")
		require.ErrorContains(t, err, "let the query return it as text")
	})
}
