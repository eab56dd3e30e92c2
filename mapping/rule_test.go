package mapping_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
	"pvetl/load"
	"pvetl/mapping"
)

// null stands for a cell that is NULL.
const null = "\x00NULL"

func cell(text string) extract.Cell {
	if text == null {
		return nil
	}
	return extract.Cell(text)
}

// one maps a single metadata field called f from a column called c, beside an interaction_id.
type one struct {
	field  load.MetadataField
	rule   mapping.Rule
	column extract.Column
	zone   *time.Location
}

func (o one) compile(tb testing.TB) *mapping.InteractionMapper {
	tb.Helper()
	o.field.FieldID, o.column.Name = "f", "c"
	if o.rule.Value == nil && o.rule.Template == "" && o.rule.Expr == "" {
		o.rule.Column = "c"
	}
	spec := mapping.Interaction{
		InteractionID: mapping.Rule{Column: "id"},
		Metadata:      []mapping.FieldRule{{Name: "f", Rule: o.rule}},
	}
	columns := []extract.Column{{Name: "id"}, o.column}
	m, err := mapping.CompileInteraction(spec, []load.MetadataField{o.field}, columns, o.zone)
	require.NoError(tb, err)
	return m
}

// convert returns the field's JSON, empty where it is left out, or the fault.
func (o one) convert(tb testing.TB, text string) (string, *mapping.Fault) {
	tb.Helper()
	return mapped(tb, o.compile(tb), text)
}

func mapped(tb testing.TB, m *mapping.InteractionMapper, text string) (string, *mapping.Fault) {
	tb.Helper()
	source := cell(text)
	interaction, fault := m.Map(extract.Row{extract.Cell("1"), source})
	require.Equal(tb, cell(text), source, "the row stays as it is")
	if fault != nil || len(interaction.Fields) == 1 {
		return "", fault
	}
	value := interaction.Fields[1].Value
	require.True(tb, json.Valid(value), "JSON: %s", value)
	return string(value), nil
}

func field(typ string) load.MetadataField { return load.MetadataField{Type: typ} }

func literal(text string) *mapping.Literal { return &mapping.Literal{Text: text} }

// refused is what a case wants instead of JSON: the fault's rule behind a mark that no JSON begins with.
func refused(rule string) string { return "!" + rule }

func requireResult(t *testing.T, want, got string, fault *mapping.Fault) {
	t.Helper()
	if fault != nil {
		got = refused(fault.Rule)
	}
	require.Equal(t, want, got, "fault: %v", fault)
}

