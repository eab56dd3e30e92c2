package state_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

func days(t *testing.T, store *state.Store, job string, since time.Time) []state.Day {
	t.Helper()
	found, err := store.Days(t.Context(), job, since)
	require.NoError(t, err)
	return found
}

// finish runs a job from start to end.
func finish(t *testing.T, store *state.Store, id, job string, end time.Time, moved state.Moved) {
	t.Helper()
	require.NoError(t, store.StartRun(t.Context(), state.Run{ID: id, Job: job, StartedAt: end.Add(-time.Hour)}))
	require.NoError(t, store.FinishRun(t.Context(), state.Run{ID: id, Status: "succeeded", FinishedAt: end, Moved: moved}))
}

func TestADayIsWhatItsRunsMoved(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		midnight := at(t, "00:00:00.000")
		finish(t, store, "1", "tickets", midnight.Add(-time.Millisecond), state.Moved{New: 5})
		finish(t, store, "2", "tickets", midnight.In(time.FixedZone("Bogota", -5*3600)), state.Moved{New: 1, Changed: 2, Rejected: 3})
		finish(t, store, "3", "tickets", midnight.Add(23*time.Hour), state.Moved{New: 1 << 40})
		finish(t, store, "4", "chats", midnight.Add(23*time.Hour), state.Moved{Rejected: 1})
		finish(t, store, "5", "calls", midnight.Add(23*time.Hour), state.Moved{})

		first := state.Day{Job: "tickets", Date: "2026-11-21", Moved: state.Moved{New: 5}}
		second := state.Day{Job: "tickets", Date: "2026-11-22", Moved: state.Moved{New: 1<<40 + 1, Changed: 2, Rejected: 3}}
		chats := state.Day{Job: "chats", Date: "2026-11-22", Moved: state.Moved{Rejected: 1}}
		require.Equal(t, []state.Day{first, chats, second}, days(t, d.openReadOnly(t), "", time.Time{}))
		require.Equal(t, []state.Day{first, second}, days(t, store, "tickets", midnight.Add(-time.Hour)))
		require.Equal(t, []state.Day{second}, days(t, store, "tickets", midnight.Add(23*time.Hour)), "the whole day that it is in")
		require.Empty(t, days(t, store, "tickets", midnight.Add(24*time.Hour)))
	})
}

func TestARunThatIsFinishedTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		moved := state.Moved{New: 1, Changed: 2, Rejected: 3}
		for range 2 {
			require.NoError(t, store.StartRun(t.Context(), state.Run{ID: "never started", Job: "chats", StartedAt: at(t, "01:00:00.000")}))
			run := state.Run{ID: "1", Job: "tickets", Status: "succeeded", FinishedAt: at(t, "02:00:00.000"), Moved: moved}
			require.NoError(t, store.FinishRun(t.Context(), run))
		}
		run := state.Run{ID: "never started", Status: "running", Moved: moved}
		require.NoError(t, store.FinishRun(t.Context(), run), "it goes on")
		require.Equal(t, []state.Day{{Job: "tickets", Date: "2026-11-22", Moved: moved}}, days(t, store, "", time.Time{}))
	})
}

func TestNoRunsShareOfADayIsLost(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		ids := make(chan string, 100)
		for n := range cap(ids) {
			ids <- fmt.Sprint(n)
		}
		workers := together(t, d, func(ctx context.Context, store *state.Store) error {
			return store.FinishRun(ctx, state.Run{ID: <-ids, Job: "tickets", FinishedAt: at(t, "02:00:00.000"), Moved: state.Moved{New: 1}})
		})
		require.EqualValues(t, workers, days(t, d.open(t), "tickets", time.Time{})[0].New)
	})
}

func TestOneRunIsFoundByItsIDOrAsTheLastOfItsStatus(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		var runs []state.Run
		for i, status := range []string{"succeeded", "failed", "failed", "running"} {
			run := state.Run{
				ID: fmt.Sprint(i), Job: "tickets", Command: "serve", Status: status, StartedAt: at(t, "02:00:00.000").Add(time.Duration(i) * time.Second),
				Summary: json.RawMessage(`{"n": 1}`),
			}
			require.NoError(t, store.StartRun(t.Context(), run))
			runs = append(runs, run)
		}
		require.NoError(t, store.StartRun(t.Context(), state.Run{ID: "x", Job: "chats", Status: "failed", StartedAt: at(t, "23:00:00.000")}))

		found, ok, err := store.Run(t.Context(), "1")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, runs[1], found)
		_, ok, err = store.Run(t.Context(), "nobody")
		require.NoError(t, err)
		require.False(t, ok)

		last := func(job string, statuses ...string) (id string) {
			run, ok, err := d.openReadOnly(t).LastRun(t.Context(), job, statuses...)
			require.NoError(t, err)
			require.Equal(t, ok, run.ID != "")
			return run.ID
		}
		require.Equal(t, "2", last("tickets", "failed"))
		require.Equal(t, "2", last("tickets", "succeeded", "failed"))
		require.Equal(t, "0", last("tickets", "succeeded"))
		require.Equal(t, "x", last("chats", "failed", "running"))
		require.Empty(t, last("chats", "running"))
		require.Empty(t, last("tickets"))
	})
}

func TestRunsWithoutAnEndAreFound(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		for i, run := range []state.Run{{ID: "1", Job: "tickets"}, {ID: "2", Job: "tickets"}, {ID: "3", Job: "chats"}} {
			run.Status, run.Command, run.StartedAt = "running", "run", at(t, "10:00:00.000").Add(time.Duration(i)*time.Second)
			require.NoError(t, store.StartRun(t.Context(), run))
		}
		found, err := store.UnfinishedRuns(t.Context(), "tickets")
		require.NoError(t, err)
		require.Equal(t, []string{"2", "1"}, []string{found[0].ID, found[1].ID}, "the newest first")
		found[0].FinishedAt, found[0].Status = at(t, "11:00:00.000"), "failed"
		require.NoError(t, store.FinishRun(t.Context(), found[0]))
		found, err = store.UnfinishedRuns(t.Context(), "tickets")
		require.NoError(t, err)
		require.Len(t, found, 1)
	})
}
