package extract

import (
	"context"
	"sync"
	"time"
)

// pace keeps all reads of a source together at so many rows in a second.
type pace struct {
	perSecond int // zero is no limit

	mu   sync.Mutex
	free time.Time // when what has been read so far is paid for
}

// rest waits until rows that were read since began are paid for. It is called when their query is closed, so that the
// database waits for nobody.
func (p *pace) rest(ctx context.Context, began time.Time, rows int) error {
	if p.perSecond <= 0 || rows == 0 {
		return nil
	}
	timer := time.NewTimer(time.Until(p.pay(began, rows)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (p *pace) pay(began time.Time, rows int) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.free.Before(began) {
		p.free = began
	}
	p.free = p.free.Add(time.Duration(float64(rows) / float64(p.perSecond) * float64(time.Second)))
	return p.free
}
