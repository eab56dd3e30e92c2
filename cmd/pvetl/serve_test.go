package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/internal/testdb"
)

// One process after the other, or both at once: a job runs in one of them at a time, and nothing arrives twice.
func TestServersShareTheJobsOfOneState(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": testdb.SQLite, "postgres": testdb.Postgres, "mysql": testdb.MySQL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newServed(t)
			w.env["PVETL_STATE"] = dsn(t)
			w.everySecond()
			first, second := w.serve(), w.serve()
			w.waitForRuns(int(number(t, servedRunsVar, 5)), first, second)
			first.drain()
			second.drain()
			requireOneAfterTheOther(t, w.runs())
			w.isExact()
		})
	}
}

// servedRunsVar says how many runs two processes share; 30 take a minute.
const servedRunsVar = "PVETL_TEST_SERVED_RUNS"

func requireOneAfterTheOther(t *testing.T, runs []pipeline.Summary) {
	t.Helper()
	var last pipeline.Summary
	for _, s := range runs {
		if s.Status == pipeline.Skipped {
			continue
		}
		if last.FinishedAt != nil {
			require.False(t, s.StartedAt.Before(*last.FinishedAt), "run %s begins before run %s has ended", s.RunID, last.RunID)
		}
		require.NotNil(t, s.FinishedAt, s.RunID)
		require.NotEqual(t, pipeline.Failed, s.Status, "%s: %s", s.RunID, textOr(s.Error, ""))
		last = s
	}
}

// A container is replaced in the middle of the night: what it was at goes on in the next one at once, though it is not due. It
// ends within the ten seconds that it is given, also where Playvox does not answer.
func TestARunThatIsStoppedWithItsServerGoesOnInTheNext(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]sandbox.Reaction{
		"while a request is answered": {Delay: 2 * time.Second},
		"while a request hangs":       {AfterEffect: true, Drop: true, Delay: hangs},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStall(how, isBulk)
			w := newServed(t, func(o *sandbox.Options) { o.Intercept = s.intercept })
			w.everySecond()
			first := w.serve()
			<-s.arrived
			said := first.drain()
			require.NotContains(t, said, `"msg":"the run failed"`, "whoever stopped it knows")

			w.edit(`schedule: "@every 1s"`, `schedule: "15 2 1 1 *"`)
			stopped := len(w.runs())
			second := w.serve()
			w.waitForRuns(stopped+1, second)
			second.drain()
			w.isExact()
		})
	}
}

func TestWhatADeadServerLeavesIsTakenUp(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": testdb.SQLite, "postgres": testdb.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStall(sandbox.Reaction{Delay: time.Minute}, isPoll)
			w := newServed(t, func(o *sandbox.Options) { o.Intercept = s.intercept })
			w.env["PVETL_STATE"] = dsn(t)
			w.everySecond()
			first := w.serve()
			<-s.arrived
			w.edit(`schedule: "@every 1s"`, `schedule: "15 2 1 1 *"`)
			second := w.serve()
			second.page()
			require.NoError(t, first.cmd.Process.Kill())
			died := time.Now()
			w.waitForRuns(1, second)
			const lease = 30 * time.Second
			require.Less(t, time.Since(died), lease+10*time.Second)
			second.drain()
			w.isExact()
		})
	}
}

// Whoever would tell that a run ended its process is dead each time: the next server that lives does it.
func TestARunThatKillsItsServerEachTimeIsToldOf(t *testing.T) {
	t.Parallel()
	var healthy atomic.Bool
	polled := make(chan struct{}, 99)
	w := newServed(t, func(o *sandbox.Options) {
		o.Intercept = func(r *http.Request, _ int) sandbox.Reaction {
			if healthy.Load() || !isPoll(r) {
				return sandbox.Reaction{}
			}
			polled <- struct{}{}
			return sandbox.Reaction{Delay: time.Minute}
		}
	})
	l := newListener(t, w)
	w.everySecond()
	for range 3 {
		p := w.serve()
		<-polled
		require.NoError(t, p.cmd.Process.Kill())
		p.end(aWhile)
	}
	w.edit(`schedule: "@every 1s"`, `schedule: "15 2 1 1 *"`)
	healthy.Store(true)
	last := w.serve()
	ended := w.waitForRuns(1, last)
	require.Contains(t, *ended[0].Error, "begun 3 times")
	last.act("/jobs/tickets/run")
	require.Equal(t, pipeline.Partial, w.waitForRuns(2, last)[1].Status)
	last.drain()
	kinds, _ := l.heard()
	require.Equal(t, []string{"failed", "recovered", "rejects"}, kinds)
	w.isExact()
}

func TestAnEditOfJobsYAMLIsTakenUpAndABrokenOneIsNot(t *testing.T) {
	t.Parallel()
	w := newServed(t)
	p := w.serve()
	p.page()
	says := func(words string) func() bool {
		return func() bool {
			_, body := p.get("/")
			return strings.Contains(body, words)
		}
	}
	w.edit("state: ${PVETL_STATE}", "state: sqlite:another.db")
	p.signal(syscall.SIGHUP)
	require.Eventually(t, says("restart pvetl serve"), aWhile, 50*time.Millisecond, "what it has sent stands in the state that it has")
	w.edit("state: sqlite:another.db", "state: ${PVETL_STATE}")

	w.edit(`schedule: "15 2 * * *"`, `schedule: "15 26 * * *"`)
	p.signal(syscall.SIGHUP)
	require.Eventually(t, says("15 26 * * *"), aWhile, 50*time.Millisecond, "the page says what is wrong")
	_, metrics := p.get("/metrics")
	require.Contains(t, metrics, "pvetl_config_last_reload_successful 0")
	status, body := p.get("/readyz")
	require.Equal(t, http.StatusOK, status, body)

	w.edit(`schedule: "15 26 * * *"`, `schedule: "@every 1s"`)
	w.waitForRuns(1, p) // found without being told
	_, metrics = p.get("/metrics")
	require.Contains(t, metrics, "pvetl_config_last_reload_successful 1")
	said := p.drain()
	require.Contains(t, said, "jobs.yaml cannot be used as it is now")
	require.Contains(t, said, "jobs.yaml was read again")
	w.isExact()
}

