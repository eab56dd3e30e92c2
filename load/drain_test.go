package load_test

import (
	"context"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

// answersAfter answers late, unless the client went away.
func answersAfter(d time.Duration, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-r.Context().Done():
		case <-timer.C:
			replies(200, body)(w, r)
		}
	}
}

// A write in flight when its run is stopped gets eight seconds more, then it is cut off.
func TestDrain(t *testing.T) {
	t.Parallel()
	const stopped = 5 * time.Second // after it was begun
	for name, tt := range map[string]struct {
		answers time.Duration
		took    time.Duration
		done    bool
	}{
		"answered before the stop":         {2 * time.Second, 2 * time.Second, true},
		"answered soon after it":           {6 * time.Second, 6 * time.Second, true},
		"answered just in time":            {12900 * time.Millisecond, 12900 * time.Millisecond, true},
		"answered too late":                {14 * time.Second, 13 * time.Second, false},
		"answered never, within a minute":  {time.Hour, 13 * time.Second, false},
		"answered as it is cut, or nearly": {13001 * time.Millisecond, 13 * time.Second, false},
	} {
		for method, call := range everyWrite {
			t.Run(name+": "+method, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), stopped)
					defer cancel()
					client, server := bubbled(t, 60_000, answersAfter(tt.answers, taken))
					began := time.Now()
					err := call(ctx, client)
					require.InDelta(t, tt.took.Seconds(), time.Since(began).Seconds(), 0.01)
					require.Len(t, server.received(), 1)
					if tt.done {
						require.NoError(t, err)
						return
					}
					require.Equal(t, load.Uncertain, load.OutcomeOf(err))
					require.ErrorContains(t, err, "the process was stopped before the answer came")
				})
			})
		}
	}
}

// A minute is the limit also for what begins shortly before the end.
func TestDrainDoesNotOutliveTheTimeOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 58*time.Second)
		defer cancel()
		client, _ := bubbled(t, 60_000, hangs)
		began := time.Now()
		_, err := client.SubmitBulk(ctx, "i1", []byte(`[]`))
		require.ErrorContains(t, err, "no answer within 1m0s")
		require.Equal(t, load.Uncertain, load.OutcomeOf(err))
		require.Equal(t, time.Minute, time.Since(began))
	})
}

// What never left us is no matter of doubt.
func TestDrainWithoutAConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		client, _ := bubbled(t, 60_000, replies(200, taken))
		load.DialWith(client, func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		began := time.Now()
		_, err := client.SubmitBulk(ctx, "i1", []byte(`[]`))
		require.Equal(t, load.NotApplied, load.OutcomeOf(err))
		require.ErrorContains(t, err, "the process was stopped")
		require.Equal(t, 9*time.Second, time.Since(began))
	})
}

func TestWaitsEndWithTheRun(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		respond http.HandlerFunc
		call    func(context.Context, *load.Client) error
	}{
		"for the end of a pause": {replies(429, "", "Retry-After", "600"), everyWrite["SubmitBulk"]},
		"for a job": {replies(200, queued), func(ctx context.Context, c *load.Client) error {
			_, _, err := c.Await(ctx, "j1", load.NewPace([]float64{600}, 8))
			return err
		}},
		"for a page of a listing":  {replies(503, "", "Retry-After", "600"), func(ctx context.Context, c *load.Client) error { _, err := c.Comments(ctx, "r1"); return err }},
		"for an answer to a read":  {hangs, func(ctx context.Context, c *load.Client) error { _, err := c.Comments(ctx, "r1"); return err }},
		"for a read to be allowed": {replies(429, "", "Retry-After", "600"), func(ctx context.Context, c *load.Client) error { _, err := c.HoldsAny(ctx, "i1"); return err }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				client, server := bubbled(t, 60_000, tt.respond)
				began := time.Now()
				require.Error(t, tt.call(ctx, client))
				require.Equal(t, 5*time.Second, time.Since(began))
				require.LessOrEqual(t, len(server.received()), 1, "no repetition is begun")
			})
		})
	}
}
