package scheduler

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/state"
)

// carry carries out a job. The context ends with the lease. A panic is a run that failed: the other jobs go on, and so does this one
// when it is due next.
func (s *Scheduler) carry(
	ctx context.Context, reading config.Reading, job config.Job, doing string, lease *state.Lease,
) (summary pipeline.Summary, err error) {
	ctx, cancel := lease.Context(ctx)
	defer cancel()
	defer func() {
		if cause := recover(); cause != nil {
			err = s.broken("a run", job.Name, cause)
			summary = s.failed(job.Name, err)
		}
	}()
	return s.Carry(ctx, reading, job, doing, lease, func(summary pipeline.Summary) { s.show(job.Name, summary) })
}

// show keeps how far the run of a job is.
func (s *Scheduler) show(job string, summary pipeline.Summary) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.turns[job]; ok {
		t.Summary = summary
	}
}

// tell tells how a run ended.
func (s *Scheduler) tell(ctx context.Context, job config.Job, summary pipeline.Summary) {
	defer func() {
		if cause := recover(); cause != nil {
			_ = s.broken("what follows a run", job.Name, cause)
		}
	}()
	ctx, cancel := afterEffect(ctx)
	defer cancel()
	s.Ended(ctx, job, summary)
}

// broken logs a panic and returns what to say of it. The value of one may come from a row, so that only those of the language itself
// are told.
func (s *Scheduler) broken(what, job string, cause any) error {
	reason := fmt.Sprintf("a %T", cause)
	if mistake, ok := cause.(runtime.Error); ok {
		reason = mistake.Error()
	}
	s.Log.Error("a defect of pvetl broke something off: the other jobs go on", "job", job, "broken", what, "reason", reason, "stack", string(debug.Stack()))
	return errors.New("a defect of pvetl broke " + what + " off (" + reason + "): report it with what the log says")
}

// failed is the summary of a run that broke off, as far as it was shown.
func (s *Scheduler) failed(job string, err error) pipeline.Summary {
	s.mu.Lock()
	summary, since := s.turns[job].Summary, s.turns[job].Since
	s.mu.Unlock()
	now, text := s.now().UTC(), err.Error()
	if summary.StartedAt.IsZero() {
		summary.StartedAt = since.UTC()
	}
	summary.Job, summary.Status, summary.FinishedAt, summary.Error = job, pipeline.Failed, &now, &text
	return summary
}
