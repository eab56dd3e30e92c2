package load_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
	"pvetl/load"
)

const (
	morning = "2026-11-22T10:00:00Z"
	evening = "2026-11-22T20:00:00Z"
)

func TestCommentsComeAndGo(t *testing.T) {
	t.Parallel()
	for _, place := range []string{sandbox.IDInResult, sandbox.IDAtTop} {
		t.Run("ids in "+place, func(t *testing.T) {
			t.Parallel()
			h := hold(t, sandbox.Options{IDPlace: place})
			remoteID := h.send(t, interaction("1", comment("first", morning)))[0]
			file := load.Attachment{URL: "https://files.example/a.pdf", Name: "a.pdf"}

			id, err := h.CreateComment(t.Context(), remoteID, comment("second", morning, file))
			require.NoError(t, err)
			shown, err := h.Comments(t.Context(), remoteID)
			require.NoError(t, err)
			require.Len(t, shown, 2)
			require.NotEmpty(t, shown[0].ID)
			shown[0].ID = ""
			require.Equal(t, []load.RemoteComment{
				{Body: "first", Type: "agent_comment", AuthorID: "ana", AddedAt: morning},
				{ID: id, Body: "second", Type: "agent_comment", AuthorID: "ana", AddedAt: morning, Attachments: []load.Attachment{file}},
			}, shown)

			require.NoError(t, h.UpdateComment(t.Context(), remoteID, id, comment("edited", evening, load.Attachment{URL: "https://files.example/b"})))
			shown, err = h.Comments(t.Context(), remoteID)
			require.NoError(t, err)
			require.Equal(t, load.RemoteComment{
				ID: id, Body: "edited", Type: "agent_comment", AuthorID: "ana", AddedAt: evening, Attachments: []load.Attachment{file},
			}, shown[1], "the sandbox refuses any other field in an update")

			require.NoError(t, h.DeleteComment(t.Context(), remoteID, id))
			require.NoError(t, h.DeleteComment(t.Context(), remoteID, id), "what is not there is deleted")
			shown, err = h.Comments(t.Context(), remoteID)
			require.NoError(t, err)
			require.Len(t, shown, 1)

			require.NoError(t, h.DeleteInteraction(t.Context(), h.integration, remoteID))
			require.NoError(t, h.DeleteInteraction(t.Context(), h.integration, remoteID))
			require.Empty(t, h.server.Snapshot().Interactions)
			_, err = h.Comments(t.Context(), remoteID)
			require.Equal(t, load.Missing, load.OutcomeOf(err))
			require.Equal(t, load.Missing, load.OutcomeOf(h.UpdateComment(t.Context(), remoteID, id, comment("late", evening))))

			require.EqualValues(t, 7, h.counts.Writes.Load())
			require.EqualValues(t, 4, h.counts.Lookups.Load())
		})
	}
}

func TestACommentWhoseIDIsNotTold(t *testing.T) {
	t.Parallel()
	for name, respond := range map[string]http.HandlerFunc{
		"an answer without an id": replies(200, `{"success": true, "result": {}}`),
		"no answer but its head":  replies(204, ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := live(t, respond)
			id, err := client.CreateComment(t.Context(), "r1", comment("a", morning))
			require.NoError(t, err, "it is there all the same")
			require.Empty(t, id)
		})
	}
}

func TestWritesToOneThing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		call func(context.Context, *load.Client) error
		want received
	}{
		"a comment is created": {
			func(ctx context.Context, c *load.Client) error {
				_, err := c.CreateComment(ctx, "r 1", comment("a", morning))
				return err
			},
			received{method: "POST", path: "/api/v1/interactions/r%201/comments", body: `{"body":"a","type":"agent_comment","author_id":"ana","added_at":"2026-11-22T10:00:00Z"}`},
		},
		"a comment is updated": {
			func(ctx context.Context, c *load.Client) error {
				return c.UpdateComment(ctx, "r1", "c/1", comment("a", morning, load.Attachment{URL: "u"}))
			},
			received{method: "PUT", path: "/api/v1/interactions/r1/comments/c%2F1", body: `{"body":"a","added_at":"2026-11-22T10:00:00Z"}`},
		},
		"a comment is updated that has no time": {
			func(ctx context.Context, c *load.Client) error {
				return c.UpdateComment(ctx, "r1", "c1", load.Comment{Fields: comment("a", "").Fields[:2]})
			},
			received{method: "PUT", path: "/api/v1/interactions/r1/comments/c1", body: `{"body":"a"}`},
		},
		"a comment is deleted": {
			func(ctx context.Context, c *load.Client) error { return c.DeleteComment(ctx, "r1", "c1") },
			received{method: "DELETE", path: "/api/v1/interactions/r1/comments/c1"},
		},
		"an interaction is deleted": {
			func(ctx context.Context, c *load.Client) error { return c.DeleteInteraction(ctx, "i1", "r1") },
			received{method: "DELETE", path: "/api/v1/integrations/i1/interactions/r1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := live(t, replies(200, queued))
			require.NoError(t, tt.call(t.Context(), client))
			got := server.received()[0]
			require.Equal(t, tt.want, received{method: got.method, path: got.path, query: got.query, body: got.body})
		})
	}
}

