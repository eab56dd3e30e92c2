package load

import (
	"context"
	"slices"
	"time"
)

const (
	slowdown   = 3                // times the usual duration: Playvox has more to do than it can
	worthWhile = 10 * time.Second // below, jobs are not slow, whatever is usual
	few        = 3                // jobs that show it
	many       = 40               // jobs that show what is usual: what stays slow becomes so
)

// Begin waits until another job may be opened: fewer when jobs slow down. Each Begin without an error is followed by an End.
func (p *Pace) Begin(ctx context.Context) error {
	for ctx.Err() == nil {
		free, changed := p.enter()
		if free {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

func (p *Pace) enter() (free bool, changed <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	free = p.open < p.allowed
	if free {
		p.open++
	}
	return free, p.changed
}

// End says that a job is over, or that nobody waits for it any more.
func (p *Pace) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open--
	p.tell()
}

// press halves the number of jobs that may be open when the latest took far longer than is usual, at most once for all
// that are open, and lets it grow by one with each job while they do not.
func (p *Pace) press() {
	p.sinceHalved++
	latest := median(tail(p.recent, few))
	switch {
	case len(p.recent) <= few || latest <= max(worthWhile, slowdown*usual(tail(p.recent, many))):
		p.allowed = min(p.most, p.allowed+1)
	case p.sinceHalved >= p.allowed:
		p.allowed, p.sinceHalved = max(1, p.allowed/2), 0
	}
}

// usual is what the faster of the jobs take.
func usual(durations []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(durations))[len(durations)/4]
}

func median(durations []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(durations))[len(durations)/2]
}
