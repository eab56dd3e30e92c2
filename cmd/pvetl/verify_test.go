package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
)

// newVerified is the small job with a conversation, run once: the tickets 1, 2, 4 and 5 are in Playvox, each with a
// comment of ten times its key, and nothing is rejected.
func newVerified(t *testing.T, change ...func(*sandbox.Options)) (*workbench, *sql.DB) {
	t.Helper()
	w, db := newSmall(t, change...)
	execute(t, db, "DELETE FROM tickets WHERE id = 3")
	execute(t, db, "CREATE TABLE messages (id INTEGER PRIMARY KEY, ticket_id INTEGER, body TEXT, author TEXT, written TEXT, updated_at TEXT)")
	execute(t, db, `INSERT INTO messages SELECT id * 10, id, 'hello ' || id, 'ana', '2026-01-01 09:00:00', '2026-01-01 09:00:00' FROM tickets`)
	w.edit("key: id, cursor: updated_at}", "key: id, cursor: updated_at}\n      comments: {query: SELECT * FROM messages, key: id, parent: ticket_id, cursor: updated_at}")
	w.edit("    mapping:\n", "    mapping:\n      comment: {body: body, type: {value: agent_comment}, author_id: author, added_at: written}\n")
	w.mustRun(exitDone, "apply")
	w.runJob(exitDone)
	w.box.ResetRequests()
	return w, db
}

// verify carries out the command and returns what it says, with each difference as "stream key kind: detail".
func (w *workbench) verify(want int, args ...string) (pipeline.Verification, []string) {
	w.t.Helper()
	var found pipeline.Verification
	stdout := w.mustRun(want, append([]string{"verify", "tickets", "--json"}, args...)...)
	require.NoError(w.t, json.Unmarshal([]byte(stdout), &found), stdout)
	require.Equal(w.t, want == exitDone, found.OK)
	texts := []string{}
	for _, d := range found.Differences {
		require.Equal(w.t, "tickets", d.Job)
		texts = append(texts, fmt.Sprintf("%s %s %s: %s", d.Stream, d.Key, d.Kind, d.Detail))
	}
	return found, texts
}

// api sends one request to the server, as somebody else would.
func (w *workbench) api(method, path, body string) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.env["PLAYVOX_BASE_URL"]+"/"+path, bytes.NewReader([]byte(body)))
	require.NoError(w.t, err)
	request.SetBasicAuth(w.env["PLAYVOX_UID"], w.env["PLAYVOX_API_KEY"])
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	defer response.Body.Close()
	require.Less(w.t, response.StatusCode, 300, path)
}

func (w *workbench) held(id string) sandbox.Interaction {
	w.t.Helper()
	found := w.box.Snapshot().Find(id)
	require.NotEmpty(w.t, found, id)
	return found[0]
}

func (w *workbench) interactionPath(id string) string {
	held := w.held(id)
	return "integrations/" + held.IntegrationID + "/interactions/" + held.ID
}

func (w *workbench) commentPath(id string) string {
	held := w.held(id)
	return "interactions/" + held.ID + "/comments/" + held.Comments[0].ID
}

func ignoringQueries(o *sandbox.Options) { o.IgnoreQuery = true }

// hidingComments is a server that does not know include=all, so that listings do not show comments.
func hidingComments(o *sandbox.Options) {
	o.Intercept = func(r *http.Request, _ int) sandbox.Reaction {
		if r.URL.Query().Has("include") {
			return sandbox.Reaction{Status: http.StatusBadRequest, Body: `{"success": false, "error": "include: unknown parameter"}`}
		}
		return sandbox.Reaction{}
	}
}

var servers = map[string][]func(*sandbox.Options){
	"well-behaved": nil, "ignores queries": {ignoringQueries}, "hides comments": {hidingComments},
}

