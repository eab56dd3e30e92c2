package extract_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
)

// value is an expression and what arrives of it.
type value struct {
	expression string
	kind       extract.Kind
	text       string
}

const (
	null        = "<NULL>"
	longDecimal = "12345678901234567890123456789012345.012345678901234567890123456789"
)

var values = map[string][]value{
	"postgres": {
		{"NULL", extract.Text, null},
		{"''", extract.Text, ""},
		{"' a '", extract.Text, " a "},
		{"'añ🙂'", extract.Text, "añ🙂"},
		{`E'a\n\t\\b'`, extract.Text, "a\n\t\\b"},
		{"CAST('ab' AS char(5))", extract.Text, "ab   "},
		{"CAST(1.5 AS numeric(40,10))", extract.Decimal, "1.5000000000"},
		{"CAST('123456789012345678901234567890.0123456789' AS numeric(40,10))", extract.Decimal, "123456789012345678901234567890.0123456789"},
		{"CAST('NaN' AS numeric)", extract.Decimal, "NaN"},
		{"CAST('NaN' AS double precision)", extract.Decimal, "NaN"},
		{"CAST('-infinity' AS double precision)", extract.Decimal, "-Infinity"},
		{"CAST(1.7976931348623157e308 AS double precision)", extract.Decimal, "1.7976931348623157e+308"},
		{"CAST(5e-324 AS double precision)", extract.Decimal, "5e-324"},
		{"CAST(0.1 AS double precision) + 0.2", extract.Decimal, "0.30000000000000004"},
		{"CAST(0.1 AS real)", extract.Decimal, "0.1"},
		{"9223372036854775807", extract.Integer, "9223372036854775807"},
		{"-9223372036854775808", extract.Integer, "-9223372036854775808"},
		{"CAST(7 AS smallint)", extract.Integer, "7"},
		{"true", extract.Boolean, "true"},
		{"false", extract.Boolean, "false"},
		{"CAST(NULL AS boolean)", extract.Boolean, null},
		{"CAST('2026-11-22' AS date)", extract.Date, "2026-11-22"},
		{"CAST('infinity' AS date)", extract.Date, "infinity"},
		{"CAST('0044-03-15 BC' AS date)", extract.Date, "0044-03-15 BC"},
		{"CAST('2026-11-22 10:00:00.123456' AS timestamp)", extract.Timestamp, "2026-11-22 10:00:00.123456"},
		{"CAST('2026-11-22 10:00:00' AS timestamp)", extract.Timestamp, "2026-11-22 10:00:00"},
		{"CAST('2026-11-22 10:00:00.5-05' AS timestamptz)", extract.Instant, "2026-11-22 15:00:00.5+00"},
		{"CAST('-infinity' AS timestamptz)", extract.Instant, "-infinity"},
		{"CAST('10:00:00+05:30' AS timetz)", extract.Text, "10:00:00+05:30"},
		{"CAST('1 year 2 days 03:00:04' AS interval)", extract.Text, "1 year 2 days 03:00:04"},
		{`ARRAY['a', 'b c', NULL, '"', '', 'NULL', '\', 'x,y']`, extract.Array, `{a,"b c",NULL,"\"","","NULL","\\","x,y"}`},
		{"ARRAY[1, NULL, 3]", extract.Array, "{1,NULL,3}"},
		{"CAST('{}' AS text[])", extract.Array, "{}"},
		{"ARRAY[true, false]", extract.Array, "{t,f}"},
		{`CAST('{"b": 1.0,  "a":2}' AS json)`, extract.Text, `{"b": 1.0,  "a":2}`},
		{`CAST('{"b": 1.0,  "a":12345678901234567890}' AS jsonb)`, extract.Text, `{"a": 12345678901234567890, "b": 1.0}`},
		{"CAST('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11' AS uuid)", extract.Text, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
		{`CAST('\x00ff5c78' AS bytea)`, extract.Bytes, "\x00\xff\\x"},
		{"CAST('plain' AS bytea)", extract.Bytes, "plain"},
		{"CAST('' AS bytea)", extract.Bytes, ""},
		{"CAST('red' AS colour)", extract.Text, "red"},
		{"CAST(5 AS positive)", extract.Integer, "5"},
		{"CAST('10.0.0.1' AS inet)", extract.Text, "10.0.0.1"},
		{"CAST('12.5' AS money)", extract.Text, "$12.50"},
		{"to_tsvector('simple', 'b a')", extract.Text, "'a':2 'b':1"},
		{"current_setting('TimeZone')", extract.Text, "UTC"},
	},
	"mysql": {
		{"NULL", extract.Text, null},
		{"''", extract.Text, ""},
		{"' a '", extract.Text, " a "},
		{"'añ🙂'", extract.Text, "añ🙂"},
		{`'a\n\t\\b'`, extract.Text, "a\n\t\\b"},
		{"CONVERT('né' USING latin1)", extract.Text, "né"},
		{"CAST(1.5 AS DECIMAL(40,10))", extract.Decimal, "1.5000000000"},
		{"CAST('" + longDecimal + "' AS DECIMAL(65,30))", extract.Decimal, longDecimal},
		{"1.7976931348623157e308", extract.Decimal, "1.7976931348623157e+308"},
		{"-2.2250738585072014e-308", extract.Decimal, "-2.2250738585072014e-308"},
		{"0.1e0 + 0.2e0", extract.Decimal, "0.30000000000000004"},
		{"1e6", extract.Decimal, "1000000"},
		{"1e15", extract.Decimal, "1e+15"},
		{"stored_float", extract.Decimal, "16777216"},
		{"stored_float / 10", extract.Decimal, "1677721.6"},
		{"9223372036854775807", extract.Integer, "9223372036854775807"},
		{"CAST(-9223372036854775808 AS SIGNED)", extract.Integer, "-9223372036854775808"},
		{"CAST(18446744073709551615 AS UNSIGNED)", extract.Integer, "18446744073709551615"},
		{"true", extract.Integer, "1"},
		{"stored_bit", extract.Integer, "513"},
		{"stored_year", extract.Integer, "2026"},
		{"CAST('2026-11-22' AS DATE)", extract.Date, "2026-11-22"},
		{"stored_date", extract.Date, null},
		{"stored_datetime", extract.Timestamp, null},
		{"stored_timestamp", extract.Instant, null},
		{"TIMESTAMP('2026-11-22 10:00:00.123456')", extract.Timestamp, "2026-11-22 10:00:00.123456"},
		{"TIMESTAMP('2026-11-22 10:00:00')", extract.Timestamp, "2026-11-22 10:00:00"},
		{"stored_instant", extract.Instant, "2026-11-22 05:00:00.500000"}, // 10:00 where the application stands
		{"CAST('-101:02:03.5' AS TIME(1))", extract.Text, "-101:02:03.5"},
		{`stored_json`, extract.Text, `{"b": 1.0,  "a":12345678901234567890}`},
		{"stored_enum", extract.Text, "añ"},
		{"stored_set", extract.Text, "x,y"},
		{"stored_latin1", extract.Text, "né"},
		{"stored_blob", extract.Bytes, "\x00\xff\\x"},
		{"CAST('' AS BINARY)", extract.Bytes, ""},
		{"@@session.time_zone", extract.Text, "+00:00"},
	},
	"sqlite": {
		{"NULL", extract.Text, null},
		{"''", extract.Text, ""},
		{"' a '", extract.Text, " a "},
		{"'añ🙂'", extract.Text, "añ🙂"},
		{"9223372036854775807", extract.Text, "9223372036854775807"},
		{"-9223372036854775807 - 1", extract.Text, "-9223372036854775808"},
		{"0.1 + 0.2", extract.Text, "0.30000000000000004"},
		{"1.0", extract.Text, "1.0"},
		{"1e6", extract.Text, "1000000.0"},
		{"1e15", extract.Text, "1e+15"},
		{"1.7976931348623157e308", extract.Text, "1.7976931348623157e+308"},
		{"5e-324", extract.Text, "5e-324"},
		{"9e999", extract.Text, "Infinity"},
		{"-9e999", extract.Text, "-Infinity"},
		{"x'00ff5c78'", extract.Text, "\x00\xff\\x"},
		{"x''", extract.Text, ""},
		{"text_datetime", extract.Timestamp, "2026-11-22T10:00:00.5+02:00"},
		{"odd_datetime", extract.Timestamp, "soon"},
		{"integer_datetime", extract.Timestamp, "1763805600"},
		{"text_date", extract.Date, "2026-11-22 00:00:00"},
		{"integer_boolean", extract.Text, "1"},
		{"text_boolean", extract.Text, "TRUE"},
		{"stored_blob", extract.Bytes, "\x00\xff"},
		{"text_blob", extract.Bytes, "text"},
	},
}

func TestValuesArriveAsTheSourcesOwnText(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.createStored(t)
		source := f.open(t)
		for _, v := range values[f.name] {
			stream := streamOf(t, source, extract.Query{SQL: "SELECT id, " + v.expression + " AS v FROM stored"})
			require.Equal(t, v.kind, stream.Columns()[1].Kind, "%s is of type %s", v.expression, stream.Columns()[1].Type)
			page, err := stream.Page(t.Context(), extract.Window{}, nil)
			require.NoError(t, err, v.expression)
			require.Len(t, page.Rows, 1)
			cell := page.Rows[0][1]
			require.Equal(t, v.text == null, cell.IsNull(), v.expression)
			if !cell.IsNull() {
				require.Equal(t, v.text, string(cell), v.expression)
			}
		}
	})
}

