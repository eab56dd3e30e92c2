package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// listener is who is told: it keeps what it hears.
type listener struct {
	mu    sync.Mutex
	kinds []string
	texts []string
	beats []string
}

// newListener has the notices and heartbeats of a workbench sent to a server of its own.
func newListener(t *testing.T, w *workbench) *listener {
	t.Helper()
	l := &listener{}
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	w.edit("jobs:\n", "notify: {webhook: \"${PVETL_WEBHOOK}\", heartbeat: \"${PVETL_HEARTBEAT}\"}\njobs:\n")
	w.env["PVETL_WEBHOOK"], w.env["PVETL_HEARTBEAT"] = server.URL+"/hook-secret-4711", server.URL+"/beat-secret-4711/{job}"
	return l
}

func (l *listener) ServeHTTP(_ http.ResponseWriter, in *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if in.Method == http.MethodGet {
		l.beats = append(l.beats, in.URL.Path)
		return
	}
	text, _ := io.ReadAll(in.Body)
	var notice struct{ Kind string }
	_ = json.Unmarshal(text, &notice) // what is none has no kind
	l.kinds, l.texts = append(l.kinds, notice.Kind), append(l.texts, string(text))
}

// heard returns the kinds of notices and the heartbeats since it was asked last.
func (l *listener) heard() (kinds []string, beats int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kinds, beats = l.kinds, len(l.beats)
	l.kinds, l.beats = nil, nil
	return kinds, beats
}

func TestRunsTellWhatChangedAndNothingElse(t *testing.T) {
	t.Parallel()
	w, db := newSmall(t)
	l := newListener(t, w)
	w.mustRun(exitDone, "apply")
	source := w.env["HELPDESK_DSN"]
	for _, step := range []struct {
		what  string
		do    func()
		want  int
		kinds []string
		beats int
	}{
		{"the first run, with a reject", func() {}, exitRejects, []string{"rejects"}, 1},
		{"nothing new", func() {}, exitRejects, nil, 1},
		{"the source is gone", func() { w.env["HELPDESK_DSN"] = "sqlite:" + w.dir + "/missing.db" }, exitFailed, []string{"failed"}, 0},
		{"it still is", func() {}, exitFailed, nil, 0},
		{"it is back", func() { w.env["HELPDESK_DSN"] = source }, exitRejects, []string{"recovered"}, 1},
		{"the reject is mended", func() {
			execute(t, db, "UPDATE tickets SET status = 1, updated_at = '2026-01-05 10:00:00' WHERE id = 3")
		}, exitDone, nil, 1},
		{"it comes back", func() {
			execute(t, db, "UPDATE tickets SET status = 9, updated_at = '2026-01-06 10:00:00' WHERE id = 3")
		}, exitRejects, []string{"rejects"}, 1},
	} {
		step.do()
		_, _, stderr := w.pvetl("run")
		kinds, beats := l.heard()
		require.Equal(t, step.kinds, kinds, "%s: %s", step.what, stderr)
		require.Equal(t, step.beats, beats, step.what)
		require.NotContains(t, stderr, "secret-4711")
	}
	for _, args := range [][]string{{"run", "--dry-run"}, {"run", "--limit", "1"}} {
		w.pvetl(args...)
		kinds, beats := l.heard()
		require.Empty(t, kinds, args)
		require.Zero(t, beats, args)
	}
	for _, text := range l.texts {
		require.NotContains(t, text, source)
		require.NotContains(t, text, "secret-4711")
	}
}

// Whoever cannot be told does not keep the job from being done.
func TestARunDoesNotFailBecauseNobodyListens(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	l := newListener(t, w)
	w.mustRun(exitDone, "apply")
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	there := w.env["PVETL_WEBHOOK"]
	w.env["PVETL_WEBHOOK"], w.env["PVETL_HEARTBEAT"] = gone.URL+"/hook-secret-4711", gone.URL+"/beat-secret-4711"
	code, stdout, stderr := w.pvetl("run")
	require.Equal(t, exitRejects, code, stdout)
	require.Contains(t, stderr, "notice")
	require.NotContains(t, stdout+stderr, "secret-4711")

	w.env["PVETL_WEBHOOK"] = there
	w.mustRun(exitRejects, "run")
	kinds, _ := l.heard()
	require.Empty(t, kinds, "it waits for its turn")
}
