package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
)

// retried is what --json prints of a retry.
func (w *workbench) retried(want int, args ...string) (jobs []pipeline.Summary, remaining int) {
	w.t.Helper()
	var report struct {
		Command   string
		Jobs      []pipeline.Summary
		Remaining int
	}
	stdout := w.mustRun(want, append([]string{"rejects", "retry", "--json"}, args...)...)
	require.NoError(w.t, json.Unmarshal([]byte(stdout), &report), stdout)
	require.Equal(w.t, "rejects retry", report.Command)
	return report.Jobs, report.Remaining
}

// twoRejects is a workbench whose tickets 3 and 5 do not fit.
func twoRejects(t *testing.T) *workbench {
	w, db := newSmall(t)
	execute(t, db, "UPDATE tickets SET status = 9 WHERE id = 5")
	w.mustRun(exitDone, "apply")
	w.runJob(exitRejects)
	require.Len(t, w.rejects(), 2)
	execute(t, db, "UPDATE tickets SET status = 1 WHERE id = 3") // and its cursor stays: no run would see it
	w.runJob(exitRejects)
	require.Len(t, w.rejects(), 2)
	w.box.ResetRequests()
	return w
}

func TestARetryReadsTheRejectedRowsAgainAndNothingElse(t *testing.T) {
	t.Parallel()
	w := twoRejects(t)
	jobs, remaining := w.retried(exitRejects, "tickets")
	require.Len(t, jobs, 1)
	require.EqualValues(t, 2, jobs[0].Interactions.Read)
	require.EqualValues(t, 1, jobs[0].Interactions.New)
	require.EqualValues(t, 1, jobs[0].Interactions.Rejected)
	require.Equal(t, 1, remaining)
	require.Equal(t, 1, w.box.Requests().Kinds[sandbox.Bulk])
	require.Len(t, w.box.Snapshot().Find("3"), 1)
	require.Equal(t, "5", w.rejects()[0].Key)
	require.Contains(t, w.mustRun(exitRejects, "rejects", "retry"), "rejects that remain: 1")
}

func TestARetryTakesOnlyWhatWasChosen(t *testing.T) {
	t.Parallel()
	w := twoRejects(t)
	for _, args := range [][]string{{"tickets", "--key", "4"}, {"tickets", "--stream", "comments"}} {
		jobs, remaining := w.retried(exitDone, args...)
		require.Empty(t, jobs)
		require.Equal(t, 2, remaining)
	}
	require.Contains(t, w.mustRun(exitDone, "rejects", "retry", "--key", "4"), "nothing to retry")
	require.Zero(t, w.box.Requests().Total)
	jobs, remaining := w.retried(exitRejects, "--key", "3", "--stream", "interactions")
	require.EqualValues(t, 1, jobs[0].Interactions.Read)
	require.Equal(t, 1, remaining)
}

func TestWhatIsDismissedIsOffTheListUntilItsRowChanges(t *testing.T) {
	t.Parallel()
	w, db := newSmall(t)
	w.mustRun(exitDone, "apply")
	w.runJob(exitRejects)
	require.Contains(t, w.mustRun(exitDone, "rejects", "dismiss", "tickets", "--key", "4"), "0 dismissed: there is none of these")
	var report struct{ Dismissed, Remaining int }
	require.NoError(t, json.Unmarshal([]byte(w.mustRun(exitDone, "rejects", "dismiss", "tickets", "--key", "3", "--json")), &report))
	require.Equal(t, 1, report.Dismissed)
	require.Zero(t, report.Remaining)
	require.Empty(t, w.rejects())

	require.Equal(t, pipeline.Succeeded, w.runJob(exitDone).Status)
	w.mustRun(exitDone, "watermark", "tickets", "reset")
	w.runJob(exitDone)
	require.Empty(t, w.rejects(), "it is as it was when it was dismissed")

	execute(t, db, "UPDATE tickets SET status = 8, updated_at = '2026-01-05 10:00:00' WHERE id = 3")
	w.runJob(exitRejects)
	require.Len(t, w.rejects(), 1)
	require.Contains(t, w.mustRun(exitDone, "rejects", "dismiss", "tickets", "--id", w.rejects()[0].ID), "1 dismissed")
	execute(t, db, "UPDATE tickets SET status = 7, updated_at = '2026-01-06 10:00:00' WHERE id = 3")
	w.runJob(exitRejects)
	require.Contains(t, w.mustRun(exitDone, "rejects", "dismiss", "tickets", "--all"), "1 dismissed")
	require.Contains(t, w.mustRun(exitDone, "rejects"), "no rejects")
}

func TestTheListOfRejectsEndsWithTheCommandsThatHelp(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	w.edit("SELECT id, status", "SELECT 'it''s #' || id AS id, status")
	w.mustRun(exitDone, "apply")
	w.runJob(exitRejects)
	config := " --config " + w.dir + "/jobs.yaml\n"
	list := w.mustRun(exitDone, "rejects", "tickets")
	require.Contains(t, list, "  pvetl rejects retry tickets"+config)
	require.Contains(t, list, `  pvetl rejects dismiss tickets --key 'it'\''s #3'`+config)
}
