package scheduler_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
	"pvetl/internal/testdb"
	"pvetl/state"
)

const (
	soon = 20 * time.Second // how long a test waits for what has to happen
	tick = 10 * time.Millisecond
)

// onEach runs a test on each kind of database, by real clocks.
func onEach(t *testing.T, test func(t *testing.T, w *world), jobs ...config.Job) {
	t.Helper()
	t.Parallel()
	for kind, dsn := range map[string]func(testing.TB) string{"sqlite": testdb.SQLite, "postgres": testdb.Postgres, "mysql": testdb.MySQL} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, dsn(t), time.Now().UTC().Format(time.DateTime), jobs...))
		})
	}
}

func (w *world) eventually(holds func() bool, what string) {
	w.t.Helper()
	require.Eventually(w.t, holds, soon, tick, what)
}

func TestOfTwoOneCarriesOutWhatIsDue(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		first, second := w.serve("a"), w.serve("b")
		w.eventually(func() bool { return len(w.begun("tickets")) >= 4 && len(w.begun("chats")) >= 2 }, "jobs run")
		first.stop()
		second.stop()
		require.Empty(t, w.overlap)
		for _, job := range []string{"tickets", "chats"} {
			due := w.begun(job)
			for i := range due[1:] {
				require.Less(t, due[i], due[i+1], "each once")
			}
		}
		require.Len(t, w.endings(), len(w.runs()))
		require.Empty(t, w.said("a run is skipped"))
	}, job("tickets", "@every 1s"), job("chats", "@every 2s"))
}

// A process that is stopped in the middle of a run, such as by its machine, holds a lease that runs out.
func TestAnotherTakesOverFromOneThatStandsStillWhichDoesNothingWhenItWakesUp(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		awake := make(chan struct{})
		w.does(func(ctx context.Context, c carried) error {
			if c.Owner == "a" {
				<-awake // it does not even notice
			}
			return c.lease.Store().SaveJob(context.WithoutCancel(ctx), state.JobRecord{Job: c.Job}) // as a run writes
		})
		first := w.serve("a")
		wakeUp := sync.OnceFunc(func() { close(awake) })
		t.Cleanup(wakeUp) // the first cannot come to rest before
		w.eventually(func() bool { return len(w.runs()) == 1 }, "it is due")
		w.edit(job("tickets", "@daily"))
		first.Wake()
		w.eventually(func() bool { return len(w.said("the job has a schedule")) == 2 }, "nothing else becomes due")
		second := w.serve("b")
		second.Wake()
		require.Len(t, w.runs(), 1)

		w.exec("UPDATE locks SET expires_at = '2026-11-22T00:00:00.000Z'")
		second.Wake()
		w.eventually(func() bool { return len(w.endings()) == 1 && w.row("tickets").Due.IsZero() }, "the other one carries on")
		require.Equal(t, true, w.said("run begins")[1]["again"])
		before := w.row("tickets")

		wakeUp()
		w.eventually(func() bool { return len(w.said("the run lost its lease")) == 1 }, "it finds out")
		first.stop()
		second.stop()
		require.Equal(t, before, w.row("tickets"))
		require.Len(t, w.runs(), 2)
		require.Len(t, w.endings(), 1, "nobody is told of a run that another one has begun again")
	}, job("tickets", "@every 1s"))
}

// Somebody who saw that a job was due, and slept, finds that it was done.
func TestWhoComesLateLooksAgain(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		var both atomic.Int64
		w.does(func(context.Context, carried) error { both.Add(1); return nil })
		first := w.serve("a")
		w.eventually(func() bool { return !first.Snapshot().Ticked.IsZero() }, "it looks")
		first.stop()
		w.set(25 * time.Hour)
		servers := []server{w.serve("b"), w.serve("c"), w.serve("d"), w.serve("e")}
		w.eventually(func() bool { return both.Load() > 0 && w.row("tickets").Due.IsZero() }, "it is made up for")
		for _, s := range servers {
			ticked := s.Snapshot().Ticked
			s.Wake()
			w.eventually(func() bool { return s.Snapshot().Ticked.After(ticked) }, "it looks once more")
			s.stop()
		}
		require.Len(t, w.runs(), 1)
	}, job("tickets", "@daily"))
}
