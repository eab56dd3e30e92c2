package load_test

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

func TestRequestsAreSpreadEvenly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const perMinute, count = 100, 150
		client, server := bubbled(t, perMinute, replies(200, queued))
		another := client.ForRun(load.RunOptions{Requests: &load.Requests{}}) // another run of the same process
		idle := time.NewTimer(10 * time.Minute)
		<-idle.C // allows for no burst
		var group sync.WaitGroup
		for i := range count {
			group.Go(func() {
				_, err := []*load.Client{client, another}[i%2].Job(t.Context(), "j1")
				require.NoError(t, err)
			})
		}
		group.Wait()
		requests := server.received()
		require.Len(t, requests, count)
		const apart = time.Minute / perMinute
		for i := 1; i < count; i++ {
			require.GreaterOrEqual(t, requests[i].at.Sub(requests[i-1].at), apart)
		}
		took := requests[count-1].at.Sub(requests[0].at)
		require.Less(t, took, (count-1)*apart*102/100, "the quota is used to the full")
	})
}

// The same against a real clock and a real network, where only the sum is exact.
func TestRequestsTakeTheirTime(t *testing.T) {
	t.Parallel()
	server := &server{respond: replies(200, queued)}
	client := newClient(t, serve(t, server), 6000)
	began := time.Now()
	for range 21 {
		_, err := client.Job(t.Context(), "j1")
		require.NoError(t, err)
	}
	require.GreaterOrEqual(t, time.Since(began), 200*time.Millisecond)
	requests := server.received()
	require.GreaterOrEqual(t, requests[20].at.Sub(requests[0].at), 190*time.Millisecond)
}

func TestWaitingForATurnEndsWithItsRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := bubbled(t, 1, replies(200, queued))
		_, err := client.Job(t.Context(), "j1")
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err = client.SubmitBulk(ctx, "i1", []byte(`[]`))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "waiting to send POST integrations/i1/bulk/interactions")
		require.Equal(t, load.NotApplied, load.OutcomeOf(err))
		require.Equal(t, time.Second, time.Since(began))
		require.Len(t, server.received(), 1)
	})
}

func TestHowLongTheServerAsksToWait(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)
	const year = 365 * 24 * time.Hour
	in := func(d time.Duration) string { return strconv.FormatInt(now.Add(d).Unix(), 10) }
	for name, tt := range map[string]struct {
		headers []string
		want    time.Duration // negative: it does not say
	}{
		"nothing":                         {nil, -1},
		"Retry-After in seconds":          {[]string{"Retry-After", " 7 "}, 7 * time.Second},
		"Retry-After of nothing":          {[]string{"Retry-After", "0"}, 0},
		"Retry-After as a date":           {[]string{"Retry-After", "Fri, 20 Nov 2026 17:00:30 GMT"}, 30 * time.Second},
		"Retry-After as a date gone by":   {[]string{"Retry-After", "Fri, 20 Nov 2026 16:00:30 GMT"}, 0},
		"Retry-After in the year 9999":    {[]string{"Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"}, year},
		"Retry-After of 1e300 seconds":    {[]string{"Retry-After", "1e300"}, year},
		"Retry-After without end":         {[]string{"Retry-After", "Inf"}, year},
		"Retry-After that is no number":   {[]string{"Retry-After", "NaN"}, -1},
		"Retry-After that is negative":    {[]string{"Retry-After", "-5"}, -1},
		"Retry-After that is garbage":     {[]string{"Retry-After", "soon"}, -1},
		"Retry-After before a reset":      {[]string{"Retry-After", "7", "X-RateLimit-Reset", in(time.Minute)}, 7 * time.Second},
		"garbage before a reset":          {[]string{"Retry-After", "soon", "X-RateLimit-Reset", in(time.Minute)}, time.Minute},
		"a reset in seconds":              {[]string{"X-RateLimit-Reset", in(30 * time.Second)}, 30 * time.Second},
		"a reset in milliseconds":         {[]string{"X-RateLimit-Reset", in(30*time.Second) + "500"}, 30500 * time.Millisecond},
		"a reset as seconds from now":     {[]string{"X-RateLimit-Reset", "45"}, 45 * time.Second},
		"a reset gone by":                 {[]string{"X-RateLimit-Reset", in(-time.Hour)}, 0},
		"a reset in ten years":            {[]string{"X-RateLimit-Reset", in(10 * year)}, year},
		"a reset beyond all numbers":      {[]string{"X-RateLimit-Reset", "1e400"}, -1},
		"a reset that is garbage":         {[]string{"X-RateLimit-Reset", "tomorrow"}, -1},
		"a reset that is negative":        {[]string{"X-RateLimit-Reset", "-1"}, -1},
		"the server's clock is that used": {[]string{"X-RateLimit-Reset", in(time.Hour), "Date", "Fri, 20 Nov 2026 17:59:50 GMT"}, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := make(http.Header)
			for i := 0; i < len(tt.headers); i += 2 {
				header.Set(tt.headers[i], tt.headers[i+1])
			}
			require.Equal(t, max(tt.want, -1), load.AskedPause(header, now))
		})
	}
}

