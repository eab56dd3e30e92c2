package pipeline_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/state"
)

var (
	// readWhole reads everything each time.
	readWhole = edit{"key: id, cursor: updated_at, page_size: 4}", "key: id, page_size: 4}"}
	deleting  = edit{"load: {batch_size: 3}", "load: {batch_size: 3, deletes: delete}"}
)

func TestWhatVanishedFromAWhollyReadSourceIsDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 20, sandbox.Options{}, readWhole, deleting)
	w.mustRun()
	w.exec("DELETE FROM tickets WHERE id IN (4, 9)")
	w.box.ResetRequests()
	summary := w.mustRun()
	require.EqualValues(t, 2, summary.Interactions.Deleted)
	require.Equal(t, pipeline.Counts{Read: 18, Unchanged: 18, Deleted: 2}, summary.Interactions)
	require.Equal(t, 2, w.box.Requests().Writes())
	require.Len(t, w.box.Snapshot().Interactions, 18)

	w.exec("INSERT INTO tickets VALUES (4, 1, '2026-01-03 10:00:00')")
	require.EqualValues(t, 1, w.mustRun().Interactions.New, "it is back")
}

func TestASourceThatSuddenlyLooksEmptyDeletesNothing(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"empty":             "DELETE FROM tickets",
		"a quarter is gone": "DELETE FROM tickets WHERE id <= 5",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 20, sandbox.Options{}, readWhole, deleting)
			w.mustRun()
			w.exec(statement)
			_, err := w.try()
			require.ErrorAs(t, err, new(*pipeline.VanishedError))
			require.ErrorContains(t, err, "load.max_deletes")
			require.Len(t, w.box.Snapshot().Interactions, 20)
		})
	}
}

// An incremental run does not read everything, so what it does not see has not vanished.
func TestAnIncrementalRunDeletesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 20, sandbox.Options{}, deleting)
	w.mustRun()
	w.exec("DELETE FROM tickets WHERE id = 1")
	require.Zero(t, w.mustRun().Interactions.Deleted)
	require.Len(t, w.box.Snapshot().Interactions, 20)
}

func TestALostStateBesideAFullPlayvoxIsNoticedAndTakenOver(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{sandbox.RefuseDuplicates, sandbox.MergeDuplicates, sandbox.KeepDuplicates} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 11, sandbox.Options{Duplicates: policy}, byCursor)
			w.mustRun()
			w.loseState()
			w.exec("UPDATE tickets SET status = 3 - status, updated_at = '2026-01-02 10:00:00' WHERE id = 2")
			w.exec("INSERT INTO tickets VALUES (50, 1, '2026-01-02 10:00:00')")
			w.message(101, 3, "a second remark", "2026-01-02 10:00:00")

			_, err := w.try()
			require.ErrorAs(t, err, new(*pipeline.LostStateError))
			require.ErrorContains(t, err, "--adopt")
			require.Len(t, w.box.Snapshot().Interactions, 11)

			w.box.ResetRequests()
			summary, err := w.with(pipeline.Options{Adopt: true})
			require.NoError(t, err)
			require.Equal(t, pipeline.Counts{Read: 12, New: 1, Changed: 1, Unchanged: 10}, summary.Interactions)
			require.Equal(t, pipeline.Counts{Read: 12, New: 1, Unchanged: 11}, summary.Comments)
			require.Equal(t, 3, w.box.Requests().Writes(), "the new ticket, the changed one, the new remark")
			require.Equal(t, []string{"hello 3", "a second remark"}, w.bodies(3))
			for _, held := range w.box.Snapshot().Interactions {
				require.Equal(t, 1, held.Creates)
			}
			w.box.ResetRequests()
			w.mustRun()
			require.Zero(t, w.box.Requests().Total)
		})
	}
}

