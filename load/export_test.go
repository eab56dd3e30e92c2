package load

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"time"
)

// DialWith lets a test be the network.
func DialWith(c *Client, dial func(ctx context.Context, network, address string) (net.Conn, error)) {
	c.transport.DialContext = dial
}

// Trust has a client accept the certificates of an authority.
func Trust(c *Client, authorities *x509.CertPool) { c.transport.TLSClientConfig.RootCAs = authorities }

// NewLocalQuota is the quota of clients that are given none, for several of them.
func NewLocalQuota() Quota { return &localQuota{} }

// AskedPause shows how headers are read.
func AskedPause(header http.Header, now time.Time) time.Duration { return askedPause(header, now) }

// Read reads a body in every way there is and returns the texts that come of it.
func Read(body []byte) []string {
	texts := []string{(&Client{}).words(reason(body))}
	if e, err := parseEnvelope(body); err == nil {
		texts = append(texts, e.id())
		e.more()
		e.refused()
		list(e.Result)
	}
	if job, ok := parseJob(body); ok {
		job.Over()
		texts = append(texts, job.Status)
	}
	return texts
}

// ReadJob reads a job's answer as Job does.
func ReadJob(body []byte) JobStatus {
	e, _ := parseEnvelope(body)
	job, _ := parseJob(answer{envelope: e, body: body}.object())
	return job
}

// Reason is how a failure's body is shown.
func Reason(body string) string { return (&Client{}).words(reason([]byte(body))) }

// MaxReason is the longest that a reason may be, with the mark that it was cut.
const MaxReason = maxReason + len("…")

// MaxAnswer is how much of an answer is read.
const MaxAnswer = maxAnswer
