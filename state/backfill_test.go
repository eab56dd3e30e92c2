package state_test

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

func someSlices(n int) []state.Slice {
	slices := make([]state.Slice, n)
	for i := range slices {
		slices[i] = state.Slice{Number: i + 1, From: "a\x00", To: "\\xb", Type: "text,", Rows: int64(i) - 1}
	}
	return slices
}

func TestABackfillIsKeptAsItIs(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		made, err := store.CreateBackfill(t.Context(), state.Backfill{
			Job: "tickets", From: "2024-01-01 00:00:00+00", To: "\xff", Asked: "2024-01-01 to now", Type: "timestamp with time zone", Fingerprint: "query=1",
			NewestFirst: true, Parallel: 3, State: state.BackfillActive,
		}, someSlices(1200))
		require.NoError(t, err)
		require.Equal(t, "1", made.ID)
		found, ok, err := store.Backfill(t.Context(), "1")
		require.NoError(t, err)
		require.True(t, ok)
		require.WithinDuration(t, time.Now(), found.CreatedAt, time.Minute)
		made.CreatedAt, made.UpdatedAt = found.CreatedAt, found.UpdatedAt
		require.Equal(t, made, found)
		slices, err := store.Slices(t.Context(), "1")
		require.NoError(t, err)
		require.Equal(t, someSlices(1200), slices)

		for _, unknown := range []string{"2", "", "x"} {
			_, ok, err = store.Backfill(t.Context(), unknown)
			require.NoError(t, err)
			require.False(t, ok)
		}
	})
}

func TestTheSlicesMoveWithTheRowsThatTheyVouchFor(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		made, err := store.CreateBackfill(t.Context(), state.Backfill{Job: "tickets", State: state.BackfillActive}, someSlices(2))
		require.NoError(t, err)
		settle := func(moved ...state.SliceProgress) {
			t.Helper()
			require.NoError(t, store.Settle(t.Context(), state.Settlement{Job: "tickets", Entries: []state.Entry{{Key: "1", InteractionID: "1"}}, Slices: moved}))
		}
		settle(state.SliceProgress{Backfill: made.ID, Number: 1, Cursor: "c", Key: "\x00k", At: "t", Settled: 10}, state.SliceProgress{Backfill: made.ID, Number: 2, Settled: 5})
		settle(state.SliceProgress{Backfill: made.ID, Number: 1, Settled: 3, Done: true})
		slices, err := store.Slices(t.Context(), made.ID)
		require.NoError(t, err)
		want := someSlices(2)
		want[0].Cursor, want[0].Key, want[0].At, want[0].Settled, want[0].Done = "c", "\x00k", "t", 13, true
		want[1].Settled = 5
		require.Equal(t, want, slices)
	})
}

func TestABackfillThatIsOverStaysSo(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		made, err := store.CreateBackfill(t.Context(), state.Backfill{Job: "tickets", State: state.BackfillActive}, someSlices(1))
		require.NoError(t, err)
		changes := []struct {
			to      state.BackfillState
			changed bool
		}{
			{state.BackfillPaused, true}, {state.BackfillActive, true}, {state.BackfillCancelled, true}, {state.BackfillActive, false}, {state.BackfillDone, false},
		}
		for _, c := range changes {
			changed, err := store.SetBackfillState(t.Context(), made.ID, c.to)
			require.NoError(t, err)
			require.Equal(t, c.changed, changed, c.to)
		}
		require.NoError(t, store.SaveBackfillProgress(t.Context(), made.ID, json.RawMessage(`{"rows": 1}`)))
		found, _, err := d.openReadOnly(t).Backfill(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, state.BackfillCancelled, found.State)
		require.False(t, found.FinishedAt.IsZero())
		require.JSONEq(t, `{"rows": 1}`, string(found.Progress))
	})
}

func TestNoTwoBackfillsShareAnID(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		var making sync.WaitGroup
		for _, store := range []*state.Store{d.open(t), d.open(t)} {
			making.Go(func() {
				for range 5 {
					if _, err := store.CreateBackfill(t.Context(), state.Backfill{Job: "tickets", State: state.BackfillActive}, someSlices(1)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		making.Wait()
		known, err := d.open(t).Backfills(t.Context(), "tickets")
		require.NoError(t, err)
		require.Len(t, known, 10)
		require.Equal(t, "10", known[0].ID, "the newest first")
		none, err := d.open(t).Backfills(t.Context(), "chats")
		require.NoError(t, err)
		require.Empty(t, none)
	})
}
