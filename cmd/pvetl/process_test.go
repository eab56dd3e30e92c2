package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/crash"
	"pvetl/internal/sandbox"
	"pvetl/internal/testdb"
)

// process is the program as its users run it, so that it can be sent signals.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	said spoken
	done chan struct{} // closed when it has ended
}

// spoken is what a process has said so far.
type spoken struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *spoken) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *spoken) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// start begins a command. It takes jobs to be over after a moment: half a minute for each look would be long.
func (w *workbench) start(args ...string) *process {
	w.t.Helper()
	program, err := crashing()
	require.NoError(w.t, err)
	p := &process{t: w.t, done: make(chan struct{})}
	p.cmd = exec.CommandContext(w.t.Context(), program, append(args, "--config", filepath.Join(w.dir, "jobs.yaml"))...)
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	p.cmd.Env = []string{"PVETL_CRASH_SETTLE_DELAY=50ms"}
	for name, value := range w.env {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	require.NoError(w.t, p.cmd.Start())
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // its status is asked for when it is needed
	}()
	w.t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
	})
	return p
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(s))
}

// end waits for the process and returns how it ended and what it said.
func (p *process) end(patience time.Duration) (code int, said string) {
	p.t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.done:
	case <-timer.C:
		require.FailNow(p.t, "the process does not end", "within %s", patience)
	}
	return p.cmd.ProcessState.ExitCode(), p.said.String()
}

const aWhile = 30 * time.Second

// mustEnd carries out a command as a process that has to end with a certain status.
func (w *workbench) mustEnd(want int, args ...string) (said string) {
	w.t.Helper()
	code, said := w.start(args...).end(aWhile)
	require.Equal(w.t, want, code, said)
	return said
}

// stall has the first request of a kind wait, and tells when it has arrived.
type stall struct {
	of      func(*http.Request) bool
	how     sandbox.Reaction
	taken   atomic.Bool
	arrived chan struct{}
}

func newStall(how sandbox.Reaction, of func(*http.Request) bool) *stall {
	return &stall{of: of, how: how, arrived: make(chan struct{})}
}

func (s *stall) intercept(r *http.Request, _ int) sandbox.Reaction {
	if !s.of(r) || !s.taken.CompareAndSwap(false, true) {
		return sandbox.Reaction{}
	}
	close(s.arrived)
	return s.how
}

func isPoll(r *http.Request) bool { return strings.Contains(r.URL.Path, "/jobs/") }

// newStalled is the small workbench with a server that keeps duplicates, whose first request of a kind waits.
func newStalled(t *testing.T, s *stall) *workbench {
	w, _ := newSmall(t, func(o *sandbox.Options) { o.Duplicates, o.Intercept = sandbox.KeepDuplicates, s.intercept })
	w.mustRun(exitDone, "apply")
	return w
}

// isExact holds what arrived against the tickets, and makes sure that it is known.
func (w *workbench) isExact() {
	w.t.Helper()
	var ids []string
	for _, interaction := range w.box.Snapshot().Interactions {
		ids = append(ids, interaction.InteractionID)
	}
	require.ElementsMatch(w.t, []string{"1", "2", "4", "5"}, ids)
	w.box.ResetRequests()
	w.mustEnd(exitRejects, "run")
	require.Zero(w.t, w.box.Requests().Total)
}

const (
	hangs  = time.Minute
	drains = 8 * time.Second // what is in flight is given, once the run is stopped
)

