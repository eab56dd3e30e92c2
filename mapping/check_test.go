package mapping_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/load"
	"pvetl/mapping"
)

func TestCheckFindsNothingWrongWithRulesThatWork(t *testing.T) {
	t.Parallel()
	comment := messageSpec()
	spec := mapping.Spec{
		Interaction: ticketSpec(), Comment: &comment, Attachment: &mapping.Attachment{Content: &mapping.Rule{Column: "content"}},
	}
	spec.Interaction.Metadata = append(spec.Interaction.Metadata, mapping.FieldRule{Name: "unknown", Rule: mapping.Rule{}})
	require.Empty(t, spec.Check(ticketFields))
}

func TestCheckOfOneRule(t *testing.T) {
	t.Parallel()
	column := func(rule mapping.Rule) mapping.Rule {
		rule.Column = "c"
		return rule
	}
	entries := func(pairs ...string) []mapping.MapEntry {
		all := []mapping.MapEntry{}
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, mapping.MapEntry{From: pairs[i], To: mapping.Literal{Text: pairs[i+1]}})
		}
		return all
	}
	const f = "interaction.metadata.f"
	tests := map[string]struct {
		field load.MetadataField
		rule  mapping.Rule
		want  []string // warning: path: message; suggestion
	}{
		"empty":                      {field("string"), mapping.Rule{}, []string{f + ": a rule has exactly one of column, value, template and expr"}},
		"column and value":           {field("string"), column(mapping.Rule{Value: literal("x")}), []string{f + ": a rule has exactly one of column, value, template and expr"}},
		"else without map":           {field("string"), column(mapping.Rule{Else: literal("x")}), []string{f + ".else: else needs a map"}},
		"an empty map":               {field("string"), column(mapping.Rule{Map: entries()}), []string{f + ".map: the map is empty"}},
		"a map with a key twice":     {field("string"), column(mapping.Rule{Map: entries("1", "a", "1", "b")}), []string{f + `.map.1: map has more than one entry for "1"`}},
		"map values of another type": {field("integer"), column(mapping.Rule{Map: entries("a b", "x", "c", "2")}), []string{f + `.map["a b"]: "x": an integer is digits with an optional sign`}},
		"else of another type":       {field("boolean"), column(mapping.Rule{Map: entries("a", "yes"), Else: literal("maybe")}), []string{f + `.else: "maybe": a boolean is true, t, yes, y or 1, or false, f, no, n or 0`}},
		"a value of another type":    {field("float"), mapping.Rule{Value: literal("4,5")}, []string{f + `.value: "4,5": a float is digits with an optional sign and point`}},
		"a default of another type":  {field("datetime"), column(mapping.Rule{Default: literal("never")}), []string{f + `.default: "never": a datetime is YYYY-MM-DD[ HH:MM[:SS[.ffffff]]][zone], or as in RFC 3339`}},
		"a default that is no list":  {field("list"), column(mapping.Rule{Split: new(","), Default: literal("a,b")}), []string{f + `.default: "a,b": a list is a database array or a JSON array of texts, numbers and booleans, or text with split`}},
		"a value that map lacks":     {field("string"), mapping.Rule{Value: literal("x"), Map: entries("y", "z")}, []string{f + `.value: "x": map has no entry for it, and there is no else`}},
		"map values that are split":  {field("list"), column(mapping.Rule{Map: entries("a", "b,c"), Split: new(",")}), nil},
		"constants that are null":    {field("integer"), column(mapping.Rule{Map: []mapping.MapEntry{{From: "", To: mapping.Literal{Null: true}}}, Else: &mapping.Literal{Null: true}, Default: &mapping.Literal{Null: true}}), nil},
		"constants that work":        {field("datetime"), column(mapping.Rule{Default: literal("2026-11-22"), Timezone: "America/Bogota"}), nil},
		"map values not allowed":     {load.MetadataField{Type: "string", Allowed: []string{"open", "solved"}}, column(mapping.Rule{Map: entries("1", "open", "2", "solvd")}), []string{f + `.map.2: "solvd": allowed are open, solved; did you mean "solved"?`}},
		"a default not allowed":      {load.MetadataField{Type: "list", Allowed: []string{"a"}}, column(mapping.Rule{Default: literal(`["b"]`)}), []string{f + `.default: "[\"b\"]": "b" is not allowed; allowed are a`}},
		"split where it is no list":  {field("string"), column(mapping.Rule{Split: new(",")}), []string{f + ".split: split makes a list, and f is a string; remove split, or make it a list"}},
		"split at nothing":           {field("list"), column(mapping.Rule{Split: new("")}), []string{f + `.split: split needs a separator; such as ","`}},
		"redact of an unknown kind":  {field("list"), column(mapping.Rule{Redact: []string{"card", "phones"}}), []string{f + `.redact[1]: redact does not know "phones"; did you mean "phone"?`}},
		"truncate to nothing":        {field("string"), column(mapping.Rule{Truncate: -1}), []string{f + ".truncate: truncate keeps at least 1 character"}},
		"html_to_text of an integer": {field("integer"), column(mapping.Rule{HTMLToText: true}), []string{f + ".html_to_text: html_to_text makes text, and f is an integer; remove html_to_text"}},
		"redact of a datetime":       {field("datetime"), column(mapping.Rule{Redact: []string{"card"}}), []string{f + ".redact: redact makes text, and f is a datetime; remove redact"}},
		"truncate of a boolean":      {field("boolean"), column(mapping.Rule{Truncate: 1}), []string{f + ".truncate: truncate makes text, and f is a boolean; remove truncate"}},
		"texts of a list":            {field("list"), column(mapping.Rule{HTMLToText: true, Redact: []string{"card"}, Truncate: 9}), nil},
		"a time zone that is none":   {field("datetime"), column(mapping.Rule{Timezone: "Rome"}), []string{f + `.timezone: there is no time zone "Rome"; the names are those of the IANA, such as America/Bogota`}},
		"the machine's time zone":    {field("datetime"), column(mapping.Rule{Timezone: "Local"}), []string{f + `.timezone: there is no time zone "Local"; the names are those of the IANA, such as America/Bogota`}},
		"a time zone of a float":     {field("float"), column(mapping.Rule{Timezone: "UTC"}), []string{f + ".timezone: timezone is for a date or time, and f is a float; remove timezone"}},
		"a time zone of a string":    {field("string"), column(mapping.Rule{Timezone: "UTC"}), nil},
		"more than one fault":        {field("float"), mapping.Rule{Else: literal("x"), Truncate: 1}, []string{f + ": a rule has exactly one of column, value, template and expr", f + ".else: else needs a map", f + ".truncate: truncate makes text, and f is a float; remove truncate"}},

		"a list from an expression":     {field("integer"), mapping.Rule{Expr: `split(c, ",")`}, []string{f + ".expr: the expression gives a list, and f is an integer"}},
		"a boolean from an expression":  {field("datetime"), mapping.Rule{Expr: `c == "x" ? nil : c == "y"`}, []string{f + ".expr: the expression gives true or false, and f is a datetime"}},
		"a boolean that is mapped":      {field("datetime"), mapping.Rule{Expr: `c == "x"`, Map: entries("true", "2026-11-22"), Else: literal("2026-11-23")}, nil},
		"a list that is split":          {field("list"), mapping.Rule{Expr: `[c]`, Split: new(",")}, []string{f + ".split: split needs text, and the expression gives a list; remove split"}},
		"a value that may be anything":  {field("datetime"), mapping.Rule{Expr: `first(split(c, ","))`}, nil},
		"a required field that is null": {load.MetadataField{Type: "string", Required: true}, mapping.Rule{Value: &mapping.Literal{Null: true}}, []string{f + ".value: the value is null, and f is required"}},
		"a list as value that is split": {field("list"), mapping.Rule{Value: literal(`["a","b"]`), Split: new(",")}, []string{f + ".split: split cuts text, and the value is a list already; remove split, or write the value as text"}},
		"a list in a map that is split": {field("list"), column(mapping.Rule{Map: entries("1", `["a"]`), Split: new(",")}), []string{f + ".split: split cuts text, and the value is a list already; remove split, or write the value as text"}},

		"a default of a constant":               {field("string"), mapping.Rule{Value: literal("x"), Default: literal("y")}, []string{"warning: " + f + ".default: default is never used: a constant is not NULL; remove default"}},
		"a default of a constant that is null":  {field("string"), mapping.Rule{Value: &mapping.Literal{Null: true}, Default: literal("y")}, nil},
		"a default of a template":               {field("string"), mapping.Rule{Template: "{c}", Default: literal("y")}, nil},
		"a default of a template of text alone": {field("string"), mapping.Rule{Template: "{{c}}", Default: literal("y")}, []string{"warning: " + f + ".default: default is never used: a template without columns is not NULL; remove default"}},
		"a default of an expression":            {field("string"), mapping.Rule{Expr: `c == "" ? nil : c`, Default: literal("y")}, nil},
		"a default of one that is never NULL":   {field("string"), mapping.Rule{Expr: `c ?? "x"`, Default: literal("y")}, []string{"warning: " + f + ".default: default is never used: the expression is never NULL; remove default, or let the expression give nil where it is meant"}},
		"edits of a constant":                   {field("string"), mapping.Rule{Value: literal("x"), HTMLToText: true, Truncate: 3}, []string{"warning: " + f + ".html_to_text: html_to_text has nothing to do: the value is a constant; write the text as it should be, and remove html_to_text", "warning: " + f + ".truncate: truncate has nothing to do: the value is a constant; write the text as it should be, and remove truncate"}},
		"edits behind a map":                    {field("string"), column(mapping.Rule{Map: entries("1", "a"), Redact: []string{"card"}}), []string{"warning: " + f + ".redact: redact has nothing to do: it comes after map, which gives only what is written here; write the text as it should be, and remove redact"}},
		"redact of a kind twice":                {field("string"), column(mapping.Rule{Redact: []string{"card", "email", "card"}}), []string{"warning: " + f + ".redact[2]: redact has card already; remove it"}},
		"the zone of a mapped string":           {field("string"), column(mapping.Rule{Map: entries("1", "a"), Timezone: "UTC"}), []string{"warning: " + f + ".timezone: timezone is never used: f is text, and only a column of times is read in a zone, where no other rule makes text of it; remove timezone"}},
		"the zone of a mapped datetime":         {field("datetime"), column(mapping.Rule{Map: entries("1", "2026-11-22"), Timezone: "UTC"}), nil},
		"the zone of a value with its own":      {field("datetime"), mapping.Rule{Value: literal("2026-11-22T10:00:00Z"), Timezone: "Europe/Rome"}, []string{"warning: " + f + ".timezone: timezone is never used: the value names its own; remove timezone"}},
		"the zone of a value without":           {field("datetime"), mapping.Rule{Value: literal("2026-11-22 10:00"), Timezone: "Europe/Rome"}, nil},

		"a required field has no rule": {load.MetadataField{FieldID: "g", Type: "string", Required: true}, mapping.Rule{Column: "c"}, []string{"interaction.metadata: g is required, and no rule fills it"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tt.field.FieldID == "" {
				tt.field.FieldID = "f"
			}
			spec := mapping.Spec{Interaction: mapping.Interaction{
				InteractionID: mapping.Rule{Column: "id"}, Metadata: []mapping.FieldRule{{Name: "f", Rule: tt.rule}},
			}}
			require.Equal(t, tt.want, lines(spec.Check([]load.MetadataField{tt.field})))
		})
	}
}

