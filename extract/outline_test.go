package extract_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pvetl/extract"
)

// outline writes what is known of a query's columns: NAME, or NAME=TABLE/COLUMN, ? for no name, and … where more may follow.
func outline(sql string) string {
	found := extract.OutlineOf(sql)
	var columns []string
	for _, column := range found.Columns {
		text := column.Name
		if text == "" {
			text = "?"
		}
		if column.Table != "" {
			text += "=" + column.Table + "/" + column.Column
		}
		columns = append(columns, text)
	}
	if !found.Complete {
		columns = append(columns, "…")
	}
	return strings.Join(columns, " ")
}

func TestTheColumnsOfAQueryAreReadFromItsText(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"SELECT id, subject FROM tickets":                                          "id=tickets/id subject=tickets/subject",
		"select t.id, u.email as agent from tickets t join users u on 1 = 1":       "id=tickets/id agent=users/email",
		"SELECT t.id FROM crm.tickets AS t, users":                                 "id=crm.tickets/id",
		"SELECT crm.tickets.id FROM crm.tickets":                                   "id=crm.tickets/id",
		"SELECT id FROM a JOIN b ON a.x = b.x":                                     "id",
		"SELECT t.id FROM (SELECT 1 AS id) t":                                      "id",
		"SELECT id FROM generate_series(1, 3) AS id":                               "id",
		"WITH t AS (SELECT 1, 2 FROM x) SELECT t.id, u.id b FROM t, u":             "id b=u/id",
		"WITH RECURSIVE t (n) AS (SELECT 1 UNION SELECT n FROM t) SELECT n FROM t": "n",
		"SELECT id FROM a UNION SELECT number FROM b":                              "id",
		"SELECT DISTINCT a, b FROM t":                                              "a=t/a b=t/b",
		"SELECT DISTINCT ON (x, y) a FROM t ORDER BY x":                            "a=t/a",
		"SELECT ALL a FROM t":                                                      "a=t/a",
		"SELECT SQL_NO_CACHE a FROM t":                                             "a=t/a",
		`SELECT "Quoted, Name", t."a""b" FROM "My ""table""" t`:                    `Quoted, Name=My "table"/Quoted, Name a"b=My "table"/a"b`,
		"SELECT `a``b` c FROM `x`.`y`":                                             "c=x.y/a`b",
		"SELECT [a b], t.[c] AS [d e] FROM [t]":                                    "a b=t/a b d e=t/c",
		"SELECT * FROM t":                                                          "…",
		"SELECT t.*, count(*) AS n FROM t":                                         "n …",
		"SELECT count(*) FROM t":                                                   "? …",
		"SELECT a + b AS sum, a * b product, a FROM t":                             "sum product a=t/a",
		"SELECT 'a, b' AS x, 'it''s, FROM' y, $$a$$ AS z":                          "x y z",
		"SELECT CASE WHEN a IS NULL THEN b ELSE c END AS x, CASE a WHEN 1 THEN 2 END y, CASE a WHEN 1 THEN 2 END FROM t":   "x y ? …",
		"SELECT row_number() OVER (PARTITION BY a ORDER BY b) rn, sum(x) OVER w AS s, sum(x) OVER w FROM t WINDOW w AS ()": "rn s ? …",
		"SELECT string_agg(a, ',' ORDER BY a) FILTER (WHERE b) AS x FROM t":                                                "x",
		"SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) AS x FROM t":                                                "x",
		"SELECT a::text, t.b::varchar(10), (a + 1)::text, a::double precision, a::text[] FROM t":                           "a b ? ? a …",
		"SELECT a::timestamp AT TIME ZONE 'UTC' AS x, a AT TIME ZONE 'UTC' y FROM t":                                       "x y",
		"SELECT cast(a AS text), CAST(a AS text) AS b FROM t":                                                              "? b …",
		"SELECT EXTRACT(epoch FROM a) AS x, trim(both ' ' FROM b) y FROM t":                                                "x y",
		"SELECT a IS DISTINCT FROM b AS x, c FROM t":                                                                       "x c=t/c",
		"SELECT a IS NULL, NOT b, -c, a COLLATE \"C\", 1, 'x', NULL FROM t":                                                "? ? ? ? ? ? ? …",
		"SELECT INTERVAL 1 DAY, a + INTERVAL '1' DAY AS b":                                                                 "? b …",
		"SELECT ARRAY[1, 2] AS x, a[1] AS y, ARRAY[[1, 2], [3, 4]] AS z FROM t":                                            "x y z",
		"SELECT (SELECT max(a), b FROM x) AS m, (SELECT 1) n FROM t":                                                       "m n",
		"SELECT -- x, y\n a, /* z, */ b # c\nFROM t":                                                                       "…", // to Postgres, # is an operator
		"SELECT -- x, y\n a, /* z, */ b FROM t":                                                                            "a=t/a b=t/b",
		`SELECT 'a\', b AS x, '' AS y`:                                                                                     "? x y …", // Postgres
		`SELECT 'a\', b' AS x`:                                                                                             "x",       // MySQL
		"SELECT :since AS s, a FROM t WHERE a IN (:parents)":                                                               "s a=t/a",
		"SELECT rowid, offset, current_timestamp FROM t":                                                                   "? offset=t/offset ? …",
		"SELECT a.id FROM x a, y a":                                                                                        "id",
		"SELECT t.id FROM (x t JOIN y u ON 1 = 1)":                                                                         "id",
		"SELECT a # + b AS x\n, c FROM t":                                                                                  "…",
		"SELECT id, a FROMM t x y":                                                                                         "id ? …",
		"SELECT a AS x;":                                                                                                   "x",
		"SELECT a AS 'x y' FROM t":                                                                                         "x y=t/a",
		"SELECT a, FROM t":                                                                                                 "a=t/a …",
		"SELECT (a FROM t":                                                                                                 "…",
		"UPDATE t SET a = 1":                                                                                               "…",
		"":                                                                                                                 "…",
	} {
		require.Equal(t, want, outline(query), query)
	}
}