func TestNothingDiffersAfterARunAndVerifyWritesNothing(t *testing.T) {
	t.Parallel()
	for name, server := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _ := newVerified(t, server...)
			for _, args := range [][]string{nil, {"--sample", "3"}, {"--repair"}} {
				w.box.ResetRequests()
				found, differences := w.verify(exitDone, args...)
				require.Empty(t, differences)
				require.EqualValues(t, w.box.Requests().Total, found.Requests.Total)
				require.Zero(t, w.box.Requests().Writes())
				n := int64(4)
				if found.Sampled {
					n = 3
				}
				require.Equal(t, n, found.Compared)
				require.Equal(t, pipeline.Sides{Source: n, Ledger: n, Playvox: n}, found.Interactions)
				require.Equal(t, pipeline.Sides{Source: n, Ledger: n, Playvox: n}, found.Comments)
				require.Nil(t, found.Repair)
			}
			require.Contains(t, w.mustRun(exitDone, "verify", "tickets"), "nothing differs")
		})
	}
}

// A listing shows all that a verification needs: two requests for a hundred interactions with their comments.
func TestAVerificationThatFindsNothingTakesOneListing(t *testing.T) {
	t.Parallel()
	w, _ := newVerified(t)
	found, _ := w.verify(exitDone)
	require.EqualValues(t, 2, found.Requests.Total, "the integration and one page")
}

