package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"pvetl/internal/config"
	"pvetl/internal/secret"
)

const (
	answerWithin  = 10 * time.Second
	longestAnswer = 4 << 10 // bytes that are read of one, so that its connection can be used again
)

// failure is why a request was not taken, in words that hold nothing of the address: it is a secret.
type failure struct {
	words      string
	isOfNotice bool          // the receiver is there, and does not want this one
	after      time.Duration // which the receiver asks to be left alone for
}

// newHTTP returns a client that follows no redirects: it would carry the notice elsewhere, or drop it and look well.
func newHTTP(given *http.Client) *http.Client {
	client := &http.Client{Transport: &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: answerWithin,
		ForceAttemptHTTP2:   true,
		IdleConnTimeout:     20 * time.Second,
	}}
	if given != nil {
		*client = *given
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client
}

func (n *Notifier) post(ctx context.Context, settings config.Notify, told body) *failure {
	text, err := told.encoded(isForSlack(settings))
	if err != nil {
		return &failure{words: "the notice cannot be written", isOfNotice: true}
	}
	return n.ask(ctx, http.MethodPost, settings.Webhook.Reveal(), bytes.NewReader(text))
}

func isForSlack(settings config.Notify) bool {
	if settings.Format != "" {
		return settings.Format == "slack"
	}
	address, err := url.Parse(settings.Webhook.Reveal())
	return err == nil && (address.Hostname() == "slack.com" || strings.HasSuffix(address.Hostname(), ".slack.com"))
}

// ask sends a request; nil: it was taken.
func (n *Notifier) ask(ctx context.Context, method, address string, text io.Reader) *failure {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, address, text)
	if err != nil {
		return &failure{words: "the address is none"}
	}
	request.Header.Set("User-Agent", "pvetl")
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := n.http.Do(request)
	if err != nil {
		return &failure{words: wordsOf(ctx, err)}
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.CopyN(io.Discard, answer.Body, longestAnswer) // what it says beside its status is nobody's business
	return judge(answer, n.now())
}

func judge(answer *http.Response, now time.Time) *failure {
	status := answer.StatusCode
	failed := &failure{words: fmt.Sprintf("status %d", status)}
	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 300 && status < 400:
		failed.words += ", a redirect, which is not followed"
	case status == http.StatusTooManyRequests, status >= 500:
		failed.after = retryAfter(answer.Header.Get("Retry-After"), now)
	default:
		failed.isOfNotice = true
	}
	return failed
}

func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(seconds, 0), int(longestWait/time.Second))) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return at.Sub(now)
}

// wordsOf says why there was no answer. The error's own text holds the address.
func wordsOf(ctx context.Context, err error) string {
	_, isUnknown := errors.AsType[*net.DNSError](err)
	_, isUntrusted := errors.AsType[*tls.CertificateVerificationError](err)
	_, isForeign := errors.AsType[x509.HostnameError](err)
	var timeout net.Error
	switch {
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case isUnknown:
		return "the host's name is not known"
	case isUntrusted, isForeign:
		return "the host's certificate is not trusted"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection is refused"
	default:
		return "the connection broke"
	}
}

// beat tells a monitor that a run was good. What is late would say the wrong thing: it is not kept for later.
func (n *Notifier) beat(ctx context.Context, address secret.Text, job, run string) {
	var failed *failure
	for _, pause := range []time.Duration{0, 500 * time.Millisecond, 2 * time.Second} {
		if !wait(ctx, pause) {
			break
		}
		if failed = n.ask(ctx, http.MethodGet, address.Reveal(), nil); failed == nil {
			break
		}
	}
	if failed == nil {
		n.streak(toBeat, ctx.Err() == nil, n.now(), "job", job, "run", run)
		return
	}
	n.streak(toBeat, false, n.now(), "job", job, "run", run, "fault", failed.words)
}

// wait reports whether the time has passed, and ctx is not done.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}
