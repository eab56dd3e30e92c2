package load_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

const (
	uid    = "uid-4711"
	apiKey = "key/with+odd=signs"
)

// received is a request as the server saw it.
type received struct {
	method, path, query string
	header              http.Header
	body                string
	at                  time.Time
}

// server records what it receives and answers by a script.
type server struct {
	mu       sync.Mutex
	requests []received
	respond  http.HandlerFunc
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.requests = append(s.requests, received{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header, string(body), time.Now()})
	s.mu.Unlock()
	s.respond(w, r)
}

func (s *server) received() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.requests...)
}

func account(url string, perMinute int) load.Account {
	return load.Account{BaseURL: url + "/api/v1/", UID: uid, APIKey: apiKey, RequestsPerMinute: perMinute, UserAgent: "pvetl/test"}
}

func newClient(t *testing.T, url string, perMinute int) *load.Client {
	t.Helper()
	client, err := load.NewClient(account(url, perMinute))
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

// live starts a server on the loopback interface.
func live(t *testing.T, respond http.HandlerFunc) (*load.Client, *server) {
	t.Helper()
	s := &server{respond: respond}
	return newClient(t, serve(t, s), 600_000), s
}

// listen opens a port that a test serves by hand.
func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return listener
}

func serve(t *testing.T, handler http.Handler) (url string) {
	t.Helper()
	web := httptest.NewServer(handler)
	t.Cleanup(web.Close)
	return web.URL
}

// bubbled starts the same server on a network inside the process, where testing/synctest can stop the clock.
func bubbled(t *testing.T, perMinute int, respond http.HandlerFunc) (*load.Client, *server) {
	t.Helper()
	clients, s := sharing(t, account("http://127.0.0.1", perMinute), 1, respond)
	return clients[0], s
}

// sharing is several clients of such a server.
func sharing(t *testing.T, account load.Account, count int, respond http.HandlerFunc) ([]*load.Client, *server) {
	t.Helper()
	s := &server{respond: respond}
	inside := &network{arrived: make(chan net.Conn), closed: make(chan struct{})}
	web := &http.Server{Handler: s, ReadHeaderTimeout: time.Hour}
	var serving sync.WaitGroup
	serving.Go(func() { _ = web.Serve(inside) })
	t.Cleanup(func() {
		_ = web.Close()
		serving.Wait()
	})
	clients := make([]*load.Client, count)
	for i := range clients {
		client, err := load.NewClient(account)
		require.NoError(t, err)
		t.Cleanup(client.Close)
		load.DialWith(client, inside.dial)
		clients[i] = client
	}
	return clients, s
}

// network is a listener whose connections are pipes.
type network struct {
	arrived chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func (n *network) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case n.arrived <- there:
		return here, nil
	case <-n.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (n *network) Accept() (net.Conn, error) {
	select {
	case conn := <-n.arrived:
		return conn, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

func (n *network) Close() error {
	n.once.Do(func() { close(n.closed) })
	return nil
}

func (n *network) Addr() net.Addr { return &net.TCPAddr{} }

// replies answers with a status and a body.
func replies(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// script is a list of answers: one after the other, and the last for ever.
type script []http.HandlerFunc

func (s script) inTurn() http.HandlerFunc {
	var mu sync.Mutex
	turn := 0
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		respond := s[min(turn, len(s)-1)]
		turn++
		mu.Unlock()
		respond(w, r)
	}
}

// drops closes the connection without an answer.
func drops(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

// hangs never answers.
func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

const queued = `{"success": true, "result": {"_id": "j1", "status": "queued", "total": 1, "total_completed": 0, "total_failed": 0}}`
