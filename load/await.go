package load

import (
	"context"
	"fmt"
	"time"
)

// StuckError says that a job has been accepted and did not end within the time we wait for one. It stays accepted: it
// is asked again by the next run.
type StuckError struct {
	JobID  string
	Status string
	Waited time.Duration
}

func (e *StuckError) Error() string {
	return fmt.Sprintf("job %s is still %q after %s", e.JobID, e.Status, e.Waited.Round(time.Second))
}

// wait is one job that is being waited for.
type wait struct {
	began   time.Time
	looks   int           // at which it was not over
	notOver time.Duration // it certainly took longer than this
	round   int           // of the first of them
}

// Await polls a job until it is over and returns what it says, with the time it took as far as we saw.
func (c *Client) Await(ctx context.Context, jobID string, pace *Pace) (JobStatus, time.Duration, error) {
	job := &wait{began: time.Now()}
	defer pace.leave(job)
	for {
		if err := pace.await(ctx, job); err != nil {
			return JobStatus{}, 0, fmt.Errorf("waiting for job %s: %w", jobID, err)
		}
		status, err := c.Job(ctx, jobID)
		if err != nil {
			return JobStatus{}, 0, err
		}
		waited := time.Since(job.began)
		if status.Over() {
			return status, pace.over(job, status.Took, waited), nil
		}
		if waited >= stuckAfter {
			return status, waited, &StuckError{JobID: jobID, Status: status.Status, Waited: waited}
		}
		pace.miss(job, waited)
	}
}

// await returns when it is time to look at a job, which may change while it waits.
func (p *Pace) await(ctx context.Context, job *wait) error {
	for {
		next, changed := p.nextLook(job)
		left := next - time.Since(job.began)
		if left <= 0 {
			return ctx.Err()
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-changed:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}
