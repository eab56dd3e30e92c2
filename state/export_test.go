package state

import (
	"context"
	"fmt"
	"time"
)

// SetLease gives the leases that a store acquires from now on a life that a test can wait for.
func SetLease(s *Store, ttl, margin, retry time.Duration) {
	s.lease = leaseTimes{ttl: ttl, margin: margin, retry: retry}
}

// ExtendLease is a renewal whose success comes to light now.
func ExtendLease(lease *Lease, until time.Time) { lease.extend(until) }

// Confine leaves a SQLite state no more room than so many pages, or than it takes already.
func Confine(ctx context.Context, s *Store, pages int) error {
	_, err := s.db.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages))
	return err
}
