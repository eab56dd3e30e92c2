package mapping_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pvetl/extract"
	"pvetl/load"
	"pvetl/mapping"
)

func TestTraceSaysWhatEachRuleChanged(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		one
		from  string
		value string
		rules string
	}{
		"a text as it is":                  {one{field: field("string")}, "x", `"x"`, ""},
		"NULL":                             {one{field: field("string")}, null, ``, ""},
		"a default":                        {one{field: field("string"), rule: mapping.Rule{Default: literal("d")}}, null, `"d"`, "default"},
		"a map":                            {one{field: field("string"), rule: mapping.Rule{Map: []mapping.MapEntry{{From: "1", To: mapping.Literal{Text: "a"}}}}}, "1", `"a"`, "map"},
		"a map to the same":                {one{field: field("string"), rule: mapping.Rule{Map: []mapping.MapEntry{{From: "a", To: mapping.Literal{Text: "a"}}}}}, "a", `"a"`, ""},
		"a map to NULL":                    {one{field: field("string"), rule: mapping.Rule{Map: []mapping.MapEntry{{From: "", To: mapping.Literal{Null: true}}}}}, "", ``, "map"},
		"else":                             {one{field: field("string"), rule: mapping.Rule{Map: []mapping.MapEntry{{From: "1", To: mapping.Literal{Text: "a"}}}, Else: literal("b")}}, "2", `"b"`, "else"},
		"split":                            {one{field: field("list"), rule: mapping.Rule{Split: new(",")}}, "a,b", `["a","b"]`, "split"},
		"html_to_text and truncate":        {one{field: field("string"), rule: mapping.Rule{HTMLToText: true, Redact: []string{"email"}, Truncate: 2}}, "<p>abc", `"ab"`, "html_to_text truncate"},
		"redact":                           {one{field: field("string"), rule: mapping.Rule{HTMLToText: true, Redact: []string{"email"}, Truncate: 99}}, "a@b.example", `"[email]"`, "redact"},
		"edits of a list":                  {one{field: field("list"), rule: mapping.Rule{Split: new(","), HTMLToText: true, Truncate: 1}}, "<b>a</b>,bc", `["a","b"]`, "split html_to_text truncate"},
		"edits of a time":                  {one{field: field("string"), rule: mapping.Rule{Truncate: 7}, column: extract.Column{Kind: extract.Date}}, "2026-11-22", `"2026-11"`, "truncate"},
		"an integer":                       {one{field: field("integer")}, "7", `7`, ""},
		"an integer in other words":        {one{field: field("integer")}, "7.0", `7`, "integer"},
		"a boolean in other words":         {one{field: field("boolean")}, "t", `true`, "boolean"},
		"a list in other words":            {one{field: field("list"), column: extract.Column{Kind: extract.Array}}, "{a}", `["a"]`, "list"},
		"a datetime":                       {one{field: field("datetime")}, "2026-11-22", `"2026-11-22T00:00:00Z"`, "datetime"},
		"a time that goes into a string":   {one{field: field("string"), column: extract.Column{Kind: extract.Date}}, "2026-11-22", `"2026-11-22T00:00:00Z"`, "datetime"},
		"a time zone":                      {one{field: field("datetime"), rule: mapping.Rule{Timezone: "Europe/Rome"}}, "2026-11-22", `"2026-11-21T23:00:00Z"`, "datetime timezone"},
		"a time zone that says nothing":    {one{field: field("datetime"), rule: mapping.Rule{Timezone: "Europe/Rome"}}, "2026-11-22T10:00:00Z", `"2026-11-22T10:00:00Z"`, ""},
		"bytes that are no UTF-8":          {one{field: field("string")}, "\xff", "\"\ufffd\"", "string"},
		"what leads up to a fault is told": {one{field: field("integer"), rule: mapping.Rule{Map: []mapping.MapEntry{{From: "1", To: mapping.Literal{Null: true}}}}}, "2", ``, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			traced := tt.compile(t).Trace(row("1", tt.from))
			require.Len(t, traced, 2)
			require.Equal(t, "f", traced[1].Field)
			require.Equal(t, "c", traced[1].Origin)
			require.Equal(t, []byte(cell(tt.from)), traced[1].From)
			require.Equal(t, tt.value, string(traced[1].Value))
			require.Equal(t, tt.rules, strings.Join(traced[1].Rules, " "))
		})
	}
}

func TestTraceGoesOnBehindAFault(t *testing.T) {
	t.Parallel()
	traced := compileTicket(t).Trace(row(null, "9", "4.5", null, "2026-11-20 12:03:09", null))
	require.Equal(t, "interaction_id", traced[0].Field)
	require.Equal(t, "required", traced[0].Fault.Rule)
	require.Equal(t, "map", traced[3].Fault.Rule)
	require.Nil(t, traced[4].Fault)
	require.JSONEq(t, `4.5`, string(traced[4].Value))
	require.Equal(t, "https://help.acme.example/tickets/{id}", traced[6].Origin)
}

