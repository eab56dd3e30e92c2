package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// process is what this process knows of itself.
type process struct{ Options }

func newProcess(options Options) process { return process{options} }

var (
	configGood = desc("pvetl_config_last_reload_successful", "Whether jobs.yaml as it is now is in use.")
	configRead = desc("pvetl_config_last_reload_success_timestamp_seconds", "When the jobs.yaml was read that is in use.")
	ticked     = desc("pvetl_scheduler_last_tick_timestamp_seconds", "When the scheduler of this process looked last what is due.")
	schedules  = desc("pvetl_scheduler_up", "Whether the scheduler of this process can do its work: look what is due, and write to the state.")
	quotaUsed  = desc("pvetl_quota_requests_per_minute", "Requests that this process sent to Playvox in the last minute.")
	quotaMay   = desc("pvetl_quota_allowed_requests_per_minute", "Requests a minute that may be sent, as configured or as Playvox teaches.")
)

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// Describe implements prometheus.Collector.
func (p process) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{configGood, configRead, ticked, schedules, quotaUsed, quotaMay} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (p process) Collect(to chan<- prometheus.Metric) {
	g := gauges(func(m prometheus.Metric) { to <- m })
	reading, snapshot := p.Settings(), p.Snapshot()
	g.truth(configGood, reading.Fault == nil)
	g.instant(configRead, reading.ReadAt)
	g.instant(ticked, snapshot.Ticked)
	g.truth(schedules, snapshot.Fault == nil)
	if usage := p.Usage(); usage.Allowed > 0 {
		g.set(quotaUsed, usage.PerMinute)
		g.set(quotaMay, usage.Allowed)
	}
}

// gauges takes what is measured.
type gauges func(prometheus.Metric)

func (g gauges) set(d *prometheus.Desc, value float64, labels ...string) {
	g(prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...))
}

func (g gauges) truth(d *prometheus.Desc, is bool, labels ...string) {
	value := 0.0
	if is {
		value = 1
	}
	g.set(d, value, labels...)
}

// instant leaves out what has not been yet.
func (g gauges) instant(d *prometheus.Desc, at time.Time, labels ...string) {
	if !at.IsZero() {
		g.set(d, float64(at.UnixMilli())/1000, labels...)
	}
}