func lines(problems []mapping.Problem) []string {
	var all []string
	for _, problem := range problems {
		line := problem.Path + ": " + problem.Message
		if problem.Warning {
			line = "warning: " + line
		}
		if problem.Suggestion != "" {
			line += "; " + problem.Suggestion
		}
		all = append(all, line)
	}
	return all
}

func TestCheckLooksAtEverySection(t *testing.T) {
	t.Parallel()
	odd := mapping.Rule{Column: "c", Split: new(",")}
	spec := mapping.Spec{
		Interaction: mapping.Interaction{InteractionID: mapping.Rule{Value: literal(strings.Repeat("x", 69))}, AssigneeID: &odd},
		Comment: &mapping.Comment{
			Body:     odd,
			Type:     mapping.Rule{Column: "c", Map: []mapping.MapEntry{{From: "in", To: mapping.Literal{Text: "customer"}}}},
			AuthorID: &odd,
			AddedAt:  &mapping.Rule{Column: "c", Truncate: 3},
		},
		Attachment: &mapping.Attachment{
			Name: &odd, ContentType: &odd, Content: &mapping.Rule{Column: "c", Redact: []string{"card"}}, URL: &odd, Path: &odd,
		},
	}
	var paths []string
	for _, problem := range spec.Check(nil) {
		paths = append(paths, problem.Path)
	}
	require.ElementsMatch(t, []string{
		"interaction.interaction_id.value", "interaction.assignee_id.split",
		"comment.body.split", "comment.type.map.in", "comment.author_id.split", "comment.added_at.truncate",
		"attachment", "attachment.name.split", "attachment.content_type.split", "attachment.content.redact",
		"attachment.url.split", "attachment.path.split",
	}, paths)
}

func TestCheckWarnsOfAnIDThatIsCutTooLate(t *testing.T) {
	t.Parallel()
	id := mapping.Rule{Column: "id", Truncate: 100}
	require.Equal(t, []string{
		"warning: interaction.interaction_id.truncate: truncate keeps more than the 68 characters that interaction_id may have",
	}, lines(mapping.Spec{Interaction: mapping.Interaction{InteractionID: id}}.Check(nil)))
}

func TestARuleWithAWarningCompiles(t *testing.T) {
	t.Parallel()
	got, fault := one{field: field("string"), rule: mapping.Rule{Value: literal("x"), Default: literal("y")}}.convert(t, "")
	requireResult(t, `"x"`, got, fault)
}
