package state_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

func TestAWatermarkIsTheSourcesOwnText(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		now := at(t, "02:15:00.123")
		clock(store, now.Add(456*time.Microsecond).In(time.FixedZone("Bogota", -5*3600)))
		for i, text := range difficult {
			mark := state.Watermark{Job: "tickets", Stream: "interactions", Cursor: text, Type: "timestamptz", Fingerprint: "f"}
			mark.Key = difficult[len(difficult)-1-i]
			require.NoError(t, store.SetWatermark(t.Context(), mark))
			got, ok, err := store.Watermark(t.Context(), "tickets", "interactions")
			require.NoError(t, err)
			require.True(t, ok)
			mark.UpdatedAt = now
			require.Equal(t, mark, got)
		}
	})
}

func TestWatermarksAreListedByJobAndStream(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		for _, name := range [][2]string{{"b", "interactions"}, {"B", "interactions"}, {"b", "comments"}, {"a", "interactions"}} {
			require.NoError(t, store.SetWatermark(t.Context(), state.Watermark{Job: name[0], Stream: name[1]}))
		}
		require.NoError(t, store.DeleteWatermark(t.Context(), "a", "interactions"))
		require.NoError(t, store.DeleteWatermark(t.Context(), "nobody", "interactions"))

		names := func(job string) (names []string) {
			marks, err := store.Watermarks(t.Context(), job)
			require.NoError(t, err)
			for _, mark := range marks {
				names = append(names, mark.Job+" "+mark.Stream)
			}
			return names
		}
		require.Equal(t, []string{"B interactions", "b comments", "b interactions"}, names(""))
		require.Equal(t, []string{"b comments", "b interactions"}, names("b"))
		_, ok, err := store.Watermark(t.Context(), "a", "interactions")
		require.NoError(t, err)
		require.False(t, ok)
	})
}

func TestABatchIsOpenUntilItIsSettled(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		batch := state.Batch{
			ID: "b1", Job: "tickets", RunID: "r1", Kind: state.Update, State: state.Prepared, CreatedAt: at(t, "02:15:00.001"),
			Items: []state.Entry{
				{Key: "\xff\x00", InteractionID: "ñ <&> 🙂", Hash: "h", Fields: `{"a":"1"}`, Comments: []state.CommentEntry{{Key: "c\xff", Hash: "ch"}}},
				{Key: "2", InteractionID: "2", RemoteID: "r", Hash: "h2"},
			},
		}
		require.NoError(t, store.SaveBatch(t.Context(), batch))
		older := state.Batch{ID: "b2", Job: "tickets", State: state.Unknown, CreatedAt: at(t, "02:14:59.999")}
		require.NoError(t, store.SaveBatch(t.Context(), older))
		older.Kind = state.Bulk // a batch without a kind is one
		require.NoError(t, store.SaveBatch(t.Context(), state.Batch{ID: "b3", Job: "chats", State: state.Sending}))
		open := func() []state.Batch {
			batches, err := store.OpenBatches(t.Context(), "tickets")
			require.NoError(t, err)
			return batches
		}
		require.Equal(t, []state.Batch{older, batch}, open())

		batch.State, batch.JobID, batch.SentAt, batch.JobSeconds = state.Accepted, "j1", at(t, "02:15:01.500"), 1.0/3
		require.NoError(t, store.SaveBatch(t.Context(), batch))
		require.Equal(t, []state.Batch{older, batch}, open())

		batch.State = state.Settled
		settle(t, store, state.Settlement{Job: "tickets", Batch: &batch})
		require.Len(t, batch.Items, 2, "the caller's batch is left as it is")
		require.Equal(t, []state.Batch{older}, open())
	})
}

func TestABatchKeepsItsKindAndTheRemoteIDsOfItsItems(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		for _, kind := range []state.BatchKind{state.Bulk, state.Update, state.NewComment, state.EditComment} {
			batch := state.Batch{
				ID: string(kind), Job: string(kind), Kind: kind, State: state.Sending, CreatedAt: at(t, "02:15:00.001"),
				Items: []state.Entry{{Key: "1", RemoteID: "r1", Comments: []state.CommentEntry{{Key: "c", RemoteID: "rc", Hash: "h"}}}},
			}
			require.NoError(t, store.SaveBatch(t.Context(), batch))
			open, err := store.OpenBatches(t.Context(), string(kind))
			require.NoError(t, err)
			require.Equal(t, []state.Batch{batch}, open)
		}
	})
}

