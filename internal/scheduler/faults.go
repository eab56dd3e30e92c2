package scheduler

import (
	"context"
	"time"
)

// fault is why something cannot be done, and since when.
type fault struct {
	err   error
	since time.Time
}

// What it has to do.
const (
	toLook = "look what is due"
	toBeat = "show that it is alive"
	toTidy = "forget old runs"
)

func toBegin(job string) string { return "begin job " + job }

// note keeps how an attempt ended, and says when it stops going well and when it does again: not each time between. What fails
// because the scheduler is stopped is no fault.
func (s *Scheduler) note(ctx context.Context, doing string, err error) {
	if ctx.Err() != nil {
		return
	}
	now := s.now()
	s.mu.Lock()
	before, known := s.faults[doing]
	switch {
	case err == nil:
		delete(s.faults, doing)
	case known:
		s.faults[doing] = fault{err, before.since}
	default:
		s.faults[doing] = fault{err, now}
	}
	s.mu.Unlock()
	switch {
	case err != nil && !known:
		s.Log.Warn("the scheduler cannot do what it has to: it tries again until it can", "doing", doing, "error", err)
	case err == nil && known:
		s.Log.Info("the scheduler can do again what it has to", "doing", doing, "after_seconds", seconds(now.Sub(before.since)))
	}
}

// worst is what keeps it from working at all; nil where nothing does. The caller has the mutex.
func (s *Scheduler) worst() error {
	if f, ok := s.faults[toLook]; ok {
		return f.err
	}
	return s.faults[toBeat].err
}

func seconds(d time.Duration) int64 { return int64(d.Round(time.Second) / time.Second) }