// A job that is renamed and renamed back finds its old ledger, which knows nothing of what came in the meantime.
func TestWhatAnotherJobHasSentIsNotSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5, sandbox.Options{Duplicates: sandbox.KeepDuplicates})
	w.mustRun()
	w.cfg.Jobs[0].Name = "renamed"
	_, err := w.with(pipeline.Options{Adopt: true})
	require.NoError(t, err)
	w.exec("INSERT INTO tickets VALUES (50, 1, '2026-01-02 10:00:00')")
	require.EqualValues(t, 1, w.mustRun().Interactions.New)

	w.cfg.Jobs[0].Name = "tickets"
	w.exec("INSERT INTO tickets VALUES (51, 1, '2026-01-02 10:00:00')")
	_, err = w.try()
	require.EqualError(t, err, "job renamed has sent 1 interactions that job tickets is about to send (keys 50): where it was renamed, "+
		"'pvetl run tickets --adopt' takes over what Playvox holds and sends only what differs; two jobs cannot send the same interactions")
	require.Len(t, w.box.Snapshot().Interactions, 6)
	_, err = w.with(pipeline.Options{Adopt: true})
	require.NoError(t, err)
	w.mustRun()
	require.Len(t, w.box.Snapshot().Interactions, 7)
	for _, held := range w.box.Snapshot().Interactions {
		require.Equal(t, 1, held.Creates)
	}
}

// Two jobs may share an integration, as long as each sends its own.
func TestJobsThatShareAnIntegrationDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5, sandbox.Options{})
	w.mustRun()
	w.exec("UPDATE tickets SET id = id + 100")
	w.cfg.Jobs[0].Name = "others"
	_, err := w.with(pipeline.Options{Adopt: true})
	require.NoError(t, err)
	w.exec("INSERT INTO tickets VALUES (150, 1, '2026-01-02 10:00:00')")
	require.EqualValues(t, 1, w.mustRun().Interactions.New)
}

// What Playvox refuses because it is there already is taken over, and brought up to date.
func TestWhatExistsAlreadyIsAdopted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5, sandbox.Options{})
	w.mustRun()
	w.forget("2", "3")
	w.exec("UPDATE tickets SET status = 3 - status, updated_at = '2026-01-02 10:00:00' WHERE id IN (2, 3, 4)")
	summary := w.mustRun()
	require.EqualValues(t, 3, summary.Interactions.Changed)
	require.Zero(t, summary.Interactions.Rejected)
	require.Len(t, w.box.Snapshot().Interactions, 5)
	require.Len(t, w.bodies(2), 1)
}

// Where nearly all is refused for one reason, it is not the rows that are wrong.
func TestASystemicRefusalStopsTheRunAndRejectsNothing(t *testing.T) {
	t.Parallel()
	for name, whole := range map[string]bool{"in the job": false, "of the whole batch": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 100, sandbox.Options{BulkRefusesBadRows: whole, HideMetadata: true},
				edit{"batch_size: 3", "batch_size: 100"}, edit{"page_size: 4", "page_size: 100"})
			w.allowOnly("status", "open", "solved")
			w.exec("UPDATE tickets SET status = 3")
			summary, err := w.try()
			require.ErrorAs(t, err, new(*pipeline.SystemicError))
			require.Equal(t, pipeline.Failed, summary.Status)
			require.Zero(t, summary.Interactions.Rejected)
			require.Empty(t, w.rejects())
			require.LessOrEqual(t, w.box.Requests().Kinds[sandbox.Bulk], 60)
		})
	}
}

// Three bad rows among a thousand are found by halving.
func TestPoisonIsFoundByHalving(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1000, sandbox.Options{BulkRefusesBadRows: true, HideMetadata: true},
		edit{"batch_size: 3", "batch_size: 100"}, edit{"page_size: 4", "page_size: 1000"})
	w.allowOnly("status", "open", "solved")
	w.spoil(1, 77, 555)
	w.box.ResetRequests()
	summary := w.mustEnd(pipeline.Partial)
	require.EqualValues(t, 997, summary.Interactions.New)
	require.EqualValues(t, 3, summary.Interactions.Rejected)
	require.LessOrEqual(t, w.box.Requests().Kinds[sandbox.Bulk], 60)
	require.Len(t, w.rejects(), 3)
}

