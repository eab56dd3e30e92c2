package pipeline

import (
	"context"
	"encoding/json"
	"time"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/state"
)

// Books is what the state tells of jobs.
type Books interface {
	RunBooks

	Watermarks(ctx context.Context, job string) ([]state.Watermark, error)
	LastRun(ctx context.Context, job string, statuses ...string) (run state.Run, ok bool, err error)
	Schedules(ctx context.Context) ([]state.Schedule, error)
	OpenBatches(ctx context.Context, job string) ([]state.Batch, error)
	CountRejects(ctx context.Context, job string) (int, error)
}

// JobStatus is where a job stands.
type JobStatus struct {
	Job           string          `json:"job"`
	Schedule      string          `json:"schedule"`
	NextRun       *time.Time      `json:"next_run"`     // null where it never runs by itself, or is paused
	PausedSince   *time.Time      `json:"paused_since"` // null where it is not
	LastRun       json.RawMessage `json:"last_run"`     // a Summary; null where it never ran
	Watermark     Watermarks      `json:"watermark"`
	BehindSeconds *int64          `json:"behind_seconds"` // null where the cursor is no time
	OpenBatches   int             `json:"open_batches"`
	Rejects       int             `json:"rejects"`
}

// Status tells where a job stands.
func Status(ctx context.Context, cfg config.Config, job config.Job, books Books, now time.Time) (JobStatus, error) {
	status := JobStatus{Job: job.Name, Schedule: job.Schedule, LastRun: json.RawMessage("null")}
	schedules, err := books.Schedules(ctx)
	if err != nil {
		return status, err
	}
	status.plan(job, schedules, now)
	last, ran, err := books.LastRun(ctx, job.Name, Running, Succeeded, Partial, Failed)
	if err != nil {
		return status, err
	}
	if ran {
		reports, err := Reports(ctx, books, []state.Run{last})
		if err != nil {
			return status, err
		}
		status.LastRun = reports[0]
	}
	watermarks, err := books.Watermarks(ctx, job.Name)
	if err != nil {
		return status, err
	}
	for _, watermark := range watermarks {
		status.see(cfg, job, watermark, now)
	}
	open, err := books.OpenBatches(ctx, job.Name)
	if err != nil {
		return status, err
	}
	status.OpenBatches = len(open)
	status.Rejects, err = books.CountRejects(ctx, job.Name)
	return status, err
}

// plan says when the job runs next: as whoever serves has it, where that lies ahead, else as the schedule says.
func (s *JobStatus) plan(job config.Job, schedules []state.Schedule, now time.Time) {
	known := state.Schedule{}
	for _, one := range schedules {
		if one.Job == job.Name {
			known = one
		}
	}
	if !known.Paused.IsZero() {
		since := known.Paused.UTC()
		s.PausedSince = &since
		return
	}
	next, ok := job.NextRun(now)
	if !ok {
		return
	}
	if known.NextDue.After(now) && known.NextDue.Before(next) { // an interval goes on in step
		next = known.NextDue
	}
	next = next.UTC()
	s.NextRun = &next
}

func (s *JobStatus) see(cfg config.Config, job config.Job, watermark state.Watermark, now time.Time) {
	switch watermark.Stream {
	case StreamComments:
		s.Watermark.Comments = &watermark.Cursor
	case StreamInteractions:
		s.Watermark.Interactions = &watermark.Cursor
		if behind, ok := Behind(cfg, job, watermark, now); ok {
			seconds := int64(behind.Seconds())
			s.BehindSeconds = &seconds
		}
	}
}

// Behind is how far a watermark of a job lies behind now; ok is false where its cursor is no time.
func Behind(cfg config.Config, job config.Job, watermark state.Watermark, now time.Time) (behind time.Duration, ok bool) {
	source, _ := cfg.Source(job.Source)
	zone, err := time.LoadLocation(source.Timezone)
	if err != nil {
		return 0, false
	}
	at, ok := extract.ParseCursor(watermark.Cursor, watermark.Type, zone)
	return now.Sub(at), ok
}