func TestTraceOfComments(t *testing.T) {
	t.Parallel()
	columns := []extract.Column{{Name: "body"}}
	comments, err := mapping.CompileComment(mapping.Comment{
		Body: mapping.Rule{Column: "body"}, Type: mapping.Rule{Value: literal("agent_comment")},
	}, columns, nil)
	require.NoError(t, err)
	traced := comments.Trace(row(null))
	require.JSONEq(t, `""`, string(traced[0].Value), "a body that is NULL is empty")
	require.Nil(t, traced[0].From)
	require.Empty(t, traced[1].Origin)
}

// TestTraceAgreesWithMap compares both for random rules, columns and rows.
func TestTraceAgreesWithMap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := randomMapper(t)
		r := extract.Row{randomCell(t), randomCell(t)}
		traced := m.Trace(r)
		got, fault := m.Map(r)
		for _, one := range traced {
			if one.Fault != nil {
				require.Equal(t, fault, one.Fault, "the first fault is the row's")
				require.Nil(t, one.Value)
				return
			}
			require.True(t, one.Value == nil || json.Valid(one.Value))
		}
		require.Nil(t, fault)
		var fields []load.Field
		for _, one := range traced {
			if one.Value != nil {
				fields = append(fields, load.Field{Name: one.Field, Value: one.Value})
			}
			if one.From != nil && len(one.Rules) == 0 {
				var text string
				if json.Unmarshal(one.Value, &text) != nil {
					text = string(one.Value) // not a string
				}
				require.Equal(t, string(one.From), text, "no rule changed it")
			}
		}
		require.Equal(t, got.Fields, fields)
	})
}

// randomTexts are cells of all kinds, and keys of maps.
var randomTexts = []string{
	"", "1", "7.50", "t", "a,b", "<p>a &amp; b</p>", "ana@acme.example", "2026-11-22 10:00:00", "2026-11-22", "0000-00-00", "{a,2}", `["a", 2]`, "\xff",
}

func randomCell(t *rapid.T) extract.Cell {
	return cell(rapid.SampledFrom(append(randomTexts, null)).Draw(t, "cell"))
}

// randomMapper compiles one field with rules that fit its type.
func randomMapper(t *rapid.T) *mapping.InteractionMapper {
	texts := rapid.SampledFrom(randomTexts)
	typ := rapid.SampledFrom([]string{"string", "integer", "float", "boolean", "datetime", "list"}).Draw(t, "type")
	constants := map[string]string{"string": "d", "integer": "1", "float": "1.0", "boolean": "t", "datetime": "2026-11-22", "list": `["d"]`}
	origins := []mapping.Rule{
		{Column: "c"}, {Template: "{c}"}, {Template: "{id} {c}"}, {Expr: `c ?? id`}, {Value: literal(constants[typ])},
	}
	if typ == "string" || typ == "integer" || typ == "float" {
		origins = append(origins, mapping.Rule{Expr: `int(c)`})
	}
	rule := rapid.SampledFrom(origins).Draw(t, "origin")
	if rapid.Bool().Draw(t, "map") {
		rule.Map = []mapping.MapEntry{
			{From: texts.Draw(t, "from"), To: mapping.Literal{Text: constants[typ]}}, {From: "never", To: mapping.Literal{Null: true}},
		}
		rule.Else = rapid.SampledFrom([]*mapping.Literal{nil, literal(constants[typ]), {Null: true}}).Draw(t, "else")
		if rule.Value != nil && rule.Else == nil {
			rule.Else = literal(constants[typ]) // a constant that no entry is for could never be sent
		}
	}
	if rapid.Bool().Draw(t, "default") {
		rule.Default = literal(constants[typ])
	}
	if typ == "list" && rule.Value == nil && rule.Map == nil { // a constant is a list already
		rule.Split = rapid.SampledFrom([]*string{nil, new(",")}).Draw(t, "split")
	}
	if typ == "list" || typ == "string" {
		rule.HTMLToText = rapid.Bool().Draw(t, "html_to_text")
		rule.Redact = rapid.SampledFrom([][]string{nil, {"email"}}).Draw(t, "redact")
		rule.Truncate = rapid.IntRange(0, 4).Draw(t, "truncate")
	}
	if typ == "datetime" || typ == "string" {
		rule.Timezone = rapid.SampledFrom([]string{"", "Europe/Rome"}).Draw(t, "timezone")
	}
	spec := mapping.Interaction{InteractionID: mapping.Rule{Column: "id"}, Metadata: []mapping.FieldRule{{Name: "f", Rule: rule}}}
	fields := []load.MetadataField{{FieldID: "f", Type: typ, Required: rapid.Bool().Draw(t, "required")}}
	kinds := []extract.Kind{extract.Text, extract.Integer, extract.Date, extract.Timestamp, extract.Instant, extract.Boolean, extract.Array}
	columns := []extract.Column{{Name: "id"}, {Name: "c", Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}}
	m, err := mapping.CompileInteraction(spec, fields, columns, nil)
	require.NoError(t, err)
	return m
}
