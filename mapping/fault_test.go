package mapping_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/mapping"
)

func TestAFaultNamesFieldColumnValueAndRule(t *testing.T) {
	t.Parallel()
	_, fault := one{field: field("float")}.convert(t, "4,5")
	require.Equal(t, &mapping.Fault{
		Field: "f", Column: "c", Value: "4,5", Rule: "float", Reason: "a float is digits with an optional sign and point",
	}, fault)
	require.EqualError(t, fault, `field f, column c, value "4,5": a float is digits with an optional sign and point`)
}

func TestAFaultOfNULLShowsNoValue(t *testing.T) {
	t.Parallel()
	required := field("string")
	required.Required = true
	_, fault := one{field: required}.convert(t, null)
	require.EqualError(t, fault, `field f, column c: the field is required and the value is NULL`)
}

func TestAFaultOfATemplateShowsTemplateAndText(t *testing.T) {
	t.Parallel()
	_, fault := one{field: field("integer"), rule: mapping.Rule{Template: "{c}-{id}"}}.convert(t, "7")
	require.Equal(t, "{c}-{id}", fault.Column)
	require.Equal(t, "7-1", fault.Value)
}

func TestAFaultShows200CharactersOfTheValue(t *testing.T) {
	t.Parallel()
	_, fault := one{field: field("integer")}.convert(t, "\xff"+strings.Repeat("é", 500))
	require.Equal(t, "\ufffd"+strings.Repeat("é", 199), fault.Value)
}

func TestAFaultShowsNothingThatTheRuleRedacts(t *testing.T) {
	t.Parallel()
	rule := mapping.Rule{Redact: []string{"email"}, Map: []mapping.MapEntry{{From: "x", To: mapping.Literal{Text: "y"}}}}
	_, fault := one{field: field("string"), rule: rule}.convert(t, strings.Repeat(" ", 195)+"ana@acme.example")
	require.Equal(t, "map", fault.Rule)
	require.NotContains(t, fault.Value, "ana")
}
