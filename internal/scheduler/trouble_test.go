package scheduler_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/scheduler"
	"pvetl/internal/testdb"
	"pvetl/state"
)

// untilStopped is a run that ends when it is told to.
func untilStopped(ctx context.Context, _ carried) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// A container is replaced while jobs are under way: the next one takes up what was due, and what was asked for.
func TestWhatWasStoppedIsBegunAgainByTheNext(t *testing.T) {
	inBubble(t, "2026-06-02 02:14:30", func(t *testing.T, w *world) {
		w.does(untilStopped)
		first := w.serve("a")
		w.pass(time.Minute)
		w.change("chats", func(row *state.Schedule) { row.Wanted = scheduler.DoRetry })
		first.Wake()
		synctest.Wait()
		require.Equal(t, []string{"tickets run", "chats retry"}, w.runs())
		first.stop()
		require.Empty(t, w.endings(), "nobody is told of a run that was only interrupted")

		w.does(nil)
		w.set(time.Hour)
		w.serve("b")
		w.pass(time.Second)
		require.ElementsMatch(t, []string{"tickets run", "chats retry"}, w.runs()[2:])
		require.Len(t, w.endings(), 2)
		for _, line := range w.said("run begins")[2:] {
			require.Equal(t, true, line["again"])
		}
		require.Equal(t, "2026-06-03 02:15:00", w.nextDue("tickets"))
		require.Zero(t, w.row("tickets").Due)
		w.pass(time.Minute)
		require.Len(t, w.runs(), 4)
	}, job("tickets", "15 2 * * *"), job("chats", ""))
}

func TestARunThatEndedInTheLastMomentIsOver(t *testing.T) {
	inBubble(t, "2026-06-02 02:14:30", func(t *testing.T, w *world) {
		w.does(func(ctx context.Context, _ carried) error { <-ctx.Done(); return nil })
		s := w.serve("a")
		w.pass(time.Minute)
		s.stop()
		require.Len(t, w.endings(), 1)
		require.Zero(t, w.row("tickets").Due)
	}, job("tickets", "15 2 * * *"))
}

func TestARunThatFailsByItselfIsOver(t *testing.T) {
	inBubble(t, "2026-06-02 02:14:30", func(t *testing.T, w *world) {
		w.does(func(context.Context, carried) error { return errors.New("no answer") })
		w.serve("a")
		w.pass(time.Minute)
		require.Len(t, w.runs(), 1)
		require.Len(t, w.endings(), 1)
		require.Equal(t, pipeline.Failed, w.endings()[0].Status)
		require.Zero(t, w.row("tickets").Due)
	}, job("tickets", "15 2 * * *"))
}

// A defect that shows in one job is no reason to leave the others.
func TestAPanicEndsOneRun(t *testing.T) {
	inBubble(t, "2026-06-02 02:14:30", func(t *testing.T, w *world) {
		w.does(func(_ context.Context, c carried) error {
			if c.Job == "tickets" {
				panic("jane@example.com")
			}
			return nil
		})
		s := w.serve("a")
		w.pass(time.Minute)
		require.ElementsMatch(t, []string{"chats run", "tickets run"}, w.runs())
		require.Len(t, w.endings(), 2)
		for _, ended := range w.endings() {
			if ended.Job == "tickets" {
				require.Equal(t, pipeline.Failed, ended.Status)
				require.Equal(t, "run of tickets", ended.RunID)
				require.Contains(t, *ended.Error, "a defect of pvetl")
				require.NotNil(t, ended.FinishedAt)
			}
		}
		require.Len(t, w.said("a defect of pvetl"), 1)
		require.NotContains(t, w.log.String(), "jane@example.com", "it may come from a row")
		_, held, err := w.store.Holder(t.Context(), "tickets")
		require.NoError(t, err)
		require.False(t, held)
		require.NoError(t, s.Snapshot().Fault)
		w.set(24 * time.Hour)
		w.pass(lookEvery)
		require.Len(t, w.runs(), 4)
	}, job("tickets", "15 2 * * *"), job("chats", "15 2 * * *"))
}

func TestAStateThatIsAwayIsWaitedFor(t *testing.T) {
	inBubbleOn(t, testdb.SQLite, "2026-06-02 02:14:30", func(t *testing.T, w *world) {
		s := w.serve("a")
		w.pass(time.Second)
		ticked := s.Snapshot().Ticked
		require.Equal(t, w.now().Add(-time.Second), ticked)
		require.NoError(t, s.Snapshot().Fault)

		w.exec("ALTER TABLE schedules RENAME TO hidden")
		w.pass(time.Minute)
		require.Empty(t, w.runs())
		require.ErrorContains(t, s.Snapshot().Fault, "schedules")
		require.Less(t, s.Snapshot().Ticked.Sub(ticked), 10*time.Second)
		require.Len(t, w.said("the scheduler cannot"), 1)

		w.exec("ALTER TABLE hidden RENAME TO schedules")
		w.pass(lookEvery)
		require.Equal(t, []string{"tickets run"}, w.runs())
		require.NoError(t, s.Snapshot().Fault)
		require.Len(t, w.said("the scheduler can do again"), 1)
		require.InDelta(t, 60, w.said("the scheduler can do again")[0]["after_seconds"], 10)
	}, job("tickets", "15 2 * * *"))
}

