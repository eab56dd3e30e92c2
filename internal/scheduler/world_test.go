package scheduler_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/internal/scheduler"
	"pvetl/internal/secret"
	"pvetl/internal/testdb"
	"pvetl/state"
)

// carried is a run as it was carried out.
type carried struct {
	Job, Doing, Owner string

	lease *state.Lease
}

// world is a state, a jobs.yaml that a test edits, a wall clock that it sets, and a pipeline that does what it says.
type world struct {
	t       *testing.T
	dsn     string
	store   *state.Store
	mu      sync.Mutex
	do      func(ctx context.Context, c carried) error // what a run does; nil: nothing
	offset  time.Duration                              // of the clock on the wall from the one of the timers
	jobs    []config.Job
	carried []carried
	ended   []pipeline.Summary
	atWork  map[string]int
	overlap []carried // those that began while one of the same job was at work
	log     bytes.Buffer
}

// newWorld has the wall clock begin at a moment, in UTC.
func newWorld(t *testing.T, dsn, begin string, jobs ...config.Job) *world {
	t.Helper()
	w := &world{t: t, dsn: dsn, jobs: jobs, atWork: make(map[string]int)}
	w.store = w.open()
	at, err := time.Parse(time.DateTime, begin)
	require.NoError(t, err)
	w.offset = time.Until(at)
	return w
}

// inBubble runs a test on a state in memory, with timers that cost no time.
func inBubble(t *testing.T, begin string, test func(t *testing.T, w *world), jobs ...config.Job) {
	t.Helper()
	inBubbleOn(t, func(testing.TB) string { return inMemory }, begin, test, jobs...)
}

// inMemory is a state that there is one connection to.
const inMemory = "sqlite::memory:"

func inBubbleOn(t *testing.T, dsn func(testing.TB) string, begin string, test func(t *testing.T, w *world), jobs ...config.Job) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		test(t, newWorld(t, dsn(t), begin, jobs...))
	})
}

func (w *world) open() *state.Store {
	w.t.Helper()
	if w.dsn == inMemory && w.store != nil {
		return w.store
	}
	store, err := state.Open(w.t.Context(), secret.Text(w.dsn))
	require.NoError(w.t, err)
	w.t.Cleanup(func() { require.NoError(w.t, store.Close()) })
	return store
}

// job is one with a schedule in a zone, in UTC where there is none.
func job(name, spec string, zone ...string) config.Job {
	return config.Job{Name: name, Schedule: spec, Timezone: strings.Join(zone, "")}
}

func (w *world) edit(jobs ...config.Job) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.jobs = jobs
}

func (w *world) settings() config.Reading {
	w.mu.Lock()
	defer w.mu.Unlock()
	return by(w.jobs...)()
}

// server is a scheduler at work, with a connection of its own to the state.
type server struct {
	*scheduler.Scheduler

	stop func() // and waits until it has come to rest
}

func (w *world) serve(owner string) server {
	w.t.Helper()
	return w.serveBy(w.settings, owner)
}

// by is a jobs.yaml that nobody edits.
func by(jobs ...config.Job) func() config.Reading {
	return func() config.Reading { return config.Reading{File: &config.File{Config: config.Config{Jobs: jobs}}} }
}

// serveBy serves by a jobs.yaml of its own.
func (w *world) serveBy(settings func() config.Reading, owner string) server {
	w.t.Helper()
	s := scheduler.New(scheduler.Options{
		Store: w.open(), Settings: settings, Owner: owner, Log: slog.New(slog.NewJSONHandler(w, nil)), Now: w.now,
		Carry: func(ctx context.Context, _ config.Reading, job config.Job, doing string, lease *state.Lease, show func(pipeline.Summary)) (pipeline.Summary, error) {
			return w.carry(ctx, carried{job.Name, doing, owner, lease}, show)
		},
		Ended: func(_ context.Context, _ config.Job, summary pipeline.Summary) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.ended = append(w.ended, summary)
		},
	})
	ctx, cancel := context.WithCancel(w.t.Context())
	rest := make(chan error, 1)
	go func() { rest <- s.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		require.NoError(w.t, <-rest)
	})
	w.t.Cleanup(stop)
	return server{s, stop}
}

