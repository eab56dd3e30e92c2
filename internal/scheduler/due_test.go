package scheduler_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
	"pvetl/internal/scheduler"
	"pvetl/state"
)

// A clock that nobody looks at for half a day at a time: what is due in between is made up for, and each day has its run.
func TestEachDayOnceForAYear(t *testing.T) {
	zones := []string{"Europe/Rome", "America/Bogota"}
	inBubble(t, "2026-01-01 12:00:00", func(t *testing.T, w *world) {
		s := w.serve("a")
		synctest.Wait()
		const step = 20*time.Hour + 7*time.Minute // less than a day, and no part of one
		for range int(365*24*time.Hour/step) + 1 {
			w.set(step)
			s.Wake()
			synctest.Wait()
		}
		for _, zone := range zones {
			local, err := time.LoadLocation(zone)
			require.NoError(t, err)
			days := make(map[string]int)
			for _, due := range w.begun(zone) {
				at, err := time.Parse(time.DateTime, due)
				require.NoError(t, err)
				days[at.In(local).Format(time.DateOnly)]++
			}
			require.Len(t, days, 365, zone)
			for day, times := range days {
				require.Equal(t, 1, times, "%s on %s", zone, day)
			}
		}
	}, job(zones[0], "30 2 * * *", zones[0]), job(zones[1], "30 2 * * *", zones[1]))
}

// It is due at 02:15 each day. The clock on the wall is not the one of the timers: it is set, and goes on while a machine sleeps.
func TestWhateverClocksDo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		steps []time.Duration // of the clock, each followed by some seconds in which nothing else happens
		want  []string
	}{
		"set an hour forward, over the time":  {[]time.Duration{time.Hour}, []string{"02 02:15"}},
		"set back after the run":              {[]time.Duration{time.Hour, -time.Hour, time.Hour}, []string{"02 02:15"}},
		"set back by most of a day":           {[]time.Duration{time.Hour, -23 * time.Hour, 23 * time.Hour, 24 * time.Hour}, []string{"02 02:15", "03 02:15"}},
		"asleep for two hours":                {[]time.Duration{2 * time.Hour}, []string{"02 02:15"}},
		"asleep for five days":                {[]time.Duration{5 * 24 * time.Hour, 24 * time.Hour}, []string{"02 02:15", "07 02:15"}},
		"not yet":                             {[]time.Duration{14 * time.Minute}, nil},
		"a year ahead, and set right":         {[]time.Duration{365 * 24 * time.Hour, -365 * 24 * time.Hour, time.Hour}, []string{"02 02:15", "02 02:15"}},
		"a year ahead, set right a day later": {[]time.Duration{365 * 24 * time.Hour, -364 * 24 * time.Hour, time.Hour}, []string{"02 02:15", "03 02:15"}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, "2026-06-02 02:00:00", func(t *testing.T, w *world) {
				w.serve("a")
				w.pass(time.Second)
				for _, step := range test.steps {
					w.set(step)
					w.pass(lookEvery)
				}
				var want []string
				for _, day := range test.want {
					want = append(want, "2026-06-"+day+":00")
				}
				require.Equal(t, want, w.begun("tickets"))
			}, job("tickets", "15 2 * * *"))
		})
	}
}

// lookEvery is how long something stays unseen at most.
const lookEvery = 5 * time.Second

func TestARunBeginsWhenItIsDueAndNotAtTheNextLook(t *testing.T) {
	inBubble(t, "2026-06-02 02:14:59", func(t *testing.T, w *world) {
		began := make(map[string]time.Duration)
		w.does(func(_ context.Context, c carried) error {
			began[c.Job] = w.now().Sub(time.Date(2026, 6, 2, 2, 15, 0, 0, time.UTC))
			return nil
		})
		w.serve("a")
		w.pass(time.Minute)
		require.Len(t, began, 3)
		apart := make(map[time.Duration]bool)
		for _, late := range began {
			require.GreaterOrEqual(t, late, time.Duration(0))
			require.Less(t, late, 31*time.Second)
			apart[late.Truncate(time.Millisecond)] = true
		}
		require.Len(t, apart, 3, "they do not begin in the same instant")
		require.NotContains(t, w.said("run begins")[0], "late_seconds")
	}, job("a", "15 2 * * *"), job("b", "15 2 * * *"), job("c", "15 2 * * *"))
}

