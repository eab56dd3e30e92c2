package load

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	maxTries    = 4               // not counting those that came too fast
	leastSpread = time.Second     // after a pause whose end the server told, in whole seconds that may be cut
	maxSpread   = 2 * time.Second // the same
)

// call is one request to be made.
type call struct {
	method      string
	path        string // below the base URL, segments escaped
	query       url.Values
	body        []byte
	contentType string // of the body; JSON where it does not say
	kind        *atomic.Int64
}

// writes reports whether the call means to change something.
func (c call) writes() bool { return c.method != http.MethodGet }

// answer is a request's success.
type answer struct {
	envelope
	body []byte
}

// do makes a call and repeats it as long as that is both safe and sensible.
func (c *Client) do(ctx context.Context, call call) (answer, error) {
	delays := fullJitter()
	var throttledAt time.Time // for the first time
	for tries := 1; ; {
		if err := c.pacer.wait(ctx, c.yielding); err != nil {
			return answer{}, c.notSent(call, err)
		}
		got, failed := c.once(ctx, call)
		if failed == nil {
			c.budget.earn()
			return got, nil
		}
		throttled := failed.Status == http.StatusTooManyRequests
		if !throttled && (tries >= maxTries || failed.wait > maxPause) || !mayRepeat(failed) {
			return answer{}, failed
		}
		if !c.budget.spend(failed.cost()) {
			failed.exhausted = true
			return answer{}, failed
		}
		delay := delays.NextBackOff()
		if !throttled {
			tries++
			if sleep(ctx, max(delay, failed.wait)) != nil {
				return answer{}, failed
			}
			continue
		}
		if throttledAt.IsZero() {
			throttledAt = time.Now()
		}
		if err := c.holdBack(ctx, failed.wait, delay, throttledAt); err != nil {
			return answer{}, waiting(call, err)
		}
	}
}

// notSent is why no turn came for a call. A quota that cannot be asked is not asked again by it: without it nobody knows
// whether one more request is one too many.
func (c *Client) notSent(call call, err error) error {
	if broken, ok := errors.AsType[*quotaError](err); ok {
		return &Error{Outcome: NotApplied, Method: call.method, Path: call.path, Reason: c.words(broken.Error()), Err: err, final: true}
	}
	return waiting(call, err)
}

func waiting(call call, err error) error {
	return fmt.Errorf("waiting to send %s %s: %w", call.method, call.path, err)
}

// holdBack has everyone wait as long as a 429 asks for, or for delay where it does not. A server that puts one request
// off again and again does not keep a run waiting for longer than one that says so at once: that is a *PausedError too.
func (c *Client) holdBack(ctx context.Context, asked, delay time.Duration, since time.Time) error {
	pause := delay
	if asked > 0 {
		pause = asked + min(max(delay, leastSpread), maxSpread)
	}
	c.pacer.pause(ctx, pause)
	if now := time.Now(); now.Add(pause).Sub(since) > maxPause {
		return &PausedError{Until: now.Add(pause)}
	}
	return nil
}

// fullJitter draws each delay from the whole of 0 to 1 s, then 2 s, 4 s, up to a minute.
func fullJitter() *backoff.ExponentialBackOff {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.RandomizationFactor, delays.Multiplier, delays.MaxInterval = 500*time.Millisecond, 1, 2, 30*time.Second
	return delays
}
