package load

import (
	"slices"
	"time"
)

const (
	leastSettleDelay   = 5 * time.Second
	unknownSettleDelay = 30 * time.Second // while no job's duration is known
)

// SettleDelay is how long to wait for a job that may be at work without our knowing, before its absence means anything:
// three times the slowest of the latest jobs.
func (p *Pace) SettleDelay() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.recent) == 0 {
		return unknownSettleDelay
	}
	return max(leastSettleDelay, 3*slices.Max(p.recent))
}
