package mapping_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
	"pvetl/load"
	"pvetl/mapping"
)

func TestTemplates(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, template, cell, want string }{
		{"a column's text as it is", "https://acme.example/?q={c}", "a b&c/ü", `"https://acme.example/?q=a b&c/ü"`},
		{"more than one column", "{id}-{c}-{id}", "x", `"1-x-1"`},
		{"doubled braces are braces", "{{{c}}} {{c}}", "x", `"{x} {c}"`},
		{"text alone", "text", "x", `"text"`},
		{"an empty column", "<{c}>", "", `"<>"`},
		{"a column that is NULL makes NULL", "{id}-{c}", null, ``},
		{"braces in the text of a column stay", "{c}", "{id}", `"{id}"`},
		{"a time is its own text", "{c}", "2026-11-22 10:00:00+00", `"2026-11-22 10:00:00+00"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := one{field: field("string"), rule: mapping.Rule{Template: tt.template}, column: extract.Column{Kind: extract.Instant}}
			got, fault := o.convert(t, tt.cell)
			requireResult(t, tt.want, got, fault)
		})
	}
}

func TestATemplateThatIsNULLTakesTheDefault(t *testing.T) {
	t.Parallel()
	got, fault := one{field: field("string"), rule: mapping.Rule{Template: "{c}!", Default: literal("none")}}.convert(t, null)
	requireResult(t, `"none"`, got, fault)
}

func TestWhatATemplateGivesIsConvertedAsText(t *testing.T) {
	t.Parallel()
	got, fault := one{field: field("datetime"), rule: mapping.Rule{Template: "{c} 10:00", Timezone: "Europe/Rome"}}.convert(t, "2026-11-22")
	requireResult(t, `"2026-11-22T09:00:00Z"`, got, fault)
}

func templateProblems(template string) []mapping.Problem {
	spec := mapping.Spec{Interaction: mapping.Interaction{
		InteractionID: mapping.Rule{Column: "id"},
		Metadata:      []mapping.FieldRule{{Name: "f", Rule: mapping.Rule{Template: template}}},
	}}
	return spec.Check([]load.MetadataField{{FieldID: "f", Type: "string"}})
}

func TestATemplateIsReadBeforeAnyRow(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]struct {
		at      string // what the template goes on with at the place
		message string
	}{
		"{":          {"{", `no } after "{"`},
		"a {id":      {"{id", `no } after "{id"`},
		"{a{b}}":     {"{a{b}}", `no } after "{a{b}}"`},
		"}":          {"}", `a } without its {`},
		"{id}}":      {"}", `a } without its {`},
		"é {{a}} {}": {"{}", `a placeholder without a column`},
	} {
		problems := templateProblems(template)
		require.Len(t, problems, 1, template)
		require.Equal(t, "interaction.metadata.f.template", problems[0].Path)
		require.Contains(t, problems[0].Message, want.message)
		require.Equal(t, want.at, template[problems[0].Offset:])
	}
}

// FuzzTemplate fills the placeholders by another way and asks for the same text.
func FuzzTemplate(f *testing.F) {
	for _, template := range []string{"{c}", "a{{b}}{c}", "{", "}}", "{}", "{c}{id}", "{{{c}}}"} {
		f.Add(template, "x")
	}
	columns := []extract.Column{{Name: "id"}, {Name: "c"}}
	f.Fuzz(func(t *testing.T, template, text string) {
		if len(templateProblems(template)) > 0 {
			return
		}
		spec := mapping.Interaction{InteractionID: mapping.Rule{Value: literal("1")}, AssigneeID: &mapping.Rule{Template: template}}
		m, err := mapping.CompileInteraction(spec, nil, columns, nil)
		if err != nil {
			require.ErrorContains(t, err, "the query has no column")
			return
		}
		got, fault := m.Map(extract.Row{extract.Cell("1"), extract.Cell(text)})
		require.Nil(t, fault)
		want := strings.NewReplacer("{{", "{", "}}", "}", "{id}", "1", "{c}", text).Replace(template)
		require.Equal(t, string([]rune(want)), unquoted(t, got.Fields[1].Value))
	})
}