func TestOfASingleRequestNothingStaysWhenItIsSettled(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		for _, kind := range []state.BatchKind{state.Bulk, state.Update, state.NewComment, state.EditComment} {
			batch := state.Batch{ID: string(kind), Job: "tickets", Kind: kind, State: state.Sending}
			require.NoError(t, store.SaveBatch(t.Context(), batch))
			batch.State = state.Settled
			settle(t, store, state.Settlement{Job: "tickets", Batch: &batch})
		}
		require.Equal(t, 1, d.number(t, "SELECT count(*) FROM batches"), "that of the bulk request tells how long its job took")
	})
}

func TestASettledBatchDropsItsItems(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		batch := state.Batch{ID: "b", Job: "tickets", State: state.Accepted, Items: []state.Entry{{Key: "1"}}}
		require.NoError(t, store.SaveBatch(t.Context(), batch))
		batch.State = state.Settled
		settle(t, store, state.Settlement{Job: "tickets", Batch: &batch})
		d.exec(t, "UPDATE batches SET state = 'accepted'")

		batches, err := store.OpenBatches(t.Context(), "tickets")
		require.NoError(t, err)
		require.Len(t, batches, 1)
		require.Empty(t, batches[0].Items)
	})
}

func TestJobSecondsAreThoseOfTheLastSettledJobs(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		setClock := clock(store, at(t, "02:00:00.000"))
		save := func(clock, id, job string, s state.BatchState, seconds float64) {
			setClock(at(t, clock))
			require.NoError(t, store.SaveBatch(t.Context(), state.Batch{ID: id, Job: job, State: s, JobSeconds: seconds}))
		}
		save("02:00:01.000", "z", "tickets", state.Settled, 0.1)
		save("02:00:03.000", "c", "tickets", state.Settled, 1.0/3)
		save("02:00:02.000", "a", "tickets", state.Settled, 2)
		save("02:00:04.000", "d", "chats", state.Settled, 4)
		save("02:00:05.000", "e", "tickets", state.Settled, 0) // settled by a look-up: it had no job
		save("02:00:06.000", "f", "tickets", state.Accepted, 6)

		seconds := func(job string, n int) []float64 {
			found, err := store.JobSeconds(t.Context(), job, n)
			require.NoError(t, err)
			return found
		}
		require.Equal(t, []float64{1.0 / 3, 2, 0.1}, seconds("tickets", 100))
		require.Equal(t, []float64{1.0 / 3, 2}, seconds("tickets", 2))
		require.Equal(t, []float64{4, 1.0 / 3, 2, 0.1}, seconds("", 100))
		require.Empty(t, seconds("nobody", 100))
	})
}

func TestRunsAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		first := state.Run{ID: "1", Job: "tickets", Command: "run", Status: "running", StartedAt: at(t, "02:15:00.000")}
		second := state.Run{ID: "2", Job: "chats", Command: "backfill", Status: "running", StartedAt: at(t, "02:15:00.001")}
		third := state.Run{ID: "3", Job: "tickets", Command: "run", Status: "running", StartedAt: at(t, "02:16:00.000")}
		for _, run := range []state.Run{second, third, first} {
			require.NoError(t, store.StartRun(t.Context(), run))
		}
		first.Status, first.FinishedAt = "succeeded", at(t, "02:17:00.000")
		first.Summary = json.RawMessage("{\"job\": \"ñ🙂\", \"n\":\t1.50, \"nul\": \"\\u0000\"}")
		require.NoError(t, store.FinishRun(t.Context(), state.Run{
			ID: first.ID, Status: first.Status, FinishedAt: first.FinishedAt, Summary: first.Summary,
		}))

		runs := func(job string, limit int) []state.Run {
			found, err := store.Runs(t.Context(), job, limit)
			require.NoError(t, err)
			return found
		}
		require.Equal(t, []state.Run{third, second, first}, runs("", 0))
		require.Equal(t, []state.Run{third, first}, runs("tickets", 10))
		require.Equal(t, []state.Run{third}, runs("tickets", 1))
	})
}

func TestAReaderThatDoesNotSayGetsAHundredRuns(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		for n := range 101 {
			started := at(t, "02:15:00.000").Add(time.Duration(n) * time.Second)
			require.NoError(t, store.StartRun(t.Context(), state.Run{ID: started.String(), StartedAt: started}))
		}
		runs, err := store.Runs(t.Context(), "", 0)
		require.NoError(t, err)
		require.Len(t, runs, 100)
	})
}
