package pipeline_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/state"
)

// history is a world whose tickets are three to a second from 10:00:00 on, and everything that a backfill of it needs.
type history struct {
	*world
	store *state.Store
	log   *slog.Logger
}

func newHistory(t *testing.T, tickets int, options sandbox.Options, edits ...edit) *history {
	t.Helper()
	w := newWorld(t, tickets, options, edits...)
	store, err := state.Open(t.Context(), w.cfg.State)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	return &history{w, store, slog.New(slog.DiscardHandler)}
}

// begin plans a backfill and writes it down. Bounds are times of the day of the tickets.
func (h *history) begin(options pipeline.BackfillOptions) string {
	h.t.Helper()
	options.From, options.To = "2026-01-01 "+options.From, "2026-01-01 "+options.To
	plan, err := pipeline.PlanBackfill(h.t.Context(), h.cfg, h.cfg.Jobs[0], h.store, options, h.log)
	require.NoError(h.t, err)
	id, err := pipeline.CreateBackfill(h.t.Context(), h.store, plan)
	require.NoError(h.t, err)
	return id
}

// resume carries a backfill on, as a process of its own.
func (h *history) resume(ctx context.Context, id string, options pipeline.Options) (pipeline.Summary, error) {
	client := h.client()
	defer client.Close()
	options.SettleDelay = 20 * time.Millisecond
	tools := pipeline.Tools{Store: h.store, Client: client, Log: h.log}
	summary, err := pipeline.RunBackfill(ctx, h.cfg, h.cfg.Jobs[0], tools, id, options)
	h.requireGrouped(summary)
	return summary, err
}

// run is an ordinary run of the job, as a process of its own with the job's lease.
func (h *history) run() (pipeline.Summary, error) {
	client := h.client()
	defer client.Close()
	tools := pipeline.Tools{Store: h.store, Client: client, Log: h.log}
	return pipeline.RunJob(h.t.Context(), h.cfg, h.cfg.Jobs[0], tools, pipeline.Options{SettleDelay: 20 * time.Millisecond})
}

// ids are the tickets that the server holds, with their comments each once.
func (h *history) ids() []string {
	h.t.Helper()
	var ids []string
	for _, held := range h.box.Snapshot().Interactions {
		ids = append(ids, held.InteractionID)
		require.Len(h.t, held.Comments, 1)
	}
	return ids
}

func numbers(from, to int) []string {
	var all []string
	for i := from; i <= to; i++ {
		all = append(all, fmt.Sprint(i))
	}
	return all
}

func TestABackfillBringsItsRangeAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]pipeline.BackfillOptions{
		"as usual":              {},
		"in slices of a second": {Slice: "1s"},
		"the newest first":      {Slice: "1s", NewestFirst: true},
		"three slices at once":  {Slice: "1s", Parallel: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHistory(t, 60, sandbox.Options{Duplicates: sandbox.KeepDuplicates})
			options.From, options.To = "10:00:05", "10:00:15"
			id := h.begin(options)
			summary, err := h.resume(t.Context(), id, pipeline.Options{})
			require.NoError(t, err)
			require.Equal(t, pipeline.Succeeded, summary.Status)
			require.Equal(t, pipeline.Counts{Read: 30, New: 30}, summary.Interactions)
			require.Equal(t, pipeline.BackfillDone, summary.Backfill.State)
			require.EqualValues(t, 30, summary.Backfill.RowsSettled)
			require.Equal(t, summary.Backfill.Slices, summary.Backfill.SlicesDone)
			require.ElementsMatch(t, numbers(15, 44), h.ids(), "10:00:05 belongs to it, 10:00:15 does not")

			_, known, err := h.store.Watermark(t.Context(), "tickets", pipeline.StreamInteractions)
			require.NoError(t, err)
			require.False(t, known, "the watermark of the job's runs is none of its business")
			after, err := h.run()
			require.NoError(t, err)
			require.EqualValues(t, 30, after.Interactions.New)
			require.EqualValues(t, 30, after.Interactions.Unchanged)
			require.ElementsMatch(t, numbers(1, 60), h.ids())
		})
	}
}

