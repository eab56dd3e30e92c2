package pipeline_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
)

// Whatever the server does to single requests, and whatever it makes of a row that is sent twice, the source's rows are
// in Playvox in the end, each created once.
func TestFaultsOfTheServerLoseNothingAndSendNothingTwice(t *testing.T) {
	t.Parallel()
	faults := map[string]sandbox.Options{
		"throttled":              {Fail429: 0.2},
		"errors":                 {Fail5xx: 0.15},
		"dropped before":         {DropBefore: 0.15},
		"dropped after":          {DropAfter: 0.15},
		"dropped after, filters": {DropAfter: 0.15, IgnoreQuery: true},
		"slow jobs":              {DropAfter: 0.1, JobDuration: 10 * time.Millisecond},
	}
	for name, options := range faults {
		for _, policy := range []string{sandbox.RefuseDuplicates, sandbox.MergeDuplicates, sandbox.KeepDuplicates} {
			t.Run(fmt.Sprintf("%s, duplicates: %s", name, policy), func(t *testing.T) {
				t.Parallel()
				options := options
				options.Duplicates, options.Seed = policy, 7
				const tickets = 45
				w := newWorld(t, tickets, options)
				w.converge()
				held := w.box.Snapshot()
				require.Len(t, held.Interactions, tickets)
				for _, interaction := range held.Interactions {
					require.Equal(t, 1, interaction.Creates, interaction.InteractionID)
					require.Len(t, interaction.Comments, 1, interaction.InteractionID)
				}
			})
		}
	}
}

// converge runs until a run succeeds, as a scheduler would.
func (w *world) converge() {
	w.t.Helper()
	for range 50 {
		if summary, err := w.try(); err == nil && summary.Status == pipeline.Succeeded {
			return
		}
	}
	w.t.Fatal("50 runs were not enough")
}
