package load

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"pvetl/internal/secret"
)

// Account says where Playvox is, who we are, and how much we may ask of it.
type Account struct {
	BaseURL           string // https://acme.playvox.com/api/v1
	UID               secret.Text
	APIKey            secret.Text
	RequestsPerMinute int
	UserAgent         string
	Quota             Quota // shared with other processes; nil: this process's own
}

// Client sends requests. All requests of a process go through one Client, because the quota is one.
type Client struct {
	account   Account
	base      string // without a slash at its end
	transport *http.Transport
	pacer     *pacer
	budget    *budget
	redactor  secret.Redactor
	requests  *Requests
	guard     func() error // nil: everything may be sent
	yielding  bool
	includes  *includes
}

// Requests counts what was sent, by what it was for.
type Requests struct {
	Total     atomic.Int64
	Bulk      atomic.Int64
	Polls     atomic.Int64
	Writes    atomic.Int64 // whatever changes one thing: creates, updates, deletes, files
	Lookups   atomic.Int64 // listings
	Throttled atomic.Int64 // answered with 429
}

// NewClient returns a client for an account. The error is a base URL that is none.
func NewClient(account Account) (*Client, error) {
	if base, err := url.Parse(account.BaseURL); err != nil || base.Host == "" {
		return nil, errors.New("playvox.base_url is no URL")
	}
	return &Client{
		account: account,
		base:    strings.TrimSuffix(account.BaseURL, "/"),
		transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: 15 * time.Second,
			// Shorter than what servers allow: a request that meets a closing connection is one whose end we do not know.
			IdleConnTimeout:     20 * time.Second,
			MaxIdleConnsPerHost: 128, // more than max_in_flight may be
		},
		pacer:    newPacer(account),
		budget:   newBudget(),
		redactor: secret.NewRedactor(account.UID, account.APIKey, account.UID+":"+account.APIKey),
		requests: &Requests{},
		includes: &includes{},
	}, nil
}

// RunOptions say how one run uses the client.
type RunOptions struct {
	Requests *Requests    // where it counts
	Guard    func() error // asked right before each request that changes something: its error keeps the request from being sent
	Yielding bool         // whether the requests of others go first
}

// ForRun returns the client as one run uses it: the same connections and the same quota, with counts and a budget for
// repetitions of its own, so that a bad night does not spend those of the next.
func (c *Client) ForRun(options RunOptions) *Client {
	run := *c
	run.requests, run.budget, run.guard, run.yielding = options.Requests, newBudget(), options.Guard, options.Yielding
	return &run
}

// Close closes idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }
