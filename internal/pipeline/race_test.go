package pipeline_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/state"
)

// lateLedger answers what the ledger said of interactions a while ago: in between, everything that an earlier run left open
// is finished.
type lateLedger struct {
	pipeline.State
	t testing.TB
}

func (s lateLedger) Known(ctx context.Context, job string, keys, ids []string) ([]state.Entry, error) {
	entries, err := s.State.Known(ctx, job, keys, ids)
	finishOpen(ctx, s.t, s.State, job)
	return entries, err
}

// lateComments does so of comments.
type lateComments struct {
	pipeline.State
	t testing.TB
}

func (s lateComments) Comments(ctx context.Context, job string, parents []string) (map[string][]state.CommentEntry, error) {
	entries, err := s.State.Comments(ctx, job, parents)
	if len(parents) > 1 { // a page; a look at what was lost asks for one
		finishOpen(ctx, s.t, s.State, job)
	}
	return entries, err
}

// finishOpen waits until nothing is open any more, or what is open waits for us.
func finishOpen(ctx context.Context, t testing.TB, s pipeline.State, job string) {
	t.Helper()
	deadline := time.Now().Add(400 * time.Millisecond)
	for time.Now().Before(deadline) {
		open, err := s.OpenBatches(ctx, job)
		if err != nil || len(open) == 0 {
			return
		}
	}
}

// What is adopted between a look at the ledger and the judgement on it is not sent again.
func TestWhatIsAdoptedMeanwhileIsNotSentAgain(t *testing.T) {
	t.Parallel()
	late := map[string]func(t *testing.T, s pipeline.State) pipeline.State{
		"interactions": func(t *testing.T, s pipeline.State) pipeline.State { t.Helper(); return lateLedger{s, t} },
		"comments":     func(t *testing.T, s pipeline.State) pipeline.State { t.Helper(); return lateComments{s, t} },
	}
	for name, seen := range late {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for dieAt := 1; ; dieAt++ {
				w := newWorld(t, 5, sandbox.Options{Duplicates: sandbox.KeepDuplicates})
				w.quicken()
				w.mustRun()
				w.change(withoutCursor)
				w.exec("INSERT INTO tickets VALUES (50, 1, '2026-01-02 10:00:00'), (51, 1, '2026-01-02 10:00:00')")
				if _, died := w.run(dieAt, true); !died {
					return
				}
				open, err := w.store().OpenBatches(t.Context(), "tickets")
				require.NoError(t, err)
				if len(open) == 0 {
					continue
				}
				w.options.SettleDelay = 100 * time.Millisecond
				quickened := w.seenState
				w.seenState = func(s pipeline.State) pipeline.State { return seen(t, quickened(s)) }
				w.converge()
				for _, held := range w.box.Snapshot().Interactions {
					require.Len(t, w.box.Snapshot().Find(held.InteractionID), 1, "death at call %d", dieAt)
				}
				require.Equal(t, []string{"hello 3", "a second remark"}, w.bodies(3), "death at call %d", dieAt)
			}
		})
	}
}

// The rows of a page may all be settled by updates, before the page itself is.
func TestAPageMayBeSettledByItsUpdatesAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 8, sandbox.Options{})
	w.mustRun()
	w.exec("UPDATE tickets SET status = 3 - status, updated_at = '2026-01-02 10:00:00'")
	require.EqualValues(t, 8, w.mustRun().Interactions.Changed)
	require.EqualValues(t, 8, w.mustRun().Interactions.Unchanged, "what the lag reads again")
}

// A file, or a word, that is added after its interaction went and before the run's end is found in the same run or the next.
func TestWhatIsAddedToACommentWhileTheRunGoesOnIsNotLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 6, sandbox.Options{}, byCursor, withFiles("content: content"), edit{"cursor: updated_at}\n      att", "cursor: updated_at, lag: 0s}\n      att"})
	bulks := 0
	w.beforeBulk = func() {
		if bulks++; bulks == 2 { // the first three went, with their comments
			w.exec("INSERT INTO files VALUES (1, 1, 'late.txt', 'late')")
			w.message(1, 1, "hello 1", "2026-01-01 09:00:01")
			w.message(2, 2, "hello 2, edited", "2026-01-01 09:00:02")
		}
	}
	w.mustRun()
	w.mustRun()
	require.Len(t, w.comments(1), 1)
	require.Len(t, w.comments(1)[0].Attachments, 1)
	require.Equal(t, []string{"hello 2, edited"}, w.bodies(2))
}

// pausing lets something happen before the ledger is asked about a page.
type pausing struct {
	pipeline.State
	before func(keys []string)
}

func (p pausing) Known(ctx context.Context, job string, keys, ids []string) ([]state.Entry, error) {
	p.before(keys)
	return p.State.Known(ctx, job, keys, ids)
}

// A row that is held when it is read, and read again when it has changed, is not taken back to what it said first.
func TestARowThatWasHeldIsNotTakenBackToWhatItSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 11, sandbox.Options{Duplicates: sandbox.KeepDuplicates}, edit{"cursor: updated_at, page_size: 4}", "cursor: updated_at, page_size: 4, lag: 0s}"})
	for dieAt := 1; !w.hasSent(); dieAt++ {
		w.run(dieAt, true)
	}
	w.options.SettleDelay = 200 * time.Millisecond // longer than the first page takes
	changed := false
	w.seenState = func(s pipeline.State) pipeline.State {
		return pausing{s, func(keys []string) {
			if changed || !slices.Contains(keys, "5") { // which is of the second page
				return
			}
			changed = true
			finishOpen(t.Context(), t, s, "tickets") // the batch with the first ticket is found
			w.exec("UPDATE tickets SET status = 3 - status, updated_at = '2026-01-01 11:00:00' WHERE id = 1")
		}}
	}
	w.mustRun()
	require.True(t, changed)
	require.Equal(t, `"2026-01-01T11:00:00Z"`, string(w.box.Snapshot().Find("1")[0].Fields["moved_date"]))
	require.Len(t, w.box.Snapshot().Interactions, 11)
}

// hasSent reports whether a batch is on its way, as far as the state knows.
func (w *world) hasSent() bool {
	w.t.Helper()
	open, err := w.store().OpenBatches(w.t.Context(), "tickets")
	require.NoError(w.t, err)
	return slices.ContainsFunc(open, func(b state.Batch) bool { return b.State != state.Prepared })
}