func TestARuleGives(t *testing.T) {
	t.Parallel()
	text := func(typ string) one { return one{field: field(typ)} }
	ruled := func(typ string, rule mapping.Rule) one { return one{field: field(typ), rule: rule} }
	of := func(typ string, kind extract.Kind) one {
		return one{field: field(typ), column: extract.Column{Kind: kind}}
	}
	statuses := []mapping.MapEntry{
		{From: "1", To: mapping.Literal{Text: "open"}},
		{From: "", To: mapping.Literal{Null: true}},
		{From: "true", To: mapping.Literal{Text: "yes"}},
		{From: "3", To: mapping.Literal{Text: "a, b"}},
	}
	steps := mapping.Rule{
		Map:        []mapping.MapEntry{{From: "k", To: mapping.Literal{Text: "<b>ana@acme.example</b>|<i>long word</i>"}}},
		Split:      new("|"),
		HTMLToText: true,
		Redact:     []string{"email"},
		Truncate:   6,
	}

	tests := map[string]struct {
		one
		from, want string
	}{
		"NULL without default is left out":                    {text("string"), null, ``},
		"NULL with default is the default":                    {ruled("string", mapping.Rule{Default: literal("none")}), null, `"none"`},
		"a default is converted to the type":                  {ruled("float", mapping.Rule{Default: literal("1.50")}), null, `1.5`},
		"a default that is a list is JSON":                    {ruled("list", mapping.Rule{Split: new(","), Default: literal(`["a"]`)}), null, `["a"]`},
		"no other rule is applied to a default":               {ruled("string", mapping.Rule{Default: literal("long"), Truncate: 2, Map: statuses}), null, `"long"`},
		"an empty text is not NULL":                           {ruled("string", mapping.Rule{Default: literal("none")}), "", `""`},
		"NULL where the field is required is refused":         {one{field: load.MetadataField{Type: "string", Required: true}}, null, refused("required")},
		"a default fills a required field":                    {one{field: load.MetadataField{Type: "string", Required: true}, rule: mapping.Rule{Default: literal("x")}}, null, `"x"`},
		"map to NULL where the field is required is refused":  {one{field: load.MetadataField{Type: "string", Required: true}, rule: mapping.Rule{Map: statuses}}, "", refused("required")},
		"map replaces the value by its entry":                 {ruled("string", mapping.Rule{Map: statuses}), "1", `"open"`},
		"map compares the text, not the number":               {ruled("string", mapping.Rule{Map: statuses}), "01", refused("map")},
		"map knows a boolean as true":                         {one{field: field("string"), rule: mapping.Rule{Map: statuses}, column: extract.Column{Kind: extract.Boolean}}, "true", `"yes"`},
		"map without entry and else is refused":               {ruled("string", mapping.Rule{Map: statuses}), "2", refused("map")},
		"map without entry gives else":                        {ruled("string", mapping.Rule{Map: statuses, Else: literal("other")}), "2", `"other"`},
		"map without entry gives an else that is null":        {ruled("string", mapping.Rule{Map: statuses, Else: &mapping.Literal{Null: true}}), "2", ``},
		"map to null is left out, whatever the default":       {ruled("string", mapping.Rule{Map: statuses, Default: literal("d")}), "", ``},
		"map makes plain text of a time":                      {one{field: field("string"), rule: mapping.Rule{Map: statuses, Else: literal("2026-11-22")}, column: extract.Column{Kind: extract.Date}}, "2026-01-01", `"2026-11-22"`},
		"map makes plain text of an array":                    {one{field: field("list"), rule: mapping.Rule{Map: []mapping.MapEntry{{From: "{}", To: mapping.Literal{Text: `["none"]`}}}}, column: extract.Column{Kind: extract.Array}}, "{}", `["none"]`},
		"what map gives is split":                             {ruled("list", mapping.Rule{Map: statuses, Split: new(",")}), "3", `["a","b"]`},
		"the steps follow one another":                        {ruled("list", steps), "k", `["[email","long w"]`},
		"a constant":                                          {ruled("integer", mapping.Rule{Value: literal("7")}), null, `7`},
		"a constant that is null":                             {ruled("integer", mapping.Rule{Value: &mapping.Literal{Null: true}}), "1", ``},
		"string from an integer is its digits":                {of("string", extract.Integer), "9007199254740993", `"9007199254740993"`},
		"string from a decimal keeps its digits":              {of("string", extract.Decimal), "4.50", `"4.50"`},
		"string from a boolean":                               {of("string", extract.Boolean), "true", `"true"`},
		"string from text as it is, blanks and controls too":  {text("string"), " a\x01\t\n\r\"\\/<&>\x7f ", `" a\u0001\t\n\r\"\\/<&>` + "\x7f" + ` "`},
		"each byte that is no UTF-8 becomes U+FFFD":           {text("string"), "a\xff\xfeb\xe2\x82", "\"a\ufffd\ufffdb\ufffd\ufffd\""},
		"characters beyond ASCII stay":                        {text("string"), "né 日本 😀\u2028", "\"né 日本 😀\u2028\""},
		"binary that is text":                                 {of("string", extract.Bytes), "caf\xc3\xa9\x00\xe9", "\"café\\u0000\ufffd\""},
		"string from an instant is a datetime":                {of("string", extract.Instant), "2026-11-22 10:00:00.987+02", `"2026-11-22T08:00:00Z"`},
		"string from an instant without a zone is UTC":        {one{field: field("string"), column: extract.Column{Kind: extract.Instant}, zone: rome(t)}, "2026-11-22 10:00:00", `"2026-11-22T10:00:00Z"`},
		"string from a timestamp is a datetime":               {one{field: field("string"), column: extract.Column{Kind: extract.Timestamp}, zone: rome(t)}, "2026-11-22 10:00:00", `"2026-11-22T09:00:00Z"`},
		"string from a date is a datetime":                    {of("string", extract.Date), "2026-11-22", `"2026-11-22T00:00:00Z"`},
		"string from a time that is none is the text":         {of("string", extract.Timestamp), "yesterday", `"yesterday"`},
		"string from infinity is refused":                     {of("string", extract.Timestamp), "-infinity", refused("datetime")},
		"string from a year past 9999 is refused":             {of("string", extract.Date), "10000-01-01", refused("datetime")},
		"string from a year before 1 is refused":              {of("string", extract.Date), "0044-03-15 BC", refused("datetime")},
		"string from a zero date is NULL":                     {of("string", extract.Timestamp), "0000-00-00 00:00:00", ``},
		"string from text that looks like a time is the text": {text("string"), "2026-11-22 10:00:00", `"2026-11-22 10:00:00"`},
		"string from an edited time is the text":              {one{field: field("string"), rule: mapping.Rule{Truncate: 7}, column: extract.Column{Kind: extract.Date}}, "2026-11-22", `"2026-11"`},
		"truncate counts characters":                          {ruled("string", mapping.Rule{Truncate: 3}), "né日本", `"né日"`},
		"truncate leaves what is short enough":                {ruled("string", mapping.Rule{Truncate: 3}), "日本語", `"日本語"`},
		"truncate leaves a letter its accents":                {ruled("string", mapping.Rule{Truncate: 3}), "abe\u0301", `"ab"`},
		"truncate leaves a family together":                   {ruled("string", mapping.Rule{Truncate: 4}), "a👩‍👧b", "\"a👩‍👧\""},
		"truncate leaves no half of a family":                 {ruled("string", mapping.Rule{Truncate: 3}), "a👩‍👧b", `"a"`},
		"truncate leaves a hand its colour":                   {ruled("string", mapping.Rule{Truncate: 2}), "a👋🏽", `"a"`},
		"truncate leaves no half of a flag":                   {ruled("string", mapping.Rule{Truncate: 3}), "🇨🇴🇮🇹", `"🇨🇴"`},
		"truncate cuts what is longer than it keeps":          {ruled("string", mapping.Rule{Truncate: 2}), "e\u0301\u0302\u0303", `"e` + "\u0301" + `"`},
		"a boolean in an integer is refused":                  {of("integer", extract.Boolean), "true", refused("integer")},
		"a boolean in a float is refused":                     {of("float", extract.Boolean), "false", refused("float")},
		"an integer in a datetime is refused":                 {of("datetime", extract.Integer), "1763805600", refused("datetime")},
		"a decimal in a datetime is refused":                  {of("datetime", extract.Decimal), "20261122.5", refused("datetime")},
		"a datetime default is read in the rule's zone":       {ruled("datetime", mapping.Rule{Default: literal("2026-11-22"), Timezone: "Europe/Rome"}), null, `"2026-11-21T23:00:00Z"`},
		"a zero date takes the default":                       {ruled("datetime", mapping.Rule{Default: literal("2026-11-22")}), "0000-00-00", `"2026-11-22T00:00:00Z"`},
		"html_to_text":                                        {ruled("string", mapping.Rule{HTMLToText: true}), "<p>a&amp;b</p>", `"a&b"`},
		"redact":                                              {ruled("string", mapping.Rule{Redact: []string{"email"}}), "to ana@acme.example", `"to [email]"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, fault := tt.convert(t, tt.from)
			requireResult(t, tt.want, got, fault)
		})
	}
}

func TestAllowed(t *testing.T) {
	t.Parallel()
	allowed := func(typ string, values ...string) one {
		return one{field: load.MetadataField{Type: typ, Allowed: values}}
	}
	tests := map[string]struct {
		one
		from, want string
	}{
		"a string that is allowed":                {allowed("string", "open", "solved"), "open", `"open"`},
		"a string that is not":                    {allowed("string", "open", "solved"), "Open", refused("allowed")},
		"a number is compared by its worth":       {allowed("float", "4.50"), "4.5", `4.5`},
		"a number that is not":                    {allowed("integer", "1", "2"), "3", refused("allowed")},
		"a boolean in another spelling":           {allowed("boolean", "yes"), "t", `true`},
		"a datetime in another spelling":          {allowed("datetime", "2026-11-22"), "2026-11-22T01:00:00+01:00", `"2026-11-22T00:00:00Z"`},
		"a list of which each element is allowed": {allowed("list", "a", "2"), `["a", 2.0, "2"]`, `["a",2.0,"2"]`},
		"a list of which one element is not":      {allowed("list", "a", "b"), `["a","c"]`, refused("allowed")},
		"a list with NULL":                        {allowed("list", "a", "b"), `["a",null]`, refused("allowed")},
		"an empty list":                           {allowed("list", "a", "b"), `[]`, `[]`},
		"NULL":                                    {allowed("string", "open"), null, ``},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, fault := tt.convert(t, tt.from)
			requireResult(t, tt.want, got, fault)
		})
	}

	t.Run("the fault names what is allowed", func(t *testing.T) {
		t.Parallel()
		_, fault := allowed("string", "open", "solved").convert(t, "opne")
		require.EqualError(t, fault, `field f, column c, value "opne": allowed are open, solved`)
	})
	t.Run("the fault names the element", func(t *testing.T) {
		t.Parallel()
		_, fault := allowed("list", "a", "b").convert(t, `["a","c"]`)
		require.EqualError(t, fault, `field f, column c, value "[\"a\",\"c\"]": "c" is not allowed; allowed are a, b`)
	})
	t.Run("an allowed value of the wrong type does not compile", func(t *testing.T) {
		t.Parallel()
		spec := mapping.Interaction{
			InteractionID: mapping.Rule{Column: "id"}, Metadata: []mapping.FieldRule{{Name: "f", Rule: mapping.Rule{Column: "id"}}},
		}
		fields := []load.MetadataField{{FieldID: "f", Type: "integer", Allowed: []string{"one"}}}
		_, err := mapping.CompileInteraction(spec, fields, []extract.Column{{Name: "id"}}, time.UTC)
		require.ErrorContains(t, err, `field f: allowed value "one": an integer is digits`)
	})
}

func TestARuleWithoutAnExpressionKeepsItsFingerprint(t *testing.T) {
	t.Parallel()
	without, err := json.Marshal(mapping.Rule{Column: "c"})
	require.NoError(t, err)
	require.NotContains(t, string(without), "Expr")
	with, err := json.Marshal(mapping.Rule{Expr: "c"})
	require.NoError(t, err)
	require.Contains(t, string(with), `"Expr":"c"`)
}
