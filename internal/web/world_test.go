package web_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/internal/scheduler"
	"pvetl/internal/secret"
	"pvetl/internal/testdb"
	"pvetl/internal/web"
	"pvetl/load"
	"pvetl/state"
)

const (
	token = "a-token-that-is-long-enough"
	us    = "host-a pid 7"
)

// jobsYAML has a job on a schedule, and one by hand.
const jobsYAML = `
version: 1
playvox: {base_url: https://acme.playvox.com/api/v1, uid: some-uid, api_key: some-api-key}
state: sqlite:unused.db
sources:
  helpdesk: {dsn: "sqlite:helpdesk.db"}
integrations:
  desk: {name: Acme Helpdesk, metadata: {solved_date: {type: datetime}}}
jobs:
  tickets:
    schedule: "15 2 * * *"
    source: helpdesk
    integration: desk
    extract: {interactions: {query: "SELECT id, solved_at FROM tickets", key: id, cursor: solved_at}}
    mapping: {interaction: {interaction_id: id, metadata: {solved_date: solved_at}}}
  by-hand:
    source: helpdesk
    integration: desk
    extract: {interactions: {query: "SELECT id, solved_at FROM tickets", key: id}}
    mapping: {interaction: {interaction_id: id, metadata: {solved_date: solved_at}}}
`

// oddJob is a job with a name that jobs.yaml would not allow, and oddAddress its page.
const (
	oddJob     = `a/"b"<i>`
	oddAddress = "/jobs/a%2F%22b%22%3Ci%3E"
)

// world is a state, and pages about it.
type world struct {
	t       *testing.T
	store   *state.Store
	handler http.Handler
	log     *logged

	mu       sync.Mutex
	now      time.Time
	reading  config.Reading
	snapshot scheduler.Snapshot
	plan     func() (load.Plan, error)
	asked    int // how often Playvox was
	woken    int
}

// newWorld serves pages in the way that options says, with a token where they leave it.
func newWorld(t *testing.T, options func(*web.Options)) *world {
	t.Helper()
	path := strings.TrimPrefix(testdb.SQLite(t), "sqlite:")
	require.NoError(t, os.WriteFile(path, emptyState(), 0o600))
	store, err := state.Open(t.Context(), secret.Text("sqlite:"+path))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	w := &world{t: t, store: store, log: &logged{}, now: time.Now().UTC().Truncate(time.Second)}
	file, err := config.Load(filepath.Join("x", "jobs.yaml"), []byte(jobsYAML), config.Env{})
	require.NoError(t, err)
	odd := file.Config.Jobs[0]
	odd.Name = oddJob
	file.Config.Jobs = append(file.Config.Jobs, odd)
	w.reading = config.Reading{File: file, Number: 1, ReadAt: w.now.Add(-time.Hour)}
	w.snapshot = scheduler.Snapshot{Ticked: w.now}
	w.plan = func() (load.Plan, error) { return load.Plan{}, nil }
	known := web.Options{
		Store: store, Settings: func() config.Reading { return locked(w, &w.reading) },
		Snapshot: func() scheduler.Snapshot { return locked(w, &w.snapshot) }, Wake: func() { w.change(func() { w.woken++ }) },
		Usage:  func() load.Usage { return load.Usage{PerMinute: 40, Allowed: 100} },
		Redact: secret.NewRedactor("some-api-key", token).Redact, Log: slog.New(slog.NewTextHandler(w.log, nil)),
		Metrics: http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("pvetl_up 1\n")) }),
		Version: "v1.2.3", Owner: us, Now: func() time.Time { return locked(w, &w.now) }, Token: token,
	}
	known.Plan = func(context.Context, load.Integration) (load.Plan, error) {
		w.change(func() { w.asked++ })
		return w.plan()
	}
	if options != nil {
		options(&known)
	}
	w.handler = web.New(known)
	return w
}