// does says what runs do that begin from now on.
func (w *world) does(do func(ctx context.Context, c carried) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.do = do
}

func (w *world) carry(ctx context.Context, c carried, show func(pipeline.Summary)) (pipeline.Summary, error) {
	w.mu.Lock()
	do := w.do
	w.carried = append(w.carried, c)
	if w.atWork[c.Job]++; w.atWork[c.Job] > 1 {
		w.overlap = append(w.overlap, c)
	}
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.atWork[c.Job]--
	}()
	show(pipeline.Summary{Job: c.Job, RunID: "run of " + c.Job, Status: pipeline.Running})
	if do != nil {
		if err := do(ctx, c); err != nil {
			text := err.Error()
			return pipeline.Summary{Job: c.Job, Status: pipeline.Failed, Error: &text}, err
		}
	}
	return pipeline.Summary{Job: c.Job, Status: pipeline.Succeeded}, nil
}

// Write keeps a line of the log.
func (w *world) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(line)
}

// said returns the lines of the log that begin so.
func (w *world) said(message string) (lines []map[string]any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for text := range bytes.Lines(w.log.Bytes()) {
		var line map[string]any
		require.NoError(w.t, json.Unmarshal(text, &line))
		if strings.HasPrefix(line["msg"].(string), message) {
			lines = append(lines, line)
		}
	}
	return lines
}

// begun returns when the runs of a job that began were due, as its log says.
func (w *world) begun(job string) (due []string) {
	for _, line := range w.said("run begins") {
		if line["job"] == job {
			at, err := time.Parse(time.RFC3339, line["due"].(string))
			require.NoError(w.t, err)
			due = append(due, at.Format(time.DateTime))
		}
	}
	return due
}

// runs returns what was carried out, as "job doing".
func (w *world) runs() (runs []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.carried {
		runs = append(runs, c.Job+" "+c.Doing)
	}
	return runs
}

func (w *world) endings() []pipeline.Summary {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.ended)
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.offset)
}

// set moves the clock on the wall, and no timer.
func (w *world) set(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.offset += d
}

// pass lets time go by, and waits until nothing is left to do at its end.
func (w *world) pass(d time.Duration) {
	timer := time.NewTimer(d)
	<-timer.C
	synctest.Wait()
}

// hold takes the lease of a job, as somebody who does not step aside.
func (w *world) hold(job, owner string) *state.Lease {
	w.t.Helper()
	lease, err := w.store.Acquire(w.t.Context(), job, owner)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { require.NoError(w.t, lease.Release(context.WithoutCancel(w.t.Context()))) })
	return lease
}

// row is what the state says of a job.
func (w *world) row(job string) state.Schedule {
	w.t.Helper()
	rows, err := w.store.Schedules(w.t.Context())
	require.NoError(w.t, err)
	for _, row := range rows {
		if row.Job == job {
			return row
		}
	}
	return state.Schedule{}
}

// change is what a page does to the row of a job.
func (w *world) change(job string, change func(row *state.Schedule)) {
	w.t.Helper()
	_, err := w.store.ChangeSchedule(w.t.Context(), job, func(row *state.Schedule) bool {
		change(row)
		return true
	})
	require.NoError(w.t, err)
}

// exec runs a statement past the store.
func (w *world) exec(statement string) {
	w.t.Helper()
	driver, source := "sqlite", strings.TrimPrefix(w.dsn, "sqlite:")+"?_pragma=busy_timeout(10000)"
	switch {
	case strings.HasPrefix(w.dsn, "postgres:"):
		driver, source = "pgx", w.dsn
	case strings.HasPrefix(w.dsn, "mysql:"):
		driver, source = "mysql", testdb.DriverDSN(w.dsn)
	}
	db, err := sql.Open(driver, source)
	require.NoError(w.t, err)
	defer db.Close()
	_, err = db.ExecContext(w.t.Context(), statement)
	require.NoError(w.t, err)
}

// nextDue is when a job is due next.
func (w *world) nextDue(job string) string {
	w.t.Helper()
	return w.row(job).NextDue.UTC().Format(time.DateTime)
}