// Every difference is named by its key and kind, whatever the server, and --repair leaves only what nobody can repair.
func TestEachKindOfDifferenceIsFound(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		happens func(w *workbench, db *sql.DB)
		want    []string // a detail may go on behind what is written here
		remains []string // after --repair
	}{
		"an interaction is deleted in Playvox": {
			happens: func(w *workbench, _ *sql.DB) { w.api(http.MethodDelete, w.interactionPath("1"), "") },
			want:    []string{"interactions 1 missing: sent by the run of 20"},
		},
		"fields are altered in Playvox": {
			happens: func(w *workbench, _ *sql.DB) {
				w.api(http.MethodPut, w.interactionPath("2"), `{"status": "open"}`)
				w.api(http.MethodPut, w.interactionPath("4"), `{"status": "open", "moved_date": "2026-01-02T10:00:01Z"}`)
			},
			want: []string{
				`interactions 2 altered: status: "open" instead of "solved"`,
				`interactions 4 altered: moved_date: "2026-01-02T10:00:01Z" instead of "2026-01-02T10:00:00Z", status: "open" instead of nothing`,
			},
		},
		"somebody else adds an interaction": {
			happens: func(w *workbench, _ *sql.DB) {
				w.api(http.MethodPost, "integrations/"+w.held("1").IntegrationID+"/interactions", `{"interaction_id": "99", "moved_date": "2026-01-02T10:00:00Z"}`)
			},
			want:    []string{"interactions 99 extra: neither the source nor the ledger knows it"},
			remains: []string{"interactions 99 extra: neither the source nor the ledger knows it"},
		},
		"somebody else adds one again": {
			happens: func(w *workbench, _ *sql.DB) {
				w.api(http.MethodPost, "integrations/"+w.held("1").IntegrationID+"/interactions", `{"interaction_id": "1", "moved_date": "2026-01-02T10:00:00Z"}`)
			},
			want:    []string{"interactions 1 extra: 2 copies"},
			remains: []string{"interactions 1 extra: 2 copies"},
		},
		"somebody else was first": {
			happens: func(w *workbench, db *sql.DB) {
				w.api(http.MethodPost, "integrations/"+w.held("1").IntegrationID+"/interactions",
					`{"interaction_id": "6", "status": "open", "moved_date": "2026-01-06T10:00:00Z"}`)
				execute(w.t, db, "INSERT INTO tickets VALUES (6, 1, '2026-01-06 10:00:00')")
				w.runJob(exitDone)
			},
			want:    []string{"interactions 6 extra: 2 copies"},
			remains: []string{"interactions 6 extra: 2 copies"},
		},
		"a row vanishes": {
			happens: func(w *workbench, db *sql.DB) { execute(w.t, db, "DELETE FROM tickets WHERE id = 4") },
			want:    []string{"interactions 4 extra: its row is in the source no more"},
			remains: []string{"interactions 4 extra: its row is in the source no more"},
		},
		"a row vanishes from both": {
			happens: func(w *workbench, db *sql.DB) {
				execute(w.t, db, "DELETE FROM tickets WHERE id = 4")
				w.api(http.MethodDelete, w.interactionPath("4"), "")
			},
			want:    []string{"interactions 4 missing: sent by the run of 20"},
			remains: []string{"interactions 4 missing: sent by the run of 20"},
		},
		"a row is new": {
			happens: func(w *workbench, db *sql.DB) {
				execute(w.t, db, "INSERT INTO tickets VALUES (6, 1, '2026-01-06 10:00:00')")
				execute(w.t, db, "INSERT INTO messages VALUES (60, 6, 'hello 6', 'ana', '2026-01-01 09:00:00', '2026-01-01 09:00:00')")
			},
			want: []string{"interactions 6 not_sent: newer than the watermark: the next run sends it, with 1 comment"},
		},
		"a row came later than the lag": {
			happens: func(w *workbench, db *sql.DB) {
				execute(w.t, db, "INSERT INTO tickets VALUES (6, 1, '2025-01-06 10:00:00')")
			},
			want: []string{"interactions 6 not_sent: no run has sent it, and the watermark has passed it: --repair sends it"},
		},
		"a row cannot be mapped": {
			happens: func(w *workbench, db *sql.DB) {
				execute(w.t, db, "INSERT INTO tickets VALUES (6, 9, '2026-01-06 10:00:00')")
				w.runJob(exitRejects)
			},
			want:    []string{"interactions 6 not_sent: rejected: status: map has no entry for it"},
			remains: []string{"interactions 6 not_sent: rejected: status: map has no entry for it"},
		},
		"a row that was sent cannot be mapped any more": {
			happens: func(w *workbench, db *sql.DB) { execute(w.t, db, "UPDATE tickets SET status = 9 WHERE id = 2") },
			want:    []string{"interactions 2 altered: the row cannot be mapped any more: status: map has no entry for it"},
			remains: []string{"interactions 2 altered: the row cannot be mapped any more: status: map has no entry for it"},
		},
		"a row changes and no run sees it": {
			happens: func(w *workbench, db *sql.DB) { execute(w.t, db, "UPDATE tickets SET status = 1 WHERE id = 2") },
			want:    []string{`interactions 2 altered: status: "solved" instead of "open"; the row has changed since it was sent`},
		},
		"a comment is deleted in Playvox": {
			happens: func(w *workbench, _ *sql.DB) { w.api(http.MethodDelete, w.commentPath("1"), "") },
			want:    []string{"comments 10 missing: of interaction 1: sent, and not there"},
		},
		"a comment is added again in Playvox": {
			happens: func(w *workbench, _ *sql.DB) {
				w.api(http.MethodPost, "interactions/"+w.held("1").ID+"/comments",
					`{"body": "hello 1", "type": "agent_comment", "author_id": "ana", "added_at": "2026-01-01T09:00:00Z"}`)
			},
			want:    []string{"comments 10 extra: of interaction 1: 2 copies"},
			remains: []string{"comments 10 extra: of interaction 1: 2 copies"},
		},
		"a comment is new": {
			happens: func(w *workbench, db *sql.DB) {
				execute(w.t, db, "INSERT INTO messages VALUES (11, 1, 'more', 'ana', '2026-01-01 09:30:00', '2026-01-06 09:00:00')")
			},
			want: []string{"comments 11 not_sent: of interaction 1: newer than the watermark: the next run sends it"},
		},
		"a comment vanishes from the source": {
			happens: func(w *workbench, db *sql.DB) { execute(w.t, db, "DELETE FROM messages WHERE id = 20") },
			want:    []string{"comments 20 extra: of interaction 2: its row is in the source no more"},
			remains: []string{"comments 20 extra: of interaction 2: its row is in the source no more"},
		},
	}
	for name, c := range cases {
		for server, change := range servers {
			t.Run(name+", "+server, func(t *testing.T) {
				t.Parallel()
				w, db := newVerified(t, append(change, func(o *sandbox.Options) { o.Duplicates = sandbox.KeepDuplicates })...)
				c.happens(w, db)
				before := w.box.Snapshot()
				_, differences := w.verify(exitRejects)
				requirePrefixes(t, c.want, differences)
				require.Equal(t, before.Interactions, w.box.Snapshot().Interactions, "it changes nothing")

				want := exitDone
				if len(c.remains) > 0 {
					want = exitRejects
				}
				found, differences := w.verify(want, "--repair")
				requirePrefixes(t, c.remains, differences)
				require.Equal(t, len(c.want)-len(c.remains), found.Repaired)
				_, differences = w.verify(want)
				requirePrefixes(t, c.remains, differences)
				w.box.ResetRequests()
				code, _, _ := w.pvetl("run")
				require.Contains(t, []int{exitDone, exitRejects}, code)
				require.Zero(t, w.box.Requests().Writes(), "a run has nothing to add")
			})
		}
	}
}

