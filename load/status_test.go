package load_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

const success = load.Outcome(255) // stands for a request without an error

// end is what comes of one call: its outcome, and how many requests it made.
type end struct {
	outcome  load.Outcome
	requests int
}

func TestWhatAnAnswerMeans(t *testing.T) {
	t.Parallel()
	const html = "<html>\n<h1>Bad\tGateway</h1></html>"
	var (
		done       = end{success, 1}
		refused    = end{load.Refused, 1}
		credential = end{load.Unauthorized, 1}
		missing    = end{load.Missing, 1}
		stopped    = end{load.NotApplied, 1}
		unknown    = end{load.Uncertain, 1}
		persisted  = end{load.Uncertain, 4}
	)
	for name, tt := range map[string]struct {
		script         script
		get, post, put end
		reason         string
	}{
		"200 with an id":              {script{replies(200, queued)}, done, done, done, ""},
		"200 success:false":           {script{replies(200, `{"success": false, "message": "no such field"}`)}, refused, refused, refused, "no such field"},
		"200 success as text":         {script{replies(200, `{"success": "false", "error": "no"}`)}, refused, refused, refused, "no"},
		"200 with a page of HTML":     {script{replies(200, html)}, persisted, unknown, unknown, "not understood: <html> <h1>Bad Gateway</h1></html>"},
		"200 with half an answer":     {script{replies(200, queued[:40])}, persisted, unknown, unknown, "not understood: {"},
		"200 with nothing":            {script{replies(200, "")}, persisted, unknown, unknown, "not understood: no reason given"},
		"200 with a list":             {script{replies(200, `[]`)}, persisted, unknown, unknown, "not understood: []"},
		"200 without an id":           {script{replies(200, `{"success": true, "result": {}}`)}, unknown, unknown, done, "the answer"},
		"201 with an id":              {script{replies(201, queued)}, done, done, done, ""},
		"204":                         {script{replies(204, "")}, unknown, unknown, done, "the answer"},
		"300":                         {script{replies(300, "")}, stopped, stopped, stopped, "redirect"},
		"304":                         {script{replies(304, "")}, stopped, stopped, stopped, "redirect"},
		"400":                         {script{replies(400, `{"error": "bad row"}`)}, refused, refused, refused, "bad row"},
		"401":                         {script{replies(401, `{"error": "who?"}`)}, credential, credential, credential, "who?"},
		"403":                         {script{replies(403, `{"error": "no"}`)}, credential, credential, credential, "no"},
		"404":                         {script{replies(404, `{"error": "gone"}`)}, missing, missing, missing, "gone"},
		"405":                         {script{replies(405, ``)}, stopped, stopped, stopped, "no reason given"},
		"408":                         {script{replies(408, ``)}, persisted, unknown, unknown, ""},
		"409":                         {script{replies(409, `{"error": "exists"}`)}, unknown, unknown, unknown, "exists"},
		"410":                         {script{replies(410, ``)}, missing, missing, missing, ""},
		"413":                         {script{replies(413, html)}, refused, refused, refused, "<html> <h1>Bad Gateway</h1></html>"},
		"415":                         {script{replies(415, ``)}, stopped, stopped, stopped, ""},
		"418":                         {script{replies(418, ``)}, stopped, stopped, stopped, ""},
		"422":                         {script{replies(422, `{"errors": ["a", "b"]}`)}, refused, refused, refused, "a; b"},
		"425 for ever":                {script{replies(425, ``)}, end{load.NotApplied, 4}, end{load.NotApplied, 4}, end{load.NotApplied, 4}, ""},
		"425 once":                    {script{replies(425, ``), replies(200, queued)}, end{success, 2}, end{success, 2}, end{success, 2}, ""},
		"429 for ever":                {script{replies(429, `{"error": "slow"}`)}, end{load.NotApplied, 21}, end{load.NotApplied, 21}, end{load.NotApplied, 21}, "slow"},
		"429 five times":              {script{replies(429, ""), replies(429, ""), replies(429, ""), replies(429, ""), replies(429, ""), replies(200, queued)}, end{success, 6}, end{success, 6}, end{success, 6}, ""},
		"500":                         {script{replies(500, `{"error": "oops"}`)}, persisted, unknown, unknown, "oops"},
		"501":                         {script{replies(501, ``)}, stopped, stopped, stopped, ""},
		"502 with a page of HTML":     {script{replies(502, html)}, persisted, unknown, unknown, "<html> <h1>Bad Gateway</h1></html>"},
		"502 with half a page":        {script{replies(502, html, "Content-Length", "9999")}, persisted, unknown, unknown, "<html>"},
		"503":                         {script{replies(503, ``)}, persisted, unknown, unknown, ""},
		"503 once":                    {script{replies(503, ``), replies(200, queued)}, end{success, 2}, unknown, unknown, ""},
		"503 until tomorrow":          {script{replies(503, ``, "Retry-After", "86400")}, unknown, unknown, unknown, ""},
		"504":                         {script{replies(504, ``)}, persisted, unknown, unknown, ""},
		"599":                         {script{replies(599, ``)}, persisted, unknown, unknown, ""},
		"no answer in time":           {script{hangs}, persisted, unknown, unknown, "no answer within 1m0s"},
		"dropped without an answer":   {script{drops}, persisted, unknown, unknown, ""},
		"dropped once":                {script{drops, replies(200, queued)}, end{success, 2}, unknown, unknown, ""},
		"dropped amidst its answer":   {script{replies(200, queued, "Content-Length", "9999")}, persisted, unknown, unknown, "unexpected EOF"},
		"refused amidst its answer":   {script{replies(400, "bad", "Content-Length", "9999")}, refused, refused, refused, "bad"},
		"a flood of nothing but text": {script{replies(500, strings.Repeat("xxxé ", 1<<17))}, persisted, unknown, unknown, "xxx"},
	} {
		calls := map[string]struct {
			want end
			call func(context.Context, *load.Client) error
		}{
			"GET": {tt.get, func(ctx context.Context, c *load.Client) error { _, err := c.Job(ctx, "j1"); return err }},
			"POST": {tt.post, func(ctx context.Context, c *load.Client) error {
				_, err := c.SubmitBulk(ctx, "i1", []byte(`[{"interaction_id": "1"}]`))
				return err
			}},
			"PUT": {tt.put, func(ctx context.Context, c *load.Client) error {
				return c.UpdateInteraction(ctx, "i1", "r1", []load.Field{{Name: "csat", Value: []byte("4.5")}})
			}},
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for method, of := range calls {
				t.Run(method, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { checkEnd(t, method, tt.script, tt.reason, of.want, of.call) })
				})
			}
		})
	}
}

func checkEnd(t *testing.T, method string, script script, reason string, want end, call func(context.Context, *load.Client) error) {
	t.Helper()
	client, server := bubbled(t, 60_000, script.inTurn())
	var counts load.Requests
	err := call(t.Context(), client.ForRun(load.RunOptions{Requests: &counts}))

	require.Len(t, server.received(), want.requests)
	require.EqualValues(t, want.requests, counts.Total.Load())
	if want.outcome == success {
		require.NoError(t, err)
		return
	}
	var failed *load.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, want.outcome, failed.Outcome)
	require.Equal(t, want.outcome, load.OutcomeOf(fmt.Errorf("wrapped: %w", err)))
	require.Equal(t, method, failed.Method)
	require.Contains(t, failed.Reason, reason)
	require.NotEmpty(t, failed.Reason)
	require.LessOrEqual(t, len(failed.Reason), load.MaxReason)
	require.Contains(t, err.Error(), failed.Method+" "+failed.Path)
}

// What never left us may be sent again, also where it writes.
func TestNoConnection(t *testing.T) {
	t.Parallel()
	certificate := &tls.CertificateVerificationError{Err: errors.New("expired")}
	for name, tt := range map[string]struct {
		err   error
		tries int
		says  string
	}{
		"nobody listens":             {&net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}, 4, "dial tcp: connection refused"},
		"the name is not known":      {&net.DNSError{Err: "no such host", Name: "acme.playvox.com"}, 4, "lookup acme.playvox.com: no such host"},
		"the certificate is expired": {certificate, 1, "tls: failed to verify certificate: expired"},
		"the server does not do TLS": {
			tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"},
			1,
			"the server does not speak TLS at this address: is playvox.base_url right? (tls: first record does not look like a TLS handshake)",
		},
		"the network is unreachable": {&net.OpError{Op: "dial", Net: "tcp", Err: errors.New("network is unreachable")}, 4, "dial tcp: network is unreachable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := newClient(t, "http://127.0.0.1", 60_000)
				dials := 0
				load.DialWith(client, func(context.Context, string, string) (net.Conn, error) { dials++; return nil, tt.err })
				_, err := client.SubmitBulk(t.Context(), "i1", []byte(`[]`))
				require.Equal(t, load.NotApplied, load.OutcomeOf(err))
				require.ErrorIs(t, err, tt.err)
				require.EqualError(t, err, "POST integrations/i1/bulk/interactions: "+tt.says)
				require.Equal(t, tt.tries, dials)
			})
		})
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			visited := 0
			elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited++ }))
			t.Cleanup(elsewhere.Close)
			client, server := live(t, replies(status, "", "Location", elsewhere.URL+"/?token=hunter2"))
			_, err := client.Job(t.Context(), "j1")
			require.ErrorContains(t, err, "is playvox.base_url right?")
			require.NotContains(t, err.Error(), "hunter2")
			_, err = client.SubmitBulk(t.Context(), "i1", []byte(`[]`))
			require.Equal(t, load.NotApplied, load.OutcomeOf(err), "the run has to stop, and no row is to blame")
			require.Error(t, client.UpdateInteraction(t.Context(), "i1", "r1", nil))
			require.Len(t, server.received(), 3)
			require.Zero(t, visited)
		})
	}
}

