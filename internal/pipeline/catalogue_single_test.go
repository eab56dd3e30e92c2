package pipeline_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/load"
)

// Whether a single request took effect whose answer was lost is looked up. What arrived is not sent again, and what did
// not is, within the run.
func TestASingleRequestWithoutAnAnswerIsSentAgainOnlyIfItDidNotArrive(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change string
		of     kind
	}{
		"an update":    {"UPDATE tickets SET status = 3 - status, updated_at = '2026-01-02 10:00:00' WHERE id = 2", updates},
		"a comment":    {"INSERT INTO messages VALUES (50, 2, 'more', 'internal_note', '2026-01-01 09:00:00', '2026-01-02 10:00:00')", newComments},
		"an edit":      {"UPDATE messages SET body = 'corrected', updated_at = '2026-01-02 10:00:00' WHERE id = 2", edits},
		"a removal":    {"UPDATE messages SET kind = 'internal_note', updated_at = '2026-01-02 10:00:00' WHERE id = 2", removals},
		"its follower": {"UPDATE messages SET kind = 'internal_note', updated_at = '2026-01-02 10:00:00' WHERE id = 2", newComments},
	} {
		for fault, reaction := range map[string]sandbox.Reaction{
			"dropped before": dropBefore, "dropped after": dropAfter, "failing before": failBefore, "failing after": failAfter, "a page after": pageAfter,
		} {
			t.Run(name+", "+fault, func(t *testing.T) {
				t.Parallel()
				w, bad := newTroubledWorld(t, 3, keepAll, byCursor)
				w.mustRun()
				w.exec(tt.change)
				met := 0
				bad.begin(func(r *http.Request) sandbox.Reaction {
					if !tt.of(r) {
						return sandbox.Reaction{}
					}
					if met++; met > 1 {
						return sandbox.Reaction{}
					}
					return reaction
				})
				w.mustRun()
				if name == "a removal" { // it is repeated: the second finds nothing
					require.Equal(t, 2, met)
				} else {
					require.Equal(t, map[bool]int{true: 1, false: 2}[reaction.AfterEffect], met)
				}
				w.requireDelivered()
			})
		}
	}
}

// abandon lets the first request of a kind meet with something, and has the run stopped before it can find out more: as far
// as the state knows, the process died.
func (f *trouble) abandon(of kind, reaction sandbox.Reaction) {
	met := false
	f.begin(func(r *http.Request) sandbox.Reaction {
		switch {
		case met:
			return signedOut
		case of(r):
			met = true
			return reaction
		}
		return sandbox.Reaction{}
	})
}

// A single request that a run leaves without knowing is looked up by the next one, though its row may have moved on.
func TestASingleRequestThatIsLeftUnknownIsFinishedByTheNextRun(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change, later string
		of            kind
	}{
		"an update": {
			"UPDATE tickets SET status = 3 - status, updated_at = '2026-01-02 10:00:00' WHERE id = 2",
			"UPDATE tickets SET status = 3, updated_at = '2026-01-02 11:00:00' WHERE id = 2", updates,
		},
		"an update that is taken back": {
			"UPDATE tickets SET status = 3 - status, updated_at = '2026-01-02 10:00:00' WHERE id = 2",
			"UPDATE tickets SET status = 3 - status, updated_at = '2026-01-01 10:00:00' WHERE id = 2", updates,
		},
		"a comment": {
			"INSERT INTO messages VALUES (50, 2, 'more', 'internal_note', '2026-01-01 09:00:00', '2026-01-02 10:00:00')",
			"UPDATE messages SET body = 'more of it', updated_at = '2026-01-02 11:00:00' WHERE id = 50", newComments,
		},
		"a comment, and another that says the same": {
			"INSERT INTO messages VALUES (50, 2, 'ok', 'internal_note', '2026-01-01 09:00:00', '2026-01-02 10:00:00')",
			"INSERT INTO messages VALUES (49, 2, 'ok', 'internal_note', '2026-01-01 09:00:00', '2026-01-02 09:59:00')", newComments,
		},
		"a comment of another kind meanwhile": {
			"INSERT INTO messages VALUES (50, 2, 'more', 'internal_note', '2026-01-01 09:00:00', '2026-01-02 10:00:00')",
			"UPDATE messages SET kind = 'agent_comment', updated_at = '2026-01-02 11:00:00' WHERE id = 50", newComments,
		},
		"an edit": {
			"UPDATE messages SET body = 'corrected', updated_at = '2026-01-02 10:00:00' WHERE id = 2",
			"UPDATE messages SET body = 'corrected again', updated_at = '2026-01-02 11:00:00' WHERE id = 2", edits,
		},
		"an edit that is taken back": {
			"UPDATE messages SET body = 'corrected', updated_at = '2026-01-02 10:00:00' WHERE id = 2",
			"UPDATE messages SET body = 'hello 2', updated_at = '2026-01-02 11:00:00' WHERE id = 2", edits,
		},
		"a removal": {
			"UPDATE messages SET kind = 'internal_note', updated_at = '2026-01-02 10:00:00' WHERE id = 2",
			"UPDATE messages SET kind = 'agent_comment', updated_at = '2026-01-02 11:00:00' WHERE id = 2", removals,
		},
	} {
		for fault, reaction := range map[string]sandbox.Reaction{"before the effect": dropBefore, "after the effect": dropAfter} {
			for when, change := range map[string]string{"": "", ", and moves on": tt.later} {
				t.Run(name+", "+fault+when, func(t *testing.T) {
					t.Parallel()
					w, bad := newTroubledWorld(t, 3, keepAll, byCursor)
					w.mustRun()
					w.exec(tt.change)
					bad.abandon(tt.of, reaction)
					summary, err := w.try()
					require.ErrorContains(t, err, "credentials")
					requireSane(t, summary, err)
					bad.begin(nil)
					if change != "" {
						w.exec(change)
					}
					w.converge()
					w.requireDelivered()
				})
			}
		}
	}
}

