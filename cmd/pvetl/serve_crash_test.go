package main

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// defaultServerKills is how many servers die, one after the other, while the next is there already.
const defaultServerKills = 12

// Servers come and go, as containers do, and nobody lets them finish: each is killed at some moment, and the one that came
// meanwhile takes up what it left. In the end everything is there, nothing twice.
func TestServersKilledAtRandomMoments(t *testing.T) {
	t.Parallel()
	kills := int(number(t, killsVar, defaultServerKills))
	seed := uint64(number(t, seedVar, time.Now().UnixNano()))
	t.Logf("to try the same again: %s=%d %s=%d", seedVar, seed, killsVar, kills)
	random := rand.New(rand.NewPCG(seed, 0))
	w := newCrashWorld(t, obedient)
	w.converge(mostRuns, "apply")
	for range 30 {
		w.must(w.desk.open(t.Context(), random.IntN(4)))
	}
	w.edit("  tickets:\n    source:", "  tickets:\n    schedule: \"@every 1s\"\n    source:")
	grant, rest := w.keepChanging(rand.New(rand.NewPCG(seed, 1)))
	last := w.serve()
	for range kills {
		grant()
		next := w.serve()
		next.page()
		pause(t.Context(), time.Duration(random.Int64N(int64(1500*time.Millisecond))))
		require.NoError(t, last.cmd.Process.Kill())
		last = next
	}
	t.Logf("%d changes of the source", rest())
	last.drain()
	runs := w.runs()
	t.Logf("%d runs", len(runs))
	require.GreaterOrEqual(t, len(runs), kills/2, "there is hardly anything to kill")
	w.converge(mostRuns)
	w.account()
	w.nothingLeft()
}