// requirePrefixes requires that each text begins as it should.
func requirePrefixes(t *testing.T, want, got []string) {
	t.Helper()
	require.Len(t, got, len(want), "%q", got)
	for i := range want {
		require.True(t, strings.HasPrefix(got[i], want[i]), "%q, want %q", got[i], want[i])
	}
}

// What an agent writes in Playvox is no concern of ours, and what a comment says is never shown.
func TestAnAlteredCommentIsNamedWithoutItsBody(t *testing.T) {
	t.Parallel()
	w, _ := newVerified(t)
	w.api(http.MethodPost, "interactions/"+w.held("2").ID+"/comments", `{"body": "a note of an auditor", "type": "internal_note", "author_id": "eva"}`)
	w.api(http.MethodPut, w.commentPath("1"), `{"body": "a secret that somebody wrote"}`)
	w.api(http.MethodPut, w.commentPath("4"), `{"added_at": "2026-01-01T09:00:01Z"}`)
	_, differences := w.verify(exitRejects)
	require.Equal(t, []string{
		"comments 10 altered: of interaction 1: body differs",
		`comments 40 altered: of interaction 4: added_at: "2026-01-01T09:00:01Z" instead of "2026-01-01T09:00:00Z"`,
	}, differences)
	found, remains := w.verify(exitDone, "--repair")
	require.Empty(t, remains)
	require.Equal(t, 2, found.Repaired)
	require.Len(t, w.held("1").Comments, 1, "it is edited")
	require.Equal(t, "hello 1", w.held("1").Comments[0].Body)
	require.Len(t, w.held("2").Comments, 2)
	require.Len(t, w.held("4").Comments, 1, "it is edited too")
	require.Equal(t, "2026-01-01T09:00:00Z", w.held("4").Comments[0].AddedAt)
	w.box.ResetRequests()
	w.runJob(exitDone)
	require.Zero(t, w.box.Requests().Writes())
}

