// Package metrics tells Prometheus how the jobs are. What the state knows is asked of it at each scrape, and is the same in every
// process that shares it; what a process does itself is counted as it goes. docs/metrics.md lists them all.
package metrics

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/internal/scheduler"
	"pvetl/load"
	"pvetl/state"
)

// Options are what there is to be told.
type Options struct {
	Store    *state.Store
	Settings func() config.Reading
	Snapshot func() scheduler.Snapshot
	Usage    func() load.Usage
	Version  string
	Now      func() time.Time // nil: time.Now
}

// Metrics are the figures of a process. They are safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	runs     *runs
	notices  *prometheus.CounterVec
}

// New returns figures that are all zero.
func New(options Options) *Metrics {
	if options.Now == nil {
		options.Now = time.Now
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(), runs: newRuns(options.Snapshot),
		notices: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pvetl_notices_sent_total", Help: "Attempts to send a notice or a heartbeat, by how they ended.",
		}, []string{"kind", "result"}),
	}
	built := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "pvetl_build_info", Help: "Always 1; the label says which version this is.", ConstLabels: prometheus.Labels{"version": options.Version},
	})
	built.Set(1)
	m.registry.MustRegister(
		built, m.notices, m.runs, newProcess(options), newBooks(options),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Describe names all figures of ours, whether there is anything to tell of them or not.
func (m *Metrics) Describe(to chan<- *prometheus.Desc) { m.registry.Describe(to) }

// Ended counts a run of this process.
func (m *Metrics) Ended(_ context.Context, _ config.Job, summary pipeline.Summary) {
	m.runs.end(summary)
}

// Sent counts an attempt to send a notice.
func (m *Metrics) Sent(kind string, ok bool) {
	result := "failed"
	if ok {
		result = "sent"
	}
	m.notices.WithLabelValues(kind, result).Inc()
}

// Handler answers a scrape.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, ErrorHandling: promhttp.ContinueOnError})
}