func TestARejectIsTriedAgainFromTheSource(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 6, sandbox.Options{}, byCursor)
	w.exec("UPDATE tickets SET status = 9 WHERE id IN (2, 3)")
	w.exec("UPDATE messages SET kind = 'fax' WHERE id = 5")
	w.mustEnd(pipeline.Partial)
	require.Len(t, w.rejects(), 3)

	w.exec("UPDATE tickets SET status = 1 WHERE id = 2") // the cursor does not move
	w.exec("DELETE FROM tickets WHERE id = 3")
	w.exec("UPDATE messages SET kind = 'agent_comment' WHERE id = 5")
	summary, err := w.with(pipeline.Options{Retry: w.rejects()})
	require.NoError(t, err)
	require.Equal(t, pipeline.Succeeded, summary.Status)
	require.EqualValues(t, 1, summary.Interactions.New)
	require.EqualValues(t, 2, summary.Comments.New, "that of the interaction, and the one tried again")
	require.Empty(t, w.rejects())
	require.Equal(t, []string{"hello 2"}, w.bodies(2))
	require.Equal(t, []string{"hello 5"}, w.bodies(5))
}

const attachmentsYAML = `
      attachments: {query: SELECT * FROM files, key: id, parent: message_id}
    mapping:
      attachment: {name: name, %s}`

func withFiles(rule string) edit {
	return edit{"\n    mapping:", fmt.Sprintf(attachmentsYAML, rule)}
}

// A file's content is uploaded once, whoever it belongs to; one that is too large stays behind alone.
func TestFilesGoWithTheirComments(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 6, sandbox.Options{}, byCursor, withFiles("content: content"))
	w.exec("INSERT INTO files VALUES (1, 1, 'a.txt', 'same bytes'), (2, 2, 'b.txt', 'same bytes'), (3, 2, 'c.txt', 'other bytes')")
	w.exec("INSERT INTO files VALUES (4, 3, 'huge.bin', zeroblob(10 * 1024 * 1024 + 1))")
	first := w.mustEnd(pipeline.Partial)
	require.EqualValues(t, 6, first.Comments.New)
	require.Equal(t, pipeline.Counts{Read: 4, New: 3, Rejected: 1}, first.Attachments)
	require.Equal(t, 2, w.box.Requests().Kinds[sandbox.Upload])
	require.Len(t, w.comments(2)[0].Attachments, 2)
	require.Equal(t, w.comments(1)[0].Attachments[0].URL, w.comments(2)[0].Attachments[0].URL)
	require.Empty(t, w.comments(3)[0].Attachments)
	rejects := w.rejects()
	require.Len(t, rejects, 1)
	require.Equal(t, "attachments", rejects[0].Stream)
	require.Equal(t, "4", rejects[0].Key)
	require.Contains(t, rejects[0].Reason, "10 MB")

	w.exec("INSERT INTO files VALUES (5, 5, 'late.txt', 'late')")
	w.exec("UPDATE files SET content = 'small' WHERE id = 4")
	w.message(5, 5, "hello 5", "2026-01-02 10:00:00")
	w.message(3, 3, "hello 3", "2026-01-02 10:00:00")
	second := w.mustRun()
	require.EqualValues(t, 2, second.Comments.Changed)
	require.Len(t, w.comments(5), 1)
	require.Len(t, w.comments(5)[0].Attachments, 1)
	require.Len(t, w.comments(3)[0].Attachments, 1)
	require.Empty(t, w.rejects())
	w.box.ResetRequests()
	w.mustRun()
	require.Zero(t, w.box.Requests().Total)
}

func TestAnAddressOfAFileIsPassedOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, sandbox.Options{}, byCursor, withFiles("url: content"))
	w.exec("INSERT INTO files VALUES (1, 1, 'a.txt', 'https://files.example/a.txt')")
	w.mustRun()
	require.Zero(t, w.box.Requests().Kinds[sandbox.Upload])
	require.Equal(t, []sandbox.Attachment{{URL: "https://files.example/a.txt", Name: "a.txt"}}, w.comments(1)[0].Attachments)
}

// The data names paths: nothing outside the root is opened, by whatever way.
func TestPathsStayBelowTheirRoot(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	root := filepath.Join(outside, "files")
	require.NoError(t, os.MkdirAll(filepath.Join(root, "2026"), 0o750))
	require.NoError(t, os.WriteFile(filepath.Join(outside, "secret.txt"), []byte("secret"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(root, "2026", "a.txt"), []byte("fine"), 0o600))
	require.NoError(t, os.Symlink(filepath.Join(outside, "secret.txt"), filepath.Join(root, "link.txt")))
	w := newWorld(t, 6, sandbox.Options{}, byCursor, withFiles("path: content"), edit{"{batch_size: 3}", "{batch_size: 3, files_root: " + root + "}"})
	for id, path := range map[int]string{
		1: "2026/a.txt", 2: root + "/2026/a.txt", 3: "../secret.txt", 4: outside + "/secret.txt", 5: "link.txt", 6: "2026",
	} {
		w.exec(fmt.Sprintf("INSERT INTO files VALUES (%d, %d, '', '%s')", id, id, path))
	}
	summary := w.mustEnd(pipeline.Partial)
	require.Equal(t, pipeline.Counts{Read: 6, New: 2, Rejected: 4}, summary.Attachments)
	require.Equal(t, 1, w.box.Requests().Kinds[sandbox.Upload])
	require.Equal(t, "a.txt", w.comments(1)[0].Attachments[0].Name)
	for _, reject := range w.rejects() {
		require.NotContains(t, reject.Reason, "secret")
	}
}

// allowOnly makes the schema in Playvox stricter than jobs.yaml knows. A run finds out only where Playvox does not show it.
func (w *world) allowOnly(field string, allowed ...string) {
	w.t.Helper()
	integration := w.box.Snapshot().Integrations[0]
	i := slices.IndexFunc(integration.Metadata, func(m sandbox.Metadata) bool { return m.FieldID == field })
	body, err := json.Marshal(map[string]any{"allowed": allowed})
	require.NoError(w.t, err)
	address := w.cfg.Playvox.BaseURL + "/integrations/" + integration.ID + "/metadata/" + integration.Metadata[i].ID
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPut, address, bytes.NewReader(body))
	require.NoError(w.t, err)
	request.SetBasicAuth("u", "k")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	require.NoError(w.t, response.Body.Close())
	require.Equal(w.t, http.StatusOK, response.StatusCode)
}

// spoil gives tickets a status that the mapping takes and the integration does not.
func (w *world) spoil(tickets ...int) {
	w.t.Helper()
	for _, id := range tickets {
		w.exec(fmt.Sprintf("UPDATE tickets SET status = 3 WHERE id = %d", id))
	}
}

func (w *world) store() *state.Store {
	w.t.Helper()
	store, err := state.Open(w.t.Context(), w.cfg.State)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = store.Close() })
	return store
}

func (w *world) rejects() []state.Reject {
	w.t.Helper()
	rejects, err := w.store().Rejects(w.t.Context(), "tickets")
	require.NoError(w.t, err)
	return rejects
}

// forget takes interactions out of the ledger.
func (w *world) forget(keys ...string) {
	w.t.Helper()
	require.NoError(w.t, w.store().Settle(w.t.Context(), state.Settlement{Job: "tickets", Forgotten: keys}))
}

// loseState removes the state's file.
func (w *world) loseState() {
	w.t.Helper()
	path := strings.TrimPrefix(w.cfg.State.Reveal(), "sqlite:")
	require.NoError(w.t, os.Remove(path))
	for _, suffix := range []string{"-wal", "-shm"} {
		_ = os.Remove(path + suffix)
	}
}
