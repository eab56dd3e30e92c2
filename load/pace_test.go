package load_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

// A first load into an account of which nothing is known yet: however long jobs take, one costs about one poll, and
// nobody waits for them much longer than they take.
func TestAFirstLoadCostsAboutOnePollAJob(t *testing.T) {
	t.Parallel()
	const count, inFlight = 200, 8
	always := func(d time.Duration) func(*rand.Rand, int) time.Duration {
		return func(*rand.Rand, int) time.Duration { return d }
	}
	seconds := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	for name, tt := range map[string]struct {
		takes func(r *rand.Rand, n int) time.Duration
		polls float64 // a job
	}{
		"10 ms":                {always(10 * time.Millisecond), 1.1},
		"1 s":                  {always(time.Second), 1.1},
		"5 s":                  {always(5 * time.Second), 1.1},
		"30 s":                 {always(30 * time.Second), 1.1},
		"90 s":                 {always(90 * time.Second), 1.1},
		"between 1 and 3 s":    {func(r *rand.Rand, _ int) time.Duration { return seconds(1 + 2*r.Float64()) }, 1.1},
		"exponential, 2 s":     {func(r *rand.Rand, _ int) time.Duration { return seconds(2 * r.ExpFloat64()) }, 1.15},
		"lognormal, about 3 s": {func(r *rand.Rand, _ int) time.Duration { return seconds(3 * math.Exp(r.NormFloat64()*0.8)) }, 1.15},
		"2 s, then 20":         {func(_ *rand.Rand, n int) time.Duration { return seconds([]float64{2, 20}[n*2/count]) }, 1.15},
		"2 s, but a minute once": {func(_ *rand.Rand, n int) time.Duration {
			return map[bool]time.Duration{true: time.Minute, false: 2 * time.Second}[n == 50]
		}, 1.1},
	} {
		for perMinute, told := range map[int][]string{100: {"", "seconds"}, 60_000: {"nanoseconds"}} {
			for _, tells := range told {
				t.Run(fmt.Sprintf("%s, at %d a minute, telling %q", name, perMinute, tells), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						random, n := rand.New(rand.NewPCG(1, 2)), 0
						j := &jobs{tells: tells, began: map[string]time.Time{}, ended: map[string]time.Time{}}
						j.takes = func(int) time.Duration { n++; return tt.takes(random, n-1) }
						client, server := bubbled(t, perMinute, j.accept)
						pace := load.NewPace(nil, inFlight)
						began := time.Now()
						var needless time.Duration
						var group sync.WaitGroup
						for range count {
							require.NoError(t, pace.Begin(t.Context()))
							id, err := client.SubmitBulk(t.Context(), "i1", []byte(`[]`))
							require.NoError(t, err)
							group.Go(func() {
								defer pace.End()
								_, _, err := client.Await(t.Context(), id, pace)
								require.NoError(t, err)
								j.mu.Lock()
								defer j.mu.Unlock()
								needless += time.Since(j.ended[id])
							})
						}
						group.Wait()
						polls := float64(len(server.received())-count) / count
						t.Logf("%.3f polls a job, %s waited for nothing, %s in all", polls, (needless / count).Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
						require.LessOrEqual(t, polls, tt.polls)
					})
				})
			}
		}
	}
}

// accept begins a job with each bulk request, and tells of them.
func (j *jobs) accept(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		j.ServeHTTP(w, r)
		return
	}
	j.mu.Lock()
	id := fmt.Sprint("j", len(j.began))
	j.mu.Unlock()
	j.begin(id)
	_, _ = fmt.Fprintf(w, `{"result": {"_id": %q}}`, id)
}

// What a job costs more than one poll is not multiplied by those that wait beside it.
func TestAScoutGoesBeforeTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := &jobs{takes: func(int) time.Duration { return 30 * time.Second }, began: map[string]time.Time{}, ended: map[string]time.Time{}}
		client, server := bubbled(t, 60_000, j.accept)
		pace := load.NewPace(nil, 8)
		gone, stop := context.WithTimeout(t.Context(), 10*time.Second)
		defer stop()
		var group sync.WaitGroup
		for i := range 8 {
			id, err := client.SubmitBulk(t.Context(), "i1", []byte(`[]`))
			require.NoError(t, err)
			group.Go(func() {
				ctx := map[bool]context.Context{true: gone, false: t.Context()}[i < 4] // the scout among them
				_, _, err := client.Await(ctx, id, pace)
				require.Equal(t, i >= 4, err == nil)
			})
		}
		group.Wait()
		require.LessOrEqual(t, len(server.received()), 8+4+12)
	})
}

// Fewer jobs are opened when they slow down, and as many as before when that is over.
func TestPressureFallsWhenJobsSlowDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const most, count = 8, 120
		takes := func(n int) time.Duration {
			return map[bool]time.Duration{true: time.Minute, false: 5 * time.Second}[n > 40 && n <= 70]
		}
		j := &jobs{takes: takes, tells: "nanoseconds", began: map[string]time.Time{}, ended: map[string]time.Time{}}
		client, _ := bubbled(t, 60_000, j.accept)
		pace := load.NewPace(nil, most)
		var open atomic.Int64
		var group sync.WaitGroup
		seen := make([]int64, 0, count)
		for range count {
			require.NoError(t, pace.Begin(t.Context()))
			seen = append(seen, open.Add(1))
			id, err := client.SubmitBulk(t.Context(), "i1", []byte(`[]`))
			require.NoError(t, err)
			group.Go(func() {
				defer pace.End()
				defer open.Add(-1)
				_, _, err := client.Await(t.Context(), id, pace)
				require.NoError(t, err)
			})
		}
		group.Wait()
		t.Log(seen)
		require.EqualValues(t, most, slices.Max(seen), "no more than may be")
		require.EqualValues(t, most, slices.Max(seen[:40]))
		require.LessOrEqual(t, slices.Min(seen[55:70]), int64(2), "they take twelve times as long")
		require.EqualValues(t, most, slices.Max(seen[100:]), "it is over")
	})
}

func TestBeginEndsWithItsRun(t *testing.T) {
	t.Parallel()
	pace := load.NewPace(nil, 1)
	require.NoError(t, pace.Begin(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, pace.Begin(ctx), context.Canceled)
	pace.End()
	require.ErrorIs(t, pace.Begin(ctx), context.Canceled)
	require.NoError(t, pace.Begin(t.Context()), "a Begin that failed needs no End")
}
