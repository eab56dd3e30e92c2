package main

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

const (
	defaultKills = 80
	shortKills   = 20
	fewShare     = 10 // of the kills for each of the special worlds
	killsVar     = "PVETL_TEST_KILLS"
	seedVar      = "PVETL_TEST_SEED"
)

// Nobody chooses the moment of a power cut, and nobody stops the help desk for it: the program is killed again and again,
// wherever it is, while tickets and messages come and change. When they have come to rest, one run that lives, or few,
// must find Playvox as the source says.
func TestKillsAtRandomMoments(t *testing.T) {
	t.Parallel()
	kills := int(number(t, killsVar, defaultKills))
	if testing.Short() {
		kills = shortKills
	}
	seed := uint64(number(t, seedVar, time.Now().UnixNano()))
	few := max(1, kills/fewShare)
	for i, world := range []struct {
		name    string
		kills   int
		server  func(*sandbox.Options)
		arrange func(*crashWorld)
		allowed []int // exit statuses of runs that live, beside those of runs that go well
	}{
		{"a good server", kills / 2, obedient, asItIs, nil},
		{"another good server", kills / 2, obedient, asItIs, nil}, // two at a time take half as long
		{"a server that fails", few, failing(seed), asItIs, []int{exitFailed}},
		{"comments found by their ticket", few, obedient, (*crashWorld).findCommentsByTicket, nil},
		{"tickets that vanish", few, obedient, (*crashWorld).deleteVanished, nil},
	} {
		t.Run(world.name, func(t *testing.T) {
			t.Parallel()
			t.Logf("to try the same again: %s=%d %s=%d", seedVar, seed, killsVar, kills)
			w := newCrashWorld(t, world.server)
			world.arrange(w)
			w.killAtRandom(rand.New(rand.NewPCG(seed, uint64(i))), world.kills, append(world.allowed, exitDone, exitRejects))
		})
	}
}

func obedient(*sandbox.Options) {}

func failing(seed uint64) func(*sandbox.Options) {
	return func(o *sandbox.Options) { o.Fail5xx, o.DropAfter, o.Seed = 0.05, 0.05, seed }
}

func asItIs(*crashWorld) {}

// number reads a variable of the test.
func number(t *testing.T, name string, otherwise int64) int64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseInt(text, 10, 64)
	require.NoError(t, err, name)
	return n
}

// mostRuns bounds how many runs it takes to come to an end, also under a server that fails.
const mostRuns = 10

// killAtRandom kills the program so often, lets it come to its end and accounts. Runs that live may end only as allowed.
func (w *crashWorld) killAtRandom(random *rand.Rand, kills int, allowed []int) {
	w.t.Helper()
	w.converge(mostRuns, "apply")
	for range 30 {
		w.must(w.desk.open(w.t.Context(), random.IntN(4)))
	}
	w.converge(mostRuns)
	grant, rest := w.keepChanging(rand.New(rand.NewPCG(random.Uint64(), random.Uint64())))
	killed, whole := 0, time.Duration(0)
	for kill := range kills {
		grant()
		if kill%10 == 0 { // how long a run takes depends on how much there is to do
			whole = w.live(allowed)
			grant()
		}
		ended := w.process(time.Duration(1+random.Int64N(int64(whole)*12/10)), "", "run")
		if ended.killed {
			killed++
			continue
		}
		require.Contains(w.t, allowed, ended.code, ended.said)
	}
	w.t.Logf("%d of %d runs were killed before their end, during %d changes of the source", killed, kills, rest())
	require.GreaterOrEqual(w.t, killed, kills/4, "the runs are over before they are killed")
	w.converge(mostRuns)
	w.account()
	w.nothingLeft()
}

// live lets a run come to its end and returns how long that took.
func (w *crashWorld) live(allowed []int) time.Duration {
	w.t.Helper()
	ended := w.process(0, "", "run")
	require.Contains(w.t, allowed, ended.code, ended.said)
	return ended.took
}

const (
	changesPerRun = 8                     // bound the work, whatever the speed of the machine
	breath        = 40 * time.Millisecond // the longest pause between two changes
)

// keepChanging has the help desk live on: each grant lets it make so many changes more, in its own time. Laid to rest, it
// tells how many it made.
func (w *crashWorld) keepChanging(random *rand.Rand) (grant func(), rest func() int) {
	var granted atomic.Int64
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	changes := 0
	go func() {
		var err error
		for err == nil && ctx.Err() == nil {
			if granted.Add(-1) >= 0 {
				err = w.desk.change(context.WithoutCancel(ctx), random)
				changes++
			} else {
				granted.Add(1)
			}
			pause(ctx, time.Duration(random.Int64N(int64(breath))))
		}
		ended <- err
	}()
	return func() { granted.Add(changesPerRun) }, func() int {
		cancel()
		w.must(<-ended)
		return changes
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// change makes one change of any kind, to any ticket or message.
func (d *desk) change(ctx context.Context, random *rand.Rand) error {
	ticket, message := 1+random.IntN(d.tickets), 1+random.IntN(d.messages)
	if d.drops && random.IntN(12) == 0 {
		return d.drop(ctx, ticket)
	}
	switch random.IntN(12) {
	case 0, 1, 2:
		return d.open(ctx, random.IntN(4))
	case 3, 4, 5:
		return d.move(ctx, ticket)
	case 6, 7:
		return d.say(ctx, ticket)
	case 8, 9:
		return d.edit(ctx, message)
	case 10:
		return d.turn(ctx, message)
	default:
		return d.enclose(ctx, message)
	}
}