func TestASchedulerShowsThatItIsAlive(t *testing.T) {
	inBubbleOn(t, testdb.SQLite, "2026-06-02 02:14:30", func(t *testing.T, w *world) {
		owners := func() (owners []string) {
			pulses, err := w.store.Pulses(t.Context())
			require.NoError(t, err)
			for _, pulse := range pulses {
				owners = append(owners, pulse.Owner)
			}
			return owners
		}
		first, second := w.serve("a"), w.serve("b")
		w.pass(time.Second)
		require.Equal(t, []string{"a", "b"}, owners())
		first.stop()
		require.Equal(t, []string{"b"}, owners())

		w.exec("ALTER TABLE pulses RENAME TO hidden")
		w.pass(time.Minute)
		require.ErrorContains(t, second.Snapshot().Fault, "pulses")
		require.WithinDuration(t, w.now(), second.Snapshot().Ticked, lookEvery, "it looks all the same")
		require.Len(t, w.said("the scheduler cannot"), 1)
		w.exec("ALTER TABLE hidden RENAME TO pulses")
		w.pass(15 * time.Second)
		require.NoError(t, second.Snapshot().Fault)
	})
}

// A backfill steps aside, so that nothing is skipped for it.
func TestABackfillIsAskedToStepAside(t *testing.T) {
	inBubble(t, "2026-06-02 02:14:30", func(t *testing.T, w *world) {
		backfill, err := w.store.AcquireYielding(t.Context(), "tickets", "the backfill")
		require.NoError(t, err)
		w.serve("a")
		w.pass(20 * time.Second)
		select {
		case <-backfill.Wanted():
			require.Fail(t, "nobody wants it yet")
		default:
		}
		<-backfill.Wanted()
		w.pass(20 * time.Second)
		require.Empty(t, w.runs())
		require.NoError(t, backfill.Release(t.Context()))
		w.pass(time.Second)
		require.Equal(t, []string{"tickets run"}, w.runs())
		require.Zero(t, w.row("tickets").Skips)
	}, job("tickets", "15 2 * * *"))
}

// isScheduled has the state know when the jobs are due.
func (w *world) isScheduled() {
	s := w.serve("a")
	w.pass(time.Second)
	s.stop()
}

// dies is a process that ends in the midst of a run: what it has begun stays in the state.
func (w *world) dies() {
	w.t.Helper()
	w.change("tickets", func(row *state.Schedule) {
		if row.Due.IsZero() {
			row.Due, row.Doing = row.NextDue, scheduler.DoRun
			row.NextDue = row.NextDue.AddDate(0, 0, 1)
		}
		row.Tries++
	})
}

// A run that takes more memory than there is ends its process each time: to begin it for ever would help nobody.
func TestARunThatNoProcessSurvivesIsGivenUp(t *testing.T) {
	inBubble(t, "2026-06-02 02:14:30", func(t *testing.T, w *world) {
		w.isScheduled()
		for range 3 {
			w.dies()
		}
		w.serve("b")
		w.pass(time.Minute)
		require.Empty(t, w.runs())
		require.Len(t, w.said("the run is given up: the next begins when it is due"), 1)
		require.Len(t, w.endings(), 1, "somebody is told")
		require.Equal(t, pipeline.Failed, w.endings()[0].Status)
		require.Contains(t, *w.endings()[0].Error, "begun 3 times")
		recorded, err := w.store.Runs(t.Context(), "tickets", 0)
		require.NoError(t, err)
		require.Len(t, recorded, 1)
		require.Equal(t, w.endings()[0].RunID, recorded[0].ID)

		w.pass(24 * time.Hour)
		require.Equal(t, []string{"tickets run"}, w.runs(), "the next has its own three")
		require.Zero(t, w.row("tickets").Tries)
	}, job("tickets", "15 2 * * *"))
}

func TestTwoDeathsAreForgivenAndBeingStoppedIsNone(t *testing.T) {
	inBubble(t, "2026-06-02 02:14:30", func(t *testing.T, w *world) {
		w.isScheduled()
		w.dies()
		w.dies()
		w.does(untilStopped)
		for range 5 {
			s := w.serve("b")
			w.pass(time.Minute)
			s.stop()
			require.Equal(t, 2, w.row("tickets").Tries)
		}
		require.Empty(t, w.endings())
		w.does(nil)
		w.serve("c")
		w.pass(time.Minute)
		require.Len(t, w.runs(), 6)
		require.Len(t, w.endings(), 1)
		require.Zero(t, w.row("tickets").Tries)
	}, job("tickets", "15 2 * * *"))
}
