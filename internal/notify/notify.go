// Package notify tells people when something changes with a job, and a monitor that runs go well. What is known of a job, and
// what is to be told, stands in the state: of all who share it one tells a change. It never fails a run.
package notify

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/internal/secret"
	"pvetl/state"
)

// Options are what a Notifier works with.
type Options struct {
	Store    *state.Store
	Settings func() config.Reading // whose Notify is in use
	Log      *slog.Logger
	Now      func() time.Time // nil: time.Now
	HTTP     *http.Client     // nil: one of its own
	Redact   func(string) string
	Page     secret.Text                // the address of the status page, for links; empty: none
	Sent     func(kind string, ok bool) // is told of each attempt; may be nil
}

// Notifier finds out what changed, writes it down, and sends it. It is safe for concurrent use.
type Notifier struct {
	options Options
	http    *http.Client

	mu      sync.Mutex // guards what follows
	streaks map[string]time.Time

	delivering sync.Mutex // one sends at a time, so that what happened first is told first; guards what follows
	until      time.Time  // the receiver is left alone
}

// New returns a notifier.
func New(options Options) *Notifier {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Redact == nil {
		options.Redact = func(text string) string { return text }
	}
	return &Notifier{options: options, http: newHTTP(options.HTTP), streaks: make(map[string]time.Time)}
}

// now leaves out the monotonic part, because it stands still while a machine is suspended.
func (n *Notifier) now() time.Time { return n.options.Now().UTC().Round(0) }

// Ended takes note of the end of a run. Skipped ones, and those that somebody else kept from running, are none.
func (n *Notifier) Ended(ctx context.Context, job config.Job, summary pipeline.Summary) {
	isGood := summary.Status == pipeline.Succeeded || summary.Status == pipeline.Partial
	if summary.HeldBy != nil || summary.Backfill != nil || !isGood && summary.Status != pipeline.Failed {
		return
	}
	settings := n.options.Settings().File.Config.Notify
	if settings.Webhook != "" {
		n.noteEnd(ctx, job.Name, summary, settings)
	}
	if settings.Heartbeat != "" && isGood {
		n.beat(ctx, settings.HeartbeatOf(job.Name), job.Name, summary.RunID)
	}
}

func (n *Notifier) noteEnd(ctx context.Context, job string, summary pipeline.Summary, settings config.Notify) {
	ctx, cancel := context.WithTimeout(ctx, bookkeeping)
	defer cancel()
	end := n.endOf(job, summary)
	end.quietAfter = settings.QuietAfter
	paused, err := n.paused(ctx)
	if err == nil && end.isGood() {
		end.rejects, err = n.rejects(ctx, job)
	}
	end.paused = paused[job]
	if err == nil {
		err = n.note(ctx, job, func(s *standing) []body { return s.ended(end) })
	}
	n.streak(toNote, err == nil, n.now(), "job", job, "run", summary.RunID, "fault", n.options.Redact(errorText(err)))
}

// Look takes note of what time alone changes, which is that a job is behind. It also takes note of a jobs.yaml that is broken,
// or whole again.
func (n *Notifier) Look(ctx context.Context) {
	reading := n.options.Settings()
	if reading.File.Config.Notify.Webhook == "" {
		return // whoever names a receiver later is told of what is wrong then
	}
	ctx, cancel := context.WithTimeout(ctx, bookkeeping)
	defer cancel()
	err := n.look(ctx, reading)
	if ctx.Err() != nil && err == nil {
		err = ctx.Err()
	}
	n.streak(toNote, err == nil, n.now(), "fault", n.options.Redact(errorText(err)))
}

func (n *Notifier) look(ctx context.Context, reading config.Reading) error {
	now := n.now()
	paused, err := n.paused(ctx)
	if err != nil {
		return err
	}
	seen := edit{at: now, readAt: reading.ReadAt.UTC().Round(0), fault: "", faultSince: reading.FaultSince.UTC().Round(0)}
	if reading.Fault != nil {
		seen.fault = n.hide(reading.Fault.Error())
	}
	if err := n.note(ctx, "", func(s *standing) []body { return s.edited(seen) }); err != nil {
		return err
	}
	for _, job := range reading.File.Config.Jobs {
		glance := glance{at: now, job: job.Name, paused: paused[job.Name], limit: limitOf(job, reading.File.Config.Notify.BehindAfter)}
		if err := n.note(ctx, job.Name, func(s *standing) []body { return s.lookedAt(glance) }); err != nil {
			return err
		}
	}
	return nil
}
