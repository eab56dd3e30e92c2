package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	requestTimeout = 60 * time.Second
	maxAnswer      = 64 << 20
	maxFailure     = 1 << 20 // of an answer that says no more than why
	maxTries       = 4       // not counting those that came too fast
)

var errNoAnswer = fmt.Errorf("no answer within %s", requestTimeout)

// call is one request to be made.
type call struct {
	method string
	path   string // below the base URL, segments escaped
	query  url.Values
	body   []byte
	kind   *atomic.Int64
}

// answer is a request's success.
type answer struct {
	envelope
	body []byte
}

// do makes a call and repeats it as long as that is both safe and sensible.
func (c *Client) do(ctx context.Context, call call) (answer, error) {
	delays := fullJitter()
	for tries := 1; ; {
		if err := c.pacer.wait(ctx); err != nil {
			return answer{}, fmt.Errorf("waiting to send %s %s: %w", call.method, call.path, err)
		}
		got, failed := c.once(ctx, call)
		if failed == nil {
			c.budget.earn()
			return got, nil
		}
		throttled := failed.Status == http.StatusTooManyRequests
		if !throttled && (tries >= maxTries || failed.wait > maxPause) {
			return answer{}, failed
		}
		if !mayRepeat(failed) || !c.budget.spend(failed.cost()) {
			return answer{}, failed
		}
		delay := delays.NextBackOff()
		if throttled {
			c.pacer.pause(max(failed.wait, 0) + delay)
			continue
		}
		tries++
		if sleep(ctx, max(delay, failed.wait)) != nil {
			return answer{}, failed
		}
	}
}

// fullJitter draws each delay from the whole of 0 to 1 s, then 2 s, 4 s, up to a minute.
func fullJitter() *backoff.ExponentialBackOff {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.RandomizationFactor, delays.Multiplier, delays.MaxInterval = 500*time.Millisecond, 1, 2, 30*time.Second
	return delays
}

// once sends one request and judges its answer.
func (c *Client) once(ctx context.Context, call call) (answer, *Error) {
	if call.method != http.MethodGet {
		// A write that is on its way is let finish: cancelling it would leave us not knowing.
		ctx = context.WithoutCancel(ctx)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, errNoAnswer)
	defer cancel()
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }})

	c.requests.Total.Add(1)
	call.kind.Add(1)
	got, err := c.send(ctx, call)
	if err != nil {
		failed := &Error{Outcome: NotApplied, Method: call.method, Path: call.path, wait: -1, Err: err}
		if sent.Load() {
			failed.Outcome = Uncertain
		}
		if errors.Is(context.Cause(ctx), errNoAnswer) {
			failed.Err, failed.slow = errNoAnswer, true
		}
		failed.Reason = c.redactor.Redact(failed.Err.Error())
		return answer{}, failed
	}
	c.heed(got)
	return c.judge(call, got)
}

// reply is what a server sends back, whatever it means.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// send makes one round trip. The transport is used without an http.Client around it, so that no redirect is ever
// followed: a POST would become a GET that looks like success, or carry credentials and conversations to another host.
func (c *Client) send(ctx context.Context, call call) (reply, error) {
	address := c.base + "/" + call.path
	if len(call.query) > 0 {
		address += "?" + call.query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, call.method, address, bytes.NewReader(call.body))
	if err != nil {
		return reply{}, err
	}
	request.SetBasicAuth(c.account.UID.Reveal(), c.account.APIKey.Reveal())
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.account.UserAgent)
	if call.body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	got := reply{status: response.StatusCode, header: response.Header}
	if !succeeded(got.status) {
		got.body, _ = io.ReadAll(io.LimitReader(response.Body, maxFailure)) // the status says enough where the words break off
		return got, nil
	}
	got.body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return got, err
}

func succeeded(status int) bool { return status >= 200 && status <= 299 }

// heed slows down before the quota is used up rather than after.
func (c *Client) heed(got reply) {
	if got.status == http.StatusTooManyRequests {
		c.requests.Throttled.Add(1)
		return
	}
	left, err := strconv.Atoi(got.header.Get("X-RateLimit-Remaining"))
	// A pause too long to wait for is left for a 429 to ask for.
	if wait := askedPause(got.header, time.Now()); err == nil && left <= 0 && wait <= maxPause {
		c.pacer.pause(wait)
	}
}

// judge makes a success or an error of what a server sends back.
func (c *Client) judge(call call, got reply) (answer, *Error) {
	failed := &Error{Method: call.method, Path: call.path, Status: got.status, wait: askedPause(got.header, time.Now())}
	switch {
	case got.status == http.StatusNoContent:
		return answer{}, nil
	case got.status >= 300 && got.status <= 399:
		failed.Outcome = classify(got.status)
		failed.Reason = "the server answers with a redirect, which is not followed: is playvox.base_url right?"
		return answer{}, failed
	case !succeeded(got.status):
		failed.Outcome, failed.Reason = classify(got.status), c.words(reason(got.body))
		return answer{}, failed
	}
	parsed, err := parseEnvelope(got.body)
	switch {
	case err != nil:
		failed.Outcome, failed.Reason, failed.Err = Uncertain, c.words("not understood: "+reason(got.body)), err
		return answer{}, failed
	case parsed.refused():
		failed.Outcome, failed.Reason = Refused, c.words(reason(got.body))
		return answer{}, failed
	}
	return answer{envelope: parsed, body: got.body}, nil
}

// words makes what a server says fit to be shown: without our credentials, and not longer than anyone reads.
func (c *Client) words(text string) string { return cut(c.redactor.Redact(text)) }