func TestARunThatWasMissedSaysHowLateItIs(t *testing.T) {
	inBubble(t, "2026-06-02 02:00:00", func(t *testing.T, w *world) {
		s := w.serve("a")
		w.pass(time.Second)
		s.stop()
		w.set(2 * time.Hour)
		w.serve("b")
		w.pass(time.Second)
		require.Equal(t, []string{"2026-06-02 02:15:00"}, w.begun("tickets"))
		require.InDelta(t, (105 * time.Minute).Seconds(), w.said("run begins")[0]["late_seconds"], 31)
		require.Equal(t, "2026-06-03 02:15:00", w.nextDue("tickets"))
	}, job("tickets", "15 2 * * *"))
}

func TestAClockThatWasFarAheadIsWarnedOf(t *testing.T) {
	inBubble(t, "2026-06-02 02:00:00", func(t *testing.T, w *world) {
		w.set(30 * 24 * time.Hour)
		w.serve("a")
		w.pass(time.Second)
		w.set(-30 * 24 * time.Hour)
		w.pass(lookEvery)
		require.Equal(t, "2026-06-02 02:15:00", w.nextDue("tickets"))
		require.Len(t, w.said("the job was due later than its schedule says"), 1)
	}, job("tickets", "15 2 * * *"))
}

func TestAnIntervalGoesOnInStep(t *testing.T) {
	inBubble(t, "2026-06-02 02:00:00", func(t *testing.T, w *world) {
		w.serve("a")
		w.pass(31 * time.Second)
		require.Equal(t, []string{"2026-06-02 02:00:10", "2026-06-02 02:00:20", "2026-06-02 02:00:30"}, w.begun("tickets"))
	}, job("tickets", "@every 10s"))
}

func TestAJobWithoutAScheduleRunsOnlyWhenItIsAskedFor(t *testing.T) {
	inBubble(t, "2026-06-02 02:00:00", func(t *testing.T, w *world) {
		s := w.serve("a")
		w.set(24 * time.Hour)
		w.pass(lookEvery)
		require.Empty(t, w.runs())
		w.change("tickets", func(row *state.Schedule) { row.Wanted = scheduler.DoRetry })
		s.Wake()
		synctest.Wait()
		require.Equal(t, []string{"tickets retry"}, w.runs())
		require.Equal(t, state.Schedule{Job: "tickets"}, w.row("tickets"))
	}, job("tickets", ""))
}

func TestNoMoreThanEightAtOnce(t *testing.T) {
	var jobs []config.Job
	for i := range 11 {
		jobs = append(jobs, job(fmt.Sprintf("job%02d", i), "@every 1h"))
	}
	inBubble(t, "2026-06-02 02:00:00", func(t *testing.T, w *world) {
		goOn := make(chan struct{})
		w.does(func(context.Context, carried) error { <-goOn; return nil })
		s := w.serve("a")
		w.pass(time.Second)
		w.set(2 * time.Hour)
		w.pass(lookEvery)
		require.Len(t, w.runs(), 8)
		var running []string
		for _, r := range s.Snapshot().Running {
			running = append(running, r.Job)
			require.Equal(t, "run of "+r.Job, r.Summary.RunID, "as far as it is")
			require.Equal(t, scheduler.DoRun, r.Doing)
		}
		require.IsIncreasing(t, running)
		goOn <- struct{}{}
		synctest.Wait()
		require.Len(t, w.runs(), 9)
		close(goOn)
		synctest.Wait()
		require.Len(t, w.runs(), 11)
		require.Empty(t, s.Snapshot().Running)
		w.pass(lookEvery)
		require.Len(t, w.runs(), 11)
	}, jobs...)
}