// An upload without an answer is made again: one file too many belongs to no comment. The comment has it once.
func TestAnUploadWithoutAnAnswerIsMadeAgain(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reaction sandbox.Reaction
		lost     int
	}{
		"dropped before": {dropBefore, 1}, "dropped after": {dropAfter, 1}, "dropped after, twice": {dropAfter, 2}, "a page after": {pageAfter, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, bad := newTroubledWorld(t, 3, keepAll, byCursor, withFiles("content: content"))
			w.exec("INSERT INTO files VALUES (1, 1, 'a.txt', 'some bytes')")
			w.box.ResetRequests()
			bad.first(tt.lost, uploads, tt.reaction)
			w.mustRun()
			require.Equal(t, tt.lost+1, w.box.Requests().Kinds[sandbox.Upload])
			require.Len(t, w.comments(1)[0].Attachments, 1)
			w.requireDelivered()
		})
	}
}

// An upload that never has an answer ends the run before anything is sent that it belongs to.
func TestAnUploadThatNeverHasAnAnswerEndsTheRun(t *testing.T) {
	t.Parallel()
	w, bad := newTroubledWorld(t, 3, keepAll, byCursor, withFiles("content: content"))
	w.exec("INSERT INTO files VALUES (1, 1, 'a.txt', 'some bytes')")
	w.box.ResetRequests()
	bad.first(1000, uploads, dropAfter)
	summary, err := w.try()
	require.ErrorContains(t, err, "uploading the file 1")
	requireSane(t, summary, err)
	require.Zero(t, w.box.Requests().Kinds[sandbox.Bulk])
	bad.begin(nil)
	w.mustRun()
	w.requireDelivered()
}

// An interaction_id that Playvox may have already belongs to the row that it was sent for, also where another row claims it
// meanwhile.
func TestAnIDThatPlayvoxMayHaveIsNotSentForAnotherRow(t *testing.T) {
	t.Parallel()
	w, bad := newTroubledWorld(t, 1, keepAll, edit{"interaction_id: id", "interaction_id: {column: status, map: {1: A, 2: B}}"})
	bad.abandon(bulks, dropAfter)
	_, err := w.try()
	require.ErrorContains(t, err, "credentials")
	bad.begin(nil)
	w.exec("INSERT INTO tickets VALUES (2, 2, '2026-01-01 09:59:00')")
	w.mustEnd(pipeline.Partial)
	tickets, _ := w.creates()
	require.Equal(t, map[string]int{"B": 1}, tickets)
	rejects := w.rejects()
	require.Len(t, rejects, 1)
	require.Equal(t, "2", rejects[0].Key)
}

// A deletion whose answer is lost may have taken effect: a row that comes back as it was is sent again.
func TestARowThatComesBackAfterALostDeletionIsSentAgain(t *testing.T) {
	t.Parallel()
	for name, reaction := range map[string]sandbox.Reaction{"before the effect": dropBefore, "after the effect": dropAfter} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, bad := newTroubledWorld(t, 10, keepAll, readWhole, deleting)
			w.mustRun()
			w.exec("DELETE FROM tickets WHERE id = 2")
			bad.abandon(is(http.MethodDelete, "/interactions/"), reaction)
			_, err := w.try()
			require.Error(t, err)
			bad.begin(nil)
			w.exec("INSERT INTO tickets VALUES (2, 1, '2026-01-01 10:00:00')")
			w.converge()
			require.Equal(t, w.told(), w.held())
		})
	}
}

// inItsOwnWords is a server that shows a time otherwise than it was sent.
type inItsOwnWords struct{ pipeline.Playvox }

func (i inItsOwnWords) Find(ctx context.Context, id string, ids []string, since time.Time) (map[string][]load.RemoteInteraction, error) {
	found, err := i.Playvox.Find(ctx, id, ids, since)
	for _, copies := range found {
		for _, one := range copies {
			one.Fields["moved_date"] = json.RawMessage(strings.Replace(string(one.Fields["moved_date"]), `Z"`, `.000Z"`, 1))
		}
	}
	return found, err
}

// Where a look cannot tell whether an update arrived, because the server shows what it holds in its own words, the ledger
// does not vouch for what was there before: a row that is taken back is sent again.
func TestAnUpdateThatCannotBeRecognisedIsNotTakenForAbsent(t *testing.T) {
	t.Parallel()
	w, bad := newTroubledWorld(t, 3, keepAll)
	see := w.seenPlayvox
	w.seenPlayvox = func(p pipeline.Playvox) pipeline.Playvox { return inItsOwnWords{see(p)} }
	w.mustRun()
	w.exec("UPDATE tickets SET status = 2, updated_at = '2026-01-02 10:00:00' WHERE id = 2")
	bad.abandon(updates, dropAfter)
	_, err := w.try()
	require.Error(t, err)
	bad.begin(nil)
	w.exec("UPDATE tickets SET status = 1, updated_at = '2026-01-01 10:00:00' WHERE id = 2")
	w.converge()
	w.requireDelivered()
}
