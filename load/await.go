package load

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	firstGuess   = 250 * time.Millisecond // of a job's duration, while none is known
	shortestWait = 100 * time.Millisecond // before a poll
	longestWait  = 30 * time.Second
	stuckAfter   = 30 * time.Minute
	remembered   = 100 // jobs
	latest       = 10  // of them, that the pace is taken from
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

// Pace knows how long jobs have been taking, so that one poll is about enough for the next one.
type Pace struct {
	mu     sync.Mutex
	recent []time.Duration
}

// NewPace begins with the durations of earlier jobs, the newest first.
func NewPace(seconds []float64) *Pace {
	p := &Pace{}
	for _, s := range slices.Backward(seconds) {
		p.Observe(time.Duration(s * float64(time.Second)))
	}
	return p
}

// Observe takes in how long a job has taken.
func (p *Pace) Observe(took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.recent = append(p.recent, took)
	if len(p.recent) > remembered {
		p.recent = p.recent[1:]
	}
}

// guess is the time within which most of the latest jobs were over: not all, so that one that took very long does not
// hold up the next ten.
func (p *Pace) guess() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.recent) == 0 {
		return firstGuess
	}
	sorted := slices.Sorted(slices.Values(p.recent[max(0, len(p.recent)-latest):]))
	return sorted[len(sorted)*8/10]
}

// Await polls a job until it is over and returns what it says, with the time it took as far as we saw.
func (c *Client) Await(ctx context.Context, jobID string, pace *Pace) (JobStatus, time.Duration, error) {
	began := time.Now()
	notOver := time.Duration(0) // it certainly took longer than this
	for wait := pace.guess(); ; {
		wait = min(max(wait, shortestWait), longestWait)
		if err := sleep(ctx, wait); err != nil {
			return JobStatus{}, 0, fmt.Errorf("waiting for job %s: %w", jobID, err)
		}
		status, err := c.Job(ctx, jobID)
		if err != nil {
			return JobStatus{}, 0, err
		}
		waited := time.Since(began)
		if status.Over() {
			took := duration(status.Took, notOver, waited)
			pace.Observe(took)
			return status, took, nil
		}
		if waited > stuckAfter {
			return status, waited, &StuckError{JobID: jobID, Status: status.Status, Waited: waited}
		}
		if notOver == 0 {
			wait /= 2
		} else {
			wait = wait * 3 / 2
		}
		notOver = waited
	}
}

// duration is how long a job took that was not over after one wait and was after another: what the server says where
// that fits, because its clock may show whole seconds only. A job that was over at the first look may have been so for
// long, so the estimate comes down by a fifth at a time.
func duration(told, notOver, waited time.Duration) time.Duration {
	switch {
	case notOver == 0:
		return min(max(told, waited*8/10), waited)
	case told > notOver && told < waited:
		return told
	default:
		return waited
	}
}
