package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/secret"
	"pvetl/state"
)

// hold takes the lease of a job for somebody else and returns how it is given up.
func (w *workbench) hold(job, owner string) (release func()) {
	w.t.Helper()
	store, err := state.Open(w.t.Context(), secret.Text(w.env["PVETL_STATE"]))
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = store.Close() })
	lease, err := store.Acquire(w.t.Context(), job, owner)
	require.NoError(w.t, err)
	return func() { require.NoError(w.t, lease.Release(w.t.Context())) }
}

func TestAJobThatSomebodyHasIsLeftAlone(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	w.mustRun(exitDone, "apply")
	w.runJob(exitRejects)
	before := w.mustRun(exitDone, "watermark", "tickets", "--json")
	release := w.hold("tickets", "night-host pid 77")
	w.box.ResetRequests()
	for _, args := range [][]string{
		{"run"},
		{"run", "tickets", "--adopt"},
		{"rejects", "retry", "tickets"},
		{"watermark", "tickets", "reset"},
		{"watermark", "tickets", "keep"},
		{"watermark", "tickets", "set", "2026-01-01 10:00:00"},
	} {
		code, stdout, stderr := w.pvetl(args...)
		require.Equal(t, exitHeld, code, "%v: %s%s", args, stdout, stderr)
		require.Regexp(t, `job tickets is held by night-host pid 77 since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: wait for it, or stop it`, stdout+stderr, "%v", args)
	}
	summary := w.runJob(exitHeld)
	require.Equal(t, pipeline.Failed, summary.Status)
	require.Contains(t, *summary.Error, "night-host pid 77")
	message, _ := w.failure(exitHeld, "watermark", "tickets", "reset")
	require.Contains(t, message, "night-host pid 77")
	require.Zero(t, w.box.Requests().Total)
	require.Equal(t, before, w.mustRun(exitDone, "watermark", "tickets", "--json"))
	require.Zero(t, w.runJob(exitRejects, "--dry-run").Requests.Total, "looking needs no lease")

	release()
	w.runJob(exitRejects)
	w.mustRun(exitDone, "watermark", "tickets", "reset")
}

func TestStatusSaysWhoIsAtWork(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	heldBy := func() map[string]string {
		var status struct {
			Jobs []struct {
				HeldBy map[string]string `json:"held_by"`
			}
		}
		require.NoError(t, json.Unmarshal([]byte(w.mustRun(exitDone, "status", "--json")), &status))
		return status.Jobs[0].HeldBy
	}
	require.Nil(t, heldBy())
	release := w.hold("tickets", "night-host pid 77")
	require.Equal(t, "night-host pid 77", heldBy()["owner"])
	require.NotEmpty(t, heldBy()["since"])
	require.Contains(t, w.mustRun(exitDone, "status"), "running: night-host pid 77 since ")
	release()
	require.Nil(t, heldBy())
	require.Contains(t, w.mustRun(exitDone, "status"), "idle")
}

// A run that failed is worse than one that somebody else is doing, which is worse than one that left rows behind.
func TestTheWorstOfSeveralRunsIsTheExitStatus(t *testing.T) {
	t.Parallel()
	held := pipeline.Summary{Status: pipeline.Failed, HeldBy: &state.HeldError{}}
	failed, partial, good := pipeline.Summary{Status: pipeline.Failed}, pipeline.Summary{Status: pipeline.Partial}, pipeline.Summary{Status: pipeline.Succeeded}
	for name, test := range map[string]struct {
		runs []pipeline.Summary
		want int
	}{
		"none":                        {nil, exitDone},
		"all went well":               {[]pipeline.Summary{good, good}, exitDone},
		"one left rows behind":        {[]pipeline.Summary{partial, good}, exitRejects},
		"one is held":                 {[]pipeline.Summary{partial, held, partial}, exitHeld},
		"one failed and one is held":  {[]pipeline.Summary{failed, held}, exitFailed},
		"one is held and one failed":  {[]pipeline.Summary{held, failed, good}, exitFailed},
		"one failed and one has less": {[]pipeline.Summary{failed, partial}, exitFailed},
	} {
		require.Equal(t, test.want, exitOf(t.Context(), test.runs), name)
	}
}
