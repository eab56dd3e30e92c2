package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/crash"
	"pvetl/internal/sandbox"
)

// crashYAML is a job in which everything happens that can: conversations with files, in small pages and batches. There is
// no lag, so that a watermark that went too far loses a row instead of being covered up.
const crashYAML = `version: 1
playvox:
  {base_url: "${PLAYVOX_BASE_URL}", uid: "${PLAYVOX_UID}", api_key: "${PLAYVOX_API_KEY}", requests_per_minute: 1000000, max_in_flight: 3}
state: ${PVETL_STATE}
sources:
  helpdesk: {dsn: "${HELPDESK_DSN}"}
integrations:
  helpdesk:
    name: Killed Helpdesk
    metadata:
      moved_date: {type: datetime}
      status: {type: string, allowed: [open, pending, solved]}
      subject: {type: string}
jobs:
  tickets:
    source: helpdesk
    integration: helpdesk
    extract:
      interactions:
        {query: "SELECT id, status, subject, updated_at FROM tickets", key: id, cursor: updated_at, lag: 0s, page_size: 4}
      comments:
        {query: "SELECT id, ticket_id, body, kind, author, written, updated_at FROM messages", key: id, parent: ticket_id, cursor: updated_at, lag: 0s, page_size: 5}
      attachments:
        {query: "SELECT id, message_id, name, mime, content FROM files", key: id, parent: message_id}
    mapping:
      interaction:
        interaction_id: id
        metadata:
          moved_date: updated_at
          status: {column: status, map: {0: open, 1: pending, 2: solved}}
          subject: subject
      comment:
        body: body
        type: {column: kind, map: {in: customer_comment, out: agent_comment, note: internal_note}}
        author_id: author
        added_at: written
      attachment: {name: name, content_type: mime, content: content}
    load: {batch_size: 3, deletes: ignore}
`

// crashSettleDelay is what the killed program takes for the time within which every job of the server is over. The
// server sees to it that this is true, however busy the machine: see crashWorld.ServeHTTP.
const crashSettleDelay = 20 * time.Millisecond

// programs is the folder of what the tests build, there as long as they run.
var programs string

func TestMain(m *testing.M) {
	var err error
	if programs, err = os.MkdirTemp("", "pvetl-programs-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(programs)
	os.Exit(code)
}

// crashing builds the program with its crash points. It outlives the test that asks for it first, and that test's context.
var crashing = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(programs, "pvetl")
	said, err := exec.CommandContext(context.Background(), "go", "build", "-tags", "crashpoints", "-o", binary, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the program with its crash points: %w\n%s", err, said)
	}
	return binary, nil
})

// crashWorld is a help desk, a server and the program, as a process that can be killed.
type crashWorld struct {
	*workbench
	program string
	desk    *desk

	works sync.RWMutex // held by the requests that change something

	mu     sync.Mutex
	losing losing                   // what goes astray next
	of     func(*http.Request) bool // of the first such request
}

// losing says what becomes of a request.
type losing int

const (
	nothingLost losing = iota
	requestLost        // it never arrives
	answerLost         // it has its effect, and nobody hears of it
)

func newCrashWorld(t *testing.T, change ...func(*sandbox.Options)) *crashWorld {
	t.Helper()
	program, err := crashing()
	require.NoError(t, err)
	folder := t.TempDir()
	d := newDesk(t, filepath.Join(folder, "helpdesk.db"))
	change = slices.Insert(change, 0, func(o *sandbox.Options) {
		o.Duplicates, o.JobDuration, o.DataFile = sandbox.KeepDuplicates, time.Millisecond, filepath.Join(folder, "playvox.jsonl")
	})
	w := &crashWorld{workbench: newWorkbench(t, crashYAML, "sqlite:"+filepath.Join(folder, "helpdesk.db"), change...), program: program, desk: d}
	front := httptest.NewServer(w)
	t.Cleanup(func() {
		front.Close()
		if t.Failed() {
			w.keep(folder, w.dir)
		}
	})
	w.env["PLAYVOX_BASE_URL"] = front.URL + "/api/v1"
	w.env["PVETL_CRASH_SETTLE_DELAY"] = crashSettleDelay.String()
	return w
}

