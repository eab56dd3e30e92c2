package scheduler_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
)

// An edit reaches some who serve later than others, or not at all: the job runs, and neither puts off what the other has planned.
func TestServersThatReadDifferentSchedules(t *testing.T) {
	for name, tt := range map[string]struct {
		one, other  config.Job
		least, most int // runs of three days
	}{
		"an interval and a longer one": {job("tickets", "@every 30m"), job("tickets", "@every 3h"), 100, 144},
		"two times of a day":           {job("tickets", "0 2 * * *"), job("tickets", "30 2 * * *"), 3, 6},
		"two zones":                    {job("tickets", "0 2 * * *"), job("tickets", "0 2 * * *", "Asia/Tokyo"), 3, 6},
		"a month and a day":            {job("tickets", "0 0 20 * *"), job("tickets", "@daily"), 3, 3},
		"by hand and each day":         {job("tickets", ""), job("tickets", "@daily"), 3, 3},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, "2026-06-02 01:00:00", func(t *testing.T, w *world) {
				one, other := w.serveBy(by(tt.one), "a"), w.serveBy(by(tt.other), "b")
				for range 6 * 24 {
					w.set(30 * time.Minute)
					w.pass(2 * lookEvery)
				}
				require.GreaterOrEqual(t, len(w.runs()), tt.least)
				require.LessOrEqual(t, len(w.runs()), tt.most)
				require.Empty(t, w.overlap)
				warned := w.said("another process keeps another schedule for the job: see that all who serve have the same jobs.yaml")
				require.NotEmpty(t, warned)
				require.LessOrEqual(t, len(warned), len(w.runs())+2)
				require.LessOrEqual(t, len(w.said("the job has a schedule")), 2)
				require.Empty(t, w.said("the job was due later than its schedule says, as if a clock had been wrong: look at the clocks of all who serve"))
				one.stop()
				other.stop()
			})
		})
	}
}

// Of a moment in which an edit has reached one and not yet the other nothing is to be seen.
func TestAnEditThatArrivesSoonEverywhereIsNotWarnedOf(t *testing.T) {
	inBubble(t, "2026-06-02 01:00:00", func(t *testing.T, w *world) {
		w.serve("a")
		late := w.serveBy(by(job("tickets", "15 2 * * *")), "b")
		w.pass(time.Minute)
		w.edit(job("tickets", "0 3 * * *"))
		w.pass(time.Minute)
		require.Equal(t, "2026-06-02 03:00:00", w.nextDue("tickets"), "whoever has read last knows best")
		w.pass(time.Minute)
		late.stop()
		w.serve("b")
		w.pass(24 * time.Hour)
		require.Equal(t, []string{"tickets run"}, w.runs())
		require.Empty(t, w.said("another process keeps another schedule for the job: see that all who serve have the same jobs.yaml"))
	}, job("tickets", "15 2 * * *"))
}

func TestWhoIsLeftDoesWhatAnotherHasPlanned(t *testing.T) {
	inBubble(t, "2026-06-02 01:00:00", func(t *testing.T, w *world) {
		w.serve("a")
		w.pass(time.Second)
		other := w.serveBy(by(job("tickets", "30 2 * * *")), "b")
		w.pass(time.Second)
		other.stop()
		require.Equal(t, "2026-06-02 02:30:00", w.nextDue("tickets"))
		w.set(100 * time.Minute)
		w.pass(lookEvery)
		require.Equal(t, []string{"tickets run"}, w.runs())
		require.Equal(t, "2026-06-03 02:15:00", w.nextDue("tickets"))
	}, job("tickets", "15 2 * * *"))
}

// A machine is off when a job is due, and somebody moves the job to another hour before it is on again.
func TestAnEditForgetsNothingThatIsDue(t *testing.T) {
	inBubble(t, "2026-06-02 01:00:00", func(t *testing.T, w *world) {
		w.isScheduled()
		w.set(3 * time.Hour)
		w.edit(job("tickets", "0 5 * * *"))
		w.serve("a")
		w.pass(time.Minute)
		require.Equal(t, []string{"tickets run"}, w.runs())
		require.Equal(t, "2026-06-02 05:00:00", w.nextDue("tickets"))
	}, job("tickets", "15 2 * * *"))
}
