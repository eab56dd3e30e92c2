package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// books is what the state tells. It is asked at most once a second, and given up on after a while: a scrape has to end.
type books struct {
	Options

	mu    sync.Mutex // guards what follows
	asked time.Time
	told  []prometheus.Metric
}

const (
	fresh    = time.Second
	patience = 5 * time.Second
)

func newBooks(options Options) *books { return &books{Options: options} }

var (
	stateUp   = desc("pvetl_state_up", "Whether the state could be asked. Where it could not, what it tells is missing.")
	processes = desc("pvetl_processes", "Processes that serve on this state and gave a sign of life within a minute.")
	waiting   = desc("pvetl_notices_waiting", "Notices that nobody has taken yet.")
	paused    = desc("pvetl_quota_paused_seconds", "For how much longer nothing may be sent, because Playvox said so.")

	jobNext     = desc("pvetl_job_next_run_timestamp_seconds", "When the job is due next.", "job")
	jobPaused   = desc("pvetl_job_paused", "Whether somebody has paused the job.", "job")
	jobRunning  = desc("pvetl_job_running", "Whether the job is under way, in any process.", "job")
	jobSkipped  = desc("pvetl_job_skipped_runs", "How often in a row the job was due while it was still under way.", "job")
	jobStarted  = desc("pvetl_job_last_run_timestamp_seconds", "When the last run that has ended began.", "job")
	jobTook     = desc("pvetl_job_last_run_duration_seconds", "How long it took.", "job")
	jobStatus   = desc("pvetl_job_last_run_status", "1 for the status with which it ended, 0 for the others.", "job", "status")
	jobGood     = desc("pvetl_job_last_success_timestamp_seconds", "When the last run ended that did not fail, with or without rejects.", "job")
	jobBehind   = desc("pvetl_job_behind_seconds", "How far the watermark lies behind now.", "job")
	jobRejects  = desc("pvetl_job_rejects", "Rows that are rejected and not dismissed.", "job", "stream")
	jobBatches  = desc("pvetl_job_open_batches", "Requests that write whose outcome is not settled.", "job")
	bfRunning   = desc("pvetl_backfill_running", "Whether somebody is at work on a backfill that has not ended.", "job", "backfill")
	bfRows      = desc("pvetl_backfill_rows", "Rows of the backfill, as they were counted beforehand.", "job", "backfill")
	bfSettled   = desc("pvetl_backfill_rows_settled", "Rows of the backfill that are settled.", "job", "backfill")
	bfSlices    = desc("pvetl_backfill_slices", "Slices of the backfill.", "job", "backfill")
	bfDone      = desc("pvetl_backfill_slices_done", "Slices of the backfill that are done.", "job", "backfill")
	bfRemaining = desc("pvetl_backfill_remaining_seconds", "How much longer the backfill will take.", "job", "backfill")
)

// Describe implements prometheus.Collector.
func (b *books) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		stateUp, processes, waiting, paused,
		jobNext, jobPaused, jobRunning, jobSkipped, jobStarted, jobTook, jobStatus, jobGood, jobBehind, jobRejects, jobBatches,
		bfRunning, bfRows, bfSettled, bfSlices, bfDone, bfRemaining,
	} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (b *books) Collect(to chan<- prometheus.Metric) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Now().Sub(b.asked).Abs() >= fresh {
		b.told = b.ask()
		b.asked = b.Now() // what took long to ask is fresh for those who waited for it, who would else wait as long again
	}
	for _, metric := range b.told {
		to <- metric
	}
}

// ask returns all that the state tells, or that it tells nothing.
func (b *books) ask() []prometheus.Metric {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var told []prometheus.Metric
	g := gauges(func(m prometheus.Metric) { told = append(told, m) })
	err := b.tell(ctx, g)
	if err != nil {
		told = nil
	}
	g.truth(stateUp, err == nil)
	return told
}
