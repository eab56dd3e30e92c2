package mapping_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
	"pvetl/load"
	"pvetl/mapping"
)

func unquoted(tb testing.TB, value json.RawMessage) string {
	tb.Helper()
	var text string
	require.NoError(tb, json.Unmarshal(value, &text), "%s", value)
	return text
}

var messageColumns = []extract.Column{
	{Name: "body_html"}, {Name: "kind"}, {Name: "author"}, {Name: "created_at", Kind: extract.Timestamp},
}

func messageSpec() mapping.Comment {
	return mapping.Comment{
		Body: mapping.Rule{Column: "body_html", HTMLToText: true},
		Type: mapping.Rule{Column: "kind", Map: []mapping.MapEntry{
			{From: "in", To: mapping.Literal{Text: "customer_comment"}},
			{From: "out", To: mapping.Literal{Text: "agent_comment"}},
			{From: "", To: mapping.Literal{Null: true}},
		}},
		AuthorID: &mapping.Rule{Column: "author"},
		AddedAt:  &mapping.Rule{Column: "created_at"},
	}
}

func TestARowBecomesAComment(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		row     extract.Row
		want    string
		addedAt string
	}{
		"with all there is": {
			row("<p>Hello</p>", "in", "ana@acme.example", "2026-11-22 10:00:00.5"),
			`{"body":"Hello","type":"customer_comment","author_id":"ana@acme.example","added_at":"2026-11-22T09:00:00Z"}`,
			"2026-11-22T09:00:00Z",
		},
		"with an empty body where it is NULL, without author and time": {
			row(null, "out", null, null), `{"body":"","type":"agent_comment"}`, "",
		},
		"with an empty body where it is empty": {
			row("", "out", "", null), `{"body":"","type":"agent_comment","author_id":""}`, "",
		},
	}
	m, err := mapping.CompileComment(messageSpec(), messageColumns, rome(t))
	require.NoError(t, err)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, fault := m.Map("7", tt.row)
			require.Nil(t, fault)
			require.Equal(t, "7", got.Key)
			require.Equal(t, tt.addedAt, got.AddedAt)
			require.Equal(t, tt.want, string(load.AppendComment(nil, got)))
		})
	}
}

func TestACommentIsRefused(t *testing.T) {
	t.Parallel()
	m, err := mapping.CompileComment(messageSpec(), messageColumns, nil)
	require.NoError(t, err)
	tests := map[string]struct {
		row  extract.Row
		want mapping.Fault
	}{
		"without a type":     {row("a", null, null, null), mapping.Fault{Field: "type", Column: "kind", Rule: "required"}},
		"of a type to NULL":  {row("a", "", null, null), mapping.Fault{Field: "type", Column: "kind", Rule: "required"}},
		"of a type unmapped": {row("a", "fax", null, null), mapping.Fault{Field: "type", Column: "kind", Value: "fax", Rule: "map"}},
		"of no time":         {row("a", "in", null, "soon"), mapping.Fault{Field: "added_at", Column: "created_at", Value: "soon", Rule: "datetime"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, fault := m.Map("7", tt.row)
			require.NotNil(t, fault)
			require.NotEmpty(t, fault.Reason)
			fault.Reason = ""
			require.Equal(t, &tt.want, fault)
		})
	}
}

func TestACommentHasOneOfThreeTypes(t *testing.T) {
	t.Parallel()
	spec := messageSpec()
	spec.Type.Map = nil
	m, err := mapping.CompileComment(spec, messageColumns, nil)
	require.NoError(t, err)
	for _, kind := range []string{"customer_comment", "agent_comment", "internal_note"} {
		_, fault := m.Map("7", row("a", kind, null, null))
		require.Nil(t, fault)
	}
	_, fault := m.Map("7", row("a", "note", null, null))
	require.EqualError(t, fault, `field type, column kind, value "note": allowed are customer_comment, agent_comment, internal_note`)
	require.Equal(t, "comment_type", fault.Rule)
}

func TestACommentOfMissingColumnsDoesNotCompile(t *testing.T) {
	t.Parallel()
	_, err := mapping.CompileComment(messageSpec(), messageColumns[:2], nil)
	require.EqualError(t, err, `field author_id: the query has no column "author"; it has body_html, kind`+"\n"+
		`field added_at: the query has no column "created_at"; it has body_html, kind`)
}
