package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

// A row that Playvox does not take stays behind alone, with Playvox's own words, whether its job refuses it or the whole
// request is refused for it; and it is not offered again while it stays as it is.
func TestARowThatPlayvoxRefusesStaysBehindAlone(t *testing.T) {
	t.Parallel()
	for name, whole := range map[string]bool{"in the job": false, "with its request": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, db := newSmall(t, func(o *sandbox.Options) { o.BulkRefusesBadRows, o.HideMetadata = whole, true })
			w.edit("allowed: [open, solved]", "allowed: [open]")
			w.edit("2: solved", "2: open")
			w.mustRun(exitDone, "apply")
			w.edit("allowed: [open]", "allowed: [open, solved]") // Playvox knows nothing of solved
			w.edit("2: open", "2: solved")

			summary := w.runJob(exitRejects)
			require.EqualValues(t, 3, summary.Interactions.New)
			require.EqualValues(t, 2, summary.Interactions.Rejected)
			require.Equal(t, "2026-01-03 10:00:00", *summary.Watermark.Interactions, "a reject is settled")
			for _, reject := range w.rejects() {
				if reject.Key == "2" {
					require.Equal(t, "playvox", reject.Stage)
					require.Contains(t, reject.Reason, "status")
				}
			}
			execute(t, db, "INSERT INTO tickets VALUES (6, 1, '2026-01-03 10:01:00')")
			w.mustRun(exitDone, "watermark", "tickets", "reset")
			w.box.ResetRequests()
			again := w.runJob(exitRejects)
			require.EqualValues(t, 2, again.Interactions.Rejected)
			require.Equal(t, 1, w.box.Requests().Kinds[sandbox.Bulk])
			for _, reject := range w.rejects() {
				if reject.Key == "2" {
					require.Equal(t, 1, reject.Attempts, "the new row goes, the refused one does not go again")
				}
			}
		})
	}
}

func TestTwoRowsWithOneInteractionIDAreNotSentTwice(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t, func(o *sandbox.Options) { o.Duplicates = sandbox.KeepDuplicates })
	w.edit("interaction_id: id", "interaction_id: {value: same}")
	w.mustRun(exitDone, "apply")
	require.EqualValues(t, 1, w.runJob(exitRejects).Interactions.New)
	require.Len(t, w.box.Snapshot().Interactions, 1)
	for _, reject := range w.rejects() {
		if reject.Rule == "unique" {
			require.Equal(t, "same", reject.Value)
			require.Contains(t, reject.Reason, "key 1")
		}
	}
}

func TestOfSeveralRowsWithOneKeyTheLastCounts(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	w.edit("SELECT id, status, updated_at FROM tickets", "SELECT 1 AS id, status, updated_at FROM tickets WHERE id <> 3")
	w.mustRun(exitDone, "apply")
	summary := w.runJob(exitDone)
	require.EqualValues(t, 4, summary.Interactions.Read)
	require.EqualValues(t, 1, summary.Interactions.New)
	require.EqualValues(t, 3, summary.Interactions.Unchanged)
	require.Equal(t, `"2026-01-03T10:00:00Z"`, string(w.box.Snapshot().Interactions[0].Fields["moved_date"]))
}