// Files are counted, and not read.
func TestAFileThatIsMissingIsCounted(t *testing.T) {
	t.Parallel()
	w, db := newSmall(t)
	execute(t, db, "DELETE FROM tickets WHERE id > 2")
	execute(t, db, "CREATE TABLE messages (id INTEGER PRIMARY KEY, ticket_id INTEGER, body TEXT, written TEXT)")
	execute(t, db, "INSERT INTO messages VALUES (10, 1, 'hello', '2026-01-01 09:00:00'), (20, 2, 'hello', NULL)")
	execute(t, db, "CREATE TABLE files (id INTEGER PRIMARY KEY, message_id INTEGER, name TEXT, content BLOB)")
	execute(t, db, "INSERT INTO files VALUES (1, 10, 'a.txt', x'61'), (2, 20, 'b.txt', x'62'), (3, 20, 'c.txt', zeroblob(10485761))")
	w.edit("key: id, cursor: updated_at}", `key: id, cursor: updated_at}
      comments: {query: SELECT * FROM messages, key: id, parent: ticket_id}
      attachments: {query: SELECT * FROM files, key: id, parent: message_id}`)
	w.edit("    mapping:\n", `    mapping:
      comment: {body: body, type: {value: agent_comment}, added_at: written}
      attachment: {name: name, content: content}
`)
	w.mustRun(exitDone, "apply")
	w.runJob(exitRejects)
	found, differences := w.verify(exitDone)
	require.Empty(t, differences, "the file that is too large stays behind, and Playvox gave the comment its time")
	require.EqualValues(t, 2, found.Requests.Total)
	execute(t, db, "INSERT INTO files VALUES (4, 10, 'd.txt', x'64'), (5, 10, 'e.txt', zeroblob(10485761))")
	_, differences = w.verify(exitRejects)
	require.Equal(t, []string{"comments 10 altered: of interaction 1: files: 1 instead of 2"}, differences)
	w.verify(exitDone, "--repair")
	require.Len(t, w.held("1").Comments, 1, "another stands in its place")
	require.Len(t, w.held("1").Comments[0].Attachments, 2)
}

// A run may go on beside a verification: what it sends behind the listing's back is there at the second look.
func TestWhatARunSendsMeanwhileIsNotMissing(t *testing.T) {
	t.Parallel()
	var w *workbench
	var db *sql.DB
	var armed atomic.Bool
	w, db = newVerified(t, func(o *sandbox.Options) {
		o.Intercept = func(r *http.Request, _ int) sandbox.Reaction {
			if r.URL.Query().Get("page") == "2" && armed.CompareAndSwap(true, false) {
				execute(t, db, "INSERT INTO tickets VALUES (900, 1, '2026-01-07 10:00:00')")
				w.pvetl("run")
			}
			return sandbox.Reaction{}
		}
	})
	execute(t, db, `WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 259)
		INSERT INTO tickets SELECT i, 1, '2026-01-06 10:00:00' FROM n`)
	w.runJob(exitDone)
	armed.Store(true)
	found, differences := w.verify(exitDone)
	require.Empty(t, differences)
	require.False(t, armed.Load())
	require.Equal(t, pipeline.Sides{Source: 165, Ledger: 165, Playvox: 164}, found.Interactions)
}

// Who deletes an interaction and makes it anew gives it another _id than the ledger knows.
func TestAnInteractionMadeAnewIsTakenOverByRepair(t *testing.T) {
	t.Parallel()
	w, _ := newVerified(t)
	held := w.held("1")
	w.api(http.MethodDelete, w.interactionPath("1"), "")
	w.api(http.MethodPost, "integrations/"+held.IntegrationID+"/interactions", `{"interaction_id": "1", "moved_date": "2026-01-01T10:00:00Z", "status": "open",
		"comments": [{"body": "hello 1", "type": "agent_comment", "author_id": "ana", "added_at": "2026-01-01T09:00:00Z"}]}`)
	_, differences := w.verify(exitRejects)
	require.Equal(t, []string{"interactions 1 altered: the ledger knows it under another _id"}, differences)
	w.verify(exitDone, "--repair")
	require.Len(t, w.held("1").Comments, 1)
	w.verify(exitDone)
}

func TestAValueIsCut(t *testing.T) {
	t.Parallel()
	w, _ := newVerified(t)
	w.edit("allowed: [open, solved]", "allowed: []")
	w.edit("{column: status, map: {1: open, 2: solved}}", "{value: "+strings.Repeat("x", 300)+"}")
	_, differences := w.verify(exitRejects)
	require.Len(t, differences, 4)
	for _, difference := range differences {
		require.NotContains(t, difference, strings.Repeat("x", 80))
		require.Contains(t, difference, "xxx…")
	}
}

