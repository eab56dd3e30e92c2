package sandbox_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

// scripted serves a sandbox whose n-th request since the script began gets its n-th reaction; first the schema is made.
func scripted(t *testing.T, options sandbox.Options, reactions ...sandbox.Reaction) (c client, integration string) {
	t.Helper()
	var begun atomic.Int64
	options.Intercept = func(_ *http.Request, n int) sandbox.Reaction {
		at := n - int(begun.Load()) - 1
		if begun.Load() == 0 || at >= len(reactions) {
			return sandbox.Reaction{}
		}
		return reactions[at]
	}
	c = start(t, options)
	integration = "integrations/" + c.schema()
	begun.Store(int64(c.server.Requests().Total))
	return c, integration
}

func TestAReactionAnswersInsteadOfTheWorkOrAfterIt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reaction sandbox.Reaction
		status   int // 0: no answer
		held     int
		counted  func(sandbox.Counters) int
	}{
		"an answer instead": {
			sandbox.Reaction{Status: 502, Body: "<html>bad gateway"},
			502, 0, func(c sandbox.Counters) int { return c.Failed },
		},
		"an answer after the effect": {
			sandbox.Reaction{Status: 502, Body: "<html>bad gateway", AfterEffect: true},
			502, 1, func(c sandbox.Counters) int { return c.Failed },
		},
		"throttled":             {sandbox.Reaction{Status: 429}, 429, 0, func(c sandbox.Counters) int { return c.Throttled }},
		"dropped":               {sandbox.Reaction{Drop: true}, 0, 0, func(c sandbox.Counters) int { return c.Dropped }},
		"dropped after":         {sandbox.Reaction{Drop: true, AfterEffect: true}, 0, 1, func(c sandbox.Counters) int { return c.Dropped }},
		"drop before answer":    {sandbox.Reaction{Drop: true, Status: 502}, 0, 0, func(c sandbox.Counters) int { return c.Dropped }},
		"nothing":               {sandbox.Reaction{}, 200, 1, func(sandbox.Counters) int { return 1 }},
		"the effect as always":  {sandbox.Reaction{AfterEffect: true}, 200, 1, func(sandbox.Counters) int { return 1 }},
		"an answer of its kind": {sandbox.Reaction{Status: 200, Body: "{}"}, 200, 0, func(sandbox.Counters) int { return 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.reaction.Header = http.Header{"Retry-After": {"7"}, "Content-Type": {"text/html"}}
			c, integration := scripted(t, sandbox.Options{}, test.reaction)
			response, err := http.DefaultClient.Do(c.request("POST", "/api/v1/"+integration+"/interactions", interaction("1")))
			if test.status == 0 {
				if err == nil {
					response.Body.Close()
				}
				require.Error(t, err)
			} else {
				require.NoError(t, err)
				defer response.Body.Close()
				body, err := io.ReadAll(response.Body)
				require.NoError(t, err)
				require.Equal(t, test.status, response.StatusCode)
				require.Equal(t, "7", response.Header.Get("Retry-After"), "a header goes with any answer")
				if test.reaction.Status != 0 {
					require.Equal(t, test.reaction.Body, string(body))
					require.Equal(t, "text/html", response.Header.Get("Content-Type"))
				}
			}
			require.Len(t, c.server.Snapshot().Interactions, test.held)
			require.Equal(t, 1, test.counted(c.server.Requests()))
			require.Equal(t, 200, c.call("GET", "integrations", "").Status, "the next request is answered")
		})
	}
}

func TestAfterTheEffectTheDataFileHasIt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.data")
	c, integration := scripted(t, sandbox.Options{DataFile: path}, sandbox.Reaction{Status: 500, Body: "{}", AfterEffect: true})
	require.Equal(t, 500, c.call("POST", integration+"/interactions", interaction("1")).Status)
	journal, err := sandbox.ReadJournal(path)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"1": 1}, sandbox.CreatesByID(journal))
}

func TestAnInterceptorSeesTheWholeRequestAndLeavesItWhole(t *testing.T) {
	t.Parallel()
	var seen []string
	c := start(t, sandbox.Options{Intercept: func(r *http.Request, n int) sandbox.Reaction {
		body, err := io.ReadAll(r.Body)
		seen = append(seen, r.Method+" "+r.URL.Path+" "+string(body))
		if err != nil || n != len(seen) {
			return sandbox.Reaction{Status: 500}
		}
		return sandbox.Reaction{}
	}})
	c.must("POST", "integrations", `{"name": "first"}`)
	c.must("POST", "integrations", `{"name": "second"}`)
	require.Equal(t, []string{`POST /api/v1/integrations {"name": "first"}`, `POST /api/v1/integrations {"name": "second"}`}, seen)
	require.Equal(t, 200, c.send(c.request("GET", "/", "")).Status)
	require.Len(t, seen, 2, "pages are no API requests")
	require.Len(t, c.server.Snapshot().Integrations, 2)
	require.Equal(t, 413, c.call("POST", "integrations", `"`+strings.Repeat("a", 33<<20)+`"`).Status, "also where it is too large")
}

func TestAnInterceptorDoesNotHideThatABodyBrokeOff(t *testing.T) {
	t.Parallel()
	server, err := sandbox.New(sandbox.Options{Intercept: func(*http.Request, int) sandbox.Reaction { return sandbox.Reaction{} }})
	require.NoError(t, err)
	body := iotest.TimeoutReader(strings.NewReader(`{"name": "a"}`)) // whole, but then it fails
	request := httptest.NewRequestWithContext(t.Context(), "POST", "/api/v1/integrations", body)
	request.SetBasicAuth("uid", "key")
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	server.ServeHTTP(recorder, request)
	require.Equal(t, 400, recorder.Code)
	require.Contains(t, recorder.Body.String(), "body: timeout")
	require.Empty(t, server.Journal())
	require.NoError(t, server.Close())
}

