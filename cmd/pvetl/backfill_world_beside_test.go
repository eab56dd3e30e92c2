package main

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/internal/testdb"
)

// slowly has a backfill last for a while.
func slowly(o *sandbox.Options) { o.JobDuration = 200 * time.Millisecond }

// The nightly run does not wait for a backfill of its job: it gets the job at once, as often as it comes, brings what
// changed meanwhile, and the backfill goes on afterwards.
func TestRunsGoOnBesideABackfill(t *testing.T) {
	t.Parallel()
	for _, world := range []struct {
		name  string
		state func(testing.TB) string
		flags []string
		to    string // empty: where the runs begin
	}{
		{"of what lies before the runs", testdb.SQLite, []string{"--slice", "30s"}, ""},
		{"of all there is, three slices at once", testdb.SQLite, []string{"--slice", "30s", "--parallel", "3"}, deskEnds},
		{"the newest first, with a state on a server", testdb.Postgres, []string{"--slice", "30s", "--newest-first"}, deskEnds},
	} {
		t.Run(world.name, func(t *testing.T) {
			t.Parallel()
			w := newHistoryWorld(t, 150, slowly)
			w.env["PVETL_STATE"] = world.state(t)
			w.mustRun(exitDone, "apply")
			start := w.desk.movedAt(t, 140)
			w.startAt(start)
			w.converge(1)
			if world.to == "" {
				world.to = start
			}
			random := w.random()
			grant, rest := w.keepChanging(rand.New(rand.NewPCG(random.Uint64(), random.Uint64())))
			backfill := w.start(history(deskBegins, world.to, world.flags...)...)
			w.isUnderWay()
			runs := 0
			for runs < 5 && !backfill.isOver() {
				grant()
				pause(t.Context(), time.Duration(random.Int64N(int64(400*time.Millisecond))))
				ran := w.process(0, "", "run")
				require.Equal(t, exitDone, ran.code, ran.said)
				require.Less(t, ran.took, 10*time.Second, "the run has to wait")
				runs++
			}
			code, said := backfill.end(aWhile)
			require.Equal(t, exitDone, code, said)
			t.Logf("%d runs and %d changes while the backfill was under way", runs, rest())
			require.GreaterOrEqual(t, runs, 2, "the backfill is over too soon to have been disturbed")
			w.isDone()
			w.converge(1)
			w.account()
			w.nothingLeft()
		})
	}
}

// random is drawn from the seed that the test names.
func (w *crashWorld) random() *rand.Rand {
	seed := uint64(number(w.t, seedVar, time.Now().UnixNano()))
	w.t.Logf("to try the same again: %s=%d", seedVar, seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// isOver reports whether the process has ended.
func (p *process) isOver() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// Both are killed again and again, whatever they are doing and whoever of them has the job.
func TestABackfillAndRunsKilledAtRandomMoments(t *testing.T) {
	t.Parallel()
	rounds := int(number(t, killsVar, defaultKills)) / fewShare
	if testing.Short() {
		rounds = shortKills / fewShare
	}
	w := newHistoryWorld(t, 0, slowly)
	random := w.random()
	for range 150 {
		w.must(w.desk.open(t.Context(), random.IntN(4)))
	}
	w.startAt(w.desk.movedAt(t, 140))
	grant, rest := w.keepChanging(rand.New(rand.NewPCG(random.Uint64(), random.Uint64())))
	commands := [][]string{history(deskBegins, deskEnds, "--slice", "30s"), {"backfill", "resume", "1"}}
	killed := 0
	for round := range rounds {
		grant()
		backfill := w.start(commands[min(round, random.IntN(2))]...)
		pause(t.Context(), time.Duration(random.Int64N(int64(600*time.Millisecond))))
		ran := w.process(time.Duration(1+random.Int64N(int64(1500*time.Millisecond))), "", "run")
		require.True(t, ran.killed || ran.code == exitDone, ran.said)
		pause(t.Context(), time.Duration(random.Int64N(int64(600*time.Millisecond))))
		_ = backfill.cmd.Process.Signal(syscall.SIGKILL) // it may have ended
		code, said := backfill.end(aWhile)
		require.True(t, code == -1 || code == exitDone, said)
		for _, died := range []bool{ran.killed, code == -1} {
			if died {
				killed++
			}
		}
	}
	t.Logf("%d kills in %d rounds, during %d changes of the source", killed, rounds, rest())
	w.converge(mostRuns, commands[0]...)
	w.converge(mostRuns)
	w.account()
	w.nothingLeft()
}

// Whoever sits at another terminal can stop a backfill, for now or for good.
func TestABackfillIsStoppedFromAnotherProcess(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{pipeline.BackfillPaused, pipeline.BackfillCancelled} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			w := newHistoryWorld(t, 100, slowly)
			present := w.desk.stamp()
			w.startAt(present)
			backfill := w.start(history(deskBegins, present, "--slice", "20s")...)
			w.isUnderWay()
			command := map[string]string{pipeline.BackfillPaused: "pause", pipeline.BackfillCancelled: "cancel"}[verb]
			w.mustRun(exitDone, "backfill", command, "1")
			code, said := backfill.end(5 * time.Second)
			require.Equal(t, exitDone, code, said)
			require.Contains(t, said, verb)
			status, left := w.shown()
			require.Equal(t, verb, status.State)
			require.Positive(t, rowsLeft(t, left), "it was stopped before its end")
			w.converge(1) // the run finishes what was on its way
			arrived := len(w.box.Snapshot().Interactions)
			require.Less(t, arrived, 100)

			w.must(w.desk.move(t.Context(), 100))
			if verb == pipeline.BackfillCancelled {
				code, stdout, stderr := w.pvetl("backfill", "resume", "1")
				require.Equal(t, exitUsage, code, stdout)
				require.Contains(t, stderr, "cancelled")
				session := w.backfill(exitDone, history(deskBegins, present)...)
				require.Equal(t, "2", session.Backfill.ID, "one that was cancelled is not taken up again")
				require.EqualValues(t, 99, session.Interactions.Read)
			} else {
				session := w.backfill(exitDone, "backfill", "resume", "1")
				require.Equal(t, pipeline.BackfillDone, session.Backfill.State)
			}
			w.converge(1)
			w.account()
			w.nothingLeft()
		})
	}
}

// Two processes cannot work on one backfill.
func TestASecondProcessLeavesABackfillAlone(t *testing.T) {
	t.Parallel()
	w := newHistoryWorld(t, 100, slowly)
	backfill := w.start(history(deskBegins, deskEnds, "--slice", "20s")...)
	w.isUnderWay()
	for name, command := range howResumed {
		second := w.process(0, "", command...)
		require.Equal(t, exitHeld, second.code, "%s: %s", name, second.said)
		require.Contains(t, second.said, fmt.Sprintf("pid %d", backfill.cmd.Process.Pid))
	}
	code, said := backfill.end(aWhile)
	require.Equal(t, exitDone, code, said)
	w.isDone()
	w.account()
}
