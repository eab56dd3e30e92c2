package load_test

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
	"pvetl/load"
)

// held is an integration in the sandbox, and a client that counts what it asks of it.
type held struct {
	*load.Client
	server      *sandbox.Server
	integration string
	counts      *load.Requests
}

func hold(t *testing.T, options sandbox.Options) held {
	t.Helper()
	server, err := sandbox.New(options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client := newClient(t, serve(t, server), 600_000)
	_, err = apply(t, client, load.Integration{
		Key: "helpdesk", Name: "Helpdesk", DataStorageMinutes: 129600,
		Metadata: []load.MetadataField{{FieldID: "solved_date", Type: load.TypeDatetime}, {FieldID: "csat", Type: load.TypeFloat}},
	})
	require.NoError(t, err)
	found, err := client.FindIntegration(t.Context(), "Helpdesk")
	require.NoError(t, err)
	server.ResetRequests()
	counts := &load.Requests{}
	return held{client.ForRun(load.RunOptions{Requests: counts}), server, found.ID, counts}
}

// send stores interactions and returns their _ids.
func (h held) send(t *testing.T, interactions ...load.Interaction) []string {
	t.Helper()
	jobID, err := h.SubmitBulk(t.Context(), h.integration, load.AppendBatch(nil, interactions))
	require.NoError(t, err)
	status, _, err := h.Await(t.Context(), jobID, load.NewPace(nil, 8))
	require.NoError(t, err)
	require.Empty(t, status.Refusals)
	ids := make([]string, 0, len(interactions))
	for _, stored := range status.Stored {
		ids = append(ids, stored.RemoteID)
	}
	h.server.ResetRequests()
	return ids
}

func interaction(id string, comments ...load.Comment) load.Interaction {
	return load.Interaction{ID: id, Fields: []load.Field{
		{Name: "interaction_id", Value: text(id)}, {Name: "csat", Value: []byte("4.50")},
	}, Comments: comments}
}

func comment(body, addedAt string, attachments ...load.Attachment) load.Comment {
	return load.Comment{AddedAt: addedAt, Attachments: attachments, Fields: []load.Field{
		{Name: load.CommentBody, Value: text(body)},
		{Name: load.CommentType, Value: text("agent_comment")},
		{Name: load.CommentAuthor, Value: text("ana")},
		{Name: load.CommentAddedAt, Value: text(addedAt)},
	}}
}

func text(s string) json.RawMessage { return []byte(strconv.Quote(s)) }
