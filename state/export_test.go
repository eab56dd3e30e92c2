package state

import (
	"context"
	"fmt"
	"time"
)

// SetLease gives the leases that a store acquires from now on a life that a test can wait for.
func SetLease(s *Store, ttl, margin, retry time.Duration) {
	s.lease.ttl, s.lease.margin, s.lease.retry = ttl, margin, retry
}

// SetPatience says how leases of a store wait for one another.
func SetPatience(s *Store, patience, wish time.Duration) {
	s.lease.patience, s.lease.wish, s.lease.knock, s.lease.look = patience, wish, 10*time.Millisecond, 10*time.Millisecond
}

// ExtendLease is a renewal whose success comes to light now.
func ExtendLease(lease *Lease, until time.Time) { lease.extend(until) }

// ClockedQuota is that of an account, by a clock that the test moves.
type ClockedQuota struct{ row quotaRow }

// Pass moves the clock.
func (q *ClockedQuota) Pass(d time.Duration) { q.row.now += d.Microseconds() }

// Take is what TakeQuota does; start is on the clock of the test.
func (q *ClockedQuota) Take(perMinute float64, most int, yielding bool) (granted int, start, every time.Duration) {
	granted, wait, every := q.row.take(perMinute, most, yielding)
	return granted, time.Duration(q.row.now)*time.Microsecond + wait, every
}

// Limit is what LimitQuota does.
func (q *ClockedQuota) Limit(pause time.Duration, perMinute float64, lasting time.Duration) {
	q.row.limit(pause, perMinute, lasting)
}

// Confine leaves a SQLite state no more room than so many pages, or than it takes already.
func Confine(ctx context.Context, s *Store, pages int) error {
	_, err := s.db.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages))
	return err
}
