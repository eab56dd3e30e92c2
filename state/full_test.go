package state_test

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

var long = strings.Repeat("x", 100_000) // does not fit into the free space of a page that is there already

// growing are all methods that write in a run or beside it, with more than fits.
var growing = map[string]func(context.Context, *state.Store) error{
	"StartRun": func(ctx context.Context, s *state.Store) error {
		return s.StartRun(ctx, state.Run{ID: "r", Job: "tickets", Command: long})
	},
	"FinishRun": func(ctx context.Context, s *state.Store) error {
		return s.FinishRun(ctx, state.Run{ID: "r", Job: "tickets", Summary: json.RawMessage(`"` + long + `"`)})
	},
	"SaveBatch": func(ctx context.Context, s *state.Store) error {
		return s.SaveBatch(ctx, state.Batch{ID: "b", Job: "tickets", State: state.Sending, Items: []state.Entry{{Key: "9", Fields: long}}})
	},
	"SaveFile": func(ctx context.Context, s *state.Store) error { return s.SaveFile(ctx, "h", long) },
	"SaveJob": func(ctx context.Context, s *state.Store) error {
		return s.SaveJob(ctx, state.JobRecord{Job: "tickets", IntegrationID: long})
	},
	"ChangeSchedule": func(ctx context.Context, s *state.Store) error {
		_, err := s.ChangeSchedule(ctx, "tickets", func(schedule *state.Schedule) bool { schedule.Spec = long; return true })
		return err
	},
	"Tell": func(ctx context.Context, s *state.Store) error {
		return s.Tell(ctx, "tickets", func(json.RawMessage) (json.RawMessage, []json.RawMessage, error) {
			return json.RawMessage("1"), []json.RawMessage{json.RawMessage(`"` + long + `"`)}, nil
		})
	},
	"Settle": func(ctx context.Context, s *state.Store) error {
		settled := everything()
		settled.Entries = append(settled.Entries, state.Entry{Key: "9", Fields: long})
		return s.Settle(ctx, settled)
	},
}

// A state whose disk is full writes all of a change or nothing, says what to do about it, can be read, and goes on where
// there is space again.
func TestAFullStateSaysSoAndGoesOnWhenThereIsSpace(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(growing)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDatabase(t, "sqlite") // of the others the disk is their server's
			store := d.open(t)
			prepareUntouched(t, store)
			require.NoError(t, state.Confine(t.Context(), store, 1))
			for range 3 {
				err := growing[name](t.Context(), store)
				requireExplained(t, err, d.own, "the state store is full: free space on its disk")
			}
			requireUntouched(t, store)

			require.NoError(t, state.Confine(t.Context(), store, 1<<30))
			require.NoError(t, growing[name](t.Context(), store))
		})
	}
}
