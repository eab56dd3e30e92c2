package pipeline_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/state"
)

// A run whose process dies has no one to say so: it has failed where nobody is at work on it.
func TestARunThatNobodyIsAtWorkOnHasFailed(t *testing.T) {
	t.Parallel()
	store, began := openState(t), time.Date(2026, 11, 23, 2, 15, 0, 0, time.UTC)
	for i, run := range []state.Run{{ID: "old", Command: "run"}, {ID: "history", Command: "backfill"}, {ID: "new", Command: "rejects retry"}} {
		run.Job, run.Status, run.StartedAt = "tickets", pipeline.Running, began.Add(time.Duration(i)*time.Minute)
		require.NoError(t, store.StartRun(t.Context(), run))
	}
	backfill, err := store.CreateBackfill(t.Context(), state.Backfill{Job: "tickets"}, []state.Slice{{Number: 1}})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"old": "failed", "history": "failed", "new": "failed"}, statuses(t, store))

	lease, err := store.Acquire(t.Context(), "tickets", "a run")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"old": "failed", "history": "failed", "new": "running"}, statuses(t, store))

	history, err := store.Acquire(t.Context(), "(backfill "+backfill.ID+")", "a backfill")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"old": "failed", "history": "running", "new": "running"}, statuses(t, store))

	require.NoError(t, lease.Release(t.Context()))
	require.Equal(t, map[string]string{"old": "failed", "history": "running", "new": "failed"}, statuses(t, store))
	require.NoError(t, history.Release(t.Context()))
}

func statuses(t *testing.T, store *state.Store) map[string]string {
	t.Helper()
	runs, err := store.Runs(t.Context(), "tickets", 0)
	require.NoError(t, err)
	reports, err := pipeline.Reports(t.Context(), store, runs)
	require.NoError(t, err)
	found := make(map[string]string)
	for _, report := range reports {
		var s pipeline.Summary
		require.NoError(t, json.Unmarshal(report, &s))
		require.Equal(t, s.Status == pipeline.Failed, s.Error != nil)
		require.Nil(t, s.FinishedAt)
		found[s.RunID] = s.Status
	}
	return found
}
