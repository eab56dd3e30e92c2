package pipeline_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
)

// Two comments that say the same at the same second stay two, whichever of them is lost, and whenever its process dies.
func TestTwoCommentsThatSayTheSameStayTwo(t *testing.T) {
	t.Parallel()
	for name, reaction := range map[string]sandbox.Reaction{"before the effect": dropBefore, "after the effect": dropAfter} {
		for which := 1; which <= 2; which++ {
			t.Run(fmt.Sprintf("number %d is lost %s", which, name), func(t *testing.T) {
				t.Parallel()
				for dieAt := 1; ; dieAt++ {
					w, bad := newTroubledWorld(t, 2, keepAll, byCursor)
					w.mustRun()
					w.message(51, 2, "ok", "2026-01-02 10:00:00")
					w.message(52, 2, "ok", "2026-01-02 10:00:00")
					n := 0
					bad.begin(func(r *http.Request) sandbox.Reaction {
						if !newComments(r) {
							return sandbox.Reaction{}
						}
						if n++; n != which {
							return sandbox.Reaction{}
						}
						return reaction
					})
					_, died := w.run(dieAt, dieAt%2 == 0)
					w.converge()
					_, comments := w.creates()
					require.Equal(t, 2, comments["ok"], "death at call %d", dieAt)
					w.requireDelivered()
					if !died {
						require.Greater(t, dieAt, 8, "the deaths reach through the whole run")
						return
					}
				}
			})
		}
	}
}

// What somebody removed in Playvox is not there to be changed: an interaction is rejected, in words; a comment is brought
// anew.
func TestWhatIsGoneFromPlayvox(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ change, stream, key string }{
		"an interaction that changed": {"UPDATE tickets SET status = 3 - status, updated_at = '2026-01-02 10:00:00' WHERE id = 2", "interactions", "2"},
		"an interaction with a new comment": {
			"INSERT INTO messages VALUES (50, 2, 'more', 'internal_note', '2026-01-01 09:00:00', '2026-01-02 10:00:00')", "comments", "50",
		},
		"an interaction with a comment that changed": {
			"UPDATE messages SET body = 'corrected', updated_at = '2026-01-02 10:00:00' WHERE id = 2", "comments", "2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _ := newTroubledWorld(t, 3, keepAll, byCursor)
			w.mustRun()
			w.removeFromPlayvox(2, "")
			w.exec(tt.change)
			summary := w.mustEnd(pipeline.Partial)
			requireSane(t, summary, nil)
			rejects := w.rejects()
			require.Len(t, rejects, 1)
			require.Equal(t, tt.stream, rejects[0].Stream)
			require.Equal(t, tt.key, rejects[0].Key)
			require.Contains(t, rejects[0].Reason, "interaction")
			w.box.ResetRequests()
			w.mustEnd(pipeline.Partial)
			require.Zero(t, w.box.Requests().Total, "it is not offered again")
		})
	}
	for name, twice := range map[string]bool{"a comment whose id is known": true, "a comment whose id is not known": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _ := newTroubledWorld(t, 3, keepAll, byCursor)
			w.mustRun()
			if twice { // an edit makes its id known
				w.message(2, 2, "corrected", "2026-01-02 10:00:00")
				w.mustRun()
			}
			w.removeFromPlayvox(2, w.comments(2)[0].ID)
			w.message(2, 2, "corrected again", "2026-01-02 11:00:00")
			require.EqualValues(t, 1, w.mustRun().Comments.Changed)
			w.requireDelivered()
		})
	}
}

// removeFromPlayvox removes a ticket's interaction or one of its comments past pvetl.
func (w *world) removeFromPlayvox(ticket int, comment string) {
	w.t.Helper()
	client := w.client()
	defer client.Close()
	for _, interaction := range w.box.Snapshot().Interactions {
		switch {
		case interaction.InteractionID != fmt.Sprint(ticket):
		case comment != "":
			require.NoError(w.t, client.DeleteComment(w.t.Context(), interaction.ID, comment))
		default:
			require.NoError(w.t, client.DeleteInteraction(w.t.Context(), interaction.IntegrationID, interaction.ID))
		}
	}
}