func FuzzAskedPause(f *testing.F) {
	f.Add("7", "")
	f.Add("Fri, 31 Dec 9999 23:59:59 GMT", "1763658000")
	f.Add("-1e308", "0x1p1023")
	f.Fuzz(func(t *testing.T, after, reset string) {
		header := http.Header{"Retry-After": {after}, "X-Ratelimit-Reset": {reset}}
		pause := load.AskedPause(header, time.Unix(1763658000, 0))
		require.GreaterOrEqual(t, pause, time.Duration(-1))
		require.LessOrEqual(t, pause, 365*24*time.Hour)
	})
}

// Every way in which a 429 may say how long, against a server's clock that stands at a whole second.
func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	const jitter = time.Second
	at := func(d time.Duration) func(time.Time) string {
		return func(now time.Time) string { return strconv.FormatInt(now.Add(d).Unix(), 10) }
	}
	fixed := func(text string) func(time.Time) string { return func(time.Time) string { return text } }
	for name, tt := range map[string]struct {
		header string
		value  func(now time.Time) string
		least  time.Duration
	}{
		"Retry-After in seconds":      {"Retry-After", fixed("5"), 5 * time.Second},
		"Retry-After as a date":       {"Retry-After", func(now time.Time) string { return now.Add(5 * time.Second).UTC().Format(http.TimeFormat) }, 5 * time.Second},
		"a reset in seconds":          {"X-RateLimit-Reset", at(5 * time.Second), 5 * time.Second},
		"a reset in milliseconds":     {"X-RateLimit-Reset", func(now time.Time) string { return at(5*time.Second)(now) + "000" }, 5 * time.Second},
		"a reset as seconds from now": {"X-RateLimit-Reset", fixed("5"), 5 * time.Second},
		"a reset gone by":             {"X-RateLimit-Reset", at(-time.Minute), 0},
		"garbage":                     {"X-RateLimit-Reset", fixed("soon"), 0},
		"a negative number":           {"X-RateLimit-Reset", fixed("-5"), 0},
		"just what a run waits for":   {"Retry-After", fixed("890"), 890 * time.Second},
		"nothing":                     {"X-Nothing", fixed(""), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				<-time.NewTimer(26 * 365 * 24 * time.Hour).C // a bubble's clock begins in 2000, when times had nine digits
				began := time.Now()
				client, server := bubbled(t, 60_000, script{
					replies(429, "", tt.header, tt.value(began)), replies(200, queued),
				}.inTurn())
				var counts load.Requests
				_, err := client.ForRun(load.RunOptions{Requests: &counts}).SubmitBulk(t.Context(), "i1", []byte(`[]`))
				require.NoError(t, err, "it was not taken, so it may be sent again")
				require.Len(t, server.received(), 2)
				require.EqualValues(t, 1, counts.Throttled.Load())
				require.GreaterOrEqual(t, time.Since(began), tt.least)
				require.LessOrEqual(t, time.Since(began), tt.least+jitter+10*time.Millisecond)
			})
		})
	}
}

func TestTooManyRequestsHoldsBackEverybody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const perMinute = 600
		client, server := bubbled(t, perMinute, script{replies(429, "", "Retry-After", "60"), replies(200, queued)}.inTurn())
		began := time.Now()
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				_, err := client.Job(t.Context(), "j1")
				require.NoError(t, err)
			})
		}
		group.Wait()
		requests := server.received()
		require.Len(t, requests, 11)
		for i := 2; i < len(requests); i++ {
			require.GreaterOrEqual(t, requests[i].at.Sub(began), time.Minute)
			require.GreaterOrEqual(t, requests[i].at.Sub(requests[i-1].at), time.Minute/perMinute, "not all at once when the pause ends")
		}
	})
}

func TestTooManyRequestsForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := bubbled(t, 60_000, replies(429, `{"error": "slow down"}`))
		began := time.Now()
		_, err := client.Job(t.Context(), "j1")
		require.EqualError(t, err, "too many requests to Playvox have failed, run again later: GET jobs/j1: status 429: slow down")
		require.Less(t, time.Since(began), 16*time.Minute)
		_, err = client.Job(t.Context(), "j1")
		require.Error(t, err)
		require.Less(t, time.Since(began), 17*time.Minute, "nothing is left to repeat with")
	})
}