func TestReactionsAndSharesOfFaults(t *testing.T) {
	t.Parallel()
	statuses := func(intercept func(*http.Request, int) sandbox.Reaction) (statuses []int) {
		c := start(t, sandbox.Options{Fail429: 0.3, Fail5xx: 0.3, Seed: 7, Intercept: intercept})
		for range 30 {
			statuses = append(statuses, c.call("GET", "integrations", "").Status)
		}
		return statuses
	}
	want := statuses(nil)
	want[4] = 418
	require.Equal(t, want, statuses(func(_ *http.Request, n int) sandbox.Reaction {
		if n == 5 {
			return sandbox.Reaction{Status: 418, Body: "{}"}
		}
		return sandbox.Reaction{Header: http.Header{"X-Test": {"1"}}}
	}), "one request that is interfered with does not shift the others' faults")
}

func TestADelayComesBehindTheWork(t *testing.T) {
	t.Parallel()
	for name, reaction := range map[string]sandbox.Reaction{
		"with the answer of the work": {Delay: time.Minute},
		"with an answer of its own":   {Delay: time.Minute, Status: 200, Body: `{"result": {}}`, AfterEffect: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server, err := sandbox.New(sandbox.Options{Intercept: func(*http.Request, int) sandbox.Reaction { return reaction }})
				require.NoError(t, err)
				begin := time.Now()
				halfway := make(chan []sandbox.Change, 1)
				time.AfterFunc(30*time.Second, func() { halfway <- server.Journal() })
				direct(t, server, "POST", "integrations", `{"name": "a"}`)
				require.Len(t, <-halfway, 1, "it is done long before")
				require.Equal(t, time.Minute, time.Since(begin))
				require.NoError(t, server.Close())
			})
		})
	}
}

func TestAJobThatStartsLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "sandbox.data")
		options := sandbox.Options{DataFile: path, JobDuration: time.Minute, Intercept: func(r *http.Request, _ int) sandbox.Reaction {
			if strings.HasSuffix(r.URL.Path, "/bulk/interactions") {
				return sandbox.Reaction{Drop: true, AfterEffect: true, JobDelay: time.Hour}
			}
			return sandbox.Reaction{}
		}}
		server, err := sandbox.New(options)
		require.NoError(t, err)
		integration := "integrations/" + direct(t, server, "POST", "integrations", `{"name": "a"}`)["_id"].(string)
		direct(t, server, "POST", integration+"/metadata", `{"field_id": "solved_date", "type": "datetime"}`)
		request := httptest.NewRequestWithContext(t.Context(), "POST", "/api/v1/"+integration+"/bulk/interactions", strings.NewReader(rows(3)))
		request.SetBasicAuth("uid", "key")
		request.Header.Set("Content-Type", "application/json")
		server.ServeHTTP(httptest.NewRecorder(), request)
		id := server.Snapshot().Jobs[0].ID
		status := func() any {
			job := direct(t, server, "GET", "jobs/"+id, "")
			require.NotContains(t, job, "delay")
			return job["status"]
		}

		time.Sleep(59 * time.Minute)
		require.Equal(t, "queued", status())
		require.NoError(t, server.Close())
		server, err = sandbox.New(options)
		require.NoError(t, err)
		require.Equal(t, "queued", status(), "it is as late after a restart")
		time.Sleep(90 * time.Second)
		require.Equal(t, "running", status())
		require.Empty(t, server.Snapshot().Interactions)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, "completed", status())
		require.Len(t, server.Snapshot().Interactions, 3)
		require.NoError(t, server.Close())
	})
}

func TestAJobThatIsShownOtherwiseIsHeldAsItIs(t *testing.T) {
	t.Parallel()
	for _, place := range []string{sandbox.IDInResult, sandbox.IDAtTop} {
		c := start(t, sandbox.Options{IDPlace: place, EditJob: func(job map[string]any) {
			job["status"] = "in_review"
			if done := job["completed"].([]any); len(done) > 0 {
				done[0].(map[string]any)["interaction_id"] = 7
				job["failed"] = done[:1]
				job["completed"] = done[1:]
			}
		}})
		response := c.call("POST", "integrations", `{"name": "a"}`)
		integration := "integrations/" + c.server.Snapshot().Integrations[0].ID
		require.Equal(t, 200, response.Status)
		c.must("POST", integration+"/metadata", `{"field_id": "solved_date", "type": "datetime"}`)
		require.Contains(t, c.call("POST", integration+"/bulk/interactions", rows(3)).Text, "in_review", "also where it is accepted")
		require.Eventually(t, func() bool { return len(c.server.Snapshot().Interactions) == 3 }, 5*time.Second, time.Millisecond)

		held := c.server.Snapshot().Jobs[0]
		shown := c.call("GET", "jobs/"+held.ID, "").Text
		require.Contains(t, shown, `"status":"in_review"`)
		require.Contains(t, shown, `"failed":[{"_id":"`+held.Completed[0].ID+`","interaction_id":7}]`)
		require.Contains(t, shown, `"total_completed":3`)
		require.NotContains(t, shown, `"interaction_id":"0"`)
		require.Equal(t, "completed", held.Status)
		require.Equal(t, "0", held.Completed[0].InteractionID)
		require.Len(t, held.Completed, 3)
	}
}