// Interactions that another job of the integration has sent are not extra.
func TestWhatAnotherJobSentIsNotExtra(t *testing.T) {
	t.Parallel()
	w, _ := newVerified(t)
	w.edit("jobs:\n", `jobs:
  chats:
    source: helpdesk
    integration: helpdesk
    extract:
      interactions: {query: "SELECT 'chat ' || id AS id, updated_at FROM tickets", key: id, cursor: updated_at}
    mapping: {interaction: {interaction_id: id, metadata: {moved_date: updated_at}}}
`)
	w.mustRun(exitDone, "run", "chats")
	require.Len(t, w.box.Snapshot().Interactions, 8)
	found, differences := w.verify(exitDone)
	require.Empty(t, differences)
	require.Equal(t, pipeline.Sides{Source: 4, Ledger: 4, Playvox: 4}, found.Interactions)
}

// A row that lies before the start is not to be sent; one that was sent all the same is in the source.
func TestARowThatTheReadDoesNotReachIsNotExtra(t *testing.T) {
	t.Parallel()
	w, _ := newVerified(t)
	w.edit("key: id, cursor: updated_at}\n", `key: id, cursor: updated_at, start: "2026-01-02T00:00:00Z"}`+"\n")
	_, differences := w.verify(exitDone)
	require.Empty(t, differences)
	w.env["PVETL_STATE"] = "sqlite:" + w.dir + "/other.db"
	found, differences := w.verify(exitDone)
	require.Empty(t, differences, "nor is it where the ledger is lost")
	require.EqualValues(t, 4, found.Unknown)
}

// What Playvox has stored for as long as it was told to is gone for good, and missed by nobody.
func TestWhatHasExpiredIsNotMissing(t *testing.T) {
	t.Parallel()
	w, _ := newVerified(t)
	w.api(http.MethodDelete, w.interactionPath("1"), "")
	state, err := sql.Open("sqlite", strings.TrimPrefix(w.env["PVETL_STATE"], "sqlite:"))
	require.NoError(t, err)
	defer state.Close()
	execute(t, state, "UPDATE interactions SET run_id = '20200101-000000-abcdef'")
	found, differences := w.verify(exitDone)
	require.Empty(t, differences)
	require.EqualValues(t, 1, found.Expired)
	execute(t, state, "UPDATE interactions SET run_id = ''")
	_, differences = w.verify(exitRejects)
	require.Equal(t, []string{"interactions 1 missing: sent, and the ledger does not tell when, with 1 comment"}, differences)
}

func TestADismissedRejectIsNoDifference(t *testing.T) {
	t.Parallel()
	w, db := newVerified(t)
	execute(t, db, "INSERT INTO tickets VALUES (6, 9, '2026-01-06 10:00:00')")
	w.runJob(exitRejects)
	state, err := sql.Open("sqlite", strings.TrimPrefix(w.env["PVETL_STATE"], "sqlite:"))
	require.NoError(t, err)
	defer state.Close()
	execute(t, state, "UPDATE rejects SET dismissed_at = '2026-01-06T10:00:00.000Z'")
	found, differences := w.verify(exitDone)
	require.Empty(t, differences)
	require.EqualValues(t, 1, found.Dismissed)
}

func TestBeforeTheFirstRunNothingIsSent(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	message, _ := w.failure(exitFailed, "verify", "tickets")
	require.Contains(t, message, "pvetl apply")
	w.mustRun(exitDone, "apply")
	_, differences := w.verify(exitRejects)
	require.Len(t, differences, 5)
	require.Equal(t, "interactions 1 not_sent: no run has read it yet: the next one sends it", differences[0])
	require.NoFileExists(t, w.dir+"/state.db", "it writes nothing")
}