func TestAPauseLongerThanARun(t *testing.T) {
	t.Parallel()
	tenYears := strconv.FormatInt(time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), 10) // after the beginning of a bubble's clock
	for name, tt := range map[string]struct {
		header, value string
		until         string
	}{
		"a quarter of an hour and more": {"Retry-After", "1000", "2000-01-01T00:16:4"},
		"two hours":                     {"Retry-After", "7200", "2000-01-01T02:00:0"},
		"ten years":                     {"X-RateLimit-Reset", tenYears, "2000-12-31T00:00:0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := bubbled(t, 60_000, script{replies(429, "", tt.header, tt.value), replies(200, queued)}.inTurn())
				began := time.Now()
				for range 2 {
					_, err := client.SubmitBulk(t.Context(), "i1", []byte(`[]`))
					var paused *load.PausedError
					require.ErrorAs(t, err, &paused)
					require.ErrorContains(t, err, "Playvox limits the rate until "+tt.until)
					require.Equal(t, load.NotApplied, load.OutcomeOf(err))
				}
				require.Less(t, time.Since(began), time.Second)
				require.Len(t, server.received(), 1)

				<-time.NewTimer(46 * time.Minute).C
				_, err := client.SubmitBulk(t.Context(), "i1", []byte(`[]`))
				require.NoError(t, err, "a process that runs for months asks again within the hour")
			})
		})
	}
}

func TestTheQuotaIsHeededBeforeItIsUsedUp(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		remaining, reset string
		want             time.Duration
	}{
		"nothing is left":                  {"0", "20", 20 * time.Second},
		"something is left":                {"1", "20", 0},
		"nothing is left, no word of when": {"0", "", 0},
		"nothing is left for a day":        {"0", "86400", 0},
		"garbage":                          {"none", "20", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := bubbled(t, 60_000, replies(200, queued, "X-RateLimit-Remaining", tt.remaining, "X-RateLimit-Reset", tt.reset))
				for range 2 {
					_, err := client.Job(t.Context(), "j1")
					require.NoError(t, err)
				}
				requests := server.received()
				require.InDelta(t, tt.want.Seconds(), requests[1].at.Sub(requests[0].at).Seconds(), 0.01)
			})
		})
	}
}

func TestARepetitionWaitsAsLongAsTheServerAsks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := bubbled(t, 60_000, script{replies(503, "", "Retry-After", "30"), replies(200, queued)}.inTurn())
		_, err := client.Job(t.Context(), "j1")
		require.NoError(t, err)
		requests := server.received()
		require.GreaterOrEqual(t, requests[1].at.Sub(requests[0].at), 30*time.Second)
	})
}

func TestRepetitionsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := bubbled(t, 60_000, replies(503, ""))
		run := client.ForRun(load.RunOptions{Requests: &load.Requests{}})
		sent := func() int { return len(server.received()) }
		const calls = 50
		for range calls {
			_, err := run.Job(t.Context(), "j1")
			require.Error(t, err)
		}
		require.Equal(t, calls+20, sent(), "a server that is down is left alone")

		_, err := client.ForRun(load.RunOptions{Requests: &load.Requests{}}).Job(t.Context(), "j1")
		require.Error(t, err)
		require.Equal(t, calls+20+4, sent(), "the next run begins anew")
	})
	synctest.Test(t, func(t *testing.T) {
		client, server := bubbled(t, 60_000, hangs)
		for range 20 {
			_, err := client.Job(t.Context(), "j1")
			require.Error(t, err)
		}
		require.Len(t, server.received(), 20+10, "a time-out weighs twice")
	})
	synctest.Test(t, func(t *testing.T) {
		var answers script
		for range 200 { // one in ten fails
			answers = append(answers, replies(503, ""))
			for range 10 {
				answers = append(answers, replies(200, queued))
			}
		}
		client, _ := bubbled(t, 60_000, answers.inTurn())
		for range 2000 {
			_, err := client.Job(t.Context(), "j1")
			require.NoError(t, err, "what goes well earns what fails now and then")
		}
	})
}

func TestDelaysGrow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var longest [3]time.Duration
		for range 100 {
			client, server := bubbled(t, 60_000, replies(500, ""))
			_, err := client.Job(t.Context(), "j1")
			require.Error(t, err)
			requests := server.received()
			for i := range longest {
				longest[i] = max(longest[i], requests[i+1].at.Sub(requests[i].at))
			}
		}
		for i, got := range longest {
			most := math.Pow(2, float64(i))
			require.LessOrEqual(t, got.Seconds(), most+0.01)
			require.Greater(t, got.Seconds(), most*0.8, "drawn from the whole of it")
		}
	})
}
