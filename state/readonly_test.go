package state_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/secret"
	"pvetl/state"
)

var openers = map[string]func(context.Context, secret.Text) (*state.Store, error){
	"opened for writing": state.Open, "opened for reading": state.OpenReadOnly,
}

// writes are all methods that write.
var writes = map[string]func(context.Context, *state.Store) error{
	"SetWatermark": func(ctx context.Context, s *state.Store) error { return s.SetWatermark(ctx, state.Watermark{Job: "x"}) },
	"DeleteWatermark": func(ctx context.Context, s *state.Store) error {
		return s.DeleteWatermark(ctx, "tickets", "interactions")
	},
	"SaveBatch": func(ctx context.Context, s *state.Store) error { return s.SaveBatch(ctx, state.Batch{ID: "x"}) },
	"MoveBatch": func(ctx context.Context, s *state.Store) error { return s.MoveBatch(ctx, state.Batch{ID: "x"}) },
	"Settle":    func(ctx context.Context, s *state.Store) error { return s.Settle(ctx, everything()) },
	"StartRun":  func(ctx context.Context, s *state.Store) error { return s.StartRun(ctx, state.Run{ID: "x"}) },
	"FinishRun": func(ctx context.Context, s *state.Store) error { return s.FinishRun(ctx, state.Run{ID: "x"}) },
	"SaveFile":  func(ctx context.Context, s *state.Store) error { return s.SaveFile(ctx, "x", "https://x") },
	"SaveJob":   func(ctx context.Context, s *state.Store) error { return s.SaveJob(ctx, state.JobRecord{Job: "x"}) },
	"StartOver": func(ctx context.Context, s *state.Store) error { return s.StartOver(ctx, state.JobRecord{Job: "x"}) },
	"DismissRejects": func(ctx context.Context, s *state.Store) error {
		_, err := s.DismissRejects(ctx, "tickets", []int64{1})
		return err
	},
	"CreateBackfill": func(ctx context.Context, s *state.Store) error {
		_, err := s.CreateBackfill(ctx, state.Backfill{Job: "x"}, nil)
		return err
	},
	"SetBackfillState": func(ctx context.Context, s *state.Store) error {
		_, err := s.SetBackfillState(ctx, "1", state.BackfillPaused)
		return err
	},
	"ChangeSchedule": func(ctx context.Context, s *state.Store) error {
		_, err := s.ChangeSchedule(ctx, "x", func(*state.Schedule) bool { return true })
		return err
	},
	"Tell": func(ctx context.Context, s *state.Store) error {
		return s.Tell(ctx, "x", func(json.RawMessage) (json.RawMessage, []json.RawMessage, error) {
			return json.RawMessage("1"), nil, nil
		})
	},
	"PutOffNotice": func(ctx context.Context, s *state.Store) error { return s.PutOffNotice(ctx, 1, time.Now()) },
	"DropNotice":   func(ctx context.Context, s *state.Store) error { return s.DropNotice(ctx, 1) },
	"Prune": func(ctx context.Context, s *state.Store) error {
		_, err := s.Prune(ctx, time.Now())
		return err
	},
	"SaveBackfillProgress": func(ctx context.Context, s *state.Store) error { return s.SaveBackfillProgress(ctx, "1", nil) },
}

// others are all methods that do not write, or whose writing is tested by itself.
var others = []string{
	"Watermarks", "Watermark", "OpenBatches", "JobSeconds", "Runs", "Known", "Entries", "CountEntries", "Comments", "Rejects",
	"CountRejects", "AnyRejects", "KnownRejects", "Files", "Job", "Holder", "Acquire", "AcquireYielding", "Backfill", "Backfills",
	"Slices", "TakeQuota", "LimitQuota", "Schedules", "Standing", "ClaimNotices", "CountNotices", "Beat", "StopBeating", "Pulses", "Days",
	"Run", "LastRun", "UnfinishedRuns", "JobsThatSendTo", "FindRejects", "RejectGroups", "CountOpenBatches", "Quotas", "Close",
}

func TestEveryMethodOfAStoreIsKnownToWriteOrNot(t *testing.T) {
	t.Parallel()
	var methods []string
	for method := range reflect.TypeFor[*state.Store]().Methods() {
		methods = append(methods, method.Name)
	}
	require.ElementsMatch(t, slices.Concat(others, slices.Collect(maps.Keys(writes))), methods)
}

func TestAStateThatDoesNotExistReadsAsEmpty(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.openReadOnly(t)
		marks, err := store.Watermarks(t.Context(), "")
		require.NoError(t, err)
		require.Empty(t, marks)
		rejects, err := store.Rejects(t.Context(), "")
		require.NoError(t, err)
		require.Empty(t, rejects)
		runs, err := store.Runs(t.Context(), "", 0)
		require.NoError(t, err)
		require.Empty(t, runs)
		known, err := store.Known(t.Context(), "tickets", []string{"1"}, []string{"1"})
		require.NoError(t, err)
		require.Empty(t, known)
		for name, write := range writes {
			require.ErrorIs(t, write(t.Context(), store), state.ErrReadOnly, name)
		}

		if d.kind == "sqlite" {
			files, err := os.ReadDir(filepath.Dir(d.own))
			require.NoError(t, err)
			require.Empty(t, files, "no file was created")
			return
		}
		d.exec(t, "CREATE TABLE pvetl_version (id int)") // fails where there is one
	})
}

func TestAStateOpenForReadingIsNeverWritten(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		writer := d.open(t)
		settle(t, writer, everything())
		reader := d.openReadOnly(t)
		for name, write := range writes {
			require.ErrorIs(t, write(t.Context(), reader), state.ErrReadOnly, name)
		}

		for _, store := range []*state.Store{reader, writer} {
			marks, err := store.Watermarks(t.Context(), "")
			require.NoError(t, err)
			require.Len(t, marks, 1)
			require.Equal(t, "2026-11-22", marks[0].Cursor)
		}
		require.NoError(t, writer.SetWatermark(t.Context(), state.Watermark{Job: "tickets", Stream: "interactions", Cursor: "2026-11-23"}))
		marks, err := reader.Watermarks(t.Context(), "")
		require.NoError(t, err)
		require.Equal(t, "2026-11-23", marks[0].Cursor, "a reader sees what a writer does beside it")
	})
}

func TestReadingLeavesTheFileAsItIs(t *testing.T) {
	t.Parallel()
	d := newDatabase(t, "sqlite")
	store, err := state.Open(t.Context(), d.dsn)
	require.NoError(t, err)
	settle(t, store, everything())
	require.NoError(t, store.Close())
	before, err := os.ReadFile(d.own)
	require.NoError(t, err)

	reader, err := state.OpenReadOnly(t.Context(), d.dsn)
	require.NoError(t, err)
	marks, err := reader.Watermarks(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, marks, 1)
	require.NoError(t, reader.Close())

	after, err := os.ReadFile(d.own)
	require.NoError(t, err)
	require.True(t, bytes.Equal(before, after))
	log, err := os.ReadFile(d.own + "-wal")
	if !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
		require.Empty(t, log, "nothing waits to be written into it")
	}
}
