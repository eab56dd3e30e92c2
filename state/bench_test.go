package state_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

// BenchmarkSettle settles a full batch: 100 interactions with 3 comments each, and the batch and watermark with them.
func BenchmarkSettle(b *testing.B) {
	onEachBench(b, func(b *testing.B, store *state.Store) {
		round := 0
		for b.Loop() {
			round++
			require.NoError(b, store.Settle(b.Context(), fullBatch(round)))
		}
		b.ReportMetric(100*float64(b.N)/b.Elapsed().Seconds(), "interactions/s")
	})
}

// BenchmarkKnown looks a page of 1,000 rows up in a ledger of 20,000.
func BenchmarkKnown(b *testing.B) {
	onEachBench(b, func(b *testing.B, store *state.Store) {
		const batches, page = 200, 1000
		for round := range batches {
			require.NoError(b, store.Settle(b.Context(), fullBatch(round)))
		}
		from := 0
		for b.Loop() {
			keys := make([]string, page)
			for i := range keys {
				keys[i] = fmt.Sprint((from + i) % (batches * 100))
			}
			from += page
			known, err := store.Known(b.Context(), "tickets", keys, nil)
			require.NoError(b, err)
			require.Len(b, known, page)
		}
		b.ReportMetric(page*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}

// BenchmarkBatch takes a full batch from prepared to settled, as one that goes well.
func BenchmarkBatch(b *testing.B) {
	onEachBench(b, func(b *testing.B, store *state.Store) {
		round := 0
		for b.Loop() {
			round++
			settled := fullBatch(round)
			batch := *settled.Batch
			batch.Items = settled.Entries
			for _, batch.State = range []state.BatchState{state.Prepared, state.Sending, state.Accepted} {
				require.NoError(b, store.SaveBatch(b.Context(), batch))
			}
			require.NoError(b, store.Settle(b.Context(), settled))
		}
	})
}

// BenchmarkTakeQuota takes one turn after the other, as two processes do.
func BenchmarkTakeQuota(b *testing.B) {
	onEachBench(b, func(b *testing.B, store *state.Store) {
		for b.Loop() {
			_, _, _, err := store.TakeQuota(b.Context(), "acme", 6e6, 1, false)
			require.NoError(b, err)
		}
	})
}

func onEachBench(b *testing.B, measure func(*testing.B, *state.Store)) {
	b.Helper()
	for _, kind := range []string{"sqlite", "postgres", "mysql"} {
		b.Run(kind, func(b *testing.B) { measure(b, newDatabase(b, kind).open(b)) })
	}
}

func fullBatch(round int) state.Settlement {
	settled := state.Settlement{
		Job:       "tickets",
		Batch:     &state.Batch{ID: fmt.Sprint(round), Job: "tickets", State: state.Settled},
		Watermark: &state.Watermark{Job: "tickets", Stream: "interactions", Cursor: fmt.Sprint(round)},
	}
	const hash = "0123456789abcdef0123456789abcdef"
	for i := range 100 {
		key := fmt.Sprint(round*100 + i)
		entry := state.Entry{Key: key, InteractionID: key, RemoteID: hash, Hash: hash, Fields: `{"status":"` + hash + `","csat":"` + hash + `"}`}
		for c := range 3 {
			entry.Comments = append(entry.Comments, state.CommentEntry{Key: fmt.Sprint(key, "-", c), RemoteID: hash, Hash: hash})
		}
		settled.Entries = append(settled.Entries, entry)
	}
	return settled
}

// BenchmarkService does what a process that stays does all the time: it looks at the schedules of 20 jobs and at whether a notice is
// due, changes a schedule, and gives a sign of life.
func BenchmarkService(b *testing.B) {
	steps := map[string]func(context.Context, *state.Store) error{
		"Schedules":      func(ctx context.Context, s *state.Store) error { _, err := s.Schedules(ctx); return err },
		"ChangeSchedule": func(ctx context.Context, s *state.Store) error { return skip(ctx, s, "tickets", true) },
		"LookAtSchedule": func(ctx context.Context, s *state.Store) error { return skip(ctx, s, "tickets", false) },
		"Beat":           func(ctx context.Context, s *state.Store) error { return s.Beat(ctx, "me") },
		"ClaimNotices": func(ctx context.Context, s *state.Store) error {
			_, err := s.ClaimNotices(ctx, time.Now(), time.Minute, 10)
			return err
		},
	}
	onEachBench(b, func(b *testing.B, store *state.Store) {
		for job := range 20 {
			require.NoError(b, skip(b.Context(), store, fmt.Sprint(job), true))
		}
		for _, name := range slices.Sorted(maps.Keys(steps)) {
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					require.NoError(b, steps[name](b.Context(), store))
				}
			})
		}
	})
}

// skip changes a schedule, or only looks.
func skip(ctx context.Context, store *state.Store, job string, write bool) error {
	_, err := store.ChangeSchedule(ctx, job, func(s *state.Schedule) bool { s.Skips++; return write })
	return err
}