func TestAColumnBeginsWhereItsTextDoes(t *testing.T) {
	t.Parallel()
	const query = "WITH x AS (SELECT 1 AS a)\nSELECT -- the key\n  t.id,\n  'ä, b' || c AS d ,f(1) FROM t"
	var texts []string
	for _, column := range extract.OutlineOf(query).Columns {
		texts = append(texts, query[column.Offset:column.Offset+4])
	}
	require.Equal(t, []string{"t.id", "'ä,", "f(1)"}, texts)
}

func FuzzOutlineOf(f *testing.F) {
	f.Add("WITH a AS (SELECT 1) SELECT DISTINCT ON (x) t.a, \"b\" AS `c`, CASE WHEN [d] THEN 'e' END, $x$, $x$ FROM t; ")
	f.Add(`SELECT 'a\', b::int[] FROM (x) WHERE :since /* */ -- `)
	f.Fuzz(func(t *testing.T, query string) {
		last := -1
		for _, column := range extract.OutlineOf(query).Columns {
			require.Greater(t, column.Offset, last)
			require.Less(t, column.Offset, len(query))
			last = column.Offset
		}
	})
}

func TestSQLiteNamesTheColumnsThatAnOutlineNames(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", "file::memory:")
	require.NoError(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(t.Context(), `CREATE TABLE t (id integer primary key, a text, "b, c" text, [from] text, "end" text)`)
	require.NoError(t, err)
	complete := 0
	rapid.Check(t, func(rt *rapid.T) {
		query := generatedQuery(rt)
		found := extract.OutlineOf(query)
		rows, err := db.QueryContext(t.Context(), query)
		require.NoError(rt, err, query)
		defer rows.Close()
		names, err := rows.Columns()
		require.NoError(rt, err)
		require.NoError(rt, rows.Err())
		if !found.Complete {
			return
		}
		complete++
		var outlined []string
		for _, column := range found.Columns {
			outlined = append(outlined, column.Name)
		}
		require.Equal(rt, names, outlined, query)
	})
	require.Positive(t, complete)
}

// generatedQuery writes a query of the table t with expressions, names, quotes, comments and clauses of all sorts.
func generatedQuery(rt *rapid.T) string {
	pick := func(from ...string) string { return rapid.SampledFrom(from).Draw(rt, "piece") }
	operand := func() string {
		return pick("id", "a", "t.a", `"b, c"`, "t.[from]", "`end`", "'x, y'", "' FROM '", "1", "2.5", "NULL", "max(id, 1)", "(SELECT max(id, 2) FROM t)", "CASE a WHEN 1 THEN 2 ELSE 3 END",
			"CAST(a AS text)", "count(*) OVER (ORDER BY id)", "CASE WHEN a IS NULL THEN 'END' END", "*", "t.*")
	}
	var items []string
	for range rapid.IntRange(1, 4).Draw(rt, "columns") {
		item := operand()
		if !strings.HasSuffix(item, "*") {
			for range rapid.IntRange(0, 2).Draw(rt, "operators") {
				right := operand()
				if strings.HasSuffix(right, "*") {
					continue
				}
				item += pick(" + ", "||", " IS NOT DISTINCT FROM ", " IN ('a', 'b') AND ", " COLLATE NOCASE = ", " /* , */ - ", " -- , FROM\n * ") + right
			}
			item += pick("", "", " IS NULL", " NOTNULL", " x", " AS y", ` "a, b"`, " AS [c d]", " AS `e``f`", " AS 'g'", " AS \"h\"\"i\"")
		}
		items = append(items, item)
	}
	rows := pick("t", "t AS t", "(SELECT * FROM t) t", "t LEFT JOIN (SELECT 1 AS one) o ON one = id", "main.t t, (SELECT 2)")
	query := pick("SELECT ", "select\n", "SELECT DISTINCT ", "WITH w AS (SELECT 1, 2), v (z) AS (SELECT 3) SELECT ") +
		strings.Join(items, pick(",", ", ", " , -- x, y\n")) + " FROM " + rows + pick("", " WHERE t.id > 1")
	if slices.Contains(items, "*") || strings.Contains(query, "t.*") {
		return query + pick("", " ORDER BY 1", " LIMIT 3")
	}
	nulls := strings.TrimSuffix(strings.Repeat("NULL, ", len(items)), ", ")
	return query + pick("", "", fmt.Sprintf(" UNION SELECT %s AS other", nulls))
}
