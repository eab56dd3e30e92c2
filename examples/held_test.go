package examples_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

// held is everything Playvox holds, by interaction_id, in the form of want.yaml: an interaction's fields, and its comments
// in the order in which they were written.
func (d *desk) held() map[string]any {
	d.t.Helper()
	snapshot := d.box.Snapshot()
	files := map[string]sandbox.File{}
	for _, file := range snapshot.Files {
		files[file.ID] = file
	}
	held := map[string]any{}
	for _, interaction := range snapshot.Interactions {
		require.NotContains(d.t, held, interaction.InteractionID)
		var fields map[string]any
		require.NoError(d.t, viaJSON(interaction.Fields, &fields))
		delete(fields, "interaction_id")
		var comments []any
		for _, comment := range interaction.Comments {
			comments = append(comments, d.comment(comment, files))
		}
		if comments != nil {
			fields["comments"] = comments
		}
		held[interaction.InteractionID] = fields
	}
	return held
}

func (d *desk) comment(comment sandbox.Comment, files map[string]sandbox.File) map[string]any {
	d.t.Helper()
	shown := map[string]any{"type": comment.Type, "added_at": comment.AddedAt, "body": comment.Body}
	if comment.AuthorID != "" {
		shown["author_id"] = comment.AuthorID
	}
	var attachments []any
	for _, attachment := range comment.Attachments {
		parts := strings.Split(attachment.URL, "/") // …/files/ID/NAME
		file, ok := files[parts[len(parts)-2]]
		require.True(d.t, ok, attachment.URL)
		attachments = append(attachments, map[string]any{"name": attachment.Name, "content_type": file.ContentType, "content": readable(file.Data)})
	}
	if attachments != nil {
		shown["attachments"] = attachments
	}
	return shown
}

func readable(data []byte) string {
	if utf8.Valid(data) && !strings.ContainsRune(string(data), 0) {
		return string(data)
	}
	return "hex:" + hex.EncodeToString(data)
}

// sentSince is what was sent behind a place in the journal, in the form of want-change.yaml.
func (d *desk) sentSince(from int) []any {
	d.t.Helper()
	names := map[string]string{}
	for _, interaction := range d.box.Snapshot().Interactions {
		names[interaction.ID] = interaction.InteractionID
	}
	var sent []any
	for _, change := range d.box.Journal()[from:] {
		interaction := change.ID
		if change.Kind == sandbox.CommentChange {
			interaction = change.Parent
		}
		var fields map[string]any
		require.NoError(d.t, viaJSON(change.Value, &fields))
		if files, _ := fields["attachments"].([]any); len(files) == 0 {
			delete(fields, "attachments")
		}
		sent = append(sent, map[string]any{fmt.Sprintf("%s %s", change.Action, change.Kind): names[interaction], "sent": fields})
	}
	return sent
}