// emptyState is the file of a state that holds nothing; to make one takes longer than to copy it.
var emptyState = sync.OnceValue(func() []byte {
	folder, err := os.MkdirTemp("", "web-state")
	if err != nil {
		return nil
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "empty.db")
	store, err := state.Open(context.Background(), secret.Text("sqlite:"+path))
	if err != nil || store.Close() != nil {
		return nil
	}
	content, _ := os.ReadFile(path)
	return content
})

func (w *world) change(do func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do()
}

func locked[T any](w *world, value *T) T {
	w.mu.Lock()
	defer w.mu.Unlock()
	return *value
}

// logged keeps what is logged.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// request is a request to the page under a name that it has.
func request(method, target, form string) *http.Request {
	r := httptest.NewRequestWithContext(context.Background(), method, target, strings.NewReader(form))
	r.Host = "localhost:8080"
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

func (w *world) do(r *http.Request) *httptest.ResponseRecorder {
	recorded := httptest.NewRecorder()
	w.handler.ServeHTTP(recorded, r)
	return recorded
}

// get returns the page at an address.
func (w *world) get(target string) string {
	w.t.Helper()
	got := w.do(request("GET", target, ""))
	require.Equal(w.t, http.StatusOK, got.Code, "%s: %s", target, got.Body)
	return got.Body.String()
}

// session signs in.
func (w *world) session() *http.Cookie {
	w.t.Helper()
	r := request("POST", "/login", url.Values{"token": {token}}.Encode())
	r.Header.Set("Origin", "http://localhost:8080")
	got := w.do(r)
	require.Equal(w.t, http.StatusSeeOther, got.Code, got.Body)
	require.Len(w.t, got.Result().Cookies(), 1)
	return got.Result().Cookies()[0]
}

// ran writes down a run that has ended, and returns its id.
func (w *world) ran(id string, change func(*pipeline.Summary)) string {
	w.t.Helper()
	started, ended := w.now.Add(-10*time.Minute), w.now.Add(-9*time.Minute)
	summary := pipeline.Summary{Job: "tickets", RunID: id, Status: pipeline.Succeeded, StartedAt: started, FinishedAt: &ended}
	if change != nil {
		change(&summary)
	}
	text, err := json.Marshal(summary)
	require.NoError(w.t, err)
	run := state.Run{ID: id, Job: summary.Job, Command: "run", Status: pipeline.Running, StartedAt: summary.StartedAt}
	require.NoError(w.t, w.store.StartRun(w.t.Context(), run))
	if summary.Status == pipeline.Running {
		return id
	}
	run.Status, run.Summary, run.FinishedAt = summary.Status, text, *summary.FinishedAt
	run.Moved = state.Moved{New: summary.Interactions.New, Changed: summary.Interactions.Changed, Rejected: summary.Interactions.Rejected}
	require.NoError(w.t, w.store.FinishRun(w.t.Context(), run))
	return id
}

// rejected writes rejects down.
func (w *world) rejected(rejects ...state.Reject) {
	w.t.Helper()
	for i := range rejects {
		if rejects[i].Job == "" {
			rejects[i].Job, rejects[i].Stream = "tickets", pipeline.StreamInteractions
		}
		if rejects[i].Stage == "" {
			rejects[i].Stage = "mapping"
		}
	}
	require.NoError(w.t, w.store.Settle(w.t.Context(), state.Settlement{Job: "tickets", Rejects: rejects}))
}

// schedule is what is planned for a job.
func (w *world) schedule(job string) state.Schedule {
	w.t.Helper()
	schedule, err := w.store.ChangeSchedule(w.t.Context(), job, func(*state.Schedule) bool { return false })
	require.NoError(w.t, err)
	return schedule
}

// planned changes what is planned for a job.
func (w *world) planned(job string, change func(*state.Schedule)) {
	w.t.Helper()
	_, err := w.store.ChangeSchedule(w.t.Context(), job, func(s *state.Schedule) bool { change(s); return true })
	require.NoError(w.t, err)
}

var discard = slog.New(slog.DiscardHandler)
