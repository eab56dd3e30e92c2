package mapping_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/mapping"
)

func TestUsesNamesEveryColumnAndItsPlace(t *testing.T) {
	t.Parallel()
	template, expression := "é {{x}} {id}/{odd name}", `let é = id; $env["odd name"] ?? upper(é + id) ?? status`
	interaction := mapping.Interaction{
		InteractionID: mapping.Rule{Column: "id"},
		AssigneeID:    &mapping.Rule{Template: template},
		Metadata: []mapping.FieldRule{
			{Name: "constant", Rule: mapping.Rule{Value: literal("x")}},
			{Name: "computed", Rule: mapping.Rule{Expr: expression}},
			{Name: "wrong", Rule: mapping.Rule{Expr: `status == 1`}},
			{Name: "broken", Rule: mapping.Rule{Template: "{id", Expr: "id +"}},
		},
	}
	uses := interaction.Uses()
	require.Equal(t, []mapping.Use{
		{Path: "interaction.interaction_id.column", Column: "id"},
		{Path: "interaction.assignee_id.template", Column: "id", Offset: 10},
		{Path: "interaction.assignee_id.template", Column: "odd name", Offset: 15},
		{Path: "interaction.metadata.computed.expr", Column: "id", Offset: 9},
		{Path: "interaction.metadata.computed.expr", Column: "odd name", Offset: 19},
		{Path: "interaction.metadata.computed.expr", Column: "status", Offset: 51},
		{Path: "interaction.metadata.wrong.expr", Column: "status"},
	}, uses)
	for _, use := range uses[1:3] {
		require.Equal(t, use.Column, template[use.Offset:][:len(use.Column)])
	}
	for _, use := range uses[3:6] {
		require.Equal(t, use.Column, expression[use.Offset:][:len(use.Column)])
	}
}

func TestUsesOfCommentsAndAttachments(t *testing.T) {
	t.Parallel()
	comment := mapping.Comment{
		Body: mapping.Rule{Column: "body"}, Type: mapping.Rule{Value: literal("agent_comment")},
		AuthorID: &mapping.Rule{Template: "{first} {last}"}, AddedAt: &mapping.Rule{Column: "at"},
	}
	require.Equal(t, []mapping.Use{
		{Path: "comment.body.column", Column: "body"},
		{Path: "comment.author_id.template", Column: "first", Offset: 1},
		{Path: "comment.author_id.template", Column: "last", Offset: 9},
		{Path: "comment.added_at.column", Column: "at"},
	}, comment.Uses())
	require.Equal(t, []mapping.Use{
		{Path: "attachment.name.column", Column: "name"}, {Path: "attachment.url.column", Column: "link"},
	}, mapping.Attachment{URL: &mapping.Rule{Column: "link"}, Name: &mapping.Rule{Column: "name"}}.Uses())
}