// keep saves the databases and the server's journal of a test that failed.
func (w *crashWorld) keep(folders ...string) {
	kept, err := os.MkdirTemp("", "pvetl-killed-")
	for i, folder := range folders {
		if err == nil {
			err = os.CopyFS(filepath.Join(kept, fmt.Sprint(i)), os.DirFS(folder))
		}
	}
	w.t.Logf("source, state and the server's journal are kept in %s (%v)", kept, err)
}

// ServeHTTP is the server, with losses. A look waits until everything that was asked before is done, jobs too: what is
// tested here is promised as long as jobs are over within the settle delay.
func (w *crashWorld) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	lost := w.astray(in)
	if lost == requestLost {
		panic(http.ErrAbortHandler)
	}
	if in.Method == http.MethodGet {
		if !strings.Contains(in.URL.Path, "/jobs/") {
			w.rest(in.Context())
		}
		w.box.ServeHTTP(out, in)
		return
	}
	w.works.RLock()
	defer w.works.RUnlock()
	if lost == answerLost {
		w.box.ServeHTTP(httptest.NewRecorder(), in)
		panic(http.ErrAbortHandler)
	}
	w.box.ServeHTTP(out, in)
}

// lose lets something go astray, once.
func (w *crashWorld) lose(what losing, of func(*http.Request) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.losing, w.of = what, of
}

func (w *crashWorld) astray(in *http.Request) losing {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.losing == nothingLost || !w.of(in) {
		return nothingLost
	}
	lost := w.losing
	w.losing = nothingLost
	return lost
}

// rest waits until the server has no work.
func (w *crashWorld) rest(ctx context.Context) {
	w.works.Lock()
	defer w.works.Unlock()
	working := func(job sandbox.Job) bool { return job.Status != "completed" }
	for ctx.Err() == nil && slices.ContainsFunc(w.box.Snapshot().Jobs, working) {
		pause(ctx, time.Millisecond)
	}
}

// ending is how a process ended.
type ending struct {
	killed  bool
	code    int
	printed string // on stdout
	said    string // all of it
	took    time.Duration
}

// at is the environment of a process that dies at a point.
func at(point crash.Point) string { return "PVETL_CRASH=" + string(point) }

// process runs the program to its end, or kills it after a time; no time is no limit.
func (w *crashWorld) process(limit time.Duration, env string, args ...string) ending {
	w.t.Helper()
	var printed, logged bytes.Buffer
	cmd := exec.CommandContext(w.t.Context(), w.program, append(args, "--config", filepath.Join(w.dir, "jobs.yaml"))...)
	cmd.Stdout, cmd.Stderr = &printed, &logged
	if env != "" {
		cmd.Env = append(cmd.Env, env)
	}
	for name, value := range w.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	began := time.Now()
	require.NoError(w.t, cmd.Start())
	if limit > 0 {
		timer := time.AfterFunc(limit, func() { _ = cmd.Process.Kill() })
		defer timer.Stop()
	}
	_ = cmd.Wait() // its status says it all
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ending{
		killed: status.Signaled() && status.Signal() == syscall.SIGKILL,
		code:   status.ExitStatus(), printed: printed.String(), said: logged.String() + printed.String(), took: time.Since(began),
	}
}

// converge runs the program, or another of its commands, until it is done, which must not take many runs.
func (w *crashWorld) converge(runs int, command ...string) {
	w.t.Helper()
	if len(command) == 0 {
		command = []string{"run"}
	}
	var last ending
	for range runs {
		if last = w.process(0, "", command...); last.code == exitDone {
			return
		}
	}
	require.FailNow(w.t, "the runs do not converge", "exit status %d after %d runs\n%s", last.code, runs, last.said)
}

// deleteVanished has the job read everything each time, and delete what is not there any more.
func (w *crashWorld) deleteVanished() {
	w.t.Helper()
	w.edit("key: id, cursor: updated_at, lag: 0s, page_size: 4", "key: id, page_size: 4")
	w.edit("deletes: ignore", "deletes: delete, max_deletes: 100%") // so many go at a time here
	w.desk.drops = true
}

// findCommentsByTicket has the job look for comments that changed in the conversations of tickets that changed; so the
// help desk changes the ticket along with each message.
func (w *crashWorld) findCommentsByTicket() {
	w.t.Helper()
	w.edit("parent: ticket_id, cursor: updated_at, lag: 0s, page_size: 5", "parent: ticket_id")
	w.desk.touches = true
}