func TestWhatARunBroughtABackfillDoesNotSend(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 30, sandbox.Options{Duplicates: sandbox.KeepDuplicates})
	_, err := h.run()
	require.NoError(t, err)
	before := h.box.Requests().Total
	summary, err := h.resume(t.Context(), h.begin(pipeline.BackfillOptions{From: "10:00:00", To: "10:01:00"}), pipeline.Options{})
	require.NoError(t, err)
	require.Equal(t, pipeline.Counts{Read: 30, Unchanged: 30}, summary.Interactions)
	require.Equal(t, before, h.box.Requests().Total)
}

// A run of the job gets it while a backfill is under way, which goes on afterwards.
func TestARunGoesFirst(t *testing.T) {
	t.Parallel()
	var bulk atomic.Int64
	begun, ended := make(chan struct{}), make(chan struct{})
	h := newHistory(t, 120, sandbox.Options{
		Duplicates: sandbox.KeepDuplicates,
		Intercept: func(r *http.Request, _ int) sandbox.Reaction {
			if !strings.Contains(r.URL.Path, "/bulk/") {
				return sandbox.Reaction{}
			}
			if bulk.Add(1) == 3 {
				close(begun)
			}
			return sandbox.Reaction{Delay: 10 * time.Millisecond, JobDelay: 30 * time.Millisecond}
		},
	})
	id := h.begin(pipeline.BackfillOptions{From: "10:00:00", To: "10:00:30", Slice: "1s"})
	var summary pipeline.Summary
	var failed error
	go func() {
		defer close(ended)
		summary, failed = h.resume(t.Context(), id, pipeline.Options{})
	}()
	<-begun
	h.exec("UPDATE tickets SET status = 2, updated_at = '2026-01-01 12:00:00' WHERE id IN (1, 2, 80)")
	during, err := h.run()
	require.NoError(t, err)
	require.Nil(t, during.HeldBy)
	select {
	case <-ended:
		t.Fatal("the run waited until the backfill was done")
	default:
	}
	<-ended
	require.NoError(t, failed)
	require.Equal(t, pipeline.BackfillDone, summary.Backfill.State)
	require.Zero(t, summary.Interactions.Missing())
	require.ElementsMatch(t, numbers(1, 120), h.ids())
	for _, id := range []string{"1", "2", "80"} {
		require.Equal(t, `"solved"`, string(h.box.Snapshot().Find(id)[0].Fields["status"]))
	}
}

func TestABackfillOutlastsAnOutage(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	h := newHistory(t, 60, sandbox.Options{
		Duplicates: sandbox.KeepDuplicates,
		Intercept: func(_ *http.Request, _ int) sandbox.Reaction {
			if at := n.Add(1); at > 20 && at < 40 {
				return sandbox.Reaction{Status: http.StatusBadGateway}
			}
			return sandbox.Reaction{}
		},
	})
	summary, err := h.resume(t.Context(), h.begin(pipeline.BackfillOptions{From: "10:00:00", To: "10:01:00", Slice: "5s"}), pipeline.Options{RetryDelay: 10 * time.Millisecond})
	require.NoError(t, err)
	require.Equal(t, pipeline.BackfillDone, summary.Backfill.State)
	require.ElementsMatch(t, numbers(1, 60), h.ids())
	runs, err := h.store.Runs(t.Context(), "tickets", 0)
	require.NoError(t, err)
	require.Len(t, runs, 1, "a session is one run, however often it was stopped")
}

func TestWrongCredentialsEndABackfillAtOnce(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 10, sandbox.Options{Intercept: func(r *http.Request, _ int) sandbox.Reaction {
		if strings.Contains(r.URL.Path, "/bulk/") {
			return sandbox.Reaction{Status: http.StatusUnauthorized}
		}
		return sandbox.Reaction{}
	}})
	summary, err := h.resume(t.Context(), h.begin(pipeline.BackfillOptions{From: "10:00:00", To: "10:01:00"}), pipeline.Options{RetryDelay: time.Hour})
	require.ErrorContains(t, err, "credentials")
	require.Equal(t, pipeline.BackfillInterrupted, summary.Backfill.State)
}