// A connection that breaks on a real network, before and after the server has read the request.
func TestABrokenConnection(t *testing.T) {
	t.Parallel()
	t.Run("after the request was read", func(t *testing.T) {
		t.Parallel()
		client, server := live(t, drops)
		_, err := client.SubmitBulk(t.Context(), "i1", []byte(`[]`))
		require.Equal(t, load.Uncertain, load.OutcomeOf(err))
		require.Len(t, server.received(), 1, "it may be queued: it is not sent again")
	})
	t.Run("before the request was read whole", func(t *testing.T) {
		t.Parallel()
		listener := listen(t)
		accepted := make(chan int)
		go func() {
			for count := 0; ; count++ {
				conn, err := listener.Accept()
				if err != nil {
					accepted <- count
					return
				}
				_, _ = conn.Read(make([]byte, 1))
				_ = conn.Close()
			}
		}()
		client := newClient(t, "http://"+listener.Addr().String(), 600_000)
		_, err := client.SubmitBulk(t.Context(), "i1", []byte(`[]`))
		require.Equal(t, load.Uncertain, load.OutcomeOf(err), "how much was read, nothing tells")
		require.NoError(t, listener.Close())
		require.Equal(t, 1, <-accepted)
	})
}

func TestAnAnswerWithoutEnd(t *testing.T) {
	t.Parallel()
	client, _ := live(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		chunk := make([]byte, 64<<10)
		for {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	err := client.UpdateInteraction(t.Context(), "i1", "r1", nil)
	require.Equal(t, load.Uncertain, load.OutcomeOf(err))
	require.Less(t, len(err.Error()), load.MaxReason+100)
}

// A write that is on its way is let finish when its run is stopped; a read is not.
func TestCancellation(t *testing.T) {
	t.Parallel()
	body := "[" + strings.Repeat(`{"interaction_id": "1"},`, 100_000) + "{}]"
	t.Run("a write in flight", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		client, server := live(t, func(w http.ResponseWriter, r *http.Request) {
			cancel()
			select {
			case <-r.Context().Done(): // the client went away
			case <-time.NewTimer(200 * time.Millisecond).C:
				replies(200, queued)(w, r)
			}
		})
		jobID, err := client.SubmitBulk(ctx, "i1", []byte(body))
		require.NoError(t, err)
		require.Equal(t, "j1", jobID)
		require.Equal(t, body, server.received()[0].body)

		_, err = client.SubmitBulk(ctx, "i1", []byte(body))
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, load.NotApplied, load.OutcomeOf(err))
		require.Len(t, server.received(), 1, "nothing is begun after the end")
	})
	t.Run("a write in flight that fails is not tried again", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		client, server := live(t, func(w http.ResponseWriter, r *http.Request) {
			cancel()
			replies(429, "")(w, r)
		})
		_, err := client.SubmitBulk(ctx, "i1", []byte(body))
		require.Equal(t, load.NotApplied, load.OutcomeOf(err))
		require.Len(t, server.received(), 1)
	})
	t.Run("a read in flight", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		client, _ := live(t, func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		})
		_, err := client.Job(ctx, "j1")
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("a read at the end of its run", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			client, _ := bubbled(t, 60_000, hangs)
			_, err := client.Job(ctx, "j1")
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.NotContains(t, err.Error(), "no answer within", "it was our time that ran out, not the server's")
		})
	})
}
