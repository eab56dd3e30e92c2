package state_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pvetl/state"
)

// Turns of one account are spread evenly, whoever takes them.
func TestAQuotaIsShared(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		const perMinute, each = 6000, 20 // 10 ms apart
		var mu sync.Mutex
		var turns []time.Time
		var taking sync.WaitGroup
		for _, store := range []*state.Store{d.open(t), d.open(t)} {
			taking.Go(func() {
				for range each {
					began := time.Now()
					granted, wait, every, err := store.TakeQuota(t.Context(), "acme", perMinute, 1, false)
					if err != nil || granted != 1 || every != 10*time.Millisecond {
						t.Errorf("granted %d, every %s: %v", granted, every, err)
					}
					mu.Lock()
					turns = append(turns, began.Add(wait)) // at the earliest
					mu.Unlock()
				}
			})
		}
		began := time.Now()
		taking.Wait()
		last := slices.MaxFunc(turns, time.Time.Compare)
		require.GreaterOrEqual(t, last.Sub(began), (2*each-1)*10*time.Millisecond-100*time.Millisecond)
		_, wait, _, err := d.open(t).TakeQuota(t.Context(), "another", perMinute, 1, false)
		require.NoError(t, err)
		require.Zero(t, wait)
	})
}

func TestWhoYieldsTakesNoTurnThatOthersWaitFor(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		granted, wait, _, err := store.TakeQuota(t.Context(), "acme", 1, 1, true)
		require.NoError(t, err)
		require.Equal(t, 1, granted)
		require.Zero(t, wait)
		granted, wait, _, err = store.TakeQuota(t.Context(), "acme", 1, 1, true)
		require.NoError(t, err)
		require.Zero(t, granted)
		require.InDelta(t, 60, wait.Seconds(), 10)
		granted, wait, _, err = store.TakeQuota(t.Context(), "acme", 1, 1, false)
		require.NoError(t, err)
		require.Equal(t, 1, granted, "it had reserved nothing")
		require.InDelta(t, 60, wait.Seconds(), 10)
	})
}

func TestALimitHoldsForAll(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store, other := d.open(t), d.open(t)
		require.NoError(t, store.LimitQuota(t.Context(), "acme", time.Hour, 30, time.Hour))
		require.NoError(t, store.LimitQuota(t.Context(), "acme", time.Minute, 60, time.Hour), "neither shortens nor loosens it")
		_, wait, every, err := other.TakeQuota(t.Context(), "acme", 100, 1, false)
		require.NoError(t, err)
		require.Equal(t, 2*time.Second, every)
		require.InDelta(t, 3600, wait.Seconds(), 30)

		require.NoError(t, store.LimitQuota(t.Context(), "quick", 0, 30, time.Millisecond))
		require.Eventually(t, func() bool {
			_, _, every, err := other.TakeQuota(t.Context(), "quick", 60_000, 1, false)
			return err == nil && every == time.Millisecond
		}, soon, tick, "what was learned ends")
	})
}

func TestABlockIsTakenAtOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		granted, wait, every, err := store.TakeQuota(t.Context(), "acme", 600, 600, false)
		require.NoError(t, err)
		require.Equal(t, 10, granted, "a second's worth")
		require.Zero(t, wait)
		require.Equal(t, 100*time.Millisecond, every)
	})
}

// draw makes something happen to a quota.
func draw(r *rapid.T) (pass time.Duration, most int, yielding bool) {
	return time.Duration(rapid.IntRange(0, 1500).Draw(r, "ms")) * time.Millisecond, rapid.IntRange(1, 4).Draw(r, "most"), rapid.Bool().Draw(r, "yielding")
}

func TestTurnsAreNeverCloserThanTheirRateAllowsWhoeverTakesThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var quota state.ClockedQuota
		var free time.Duration // the earliest that the next turn may be
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			pass, most, yielding := draw(r)
			quota.Pass(pass)
			if rapid.IntRange(0, 9).Draw(r, "limit") == 0 {
				_, now, _ := quota.Take(1e9, 0, false) // none are taken
				pause := time.Duration(rapid.IntRange(0, 5).Draw(r, "pause")) * time.Second
				quota.Limit(pause, float64(rapid.SampledFrom([]int{0, 30, 90}).Draw(r, "limited")), 3*time.Second)
				if _, start, _ := quota.Take(1e9, 0, false); start < now {
					r.Fatalf("a pause was cut short: %s, then %s", now, start)
				}
			}
			granted, start, every := quota.Take(float64(rapid.SampledFrom([]int{60, 100, 6000}).Draw(r, "rate")), most, yielding)
			switch {
			case granted > 0 && start < free:
				r.Fatalf("a turn at %s, though the next is free at %s", start, free)
			case granted > 0:
				free = start + time.Duration(granted)*every
			case !yielding:
				r.Fatal("none granted to who does not yield")
			}
		}
	})
}

func TestNoMinuteHasMoreTurnsThanTheRate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		const perMinute = 70
		var quota state.ClockedQuota
		var turns []time.Duration
		for range rapid.IntRange(1, 100).Draw(r, "steps") {
			pass, most, yielding := draw(r)
			quota.Pass(pass)
			granted, start, every := quota.Take(perMinute, most, yielding)
			for i := range granted {
				turns = append(turns, start+time.Duration(i)*every)
			}
		}
		for i := range max(0, len(turns)-perMinute) {
			if spell := turns[i+perMinute] - turns[i]; spell < time.Minute-time.Microsecond {
				r.Fatalf("%d turns in %s", perMinute+1, spell)
			}
		}
	})
}

func TestWhoYieldsDelaysOthersByOneTurnAtMost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var shared, alone state.ClockedQuota // with who yields, and without
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			pass, _, yielding := draw(r)
			shared.Pass(pass)
			alone.Pass(pass)
			_, start, every := shared.Take(60, 1, yielding)
			if yielding {
				continue
			}
			if _, without, _ := alone.Take(60, 1, false); start > without+every {
				r.Fatalf("a turn at %s, and at %s without who yields", start, without)
			}
		}
	})
}

func TestTurnsAreHadWhileOthersWrite(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store, other := d.open(t), d.open(t)
		var settling sync.WaitGroup
		defer settling.Wait()
		settling.Go(func() {
			for round := range 5 {
				if err := store.Settle(t.Context(), fullBatch(round)); err != nil {
					t.Error(err)
				}
			}
		})
		for range 40 {
			for _, taker := range []*state.Store{store, other} {
				_, _, _, err := taker.TakeQuota(t.Context(), "acme", 6e6, 1, false)
				require.NoError(t, err)
				require.NoError(t, taker.LimitQuota(t.Context(), "acme", time.Microsecond, 0, 0))
			}
		}
	})
}

func TestAStateOpenForReadingHasNoQuota(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		d.open(t)
		store := d.openReadOnly(t)
		_, _, _, err := store.TakeQuota(t.Context(), "acme", 60, 1, false)
		require.ErrorIs(t, err, state.ErrReadOnly)
		require.ErrorIs(t, store.LimitQuota(t.Context(), "acme", time.Second, 0, 0), state.ErrReadOnly)
	})
}

// A clock that was set back makes nobody wait for the time that it told before.
func TestAClockThatIsSetBackHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	var quota state.ClockedQuota
	quota.Pass(time.Hour)
	quota.Take(60, 1, false)
	quota.Pass(-time.Hour)
	_, start, _ := quota.Take(60, 1, false)
	require.Zero(t, start)
}