// What stops a backfill leaves its finished slices alone.
func TestAFinishedSliceIsNotReadAgain(t *testing.T) {
	t.Parallel()
	for name, stop := range map[string]func(h *history, id string, cancel context.CancelFunc) string{
		"paused": func(h *history, id string, _ context.CancelFunc) string {
			_, err := h.store.SetBackfillState(context.WithoutCancel(h.t.Context()), id, state.BackfillPaused)
			if err != nil {
				h.t.Error(err)
			}
			return pipeline.BackfillPaused
		},
		"stopped": func(_ *history, _ string, cancel context.CancelFunc) string {
			cancel()
			return pipeline.BackfillInterrupted
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The jobs take so long that the backfill, which looks once a second, sees that it was paused.
			h := newHistory(t, 90, sandbox.Options{Duplicates: sandbox.KeepDuplicates, JobDuration: 100 * time.Millisecond})
			id := h.begin(pipeline.BackfillOptions{From: "10:00:00", To: "10:01:00", Slice: "2s"})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var word atomic.Value
			first, _ := h.resume(ctx, id, pipeline.Options{Progress: func(s pipeline.Summary) {
				if s.Backfill.SlicesDone >= 3 && word.CompareAndSwap(nil, "") {
					word.Store(stop(h, id, cancel))
				}
			}})
			require.Equal(t, word.Load(), first.Backfill.State)
			require.Less(t, first.Backfill.SlicesDone, first.Backfill.Slices)
			known, slices, ok, err := pipeline.Backfill(t.Context(), h.store, id)
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, first.Backfill.SlicesDone, known.SlicesDone)
			require.Nil(t, known.HeldBy)
			left := int64(0)
			for _, s := range slices {
				if !s.Done {
					left += *s.Rows - s.Settled
				}
			}
			second, err := h.resume(t.Context(), id, pipeline.Options{})
			require.NoError(t, err)
			require.Equal(t, left, second.Interactions.Read, "of the slices that were not done, and behind their positions")
			require.Equal(t, pipeline.BackfillDone, second.Backfill.State)
			require.ElementsMatch(t, numbers(1, 90), h.ids())
		})
	}
}

func TestABackfillThatIsOverIsNotResumed(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 3, sandbox.Options{})
	id := h.begin(pipeline.BackfillOptions{From: "10:00:00", To: "10:01:00"})
	_, err := h.store.SetBackfillState(t.Context(), id, state.BackfillCancelled)
	require.NoError(t, err)
	_, err = h.resume(t.Context(), id, pipeline.Options{})
	require.ErrorContains(t, err, "cancelled")
	_, err = h.resume(t.Context(), "99", pipeline.Options{})
	require.ErrorContains(t, err, "no backfill 99")
}

func TestAnotherQueryIsNotBackfilledByOldBounds(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 3, sandbox.Options{})
	id := h.begin(pipeline.BackfillOptions{From: "10:00:00", To: "10:01:00"})
	h.cfg.Jobs[0].Extract.Interactions.SQL = "SELECT * FROM tickets WHERE status > 0"
	_, err := h.resume(t.Context(), id, pipeline.Options{})
	require.ErrorContains(t, err, "changed since backfill "+id)
}

func TestAPlanSaysWhatItTakes(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 60, sandbox.Options{}, edit{"requests_per_minute: 600000", "requests_per_minute: 30"})
	options := pipeline.BackfillOptions{From: "2026-01-01 10:00:05", To: "2026-01-01 10:00:15"}
	plan, err := pipeline.PlanBackfill(t.Context(), h.cfg, h.cfg.Jobs[0], h.store, options, h.log)
	require.NoError(t, err)
	require.EqualValues(t, 30, *plan.Estimate.Rows)
	require.EqualValues(t, 20, *plan.Estimate.Requests, "batches of three, each with one look at its job")
	require.EqualValues(t, 40, *plan.Estimate.Seconds)
	require.EqualValues(t, 30, *plan.Estimate.Expired)
	require.Contains(t, plan.Warnings[0], "30 rows before")
	require.Contains(t, plan.Warnings[0], "data_storage_minutes: 129600")
	require.Empty(t, plan.Unended)

	id, err := pipeline.CreateBackfill(t.Context(), h.store, plan)
	require.NoError(t, err)
	again, err := pipeline.PlanBackfill(t.Context(), h.cfg, h.cfg.Jobs[0], h.store, options, h.log)
	require.NoError(t, err)
	require.Equal(t, id, again.Unended)
}

func TestASliceIsADurationOrANumber(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 3, sandbox.Options{})
	for _, slice := range []string{"day", "0", "-5", "1ms", "24"} {
		_, err := pipeline.PlanBackfill(t.Context(), h.cfg, h.cfg.Jobs[0], h.store, pipeline.BackfillOptions{From: "2026-01-01", To: "2026-01-02", Slice: slice}, h.log)
		require.Error(t, err, slice)
	}
}