// However a request hangs when the program is stopped, whether it has had its effect or not: the program ends in time, and
// the next run finds out.
func TestAProgramThatIsStoppedWhileARequestHangs(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]sandbox.Reaction{
		"that has had its effect": {AfterEffect: true, Drop: true, Delay: hangs},
		"that never gets there":   {Drop: true, Delay: hangs},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Run("ends within the time for what is in flight", func(t *testing.T) {
				t.Parallel()
				s := newStall(how, isBulk)
				w := newStalled(t, s)
				p := w.start("run", "tickets")
				<-s.arrived
				p.signal(syscall.SIGTERM)
				began := time.Now()
				code, said := p.end(drains + 4*time.Second)
				require.Equal(t, 143, code, said)
				require.Contains(t, said, "stopped by SIGTERM")
				require.Greater(t, time.Since(began), drains/2, "what is in flight has its time")
				w.mustEnd(exitRejects, "run", "tickets")
				w.isExact()
			})
			t.Run("ends at once at the second signal", func(t *testing.T) {
				t.Parallel()
				s := newStall(how, isBulk)
				w := newStalled(t, s)
				p := w.start("run", "tickets")
				<-s.arrived
				began := time.Now()
				signals := time.NewTicker(50 * time.Millisecond) // two at the same moment may be taken for one
				defer signals.Stop()
				for ended := false; !ended; {
					select {
					case <-p.done:
						ended = true
					case <-signals.C:
						_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may just have ended
					}
				}
				code, said := p.end(aWhile)
				require.Equal(t, 143, code, said)
				require.Less(t, time.Since(began), drains/2)
				w.mustEnd(exitRejects, "run", "tickets")
				w.isExact()
			})
		})
	}
}

func TestOfTwoProcessesTheSecondNamesTheFirstAndLeavesItAlone(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": testdb.SQLite, "postgres": testdb.Postgres, "mysql": testdb.MySQL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStall(sandbox.Reaction{Delay: 3 * time.Second}, isBulk)
			w := newStalled(t, s)
			w.env["PVETL_STATE"] = dsn(t)
			first := w.start("run", "tickets")
			<-s.arrived
			second := w.mustEnd(exitHeld, "run", "tickets")
			require.Contains(t, second, fmt.Sprintf("pid %d since ", first.cmd.Process.Pid))
			require.Equal(t, 1, w.box.Requests().Writes())
			code, said := first.end(aWhile)
			require.Equal(t, exitRejects, code, said)
			w.isExact()
		})
	}
}

// A holder that is not heard of for as long as its lease lasts has lost its job, though it is alive: when it wakes up, it
// writes nothing more, neither to Playvox nor to the state.
func TestAHolderThatWakesUpLateWritesNothingMore(t *testing.T) {
	t.Parallel()
	t.Run("while Playvox works on a batch", func(t *testing.T) {
		t.Parallel()
		s := newStall(sandbox.Reaction{Delay: 5 * time.Second}, isPoll)
		w := newStalled(t, s)
		wakeUpLate(t, w, func(first *process) {
			<-s.arrived // three more batches to go
			first.signal(syscall.SIGSTOP)
		})
	})
	t.Run("between the record of a batch and its request", func(t *testing.T) {
		t.Parallel()
		w := newStalled(t, newStall(sandbox.Reaction{}, func(*http.Request) bool { return false }))
		w.env["PVETL_STOP"] = string(crash.BatchSending) + ":2"
		wakeUpLate(t, w, func(first *process) {
			require.Eventually(t, first.isStopped, aWhile, 10*time.Millisecond)
			delete(w.env, "PVETL_STOP")
		})
	})
}

// wakeUpLate stops a process for longer than its lease lasts, lets another one take over, and lets the first go on.
func wakeUpLate(t *testing.T, w *workbench, stop func(*process)) {
	t.Helper()
	w.edit(`api_key: "${PLAYVOX_API_KEY}", `, `api_key: "${PLAYVOX_API_KEY}", max_in_flight: 1, `)
	w.edit("    mapping:\n", "    load: {batch_size: 1}\n    mapping:\n")
	w.env["PVETL_STATE"] = testdb.Postgres(t)
	first := w.start("run", "tickets")
	stop(first)

	const lease = 30 * time.Second
	began := time.Now()
	code, said := exitHeld, ""
	for code == exitHeld && time.Since(began) < 3*lease { // whoever is stopped in a transaction holds its row for another while
		code, said = w.start("run", "tickets").end(2 * aWhile)
	}
	require.Equal(t, exitRejects, code, said)
	require.Greater(t, time.Since(began), lease/2, "a lease that was just renewed is respected")
	writes := w.box.Requests().Writes()

	first.signal(syscall.SIGCONT)
	code, said = first.end(aWhile)
	require.Equal(t, exitFailed, code, said)
	require.Contains(t, said, "the lease of this job is lost")
	require.Equal(t, writes, w.box.Requests().Writes())
	w.isExact()
}

// isStopped reports whether the process stands still.
func (p *process) isStopped() bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	return err == nil && strings.Contains(string(status), ") T ")
}
