package load

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	maxPause = 15 * time.Minute // the longest the server may hold us back within a run
	// longestHold bounds the pause that the gate keeps: a server that errs by years must not silence a process that
	// lives for months.
	longestHold = time.Hour
)

// PausedError says that the server asks for a pause longer than a run waits.
type PausedError struct {
	Until time.Time
}

func (e *PausedError) Error() string {
	return fmt.Sprintf("Playvox limits the rate until %s: run again after that", e.Until.UTC().Format(time.RFC3339))
}

// pacer is the one gate that every request of the process passes: it spreads them evenly over the minute, and holds all
// of them back when the server says that one was too many.
type pacer struct {
	limiter *rate.Limiter

	mu    sync.Mutex
	until time.Time // nobody sends before
	asked time.Time // the same as the server put it, which may be later
}

// newPacer allows perMinute requests, one at a time: a burst at a minute's start could be two minutes' worth to a server
// whose minute begins elsewhere. It stays a hundredth below, because requests may arrive closer together than they left.
func newPacer(perMinute int) *pacer {
	return &pacer{limiter: rate.NewLimiter(rate.Limit(float64(perMinute)/60*0.99), 1)}
}

// wait returns when a request may be sent. The error is that of ctx, or a *PausedError.
func (p *pacer) wait(ctx context.Context) error {
	for {
		if err := p.sitOut(ctx); err != nil {
			return err
		}
		turn := p.limiter.Reserve()
		if err := sleep(ctx, turn.Delay()); err != nil {
			turn.Cancel()
			return err
		}
		// A turn that fell into a pause is lost: kept, it would come at once with all the others after it.
		if left, _ := p.pauseLeft(); left <= 0 {
			return nil
		}
	}
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

func (p *pacer) pause(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if until := now.Add(min(d, longestHold)); until.After(p.until) {
		p.until, p.asked = until, now.Add(d)
	}
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

// askedPause reads how long the server asks to wait, negative where it does not say or what it says makes no sense.
// Retry-After is seconds or an HTTP date. [A] X-RateLimit-Reset is read as a time in seconds or milliseconds, or as
// seconds from now, by its size. Times count from the server's own clock, as far as it tells.
func askedPause(header http.Header, now time.Time) time.Duration {
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		now = date
	}
	after := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, ok := number(after); ok {
		return capped(seconds)
	}
	if at, err := http.ParseTime(after); err == nil {
		return capped(at.Sub(now).Seconds())
	}
	reset, ok := number(strings.TrimSpace(header.Get("X-RateLimit-Reset")))
	switch {
	case !ok:
		return -1
	case reset >= 1e12:
		return capped(reset/1e3 - float64(now.Unix()))
	case reset >= 1e9:
		return capped(reset - float64(now.Unix()))
	default:
		return capped(reset)
	}
}

// number reads a number that is neither negative nor NaN.
func number(text string) (float64, bool) {
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil && n >= 0
}

// capped keeps what a server says from overflowing: a year is for ever.
func capped(seconds float64) time.Duration {
	const year = 365 * 24 * 3600
	return time.Duration(min(max(seconds, 0), year) * float64(time.Second))
}

// budget bounds how much of a run's work may be repetition, so that a server that is down is left alone.
type budget struct {
	mu     sync.Mutex
	tokens float64
}

const (
	budgetSize    = 20
	budgetRefill  = 0.1 // for each request that went well
	costOfRetry   = 1
	costOfTimeout = 2
)

func newBudget() *budget { return &budget{tokens: budgetSize} }

func (b *budget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tokens = min(budgetSize, b.tokens+budgetRefill)
}

func (b *budget) spend(cost float64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tokens < cost {
		return false
	}
	b.tokens -= cost
	return true
}