// The address of a thing without its id is that of all of them.
func TestNothingIsSentToAnAddressWithoutAnID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", ".", ".."} {
		for name, call := range map[string]func(context.Context, *load.Client) error{
			"delete an interaction":       func(ctx context.Context, c *load.Client) error { return c.DeleteInteraction(ctx, "i1", id) },
			"delete it of no integration": func(ctx context.Context, c *load.Client) error { return c.DeleteInteraction(ctx, id, "r1") },
			"delete a comment":            func(ctx context.Context, c *load.Client) error { return c.DeleteComment(ctx, "r1", id) },
			"update a comment":            func(ctx context.Context, c *load.Client) error { return c.UpdateComment(ctx, "r1", id, load.Comment{}) },
			"list comments":               func(ctx context.Context, c *load.Client) error { _, err := c.Comments(ctx, id); return err },
		} {
			t.Run(fmt.Sprintf("%s %q", name, id), func(t *testing.T) {
				t.Parallel()
				client, server := live(t, replies(200, queued))
				require.ErrorContains(t, call(t.Context(), client), "an id is missing in the address")
				require.Empty(t, server.received())
			})
		}
	}
}

func TestHowCommentsAreRead(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		item string
		want load.RemoteComment
	}{
		"numbers and nulls":              {`{"_id": 7, "body": 12, "type": null, "author_id": {"_id": "u1"}}`, load.RemoteComment{ID: "7", Body: "12"}},
		"a time with a fraction":         {`{"_id": "c", "added_at": "2026-11-22T10:00:00.000Z"}`, load.RemoteComment{ID: "c", AddedAt: morning}},
		"a fraction is cut, not rounded": {`{"_id": "c", "added_at": "2026-11-22T10:00:00.999Z"}`, load.RemoteComment{ID: "c", AddedAt: morning}},
		"another zone":                   {`{"_id": "c", "added_at": "2026-11-22T05:00:00-05:00"}`, load.RemoteComment{ID: "c", AddedAt: morning}},
		"another zone without a colon":   {`{"_id": "c", "added_at": "2026-11-22T05:00:00.5-0500"}`, load.RemoteComment{ID: "c", AddedAt: morning}},
		"no zone":                        {`{"_id": "c", "added_at": "2026-11-22T10:00:00.123456"}`, load.RemoteComment{ID: "c", AddedAt: morning}},
		"no zone and no T":               {`{"_id": "c", "added_at": "2026-11-22 10:00:00"}`, load.RemoteComment{ID: "c", AddedAt: morning}},
		"what is no time":                {`{"_id": "c", "added_at": "yesterday"}`, load.RemoteComment{ID: "c", AddedAt: "yesterday"}},
		"attachments of every kind": {
			`{"_id": "c", "attachments": [{"url": "u1", "name": "n"}, "u2", {"url": "u3", "size": 5}, {"name": "no url"}, null, ""]}`,
			load.RemoteComment{ID: "c", Attachments: []load.Attachment{{URL: "u1", Name: "n"}, {URL: "u2"}, {URL: "u3"}}},
		},
		"attachments that are none": {`{"_id": "c", "attachments": {"url": "u1"}}`, load.RemoteComment{ID: "c"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := live(t, replies(200, `{"result": [`+tt.item+`, {"_id": "gone", "is_deleted": true}]}`))
			got, err := client.Comments(t.Context(), "r1")
			require.NoError(t, err)
			require.Equal(t, []load.RemoteComment{tt.want}, got)
		})
	}
	t.Run("one without an _id", func(t *testing.T) {
		t.Parallel()
		client, _ := live(t, replies(200, `{"result": [{"body": "a"}]}`))
		got, err := client.Comments(t.Context(), "r1")
		require.EqualError(t, err, "GET interactions/r1/comments: a comment is listed without an _id")
		require.Nil(t, got)
	})
	t.Run("more than one page", func(t *testing.T) {
		t.Parallel()
		client, server := live(t, script{
			replies(200, `{"result": [{"_id": "c1"}], "next_page": true}`),
			replies(200, `{"result": [{"_id": "c1"}, {"_id": "c2"}], "next_page": false}`),
		}.inTurn())
		got, err := client.Comments(t.Context(), "r1")
		require.NoError(t, err)
		require.Equal(t, []load.RemoteComment{{ID: "c1"}, {ID: "c2"}}, got)
		require.Equal(t, "page=2&per_page=100", server.received()[1].query)
	})
}
