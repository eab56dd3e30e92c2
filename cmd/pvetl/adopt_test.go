package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

// A state that was lost is noticed before anything is sent twice; the advice that the user gets is the way out.
func TestALostStateStopsTheRunAndAdoptTakesOverWhatIsThere(t *testing.T) {
	t.Parallel()
	w, db := newSmall(t, func(o *sandbox.Options) { o.Duplicates = sandbox.KeepDuplicates })
	w.mustRun(exitDone, "apply")
	w.runJob(exitRejects)
	require.NoError(t, os.Remove(filepath.Join(w.dir, "state.db")))
	execute(t, db, "UPDATE tickets SET status = 2 WHERE id = 1")
	execute(t, db, "INSERT INTO tickets VALUES (6, 1, '2026-01-04 10:00:00')")
	w.box.ResetRequests()

	code, stdout, _ := w.pvetl("run", "tickets")
	require.Equal(t, exitFailed, code)
	require.Contains(t, stdout, "Playvox holds 4 interactions that job tickets is about to send")
	require.Contains(t, stdout, "'pvetl run tickets --adopt'")
	require.Zero(t, w.box.Requests().Writes())

	summary := w.runJob(exitRejects, "tickets", "--adopt")
	require.EqualValues(t, 1, summary.Interactions.New, "the row that Playvox does not hold")
	require.EqualValues(t, 1, summary.Interactions.Changed, "the row that differs")
	require.EqualValues(t, 3, summary.Interactions.Unchanged)
	require.Equal(t, 1, w.box.Requests().Kinds[sandbox.Bulk])
	require.Equal(t, 2, w.box.Requests().Writes())
	for _, interaction := range w.box.Snapshot().Interactions {
		require.Equal(t, 1, interaction.Creates, interaction.InteractionID)
	}
	require.Equal(t, `"solved"`, string(w.box.Snapshot().Find("1")[0].Fields["status"]))

	w.box.ResetRequests()
	w.runJob(exitRejects)
	require.Zero(t, w.box.Requests().Total, "what was taken over is known from then on")
}

// The ledger of one account says nothing about another.
func TestAnotherAccountIsNotTakenForTheOneBefore(t *testing.T) {
	t.Parallel()
	w, db := newSmall(t)
	w.mustRun(exitDone, "apply")
	w.runJob(exitRejects)
	other, _ := newSmall(t)
	w.env["PLAYVOX_BASE_URL"], w.box = other.env["PLAYVOX_BASE_URL"], other.box
	w.mustRun(exitDone, "apply")
	execute(t, db, "INSERT INTO tickets VALUES (6, 1, '2026-01-04 10:00:00')")

	code, stdout, _ := w.pvetl("run", "tickets")
	require.Equal(t, exitFailed, code)
	require.Contains(t, stdout, "'pvetl run tickets --adopt'")
	require.Empty(t, w.box.Snapshot().Interactions)

	require.EqualValues(t, 5, w.runJob(exitRejects, "tickets", "--adopt").Interactions.New)
	require.Len(t, w.box.Snapshot().Interactions, 5)
}
