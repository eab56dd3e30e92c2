package state_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

func TestARejectKeepsItsIDAndFirstSeenAndCountsAttempts(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		first, second := at(t, "02:15:00.000"), at(t, "03:15:00.123")
		setClock := clock(store, first)
		reject := state.Reject{
			Stream: "interactions", Key: "48213", Stage: "mapping", Field: "csat", Column: "CSAT", Value: "4,5", Rule: "float",
			Reason: "is no number", Hash: "",
		}
		other := state.Reject{Stream: "comments", Key: "48213", Stage: "playvox", Reason: "of another stream"}
		settle(t, store, state.Settlement{Job: "tickets", Rejects: []state.Reject{reject, other}})
		before, err := store.Rejects(t.Context(), "tickets")
		require.NoError(t, err)
		require.Len(t, before, 2)
		was := slices.IndexFunc(before, func(r state.Reject) bool { return r.Stream == "interactions" })

		setClock(second)
		reject.Stage, reject.Reason, reject.Hash, reject.Value = "playvox", "nope 🙂", "h", "x"
		settle(t, store, state.Settlement{Job: "tickets", Rejects: []state.Reject{reject}})

		known, err := store.KnownRejects(t.Context(), "tickets", "interactions", []string{"48213", "1"})
		require.NoError(t, err)
		reject.ID, reject.Job, reject.FirstSeen, reject.LastSeen, reject.Attempts = before[was].ID, "tickets", first, second, 2
		require.NotZero(t, reject.ID)
		require.Equal(t, map[string]state.Reject{"48213": reject}, known)
		after, err := store.Rejects(t.Context(), "")
		require.NoError(t, err)
		before[was] = reject
		require.Equal(t, before, after)
	})
}

func TestTextsThatPeopleReadLoseOnlyWhatNoDatabaseCanHold(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		long := strings.Repeat("línea 🙂\r\n", 200_000)
		settle(t, store, state.Settlement{Job: "tickets", Rejects: []state.Reject{
			{Stream: "interactions", Key: "1", Value: "a\x00b\xffc ", Reason: "ends in a space "},
			{Stream: "interactions", Key: "2", Value: long, Reason: `\x00 is no NUL`},
		}})

		rejects, err := store.KnownRejects(t.Context(), "tickets", "interactions", []string{"1", "2"})
		require.NoError(t, err)
		require.Equal(t, "a\uFFFDb\uFFFDc ", rejects["1"].Value)
		require.Equal(t, "ends in a space ", rejects["1"].Reason)
		require.Equal(t, long, rejects["2"].Value)
		require.Equal(t, `\x00 is no NUL`, rejects["2"].Reason)
	})
}

func TestHealedRejectsAreGone(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		settle(t, store, state.Settlement{Job: "tickets", Rejects: []state.Reject{
			{Stream: "interactions", Key: "1"}, {Stream: "interactions", Key: "\xff"}, {Stream: "comments", Key: "1"},
		}})
		settle(t, store, state.Settlement{Job: "tickets", Healed: []state.RejectKey{
			{Stream: "interactions", Key: "1"}, {Stream: "interactions", Key: "\xff"}, {Stream: "interactions", Key: "never rejected"},
		}})

		left, err := store.Rejects(t.Context(), "")
		require.NoError(t, err)
		require.Len(t, left, 1)
		require.Equal(t, "comments", left[0].Stream)
		count, err := store.CountRejects(t.Context(), "chats")
		require.NoError(t, err)
		require.Zero(t, count)
	})
}

// everything is a settlement that touches every table.
func everything() state.Settlement {
	return state.Settlement{
		Job:       "tickets",
		Entries:   []state.Entry{{Key: "1", InteractionID: "1", Hash: "h", Comments: []state.CommentEntry{{Key: "c", Hash: "h"}}}},
		Rejects:   []state.Reject{{Stream: "interactions", Key: "2"}},
		Healed:    []state.RejectKey{{Stream: "interactions", Key: "3"}},
		Batch:     &state.Batch{ID: "b", Job: "tickets", State: state.Accepted, JobID: "j"},
		Watermark: &state.Watermark{Job: "tickets", Stream: "interactions", Cursor: "2026-11-22", Key: "1"},
	}
}

// requireUntouched shows that nothing of everything() was written over the reject and the batch that were there.
func requireUntouched(t *testing.T, store *state.Store) {
	t.Helper()
	known, err := store.Known(t.Context(), "tickets", []string{"1"}, []string{"1"})
	require.NoError(t, err)
	require.Empty(t, known)
	comments, err := store.Comments(t.Context(), "tickets", []string{"1"})
	require.NoError(t, err)
	require.Empty(t, comments)
	rejects, err := store.Rejects(t.Context(), "tickets")
	require.NoError(t, err)
	require.Len(t, rejects, 1)
	require.Equal(t, "3", rejects[0].Key)
	batches, err := store.OpenBatches(t.Context(), "tickets")
	require.NoError(t, err)
	require.Len(t, batches, 1)
	require.Equal(t, state.Sending, batches[0].State)
}

func prepareUntouched(t *testing.T, store *state.Store) {
	t.Helper()
	settle(t, store, state.Settlement{Job: "tickets", Rejects: []state.Reject{{Stream: "interactions", Key: "3"}}})
	require.NoError(t, store.SaveBatch(t.Context(), state.Batch{ID: "b", Job: "tickets", State: state.Sending}))
}

