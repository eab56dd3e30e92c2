package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

func TestOptionsThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options sandbox.Options
		reason  string
	}{
		"unknown policy":        {sandbox.Options{Duplicates: "ignore"}, `duplicates "ignore"`},
		"unknown place":         {sandbox.Options{IDPlace: "header"}, `place of ids "header"`},
		"share over one":        {sandbox.Options{Fail429: 1.5}, "1.5"},
		"share below nothing":   {sandbox.Options{DropAfter: -0.1}, "-0.1"},
		"shares over one":       {sandbox.Options{Fail5xx: 0.6, DropBefore: 0.6}, "add up to 1.2"},
		"negative rate limit":   {sandbox.Options{RateLimit: -1}, "must not be negative"},
		"negative job duration": {sandbox.Options{JobDuration: -1}, "must not be negative"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := sandbox.New(test.options)
			require.ErrorContains(t, err, test.reason)
		})
	}
}

func TestTheRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, err := sandbox.New(sandbox.Options{RateLimit: 2, RateWindow: time.Minute})
		require.NoError(t, err)
		get := func() *httptest.ResponseRecorder {
			request := httptest.NewRequestWithContext(t.Context(), "GET", "/api/v1/integrations", nil)
			request.SetBasicAuth("uid", "key")
			recorder := httptest.NewRecorder()
			server.ServeHTTP(recorder, request)
			return recorder
		}
		time.Sleep(300 * time.Millisecond)
		begin := time.Now()
		for _, want := range []struct {
			status    int
			remaining string
		}{{200, "1"}, {200, "0"}, {429, "0"}, {429, "0"}} {
			got := get()
			require.Equal(t, want.status, got.Code)
			require.Equal(t, want.remaining, got.Header().Get("X-RateLimit-Remaining"))
			reset, err := strconv.ParseInt(got.Header().Get("X-RateLimit-Reset"), 10, 64)
			require.NoError(t, err)
			require.Equal(t, begin.Add(time.Minute).Unix()+1, reset, "rounded up to the whole second after the window")
		}
		time.Sleep(time.Minute)
		require.Equal(t, 200, get().Code)
		require.Equal(t, 2, server.Requests().Throttled)
		require.NoError(t, server.Close())
	})
}

func TestWithoutARateLimitThereAreNoHeaders(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	require.Empty(t, c.call("GET", "integrations", "").Header.Get("X-RateLimit-Remaining"))
}

func TestFaultsThatAreAnswered(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{Fail429: 1})
	got := c.call("POST", "integrations", `{"name": "a"}`)
	require.Equal(t, http.StatusTooManyRequests, got.Status)
	require.Equal(t, "0", got.Header.Get("X-RateLimit-Remaining"))
	require.NotEmpty(t, got.Header.Get("X-RateLimit-Reset"))
	require.Equal(t, 1, c.server.Requests().Throttled)

	c = start(t, sandbox.Options{Fail5xx: 1})
	var seen []int
	for range 40 {
		seen = append(seen, c.call("POST", "integrations", `{"name": "a"}`).Status)
	}
	slices.Sort(seen)
	require.Equal(t, []int{500, 502, 503, 504}, slices.Compact(seen))
	require.Empty(t, c.server.Snapshot().Journal)
	require.Equal(t, 40, c.server.Requests().Failed)
}

func TestTheSameSeedGivesTheSameFaults(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) (statuses []int) {
		c := start(t, sandbox.Options{Fail429: 0.3, Fail5xx: 0.3, Seed: seed})
		for range 30 {
			statuses = append(statuses, c.call("GET", "integrations", "").Status)
		}
		return statuses
	}
	first, again, other := run(7), run(7), run(8)
	require.Equal(t, first, again)
	require.NotEqual(t, first, other)
}

func TestDroppedConnections(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options sandbox.Options
		created int
	}{
		"before the work":            {sandbox.Options{DropBefore: 1}, 0},
		"after the work is all done": {sandbox.Options{DropAfter: 1}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t, test.options)
			response, err := http.DefaultClient.Do(c.request("POST", "/api/v1/integrations", `{"name": "a"}`))
			if err == nil {
				response.Body.Close()
			}
			require.Error(t, err)
			require.Len(t, c.server.Snapshot().Integrations, test.created)
			require.Equal(t, 1, c.server.Requests().Dropped)
		})
	}
}

func TestPagesHaveNoFaults(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{DropBefore: 1, RateLimit: 1})
	for range 3 {
		require.Equal(t, http.StatusOK, c.send(c.request("GET", "/", "")).Status)
	}
	require.Zero(t, c.server.Requests().Total)
}

func TestLatencyHoldsBackEachAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, err := sandbox.New(sandbox.Options{Latency: time.Second})
		require.NoError(t, err)
		begin := time.Now()
		direct(t, server, "POST", "integrations", `{"name": "a"}`)
		require.Equal(t, time.Second, time.Since(begin))
		require.NoError(t, server.Close())
	})
}

func TestIDsStandWhereTheyAreWanted(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{IDPlace: sandbox.IDAtTop})
	got := c.call("POST", "integrations", `{"name": "a"}`)
	require.Len(t, got.ID, 24)
	require.NotContains(t, string(got.Result), got.ID)
	require.Equal(t, got.ID, c.listed("integrations")[0]["_id"], "listings are as always")
}

func TestRequestsAreCountedByKindAndRoute(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	integration := "integrations/" + c.schema()
	c.server.ResetRequests()
	require.Zero(t, c.server.Requests().Total)

	job := c.must("POST", integration+"/bulk/interactions", rows(1))
	c.call("GET", "jobs/"+job, "")
	c.call("GET", integration+"/interactions", "")
	c.call("GET", "integrations", "")
	require.Equal(t, 1, c.server.Requests().Writes(), "only the bulk request writes")

	id := c.must("POST", integration+"/interactions", interaction("single"))
	c.must("PUT", integration+"/interactions/"+id, `{}`)
	c.must("POST", "interactions/"+id+"/comments", `{"body": "", "type": "internal_note"}`)
	c.must("DELETE", integration+"/interactions/"+id, "")
	c.call("PUT", integration+"/interactions/nowhere", `{}`)
	c.call("GET", "nowhere", "")

	got := c.server.Requests()
	require.Equal(t, 10, got.Total)
	require.Equal(t, map[sandbox.Kind]int{
		sandbox.Bulk: 1, sandbox.Poll: 1, sandbox.Lookup: 1, sandbox.SchemaRead: 1, sandbox.Create: 1, sandbox.Update: 2,
		sandbox.CommentWrite: 1, sandbox.Delete: 1, sandbox.Other: 1,
	}, got.Kinds)
	require.Equal(t, 6, got.Writes())
	require.Equal(t, 2, got.Routes["PUT /api/v1/integrations/{integration}/interactions/{interaction}"])
}
