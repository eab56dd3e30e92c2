package scheduler

import (
	"context"
	"time"
)

const (
	beatEvery = 15 * time.Second
	tidyEvery = 24 * time.Hour
	keepFor   = 90 * 24 * time.Hour // what tells of runs
)

// beat shows others that this process is alive, and itself that the state can be written to.
func (s *Scheduler) beat(ctx context.Context) {
	every(ctx, beatEvery, func() {
		beating, cancel := context.WithTimeout(ctx, beatEvery)
		defer cancel()
		s.note(ctx, toBeat, s.Store.Beat(beating, s.Owner))
	})
}

// stopBeating says goodbye. Whoever does not is forgotten within a day.
func (s *Scheduler) stopBeating(ctx context.Context) {
	ctx, cancel := afterEffect(ctx)
	defer cancel()
	if err := s.Store.StopBeating(ctx, s.Owner); err != nil {
		s.Log.Warn("this process stays on the list of those that serve until tomorrow", "error", err)
	}
}

// tidy forgets what nobody looks at any more, a little at a time.
func (s *Scheduler) tidy(ctx context.Context) {
	every(ctx, tidyEvery, func() {
		for ctx.Err() == nil {
			n, err := s.Store.Prune(ctx, s.now().Add(-keepFor))
			s.note(ctx, toTidy, err)
			if err != nil || n == 0 {
				return
			}
		}
	})
}

// every does something at once and then in intervals, until ctx is done.
func every(ctx context.Context, interval time.Duration, do func()) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		do()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
