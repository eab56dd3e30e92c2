package state

import (
	"context"
	"sync"
	"time"
)

// trust is how long a holder may believe in its lease without asking, by its own monotonic clock, which also runs while
// the process is stopped.
type trust struct {
	lost chan struct{} // closed when it is

	mu       sync.Mutex
	until    time.Time
	guard    *time.Timer // notices the end when nobody asks
	watchers map[*context.CancelCauseFunc]struct{}
}

func (t *trust) start(until time.Time) {
	t.lost = make(chan struct{})
	t.watchers = make(map[*context.CancelCauseFunc]struct{})
	t.mu.Lock()
	defer t.mu.Unlock()
	t.until = until
	t.guard = time.AfterFunc(time.Until(until), func() { _ = t.Check() })
}

func (t *trust) end() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.until
}

// Check returns nil while the lease can be trusted, else ErrLeaseLost. It asks nobody, so that it can be called before
// every step that cannot be fenced, such as a request. A process that was stopped learns here that its time is over.
func (t *trust) Check() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.isLost() {
		return ErrLeaseLost
	}
	return nil
}

// Context returns a context that is cancelled, with ErrLeaseLost as its cause, when the lease is lost.
func (t *trust) Context(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.isLost() {
		cancel(ErrLeaseLost)
	} else {
		t.watchers[&cancel] = struct{}{}
	}
	return ctx, func() {
		cancel(nil)
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.watchers, &cancel)
	}
}

// extend does not help a lease whose trust has run out meanwhile: somebody may have been told.
func (t *trust) extend(until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.isLost() {
		t.until = until
		t.guard.Reset(time.Until(until))
	}
}

func (t *trust) lose() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.until = time.Time{}
	_ = t.isLost()
}

// isLost makes a lease lost when its time is over. The caller has the mutex.
func (t *trust) isLost() bool {
	if time.Now().Before(t.until) {
		return false
	}
	select {
	case <-t.lost:
	default:
		close(t.lost)
		t.guard.Stop()
		for cancel := range t.watchers {
			(*cancel)(ErrLeaseLost)
		}
		clear(t.watchers)
	}
	return true
}
