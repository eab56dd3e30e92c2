package load

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"time"
)

const (
	maxPause = 15 * time.Minute // the longest the server may hold us back within a run
	// longestHold bounds the pause that the gate keeps: a server that errs by years must not silence a process that
	// lives for months.
	longestHold = time.Hour
	// shortestSleep is what timers are good for: at a high rate a request does not wait for a turn that is so near.
	shortestSleep = time.Millisecond
	// headroom is the part of the quota that is used: requests may arrive closer together than they left.
	headroom = 0.99
)

// PausedError says that the server asks for a pause longer than a run waits.
type PausedError struct {
	Until time.Time
}

func (e *PausedError) Error() string {
	return fmt.Sprintf("Playvox limits the rate until %s: run again after that", e.Until.UTC().Format(time.RFC3339))
}

// quotaError is a turn that could not be had, because whoever keeps the quota did not answer.
type quotaError struct{ err error }

func (e *quotaError) Error() string { return "taking a turn of the shared quota: " + e.err.Error() }
func (e *quotaError) Unwrap() error { return e.err }

// pacer is the one gate that every request of the process passes: it spreads them evenly over the minute, and holds all
// of them back when the server says that one was too many.
type pacer struct {
	quota     Quota
	account   string
	perMinute float64 // as configured, less the headroom

	// One request of each kind is at the head of its line. A turn is taken only there, so that what waits behind it holds
	// no turn, and a yielding request sees that all others have gone.
	line, yielders chan struct{}
	turns          turns // belongs to the head of the line

	mu     sync.Mutex
	until  time.Time     // nobody sends before
	asked  time.Time     // the same as the server put it, which may be later
	every  time.Duration // between two requests, as the quota last told
	record record
}

// turns are those that the quota has granted and nobody has used.
type turns struct {
	left  int
	next  time.Time
	every time.Duration
}

// expire forgets the turns that nobody used in time: saved up they would be a burst.
func (t *turns) expire(now time.Time) {
	for t.left > 0 && now.Sub(t.next) > max(shortestSleep, t.every/10) {
		t.use()
	}
}

func (t *turns) use() {
	t.left--
	t.next = t.next.Add(t.every)
}

func newPacer(account Account) *pacer {
	perMinute := float64(account.RequestsPerMinute) * headroom
	p := &pacer{
		quota: account.Quota, account: accountName(account), perMinute: perMinute, every: interval(perMinute),
		line: make(chan struct{}, 1), yielders: make(chan struct{}, 1),
	}
	if p.quota == nil {
		p.quota = &localQuota{}
	}
	return p
}

// accountName tells accounts apart without telling who they are.
func accountName(account Account) string {
	sum := sha256.Sum256([]byte(account.BaseURL + "\n" + account.UID.Reveal()))
	return hex.EncodeToString(sum[:16])
}

// wait returns when a request may be sent. The error is that of ctx, a *PausedError or a *quotaError.
func (p *pacer) wait(ctx context.Context, yielding bool) error {
	arrived := time.Now()
	line, step := p.line, p.step
	if yielding {
		line, step = p.yielders, p.yieldingStep
	}
	select {
	case line <- struct{}{}:
		defer func() { <-line }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for {
		if err := p.sitOut(ctx); err != nil {
			return err
		}
		mine, err := step(ctx)
		if err != nil {
			return err
		}
		// A turn that fell into a pause is lost: kept, it would come at once with all the others after it.
		left, _ := p.pauseLeft()
		switch {
		case left > 0 && !yielding:
			p.turns.left = 0
		case left <= 0 && mine:
			p.goes(arrived)
			return nil
		}
	}
}

// step waits for the next turn of this process. One whose request is given up meanwhile is left for the next in line.
func (p *pacer) step(ctx context.Context) (mine bool, err error) {
	p.turns.expire(time.Now())
	if p.turns.left == 0 {
		granted, wait, every, err := p.take(ctx, worthASecond(p.inForce()), false)
		if err != nil {
			return false, err
		}
		p.turns = turns{left: granted, next: time.Now().Add(wait), every: every}
	}
	if err := p.sleep(ctx, time.Until(p.turns.next)); err != nil {
		return false, err
	}
	mine = p.turns.left > 0
	if mine {
		p.turns.use()
	}
	return mine, nil
}

// yieldingStep takes a turn that nobody else wants, or waits for the moment of the next.
func (p *pacer) yieldingStep(ctx context.Context) (mine bool, err error) {
	granted, wait, _, err := p.take(ctx, 1, true)
	if err != nil {
		return false, err
	}
	if granted == 0 {
		wait = max(wait, shortestSleep)
	}
	return granted > 0, p.sleep(ctx, wait)
}

func (p *pacer) take(ctx context.Context, most int, yielding bool) (granted int, wait, every time.Duration, err error) {
	granted, wait, every, err = p.quota.TakeQuota(ctx, p.account, p.perMinute, most, yielding)
	switch {
	case ctx.Err() != nil:
		return 0, 0, 0, ctx.Err()
	case err != nil:
		return 0, 0, 0, &quotaError{err}
	case wait > maxPause:
		return 0, 0, 0, &PausedError{Until: time.Now().Add(wait)} // that another process was asked for
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.every = every
	return granted, wait, every, nil
}

// inForce is the time between two requests at the rate that is to be kept to.
func (p *pacer) inForce() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.every
}

// sitOut waits until the pause that the server asked for is over.
func (p *pacer) sitOut(ctx context.Context) error {
	for {
		left, asked := p.pauseLeft()
		switch {
		case left <= 0:
			return nil
		case left > maxPause:
			return &PausedError{Until: asked}
		}
		if err := sleep(ctx, left); err != nil {
			return err
		}
	}
}

func (p *pacer) pauseLeft() (left time.Duration, asked time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Until(p.until), p.asked
}

// sleep waits as long as it is worth it.
func (p *pacer) sleep(ctx context.Context, d time.Duration) error {
	if d < shortestSleep {
		return ctx.Err()
	}
	return sleep(ctx, d)
}

// sleep waits for d or for the end of ctx, whose error it returns.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
	return ctx.Err()
}
