package scheduler_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/scheduler"
	"pvetl/state"
)

func TestWhatIsAskedForIsDoneOnceAndChangesNoSchedule(t *testing.T) {
	t.Parallel()
	for _, doing := range []string{scheduler.DoRun, scheduler.DoRetry} {
		t.Run(doing, func(t *testing.T) {
			inBubble(t, "2026-06-02 01:00:00", func(t *testing.T, w *world) {
				s := w.serve("a")
				w.pass(time.Second)
				w.change("tickets", func(row *state.Schedule) { row.Wanted = doing })
				s.Wake()
				synctest.Wait()
				require.Equal(t, []string{"tickets " + doing}, w.runs())
				w.pass(time.Minute)
				require.Len(t, w.runs(), 1)
				row := w.row("tickets")
				require.Empty(t, row.Wanted+row.Doing)
				require.Zero(t, row.Due)
				require.Equal(t, "2026-06-02 02:15:00", w.nextDue("tickets"))
			}, job("tickets", "15 2 * * *"))
		})
	}
}

// A run that is asked for in the moment in which one is due is that one; the rejects are another matter.
func TestOneRunDoesForAllThatIsToBeRun(t *testing.T) {
	t.Parallel()
	for doing, want := range map[string][]string{
		scheduler.DoRun:   {"tickets run"},
		scheduler.DoRetry: {"tickets retry", "tickets run"},
	} {
		t.Run(doing, func(t *testing.T) {
			inBubble(t, "2026-06-02 02:00:00", func(t *testing.T, w *world) {
				s := w.serve("a")
				w.pass(time.Second)
				s.stop()
				w.set(time.Hour)
				w.change("tickets", func(row *state.Schedule) { row.Wanted = doing })
				w.serve("b")
				w.pass(time.Second)
				require.Equal(t, want, w.runs())
				require.Equal(t, "2026-06-03 02:15:00", w.nextDue("tickets"))
			}, job("tickets", "15 2 * * *"))
		})
	}
}

func TestAPausedJobDoesWhatItIsAskedForAndNothingThatIsDue(t *testing.T) {
	inBubble(t, "2026-06-02 02:14:30", func(t *testing.T, w *world) {
		goOn := make(chan struct{})
		w.does(func(context.Context, carried) error { <-goOn; return nil })
		s := w.serve("a")
		w.pass(time.Minute)
		require.Len(t, w.runs(), 1)
		w.change("tickets", func(row *state.Schedule) { row.Paused = w.now() })
		close(goOn)
		w.pass(time.Second)
		require.Len(t, w.endings(), 1, "what is under way goes on")

		w.set(3 * 24 * time.Hour)
		w.pass(lookEvery)
		require.Len(t, w.runs(), 1)
		require.Equal(t, "2026-06-06 02:15:00", w.nextDue("tickets"), "it is not made up for afterwards")
		require.Zero(t, w.row("tickets").Skips)

		w.change("tickets", func(row *state.Schedule) { row.Wanted = scheduler.DoRun })
		s.Wake()
		synctest.Wait()
		require.Len(t, w.runs(), 2)

		w.change("tickets", func(row *state.Schedule) { row.Paused = time.Time{} })
		w.pass(time.Minute)
		require.Len(t, w.runs(), 2)
		w.set(24 * time.Hour)
		w.pass(lookEvery)
		require.Len(t, w.runs(), 3)
	}, job("tickets", "15 2 * * *"))
}

// jobs.yaml is edited while it is served.
func TestAnEditOfTheSchedules(t *testing.T) {
	inBubble(t, "2026-06-02 01:00:00", func(t *testing.T, w *world) {
		s := w.serve("a")
		w.pass(time.Second)
		require.Equal(t, "2026-06-02 02:15:00", w.nextDue("changed"))
		require.Equal(t, "2026-06-02 02:15:00", w.nextDue("unscheduled"))

		w.edit(job("changed", "0 3 * * *"), job("unscheduled", ""), job("added", "30 1 * * *"))
		s.Wake()
		synctest.Wait()
		require.Equal(t, "2026-06-02 03:00:00", w.nextDue("changed"))
		require.Equal(t, "2026-06-02 01:30:00", w.nextDue("added"))
		require.Zero(t, w.row("unscheduled").NextDue)

		w.set(90 * time.Minute)
		w.pass(lookEvery)
		require.Equal(t, []string{"added run"}, w.runs())
		w.edit(job("changed", "0 3 * * *", "America/Bogota"))
		w.pass(lookEvery)
		require.Equal(t, "2026-06-02 08:00:00", w.nextDue("changed"), "the zone belongs to it")
		require.Len(t, w.said("the job has a schedule"), 6)
		require.Len(t, w.said("the job has no schedule any more"), 1)

		w.edit()
		w.set(24 * time.Hour)
		w.pass(lookEvery)
		require.Equal(t, []string{"added run"}, w.runs())
		require.NotZero(t, w.row("removed").NextDue, "another process may have it in its jobs.yaml")
	}, job("changed", "15 2 * * *"), job("unscheduled", "15 2 * * *"), job("removed", "15 2 * * *"))
}
