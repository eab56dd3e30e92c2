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
	Watermarks(ctx context.Context, job string) ([]state.Watermark, error)
	Runs(ctx context.Context, job string, limit int) ([]state.Run, error)
	OpenBatches(ctx context.Context, job string) ([]state.Batch, error)
	CountRejects(ctx context.Context, job string) (int, error)
}

// JobStatus is where a job stands.
type JobStatus struct {
	Job           string          `json:"job"`
	Schedule      string          `json:"schedule"`
	NextRun       *time.Time      `json:"next_run"`
	LastRun       json.RawMessage `json:"last_run"` // a Summary; null where it never ran
	Watermark     Watermarks      `json:"watermark"`
	BehindSeconds *int64          `json:"behind_seconds"` // null where the cursor is no time
	OpenBatches   int             `json:"open_batches"`
	Rejects       int             `json:"rejects"`
}

// Status tells where a job stands.
func Status(ctx context.Context, cfg config.Config, job config.Job, books Books, now time.Time) (JobStatus, error) {
	status := JobStatus{Job: job.Name, Schedule: job.Schedule, LastRun: json.RawMessage("null")}
	if next, ok := job.NextRun(now); ok {
		next = next.UTC()
		status.NextRun = &next
	}
	runs, err := books.Runs(ctx, job.Name, 1)
	if err != nil {
		return status, err
	}
	if len(runs) > 0 {
		status.LastRun = SummaryOf(runs[0])
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

func (s *JobStatus) see(cfg config.Config, job config.Job, watermark state.Watermark, now time.Time) {
	switch watermark.Stream {
	case StreamComments:
		s.Watermark.Comments = &watermark.Cursor
	case StreamInteractions:
		s.Watermark.Interactions = &watermark.Cursor
		source, _ := cfg.Source(job.Source)
		zone, err := time.LoadLocation(source.Timezone)
		if err != nil {
			return
		}
		if at, ok := extract.ParseCursor(watermark.Cursor, watermark.Type, zone); ok {
			behind := int64(now.Sub(at).Seconds())
			s.BehindSeconds = &behind
		}
	}
}

// SummaryOf is what a run reported, or what is known of one that is under way or died.
func SummaryOf(run state.Run) json.RawMessage {
	if len(run.Summary) > 0 {
		return run.Summary
	}
	text, _ := json.Marshal(Summary{Job: run.Job, RunID: run.ID, Status: run.Status, StartedAt: run.StartedAt})
	return text
}