func TestVerifyNeedsAJobAndCredentials(t *testing.T) {
	t.Parallel()
	w, _ := newVerified(t)
	for _, args := range [][]string{{"verify"}, {"verify", "nosuchjob"}, {"verify", "tickets", "--sample", "0"}} {
		code, _, _ := w.pvetl(args...)
		require.Equal(t, exitUsage, code, "%v", args)
	}
	delete(w.env, "PLAYVOX_API_KEY")
	message, _ := w.failure(exitUsage, "verify", "tickets")
	require.Contains(t, message, "PLAYVOX_API_KEY")
}

func TestManyDifferencesAreCutForPeopleAlone(t *testing.T) {
	t.Parallel()
	w, db := newVerified(t)
	execute(t, db, `WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 159)
		INSERT INTO tickets SELECT i, 1, '2026-01-06 10:00:00' FROM n`)
	out := w.mustRun(exitRejects, "verify", "tickets")
	require.Contains(t, out, "... and 10 more: --json shows all")
	require.Contains(t, out, "pvetl verify tickets --repair")
	_, differences := w.verify(exitRejects)
	require.Len(t, differences, 60)
}

// Many suspects are looked for in the listing, once more, and no longer each by name.
func TestManySuspectsTakeOneMoreListing(t *testing.T) {
	t.Parallel()
	for name, server := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, db := newSmall(t, server...)
			execute(t, db, "DELETE FROM tickets")
			execute(t, db, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
				INSERT INTO tickets SELECT i, 1, '2026-01-06 10:00:00' FROM n`)
			w.mustRun(exitDone, "apply")
			w.runJob(exitDone)
			execute(t, db, "UPDATE tickets SET status = 2")
			found, differences := w.verify(exitRejects)
			require.Len(t, differences, 1200)
			require.Equal(t, `interactions 1 altered: status: "open" instead of "solved"; the row has changed since it was sent`, differences[0])
			require.LessOrEqual(t, found.Requests.Total, int64(27), "two listings of twelve pages and the integration")
		})
	}
}

func TestAStoppedVerificationExitsAsTheSignalSays(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancelCause(t.Context())
	var armed atomic.Bool
	w, _ := newVerified(t, func(o *sandbox.Options) {
		o.Intercept = func(*http.Request, int) sandbox.Reaction {
			if armed.Load() {
				stop(stoppedError{syscall.SIGINT})
			}
			return sandbox.Reaction{}
		}
	})
	armed.Store(true)
	code, stdout, _ := w.pvetlContext(ctx, "verify", "tickets", "--json")
	require.Equal(t, 130, code)
	require.Contains(t, stdout, "stopped by Ctrl-C")
}

// Whatever the types of the columns, what a run has sent is what the source says; only what is rejected differs, and the
// listing alone shows it.
func TestNothingButRejectsDiffersWhateverTheSource(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{onPostgres, onMySQL, onSQLite} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			h := newHelpdesk(t, kind)
			w := newWorkbench(t, acceptanceYAML, h.dsn)
			h.fill(0, 400, time.Now().UTC().Add(-24*time.Hour).Truncate(time.Second))
			w.mustRun(exitDone, "apply")
			w.runJob(exitRejects)
			found, differences := w.verify(exitRejects)
			require.EqualValues(t, 400, found.Compared)
			rejected := make(map[string]bool)
			for _, reject := range w.rejects() {
				rejected[reject.Stream+" "+reject.Key] = true
			}
			require.Len(t, differences, len(rejected))
			for _, d := range found.Differences {
				require.Equal(t, pipeline.NotSent, d.Kind)
				require.True(t, rejected[d.Stream+" "+d.Key], d)
			}
			require.LessOrEqual(t, found.Requests.Total, int64(1+5+5), "the rejected rows alone are looked at again")
		})
	}
}
