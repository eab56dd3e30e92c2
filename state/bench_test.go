package state_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

// BenchmarkSettle settles a full batch: 100 interactions with 3 comments each, and the batch and watermark with them.
func BenchmarkSettle(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres", "mysql"} {
		b.Run(kind, func(b *testing.B) {
			store := newDatabase(b, kind).open(b)
			round := 0
			for b.Loop() {
				round++
				require.NoError(b, store.Settle(b.Context(), fullBatch(round)))
			}
			b.ReportMetric(100*float64(b.N)/b.Elapsed().Seconds(), "interactions/s")
		})
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
