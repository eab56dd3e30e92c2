package state_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

func TestAJobHasOneRecord(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		_, ok, err := store.Job(t.Context(), "tickets")
		require.NoError(t, err)
		require.False(t, ok)

		for _, record := range []state.JobRecord{
			{Job: "tickets", IntegrationID: "i1", Adopting: "asked"}, {Job: "Tickets"}, {Job: "tickets", IntegrationID: "i2"},
		} {
			require.NoError(t, store.SaveJob(t.Context(), record))
			got, ok, err := store.Job(t.Context(), record.Job)
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, record, got)
		}
		require.NoError(t, store.SaveJob(t.Context(), state.JobRecord{Job: "chats", IntegrationID: "i2"}))
		sending, err := store.JobsThatSendTo(t.Context(), "i2")
		require.NoError(t, err)
		require.Equal(t, []string{"chats", "tickets"}, sending)
	})
}

func TestAJobThatStartsOverForgetsItsPastAndNoOthers(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		settle(t, store, everything())
		others := everything()
		others.Job, others.Batch.ID, others.Batch.Job, others.Watermark.Job = "chats", "other", "chats", "chats"
		settle(t, store, others)
		require.NoError(t, store.SaveFile(t.Context(), "h", "https://file"))

		record := state.JobRecord{Job: "tickets", IntegrationID: "i", Adopting: "asked"}
		require.NoError(t, store.StartOver(t.Context(), record))

		require.Equal(t, [5]int{}, holdings(t, store, "tickets"))
		require.Equal(t, [5]int{1, 1, 1, 1, 1}, holdings(t, store, "chats"))
		got, _, err := store.Job(t.Context(), "tickets")
		require.NoError(t, err)
		require.Equal(t, record, got)
		files, err := store.Files(t.Context(), []string{"h"})
		require.NoError(t, err)
		require.Len(t, files, 1)
	})
}

func TestAJobStartsOverWhollyOrNotAtAll(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		settle(t, store, everything())
		d.exec(t, "ALTER TABLE jobs RENAME TO hidden")
		require.Error(t, store.StartOver(t.Context(), state.JobRecord{Job: "tickets"}))
		require.Equal(t, [5]int{1, 1, 1, 1, 1}, holdings(t, store, "tickets"))
	})
}

// holdings counts a job's entries, comments, rejects, watermarks and open batches.
func holdings(t *testing.T, store *state.Store, job string) [5]int {
	t.Helper()
	entries, err := store.CountEntries(t.Context(), job)
	require.NoError(t, err)
	comments, err := store.Comments(t.Context(), job, []string{"1"})
	require.NoError(t, err)
	rejects, err := store.CountRejects(t.Context(), job)
	require.NoError(t, err)
	marks, err := store.Watermarks(t.Context(), job)
	require.NoError(t, err)
	batches, err := store.OpenBatches(t.Context(), job)
	require.NoError(t, err)
	return [5]int{int(entries), len(comments), rejects, len(marks), len(batches)}
}