func TestASettlementIsWrittenWhollyOrNotAtAll(t *testing.T) {
	t.Parallel()
	failures := map[string]func(*testing.T, database, *state.Store) error{
		"the watermark, its last part, cannot be written": func(t *testing.T, d database, store *state.Store) error {
			d.exec(t, "DROP TABLE watermarks")
			return store.Settle(t.Context(), everything())
		},
		"a reject's key is too long": func(t *testing.T, _ database, store *state.Store) error {
			settled := everything()
			settled.Rejects = append(settled.Rejects, state.Reject{Stream: "interactions", Key: strings.Repeat("x", 2000)})
			return store.Settle(t.Context(), settled)
		},
		"the context ends in the middle": func(t *testing.T, _ database, store *state.Store) error {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			store.Now = func() time.Time { cancel(); return time.Now() }
			return store.Settle(ctx, everything())
		},
	}
	for name, fail := range failures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, d database) {
				store := d.open(t)
				prepareUntouched(t, store)
				require.Error(t, fail(t, d, store))
				requireUntouched(t, d.openReadOnly(t))
			})
		})
	}
}

func TestEverythingSettledIsThereAfterReopening(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		prepareUntouched(t, store)
		settle(t, store, everything())

		again := d.open(t)
		known, err := again.Known(t.Context(), "tickets", []string{"1"}, nil)
		require.NoError(t, err)
		require.Len(t, known, 1)
		comments, err := again.Comments(t.Context(), "tickets", []string{"1"})
		require.NoError(t, err)
		require.Len(t, comments["1"], 1)
		rejects, err := again.Rejects(t.Context(), "tickets")
		require.NoError(t, err)
		require.Len(t, rejects, 1)
		require.Equal(t, "2", rejects[0].Key)
		batches, err := again.OpenBatches(t.Context(), "tickets")
		require.NoError(t, err)
		require.Equal(t, state.Accepted, batches[0].State)
		_, ok, err := again.Watermark(t.Context(), "tickets", "interactions")
		require.NoError(t, err)
		require.True(t, ok)
	})
}

func TestSettlementsOfTheSameRowsAtTheSameTimeAllSucceed(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		stores := []*state.Store{d.open(t), d.open(t)}
		// In opposite orders: each of two could have what the other waits for.
		var orders [2]state.Settlement
		for i := range 100 {
			for n, key := range []string{fmt.Sprint(1000 + i), fmt.Sprint(1099 - i)} {
				orders[n].Job = "tickets"
				orders[n].Entries = append(orders[n].Entries, state.Entry{Key: key})
				orders[n].Rejects = append(orders[n].Rejects, state.Reject{Stream: "interactions", Key: key})
			}
		}
		atOnce(t, 4, 6, func(worker, _ int) error {
			return stores[worker/2].Settle(t.Context(), orders[worker%2])
		})
		rejects, err := stores[0].Rejects(t.Context(), "tickets")
		require.NoError(t, err)
		require.Len(t, rejects, 100)
		for _, reject := range rejects {
			require.Equal(t, 24, reject.Attempts)
		}
	})
}

func TestJobsThatSettleAtTheSameTimeDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		stores := []*state.Store{d.open(t), d.open(t)}
		atOnce(t, 6, 10, func(worker, round int) error {
			settled := state.Settlement{Job: fmt.Sprint("job", worker)}
			for i := range 50 {
				key := func(step int) string { return fmt.Sprint((round*step + i*7) % 200) }
				settled.Entries = append(settled.Entries, state.Entry{Key: key(3), InteractionID: key(3), Comments: []state.CommentEntry{{Key: "c"}}})
				settled.Rejects = append(settled.Rejects, state.Reject{Stream: "interactions", Key: key(5)})
				settled.Healed = append(settled.Healed, state.RejectKey{Stream: "interactions", Key: key(11)})
			}
			return stores[worker%2].Settle(t.Context(), settled)
		})
	})
}

// atOnce runs work in several goroutines, a number of rounds in each, and wants no error.
func atOnce(t *testing.T, workers, rounds int, work func(worker, round int) error) {
	t.Helper()
	failures := make([]error, workers)
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			for round := range rounds {
				failures[worker] = errors.Join(failures[worker], work(worker, round))
			}
		})
	}
	group.Wait()
	for _, err := range failures {
		require.NoError(t, err)
	}
}

func TestABatchMovesWithWhatItCarries(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		batch := state.Batch{ID: "b1", Job: "tickets", RunID: "r1", Kind: state.Bulk, State: state.Prepared, Items: []state.Entry{{Key: "1", InteractionID: "1", Hash: "h"}}}
		require.NoError(t, store.SaveBatch(t.Context(), batch))
		moved := state.Batch{ID: "b1", State: state.Accepted, JobID: "j1", SentAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
		require.NoError(t, store.MoveBatch(t.Context(), moved))
		open, err := store.OpenBatches(t.Context(), "tickets")
		require.NoError(t, err)
		require.Len(t, open, 1)
		batch.State, batch.JobID, batch.SentAt, batch.CreatedAt = state.Accepted, "j1", moved.SentAt, open[0].CreatedAt
		require.Equal(t, batch, open[0])
	})
}