// Rows of a batch that a dead process left behind move on and get new comments before anyone knows whether Playvox has
// them. In the end it holds what the source says by then: what arrived is changed, what did not is sent as it is now.
func TestRowsThatMoveOnWhileTheirBatchIsUnknown(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reaction       sandbox.Reaction
		bulks, updates int
		comments       int // requests for comments alone: one new, one edited, one replaced
	}{
		"after the effect":  {dropAfter, 0, 1, 4},
		"before the effect": {dropBefore, 1, 0, 0},
	} {
		for how, cursor := range map[string]edit{"comments by a cursor": byCursor, "comments without one": withoutCursor} {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				w, bad := newTroubledWorld(t, 3, keepAll, cursor)
				bad.abandon(bulks, tt.reaction)
				_, err := w.try()
				require.ErrorContains(t, err, "credentials")
				bad.begin(nil)
				w.exec("UPDATE tickets SET status = 3 - status, updated_at = '2026-01-02 10:00:00' WHERE id = 1")
				w.message(50, 1, "one more", "2026-01-02 10:00:00")
				w.message(2, 2, "corrected", "2026-01-02 10:00:00")
				w.exec("UPDATE messages SET kind = 'internal_note', updated_at = '2026-01-02 10:00:00' WHERE id = 3")
				w.box.ResetRequests()
				w.mustRun()
				requests := w.box.Requests().Kinds
				require.Equal(t, tt.bulks, requests[sandbox.Bulk])
				require.Equal(t, tt.updates, requests[sandbox.Update])
				require.Equal(t, tt.comments, requests[sandbox.CommentWrite])
				w.requireDelivered()
			})
		}
	}
}

// Two comments of one second, of which nobody knows whether they arrived, are not taken for one another.
func TestCommentsOfOneSecondAreNotTakenForOneAnother(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]sandbox.Reaction{"the first did not arrive": dropBefore, "both arrived": dropAfter} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, bad := newTroubledWorld(t, 2, keepAll, byCursor)
			w.mustRun()
			blind := func(first sandbox.Reaction) func(*http.Request) sandbox.Reaction {
				return func(r *http.Request) sandbox.Reaction {
					switch {
					case newComments(r):
						return first
					case looksAtTalks(r):
						return sandbox.Reaction{Status: http.StatusBadRequest, Body: `{"error": "not now"}`}
					}
					return sandbox.Reaction{}
				}
			}
			w.message(51, 2, "yes", "2026-01-02 10:00:00")
			bad.begin(blind(lost))
			_, err := w.try()
			require.NoError(t, err)
			w.message(52, 2, "no", "2026-01-02 10:00:00")
			bad.begin(blind(dropAfter))
			_, err = w.try()
			require.NoError(t, err)
			bad.begin(nil)
			w.converge()
			_, comments := w.creates()
			require.Equal(t, 1, comments["yes"])
			require.Equal(t, 1, comments["no"])
			w.requireDelivered()
		})
	}
}

// Several comments of a conversation change at once, whose ids nobody told: each is changed, or replaced, once.
func TestSeveralCommentsOfAConversationChangeAtOnce(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"edited":           "body = 'corrected ' || id",
		"replaced":         "kind = 'internal_note'",
		"edited to others": "body = 'hello ' || (id % 3)",
		"both":             "kind = 'internal_note', body = 'corrected ' || id",
		"one of each":      "kind = CASE id WHEN 51 THEN 'internal_note' ELSE kind END, body = CASE id WHEN 51 THEN body ELSE 'x' END",
	} {
		for how, cursor := range map[string]edit{"by a cursor": byCursor, "without one": withoutCursor} {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				w, _ := newTroubledWorld(t, 1, keepAll, cursor)
				w.message(51, 1, "yes", "2026-01-01 10:00:00")
				w.message(52, 1, "no", "2026-01-01 10:00:00")
				w.mustRun()
				w.exec("UPDATE messages SET updated_at = '2026-01-02 10:00:00', " + change)
				w.touch(cursor, 1)
				w.mustRun()
				w.requireDelivered()
			})
		}
	}
}
