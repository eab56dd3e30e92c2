package main

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
)

const testToken = "test-token-0123456789"

// everySecond has the small job run all the time.
func (w *workbench) everySecond() { w.edit(`schedule: "15 2 * * *"`, `schedule: "@every 1s"`) }

// newServed is the small workbench, with a server that keeps duplicates, ready to be served.
func newServed(t *testing.T, change ...func(*sandbox.Options)) *workbench {
	t.Helper()
	keep := func(o *sandbox.Options) { o.Duplicates = sandbox.KeepDuplicates }
	w, _ := newSmall(t, append([]func(*sandbox.Options){keep}, change...)...)
	w.mustRun(exitDone, "apply")
	w.env["PVETL_TOKEN"] = testToken
	return w
}

// serve begins to serve on a free port.
func (w *workbench) serve(args ...string) *process {
	w.t.Helper()
	return w.start(append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
}

var servedAt = regexp.MustCompile(`"page":"(https?://[^"]+)/"`)

// page is where it serves, once it does.
func (p *process) page() string {
	p.t.Helper()
	var found []string
	require.Eventually(p.t, func() bool {
		found = servedAt.FindStringSubmatch(p.said.String())
		return found != nil
	}, aWhile, 10*time.Millisecond, "no page: %s", &p.said)
	return found[1]
}

// get asks for an address of the page.
func (p *process) get(path string) (status int, body string) {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.page()+path, http.NoBody)
	require.NoError(p.t, err)
	return p.ask(request)
}

// act asks for an action with the token.
func (p *process) act(path string) {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.page()+path, http.NoBody)
	require.NoError(p.t, err)
	request.Header.Set("Authorization", "Bearer "+testToken)
	status, body := p.ask(request)
	require.Equal(p.t, http.StatusSeeOther, status, body)
}

func (p *process) ask(request *http.Request) (status int, body string) {
	p.t.Helper()
	response, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(p.t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	require.NoError(p.t, err)
	require.NotContains(p.t, string(content), testToken)
	return response.StatusCode, string(content)
}

// drain stops a server, which must end well and in time.
func (p *process) drain() (said string) {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	code, said := p.end(10 * time.Second)
	require.Equal(p.t, exitDone, code, said)
	require.NotContains(p.t, said, testToken)
	return said
}

// runs are all runs of the small job, the oldest first.
func (w *workbench) runs() []pipeline.Summary {
	w.t.Helper()
	var report struct {
		Runs []pipeline.Summary `json:"runs"`
	}
	require.NoError(w.t, json.Unmarshal([]byte(w.mustRun(exitDone, "runs", "--json", "--limit", "1000")), &report))
	slices.Reverse(report.Runs)
	return report.Runs
}

// waitForRuns waits until so many runs have ended, and returns all that have.
func (w *workbench) waitForRuns(n int, servers ...*process) (ended []pipeline.Summary) {
	w.t.Helper()
	for _, p := range servers {
		p.page() // the state is there
	}
	for began := time.Now(); time.Since(began) < 2*time.Minute; pause(w.t.Context(), 100*time.Millisecond) {
		ended = slices.DeleteFunc(w.runs(), func(s pipeline.Summary) bool { return s.FinishedAt == nil })
		if len(ended) >= n {
			return ended
		}
	}
	require.FailNow(w.t, "there are not enough runs", "%d have ended, not %d\n%s", len(ended), n, saidBy(servers))
	return nil
}

func saidBy(servers []*process) (all string) {
	for _, p := range servers {
		all += p.said.String() + "\n"
	}
	return all
}
