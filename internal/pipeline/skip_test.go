package pipeline_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/secret"
	"pvetl/internal/testdb"
	"pvetl/state"
)

// finishes keeps what the last run moved.
type finishes struct {
	pipeline.State
	moved *state.Moved
}

func (f finishes) FinishRun(ctx context.Context, run state.Run) error {
	*f.moved = run.Moved
	return f.State.FinishRun(ctx, run)
}

func openState(t *testing.T) *state.Store {
	t.Helper()
	store, err := state.Open(t.Context(), secret.Text(testdb.SQLite(t)))
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// Runs that are skipped one after the other are one line in the list of runs.
func TestSkippedRunsAreOneRecord(t *testing.T) {
	t.Parallel()
	store, due := openState(t), time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)
	held := state.HeldBy{Owner: "host pid 7", Since: due.Add(-15 * time.Minute)}
	first, err := pipeline.RecordSkip(t.Context(), store, "", "tickets", due, held, 1)
	require.NoError(t, err)
	require.Contains(t, lastSkip(t, store), `"skipped: it was still under way since 2026-11-23 02:15:00 UTC (host pid 7)"`)

	again, err := pipeline.RecordSkip(t.Context(), store, first, "tickets", due.Add(time.Hour), held, 2)
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.Contains(t, lastSkip(t, store), `"skipped: it was still under way since 2026-11-23 02:15:00 UTC (host pid 7); 2 times in a row"`)
}

func lastSkip(t *testing.T, store *state.Store) string {
	t.Helper()
	runs, err := store.Runs(t.Context(), "tickets", 0)
	require.NoError(t, err)
	require.Len(t, runs, 1)
	require.Equal(t, pipeline.Skipped, runs[0].Status)
	require.Equal(t, "run", runs[0].Command)
	require.Equal(t, time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC), runs[0].StartedAt.UTC(), "when the first was due")
	require.False(t, runs[0].FinishedAt.IsZero())
	require.Contains(t, string(runs[0].Summary), `"started_at":"2026-11-23T02:30:00Z"`)
	return string(runs[0].Summary)
}