// createStored creates a table of one row with the values that no expression gives.
func (f *fixture) createStored(t *testing.T) {
	t.Helper()
	switch f.name {
	case "postgres":
		f.exec(t, "CREATE TYPE colour AS ENUM ('red')")
		f.exec(t, "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)")
		f.exec(t, "CREATE TABLE stored AS SELECT 1 AS id")
	case "mysql":
		f.exec(t, `CREATE TABLE stored (id integer, stored_float float, stored_bit bit(16), stored_year year, stored_date date,
			stored_datetime datetime(6), stored_timestamp timestamp NULL, stored_instant timestamp(6) NULL, stored_json json, stored_enum enum('añ'),
			stored_set set('x', 'y'), stored_latin1 varchar(9) CHARACTER SET latin1, stored_blob blob)`)
		f.exec(t, `INSERT INTO stored VALUES (1, 16777216, 513, 2026, '0000-00-00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '2026-11-22 10:00:00.5',
			'{"b": 1.0,  "a":12345678901234567890}', 'añ', 'x,y', 'né', x'00ff5c78')`)
	case "sqlite":
		f.exec(t, `CREATE TABLE stored (id integer, text_datetime datetime, odd_datetime DATETIME, integer_datetime timestamp, text_date date,
			integer_boolean boolean, text_boolean boolean, stored_blob blob, text_blob blob)`)
		f.exec(t, `INSERT INTO stored VALUES (1, '2026-11-22T10:00:00.5+02:00', 'soon', 1763805600, '2026-11-22 00:00:00', 1, 'TRUE', x'00ff', 'text')`)
	}
}

func TestLargeTextsAndManyRowsStayApart(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		kind := map[string]string{"mysql": "longtext"}[f.name]
		if kind == "" {
			kind = "text"
		}
		f.exec(t, "CREATE TABLE t (id integer, body "+kind+", note varchar(20))")
		var want []string
		for i, size := range []int{1 << 20, 0, 1, 8191, 8192, 8193, 65535, 65536, 65537, 100, 1 << 20, 3} {
			body := strings.Repeat(string(rune('a'+i)), size)
			f.insert(t, "t", []any{i, body, fmt.Sprint("note ", i)})
			want = append(want, fmt.Sprintf("%d|%s|note %d", i, body, i))
		}
		page := firstPage(t, f.stream(t, extract.Query{SQL: "SELECT * FROM t"}), nil)
		require.Equal(t, want, texts(page.Rows), "every cell holds its own text")
		for _, row := range page.Rows {
			require.Equal(t, len(row), cap(row))
			for _, cell := range row {
				_ = append(cell, "overflow"...)
			}
		}
		require.Equal(t, want, texts(page.Rows), "and none reaches into its neighbour's")
	})
}
