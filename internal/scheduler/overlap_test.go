package scheduler_test

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/scheduler"
	"pvetl/state"
)

// skipped are the records of runs that were skipped.
func (w *world) skipped() (records []pipeline.Summary) {
	w.t.Helper()
	runs, err := w.store.Runs(w.t.Context(), "", 0)
	require.NoError(w.t, err)
	for _, run := range runs {
		require.Equal(w.t, pipeline.Skipped, run.Status)
		var summary pipeline.Summary
		require.NoError(w.t, json.Unmarshal(run.Summary, &summary))
		records = append(records, summary)
	}
	return records
}

// Somebody works on the job by hand for a long time.
func TestARunThatIsDueWhileAnotherIsUnderWayIsSkipped(t *testing.T) {
	inBubble(t, "2026-06-02 02:00:00", func(t *testing.T, w *world) {
		hand := w.hold("tickets", "by hand")
		s := w.serve("a")
		w.pass(time.Minute)
		for range 4 {
			w.pass(time.Second)
			s.Wake()
			synctest.Wait()
		}
		require.Empty(t, w.said("a run is skipped"), "it may be about to end")
		w.pass(30 * time.Second)
		require.Len(t, w.said("a run is skipped"), 1)
		require.Equal(t, "by hand", w.said("a run is skipped")[0]["held_by"])
		require.Equal(t, "2026-06-02 02:02:00", w.nextDue("tickets"))
		require.Len(t, w.skipped(), 1)
		require.Equal(t, w.skipped()[0].RunID, w.row("tickets").SkipRun)

		w.pass(time.Minute)
		require.Empty(t, w.said("the job is still under way"))
		w.pass(4 * time.Minute)
		require.Len(t, w.said("a run is skipped"), 1)
		require.Len(t, w.said("the job is still under way"), 1, "once for all that follow")
		require.Equal(t, 6, w.row("tickets").Skips)
		require.Len(t, w.skipped(), 1, "one record for a row of them")

		require.NoError(t, hand.Release(t.Context()))
		w.pass(time.Minute)
		require.Equal(t, []string{"tickets run"}, w.runs())
		require.Zero(t, w.row("tickets").Skips)
		require.Empty(t, w.row("tickets").SkipRun)

		w.does(untilStopped)
		w.pass(3 * time.Minute)
		require.Len(t, w.said("a run is skipped"), 2, "the next row begins from one")
		require.Len(t, w.skipped(), 2)
		require.Equal(t, "a", w.said("a run is skipped")[1]["held_by"], "it is in its own way")
		s.stop()
	}, job("tickets", "@every 1m"))
}

func TestARunThatEndsWithinTheGraceIsFollowedByTheOneThatIsDue(t *testing.T) {
	inBubble(t, "2026-06-02 02:00:00", func(t *testing.T, w *world) {
		w.does(func(context.Context, carried) error { w.rest(12 * time.Second); return nil })
		w.serve("a")
		w.pass(36 * time.Second)
		require.Equal(t, []string{"2026-06-02 02:00:10", "2026-06-02 02:00:20", "2026-06-02 02:00:30"}, w.begun("tickets"))
		require.Empty(t, w.said("a run is skipped"))
		require.Empty(t, w.overlap)
	}, job("tickets", "@every 10s"))
}

// rest lets time go by in a run.
func (w *world) rest(d time.Duration) {
	timer := time.NewTimer(d)
	<-timer.C
}

func TestOfTwoThatSeeASkipOneCountsIt(t *testing.T) {
	inBubble(t, "2026-06-02 02:00:00", func(t *testing.T, w *world) {
		w.hold("tickets", "by hand")
		w.serve("a")
		w.serve("b")
		w.pass(2*time.Minute + 30*time.Second)
		require.Equal(t, 2, w.row("tickets").Skips)
		require.Len(t, w.said("a run is skipped"), 1)
		require.Len(t, w.skipped(), 1)
	}, job("tickets", "@every 1m"))
}

func TestWhatIsAskedForDuringARunIsForgottenAndSaid(t *testing.T) {
	inBubble(t, "2026-06-02 02:00:00", func(t *testing.T, w *world) {
		s := w.serve("a")
		hand := w.hold("tickets", "by hand")
		w.change("tickets", func(row *state.Schedule) { row.Wanted = scheduler.DoRetry })
		s.Wake()
		synctest.Wait()
		w.pass(4 * time.Second)
		require.Equal(t, scheduler.DoRetry, w.row("tickets").Wanted)
		w.pass(2 * lookEvery)
		require.Empty(t, w.row("tickets").Wanted)
		require.Len(t, w.said("what was asked for is not done"), 1)
		require.NoError(t, hand.Release(t.Context()))
		w.pass(time.Minute)
		require.Empty(t, w.runs())
	}, job("tickets", ""))
}
