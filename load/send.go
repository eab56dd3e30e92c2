package load

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

const (
	requestTimeout = 60 * time.Second
	drainTime      = 8 * time.Second // for a write in flight, once its run is stopped: fits what container engines grant
	maxAnswer      = 32 << 20
	maxFailure     = 1 << 20 // of an answer that says no more than why
)

var (
	errNoAnswer = fmt.Errorf("no answer within %s", requestTimeout)
	errStopped  = errors.New("the process was stopped before the answer came")
	errTooLong  = fmt.Errorf("the answer has more than %d MiB", maxAnswer>>20)
	errNoID     = errors.New("an id is missing in the address, so nothing is sent: please report this")
)

// once sends one request and judges its answer.
func (c *Client) once(ctx context.Context, call call) (answer, *Error) {
	ctx, cancel := inTime(ctx, call)
	defer cancel()
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }})
	failed := &Error{Outcome: NotApplied, Method: call.method, Path: call.path, wait: -1}

	request, err := c.request(ctx, call)
	if err == nil && call.writes() && c.guard != nil {
		err = c.guard()
	}
	if err != nil {
		failed.Err, failed.Reason, failed.final = err, c.words(err.Error()), true
		return answer{}, failed
	}
	c.requests.Total.Add(1)
	call.kind.Add(1)
	at := c.pacer.sending()
	got, err := c.roundTrip(request)
	c.pacer.sent()
	if err != nil {
		if sent.Load() {
			failed.Outcome = Uncertain
		}
		failed.Err, failed.slow = because(ctx, err)
		failed.Reason = c.words(explain(failed.Err))
		return answer{}, failed
	}
	c.heed(ctx, got, at)
	return c.judge(call, got)
}

// inTime bounds a call's time. A write that is on its way is let finish when its run is stopped, because cancelling it
// would leave us not knowing; but not for long, because what runs us will not wait.
func inTime(ctx context.Context, call call) (context.Context, context.CancelFunc) {
	if !call.writes() {
		return context.WithTimeoutCause(ctx, requestTimeout, errNoAnswer)
	}
	longer, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	bounded, cancel := context.WithTimeoutCause(longer, requestTimeout, errNoAnswer)
	forget := context.AfterFunc(ctx, func() {
		if sleep(bounded, drainTime) == nil {
			stop(errStopped)
		}
	})
	return bounded, func() {
		forget()
		cancel()
		stop(nil)
	}
}

// because is what broke a request: its time, where that ran out, and whether the server had all of it.
func because(ctx context.Context, err error) (why error, slow bool) {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errNoAnswer):
		return errNoAnswer, true
	case errors.Is(cause, errStopped):
		return errStopped, false
	default:
		return err, false
	}
}

// request makes a call's request. The address of a thing without an id would be that of all such things.
func (c *Client) request(ctx context.Context, call call) (*http.Request, error) {
	if slices.ContainsFunc(strings.Split(call.path, "/"), func(part string) bool { return part == "" || part == "." || part == ".." }) {
		return nil, errNoID
	}
	address := c.base + "/" + call.path
	if len(call.query) > 0 {
		address += "?" + call.query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, call.method, address, bytes.NewReader(call.body))
	if err != nil {
		return nil, err
	}
	request.SetBasicAuth(c.account.UID.Reveal(), c.account.APIKey.Reveal())
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.account.UserAgent)
	if call.body != nil {
		request.Header.Set("Content-Type", cmp.Or(call.contentType, "application/json"))
	}
	return request, nil
}

// reply is what a server sends back, whatever it means.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// roundTrip sends a request. The transport is used without an http.Client around it, so that no redirect is ever
// followed: a POST would become a GET that looks like success, or carry credentials and conversations to another host.
func (c *Client) roundTrip(request *http.Request) (reply, error) {
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
	got.body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if len(got.body) > maxAnswer {
		return reply{}, errTooLong
	}
	return got, err
}

func succeeded(status int) bool { return status >= 200 && status <= 299 }
