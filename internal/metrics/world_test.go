package metrics_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
	"pvetl/internal/metrics"
	"pvetl/internal/pipeline"
	"pvetl/internal/scheduler"
	"pvetl/internal/secret"
	"pvetl/internal/testdb"
	"pvetl/load"
	"pvetl/state"
)

// world is a state of which something is told.
type world struct {
	t        *testing.T
	store    *state.Store
	metrics  *metrics.Metrics
	now      time.Time
	reading  config.Reading
	snapshot scheduler.Snapshot
}

func newWorld(t *testing.T) *world {
	t.Helper()
	store, err := state.Open(t.Context(), secret.Text(testdb.SQLite(t)))
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	w := &world{t: t, store: store, now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	w.reading = config.Reading{Number: 1, ReadAt: w.now.Add(-time.Hour), File: &config.File{Config: config.Config{
		Sources: []config.Source{{Name: "helpdesk", Timezone: "UTC", DSN: "postgres://reader:secret-abcxyz@db/desk"}},
		Jobs:    []config.Job{{Name: "tickets", Source: "helpdesk", Schedule: "@daily", Timezone: "UTC"}, {Name: "calls", Source: "helpdesk"}},
	}}}
	w.snapshot.Ticked = w.now
	w.metrics = metrics.New(metrics.Options{
		Store: store, Settings: func() config.Reading { return w.reading }, Snapshot: func() scheduler.Snapshot { return w.snapshot },
		Usage: func() load.Usage { return load.Usage{PerMinute: 42, Allowed: 99} }, Version: "1.2.3", Now: func() time.Time { return w.now },
	})
	return w
}

// scrape is what Prometheus gets, a line each; a second goes by.
func (w *world) scrape() []string {
	w.t.Helper()
	w.now = w.now.Add(time.Second)
	out := httptest.NewRecorder()
	w.metrics.Handler().ServeHTTP(out, httptest.NewRequestWithContext(w.t.Context(), http.MethodGet, "/metrics", http.NoBody))
	require.Equal(w.t, http.StatusOK, out.Code)
	problems, err := promlint.New(strings.NewReader(out.Body.String())).Lint()
	require.NoError(w.t, err)
	require.Empty(w.t, problems)
	var lines []string
	for line := range strings.Lines(out.Body.String()) {
		if strings.HasPrefix(line, "pvetl_") {
			require.NotContains(w.t, line, "abcxyz")
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

// ended is a run of the tickets that ended a minute ago.
func (w *world) ended(id, status string) pipeline.Summary {
	finished := w.now.Add(-time.Minute)
	return pipeline.Summary{
		Job: "tickets", RunID: id, Status: status, StartedAt: finished.Add(-90 * time.Second), FinishedAt: &finished,
		Interactions: pipeline.Counts{Read: 10, New: 4, Changed: 3, Unchanged: 2, Rejected: 1},
		Requests:     pipeline.Requests{Total: 6, Bulk: 1, Polls: 2, Writes: 3, Throttled: 1},
		Timings:      pipeline.Timings{Read: 0.5, Send: 2},
	}
}

func (w *world) record(s pipeline.Summary) {
	w.t.Helper()
	text, err := json.Marshal(s)
	require.NoError(w.t, err)
	run := state.Run{ID: s.RunID, Job: s.Job, Command: "run", Status: s.Status, StartedAt: s.StartedAt, FinishedAt: *s.FinishedAt, Summary: text}
	require.NoError(w.t, w.store.StartRun(w.t.Context(), run))
	require.NoError(w.t, w.store.FinishRun(w.t.Context(), run))
}

func TestWhatTheStateTells(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.record(w.ended("1", pipeline.Partial))
	failed := w.ended("2", pipeline.Failed)
	failed.StartedAt = failed.StartedAt.Add(30 * time.Second)
	w.record(failed)
	require.NoError(t, w.store.Settle(ctx, state.Settlement{
		Job: "tickets", Watermark: &state.Watermark{Job: "tickets", Stream: pipeline.StreamInteractions, Cursor: "2026-11-23 11:00:00", Type: "timestamp"},
		Rejects: []state.Reject{{Job: "tickets", Stream: "interactions", Key: "key-abcxyz", Stage: "mapping", Field: "status", Rule: "map", Value: "value-abcxyz"}},
	}))
	require.NoError(t, w.store.SaveBatch(ctx, state.Batch{ID: "b", Job: "tickets", State: state.Accepted}))
	require.NoError(t, w.store.Beat(ctx, "host pid 7"))
	_, err := w.store.ChangeSchedule(ctx, "tickets", func(s *state.Schedule) bool {
		s.NextDue, s.Skips = w.now.Add(time.Hour), 3
		return true
	})
	require.NoError(t, err)
	_, err = w.store.ChangeSchedule(ctx, "calls", func(s *state.Schedule) bool {
		s.NextDue, s.Paused = w.now.Add(time.Hour), w.now
		return true
	})
	require.NoError(t, err)
	lease, err := w.store.Acquire(ctx, "calls", "host pid 7")
	require.NoError(t, err)
	defer func() { require.NoError(t, lease.Release(context.WithoutCancel(ctx))) }()

	lines := w.scrape()
	for _, want := range []string{
		`pvetl_build_info{version="1.2.3"} 1`,
		`pvetl_state_up 1`,
		`pvetl_processes 1`,
		`pvetl_notices_waiting 0`,
		`pvetl_quota_paused_seconds 0`,
		`pvetl_quota_requests_per_minute 42`,
		`pvetl_quota_allowed_requests_per_minute 99`,
		`pvetl_config_last_reload_successful 1`,
		`pvetl_scheduler_up 1`,
		`pvetl_job_last_run_status{job="tickets",status="failed"} 1`,
		`pvetl_job_last_run_status{job="tickets",status="partial"} 0`,
		`pvetl_job_last_run_duration_seconds{job="tickets"} 60`,
		`pvetl_job_last_success_timestamp_seconds{job="tickets"} 1.79543514e+09`,
		`pvetl_job_behind_seconds{job="tickets"} 3601`,
		`pvetl_job_rejects{job="tickets",stream="interactions"} 1`,
		`pvetl_job_rejects{job="tickets",stream="comments"} 0`,
		`pvetl_job_open_batches{job="tickets"} 1`,
		`pvetl_job_open_batches{job="calls"} 0`,
		`pvetl_job_next_run_timestamp_seconds{job="tickets"} 1.7954388e+09`,
		`pvetl_job_skipped_runs{job="tickets"} 3`,
		`pvetl_job_paused{job="calls"} 1`,
		`pvetl_job_running{job="calls"} 1`,
		`pvetl_job_running{job="tickets"} 0`,
	} {
		require.Contains(t, lines, want)
	}
	all := strings.Join(lines, "\n")
	require.NotContains(t, all, `pvetl_job_next_run_timestamp_seconds{job="calls"}`, "a paused job is not due")
	require.NotContains(t, all, `pvetl_job_last_run_status{job="calls"`, "it never ran")

	w.reading.File.Config.Jobs = w.reading.File.Config.Jobs[1:]
	w.reading.Fault, w.snapshot.Fault = errors.New("jobs.yaml:1:1: broken"), errors.New("away")
	lines = w.scrape()
	require.NotContains(t, strings.Join(lines, "\n"), `job="tickets"`, "a job that is gone from jobs.yaml")
	require.Contains(t, lines, "pvetl_config_last_reload_successful 0")
	require.Contains(t, lines, "pvetl_scheduler_up 0")
}

// A run that is looked at while it is under way counts no row twice and leaves none out.
func TestARunIsCountedAsItGoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const rows = `pvetl_rows_total{job="tickets",outcome="new",stream="interactions"} `
	end := w.ended("1", pipeline.Succeeded)
	half := end
	half.Interactions.New, half.Requests.Bulk, half.Timings.Send = 3, 0, 1.5
	w.snapshot.Running = []scheduler.Running{{Job: "tickets"}}
	require.NotContains(t, strings.Join(w.scrape(), "\n"), rows, "it has shown nothing yet")
	w.snapshot.Running[0].Summary = half
	require.Contains(t, w.scrape(), rows+"3")
	require.Contains(t, w.scrape(), rows+"3")
	w.metrics.Ended(t.Context(), config.Job{}, end)
	w.metrics.Ended(t.Context(), config.Job{}, end)
	lines := w.scrape() // the run is over, and was looked at a moment too late
	for _, want := range []string{
		rows + "4",
		`pvetl_rows_total{job="tickets",outcome="rejected",stream="interactions"} 1`,
		`pvetl_requests_total{job="tickets",kind="bulk"} 1`,
		`pvetl_requests_total{job="tickets",kind="poll"} 2`,
		`pvetl_requests_throttled_total{job="tickets"} 1`,
		`pvetl_stage_seconds_total{job="tickets",stage="send"} 2`,
		`pvetl_runs_total{job="tickets",status="succeeded"} 1`,
		`pvetl_run_duration_seconds_sum{job="tickets"} 90`,
	} {
		require.Contains(t, lines, want)
	}
	w.snapshot.Running = nil
	w.metrics.Ended(t.Context(), config.Job{}, w.ended("2", pipeline.Failed)) // never shown
	require.Contains(t, w.scrape(), rows+"8")
	require.Contains(t, w.scrape(), `pvetl_runs_total{job="tickets",status="failed"} 1`)
}

func TestNoticesAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.metrics.Sent("failed", true)
	w.metrics.Sent("failed", false)
	lines := w.scrape()
	require.Contains(t, lines, `pvetl_notices_sent_total{kind="failed",result="sent"} 1`)
	require.Contains(t, lines, `pvetl_notices_sent_total{kind="failed",result="failed"} 1`)
}

// Without its state a process still tells of itself, and says so.
func TestAStateThatIsAwayIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.record(w.ended("1", pipeline.Succeeded))
	require.Contains(t, w.scrape(), "pvetl_state_up 1")
	require.NoError(t, w.store.Close())
	lines := w.scrape()
	require.Contains(t, lines, "pvetl_state_up 0")
	require.Contains(t, lines, "pvetl_config_last_reload_successful 1")
	require.NotContains(t, strings.Join(lines, "\n"), "pvetl_job_")
}