func TestTheActionsOfThePage(t *testing.T) {
	t.Parallel()
	w := newServed(t)
	p := w.serve()
	p.act("/jobs/tickets/pause")
	require.Contains(t, w.mustRun(exitDone, "status"), "paused")
	p.act("/jobs/tickets/run")
	require.Equal(t, pipeline.Partial, w.waitForRuns(1, p)[0].Status)
	p.act("/jobs/tickets/retry")
	runs := w.waitForRuns(2, p)
	require.Equal(t, int64(1), runs[1].Interactions.Read, "only the reject is read")
	p.act("/jobs/tickets/resume")
	require.NotContains(t, w.mustRun(exitDone, "status"), "paused")
	p.drain()
	w.isExact()
}

func TestHealthcheckTellsWhetherTheServerIsWell(t *testing.T) {
	t.Parallel()
	w := newServed(t)
	p := w.serve()
	page := p.page()
	require.Eventually(t, func() bool {
		code, _, _ := w.pvetl("healthcheck", "--url", page)
		return code == exitDone
	}, aWhile, 50*time.Millisecond)
	require.Contains(t, w.mustRun(exitDone, "healthcheck", "--url", page, "--live"), "ok")
	require.JSONEq(t, `{"ok": true, "status": 200, "reasons": []}`, w.mustRun(exitDone, "healthcheck", "--url", page, "--json"))
	p.drain()
	_, hint := w.failure(exitFailed, "healthcheck", "--url", page)
	require.Contains(t, hint, "is pvetl serve running")
	w.mustRun(exitUsage, "healthcheck", "--url", "127.0.0.1:8080")
}

// The page is for this host, unless somebody says who else may see it and how.
func TestServeRefusesToShowThePageToWhomItDoesNotConcern(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	file := filepath.Join(w.dir, "token")
	require.NoError(t, os.WriteFile(file, []byte(testToken+"\n"), 0o600))
	empty := filepath.Join(w.dir, "empty")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--listen", "0.0.0.0:0"}, "needs a token"},
		{[]string{"--listen", ":0"}, "needs a token"},
		{[]string{"--listen", "[::]:0"}, "needs a token"},
		{[]string{"--listen", "pvetl.example:0"}, "needs a token"},
		{[]string{"--listen", "0.0.0.0:0", "--token-file", file}, "--behind-proxy"},
		{[]string{"--listen", "127.0.0.1:0", "--behind-proxy"}, "needs a token"},
		{[]string{"--listen", "127.0.0.1:0", "--host", "pvetl.example"}, "needs a token"},
		{[]string{"--listen", "127.0.0.1:0", "--host", "pvetl.example", "--token-file", file}, "--behind-proxy"},
		{[]string{"--listen", "8080"}, "an address with a port"},
		{[]string{"--token-file", empty}, "is empty"},
		{[]string{"--token-file", file + "s"}, "no such file"},
		{[]string{"--tls-cert", "a.pem"}, "belong together"},
		{[]string{"--listen", "127.0.0.1:0", "--tls-cert", file, "--tls-key", file}, "--tls-cert"},
		{[]string{"tickets"}, "unknown command"},
	} {
		code, stdout, stderr := w.pvetl(append([]string{"serve"}, test.args...)...)
		require.Equal(t, exitUsage, code, "%v: %s%s", test.args, stdout, stderr)
		require.Contains(t, stderr, test.want, test.args)
	}
	w.env["PVETL_TOKEN"] = "short"
	message, _ := w.failure(exitUsage, "serve", "--listen", "127.0.0.1:0")
	require.Contains(t, message, "fewer than 16 characters")
}

// Whoever comes through a proxy on this host comes from this host as well.
func TestServeAsksForTheTokenBehindAProxyOnTheSameHost(t *testing.T) {
	t.Parallel()
	w := newServed(t)
	p := w.serve("--behind-proxy", "--host", "pvetl.example")
	status, _ := p.get("/metrics")
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = p.get("/rejects")
	require.Equal(t, http.StatusSeeOther, status)
	status, _ = p.get("/healthz")
	require.Equal(t, http.StatusOK, status)
	p.drain()
}

func TestServeSaysWhyItCannotBegin(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	taken := w.serve()
	address := taken.page()[len("http://"):]
	message, _ := w.failure(exitFailed, "serve", "--listen", address)
	require.Contains(t, message, "address already in use")
	delete(w.env, "HELPDESK_DSN")
	message, hint := w.failure(exitUsage, "serve", "--listen", "127.0.0.1:0")
	require.Contains(t, message+hint, "HELPDESK_DSN")
	require.Contains(t, fmt.Sprint(hint), "environment")
}
