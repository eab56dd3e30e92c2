package metrics

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"pvetl/internal/pipeline"
	"pvetl/internal/scheduler"
)

// runs counts what the runs of this process do. A run under way counts as far as it is, so that a long one is not a single
// step at its end.
type runs struct {
	snapshot func() scheduler.Snapshot

	ended     *prometheus.CounterVec
	durations *prometheus.HistogramVec
	rows      *prometheus.CounterVec
	requests  *prometheus.CounterVec
	throttled *prometheus.CounterVec
	stages    *prometheus.CounterVec

	mu    sync.Mutex                  // guards what follows
	known map[string]pipeline.Summary // by job: as far as a run has been counted
	over  map[string]string           // by job: the run that ended last
}

// aRun spans a quiet look and a first load.
var aRun = []float64{1, 5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600}

func newRuns(snapshot func() scheduler.Snapshot) *runs {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	return &runs{
		snapshot: snapshot, known: make(map[string]pipeline.Summary), over: make(map[string]string),
		ended: counter("pvetl_runs_total", "Runs of this process that ended, by how.", "job", "status"),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "pvetl_run_duration_seconds", Help: "How long the runs of this process took.", Buckets: aRun,
		}, []string{"job"}),
		rows:      counter("pvetl_rows_total", "Rows that runs of this process brought to an end, by which.", "job", "stream", "outcome"),
		requests:  counter("pvetl_requests_total", "Requests that runs of this process sent to Playvox, by what for.", "job", "kind"),
		throttled: counter("pvetl_requests_throttled_total", "Requests among them that Playvox answered with 429.", "job"),
		stages:    counter("pvetl_stage_seconds_total", "Where the time of runs of this process went; stages overlap.", "job", "stage"),
	}
}

func (r *runs) all() []prometheus.Collector {
	return []prometheus.Collector{r.ended, r.durations, r.rows, r.requests, r.throttled, r.stages}
}

// Describe implements prometheus.Collector.
func (r *runs) Describe(to chan<- *prometheus.Desc) {
	for _, c := range r.all() {
		c.Describe(to)
	}
}

// Collect implements prometheus.Collector.
func (r *runs) Collect(to chan<- prometheus.Metric) {
	r.look()
	for _, c := range r.all() {
		c.Collect(to)
	}
}

// look counts what the runs under way have done. What they show is asked for under the lock: of two scrapes at once the later one
// would else count from where the earlier one was.
func (r *runs) look() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, running := range r.snapshot().Running {
		r.advance(running.Summary)
	}
}

// end counts what is left of a run, and the run.
func (r *runs) end(s pipeline.Summary) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.RunID != "" && r.over[s.Job] == s.RunID { // it has been told of before
		return
	}
	r.advance(s)
	delete(r.known, s.Job)
	r.over[s.Job] = s.RunID
	r.ended.WithLabelValues(s.Job, s.Status).Inc()
	if s.FinishedAt != nil {
		r.durations.WithLabelValues(s.Job).Observe(s.FinishedAt.Sub(s.StartedAt).Seconds())
	}
}

// advance counts what a run has done since it was counted last. The lock is held.
func (r *runs) advance(s pipeline.Summary) {
	if s.RunID == "" || r.over[s.Job] == s.RunID { // it has shown nothing yet, or it was looked at a moment too late
		return
	}
	before := r.known[s.Job]
	if before.RunID != s.RunID {
		before = pipeline.Summary{}
	}
	r.known[s.Job] = s
	r.addRows(s.Job, pipeline.StreamInteractions, s.Interactions, before.Interactions)
	r.addRows(s.Job, pipeline.StreamComments, s.Comments, before.Comments)
	r.addRows(s.Job, pipeline.StreamAttachments, s.Attachments, before.Attachments)
	r.addRequests(s.Job, s.Requests, before.Requests)
	r.addStages(s.Job, s.Timings, before.Timings)
}

func (r *runs) addRows(job, stream string, now, before pipeline.Counts) {
	for outcome, n := range map[string]int64{
		"new": now.New - before.New, "changed": now.Changed - before.Changed, "unchanged": now.Unchanged - before.Unchanged,
		"rejected": now.Rejected - before.Rejected, "deleted": now.Deleted - before.Deleted,
	} {
		add(r.rows, float64(n), job, stream, outcome)
	}
}

func (r *runs) addRequests(job string, now, before pipeline.Requests) {
	for kind, n := range map[string]int64{
		"bulk": now.Bulk - before.Bulk, "poll": now.Polls - before.Polls, "write": now.Writes - before.Writes, "lookup": now.Lookups - before.Lookups,
	} {
		add(r.requests, float64(n), job, kind)
	}
	add(r.throttled, float64(now.Throttled-before.Throttled), job)
}

func (r *runs) addStages(job string, now, before pipeline.Timings) {
	for stage, seconds := range map[string]float64{
		"read": now.Read - before.Read, "map": now.Map - before.Map, "compare": now.Compare - before.Compare,
		"send": now.Send - before.Send, "poll": now.Poll - before.Poll, "settle": now.Settle - before.Settle,
	} {
		add(r.stages, seconds, job, stage)
	}
}

// add makes a counter be there, and greater where there is something to add: one never falls.
func add(to *prometheus.CounterVec, n float64, labels ...string) {
	to.WithLabelValues(labels...).Add(max(0, n))
}
