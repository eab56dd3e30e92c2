package load

import (
	"context"
	"sync"
	"time"
)

// localQuota is the quota of a process that shares it with nobody.
type localQuota struct {
	mu      sync.Mutex
	next    time.Time // nobody's turn is before
	paused  time.Time // nor before
	learned float64   // the rate, if one was taught that is still to be kept to
	until   time.Time // it is to be kept to
}

// TakeQuota grants one turn after the other: what was not used in time is not saved up, because a burst could be two
// minutes' worth to a server whose minute begins elsewhere. It grants no more than a second's worth, so that a rate which
// falls is not kept waiting for.
func (q *localQuota) TakeQuota(_ context.Context, _ string, perMinute float64, most int, yielding bool) (granted int, wait, every time.Duration, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	if now.Before(q.until) {
		perMinute = min(perMinute, q.learned)
	}
	every = interval(perMinute)
	start := latestOf(now, q.next, q.paused)
	wait = start.Sub(now)
	if yielding && wait > 0 {
		return 0, wait, every, nil
	}
	granted = min(most, worthASecond(every))
	q.next = start.Add(time.Duration(granted) * every)
	return granted, wait, every, nil
}

// LimitQuota lengthens a pause and never shortens it; a rate takes the place of one that is higher or has ended.
func (q *localQuota) LimitQuota(_ context.Context, _ string, pause time.Duration, perMinute float64, lasting time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	if pause > 0 {
		q.paused = latestOf(q.paused, now.Add(pause))
	}
	if perMinute > 0 && (perMinute < q.learned || !now.Before(q.until)) {
		q.learned, q.until = perMinute, now.Add(lasting)
	}
	return nil
}

// interval is the time between two requests at a rate.
func interval(perMinute float64) time.Duration {
	return time.Duration(float64(time.Minute) / perMinute)
}

// worthASecond is how many requests go in a second, and at least one.
func worthASecond(every time.Duration) int { return max(1, int(time.Second/max(1, every))) }

func latestOf(first time.Time, others ...time.Time) time.Time {
	for _, other := range others {
		if other.After(first) {
			first = other
		}
	}
	return first
}
