package load_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
	"pvetl/load"
)

func TestAnAnswerAfterTheTimeOut(t *testing.T) {
	t.Parallel()
	for name, call := range everyWrite {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := bubbled(t, 60_000, answersAfter(61*time.Second, taken))
				began := time.Now()
				err := call(t.Context(), client)
				require.Equal(t, load.Uncertain, load.OutcomeOf(err))
				require.ErrorContains(t, err, "no answer within 1m0s")
				require.Len(t, server.received(), 1)
				require.Equal(t, time.Minute, time.Since(began))
			})
		})
	}
}

// A proxy loses the answer after the server has done its work: what it did can be found.
func TestABadGatewayAfterAcceptance(t *testing.T) {
	t.Parallel()
	server, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	page := "<html><h1>Bad Gateway</h1>" + strings.Repeat("<p>nginx</p>\n", 10_000) + "</html>"
	var broken atomic.Bool
	client := newClient(t, serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !broken.Load() || r.Method == http.MethodGet {
			server.ServeHTTP(w, r)
			return
		}
		server.ServeHTTP(httptest.NewRecorder(), r)
		replies(502, page)(w, r)
	})), 600_000)
	_, err = apply(t, client, load.Integration{
		Name: "Helpdesk", DataStorageMinutes: 1, Metadata: []load.MetadataField{{FieldID: "solved_date", Type: load.TypeDatetime}},
	})
	require.NoError(t, err)
	found, err := client.FindIntegration(t.Context(), "Helpdesk")
	require.NoError(t, err)

	broken.Store(true)
	one := load.Interaction{Fields: []load.Field{{Name: "interaction_id", Value: text("1")}}}
	_, err = client.SubmitBulk(t.Context(), found.ID, load.AppendBatch(nil, []load.Interaction{one}))
	require.Equal(t, load.Uncertain, load.OutcomeOf(err))
	require.ErrorContains(t, err, "status 502: <html><h1>Bad Gateway</h1>")
	require.Less(t, len(err.Error()), load.MaxReason+100)
	require.NotContains(t, err.Error(), "\n")

	require.Eventually(t, func() bool {
		held, err := client.Find(t.Context(), found.ID, []string{"1"}, time.Time{})
		return err == nil && len(held["1"]) == 1
	}, 10*time.Second, 5*time.Millisecond)
	require.Len(t, server.Snapshot().Jobs, 1)
}

func TestTooManyRequestsForEverEndInTime(t *testing.T) {
	t.Parallel()
	for name, header := range map[string][]string{
		"no word of when":      nil,
		"in a second":          {"Retry-After", "1"},
		"in a minute":          {"Retry-After", "60"},
		"in five minutes":      {"Retry-After", "300"},
		"in nearly a quarter":  {"Retry-After", "890"},
		"at once":              {"Retry-After", "0"},
		"long ago":             {"X-RateLimit-Reset", "100000000"},
		"garbage":              {"X-RateLimit-Reset", "soon"},
		"in ten years":         {"Retry-After", "315360000"},
		"on a date long ahead": {"Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := bubbled(t, 60_000, replies(429, "", header...))
				began := time.Now()
				_, err := client.SubmitBulk(t.Context(), "i1", []byte(`[]`))
				require.Error(t, err)
				require.Equal(t, load.NotApplied, load.OutcomeOf(err))
				require.Less(t, time.Since(began), 16*time.Minute)
				require.LessOrEqual(t, len(server.received()), 21)
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		client, _ := bubbled(t, 60_000, replies(429, "", "Retry-After", "300"))
		_, err := client.SubmitBulk(t.Context(), "i1", []byte(`[]`))
		var paused *load.PausedError
		require.ErrorAs(t, err, &paused, "put off again and again is as good as put off for long")
		require.InDelta(t, 5*time.Minute, time.Until(paused.Until), float64(3*time.Second))
	})
}

// A pause whose end is told is kept to that end, however often it comes.
func TestTheEndOfAPauseIsNotMissedByFar(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := bubbled(t, 60_000, replies(429, "", "Retry-After", "10"))
		_, err := client.Job(t.Context(), "j1")
		require.Error(t, err)
		requests := server.received()
		require.Len(t, requests, 21)
		for i := 1; i < len(requests); i++ {
			apart := requests[i].at.Sub(requests[i-1].at)
			require.GreaterOrEqual(t, apart, 10*time.Second)
			require.LessOrEqual(t, apart, 12*time.Second+10*time.Millisecond)
		}
	})
}

func TestEveryThirdRequestFails(t *testing.T) {
	t.Parallel()
	thirds := script{}
	for range 1000 {
		thirds = append(thirds, replies(200, queued), replies(200, queued), replies(500, ""))
	}
	for calls, finishes := range map[int]bool{40: true, 400: false} {
		synctest.Test(t, func(t *testing.T) {
			client, server := bubbled(t, 60_000, thirds.inTurn())
			failed := 0
			for range calls {
				if _, err := client.Job(t.Context(), "j1"); err != nil {
					require.ErrorContains(t, err, "too many requests to Playvox have failed, run again later")
					failed++
				}
			}
			require.Equal(t, finishes, failed == 0)
			require.LessOrEqual(t, len(server.received()), calls+20+calls/10, "what is repeated is bounded")
		})
	}
}

func TestCredentialsThatAreRevokedMidway(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 403} {
		var revoked atomic.Bool
		client, server := live(t, func(w http.ResponseWriter, r *http.Request) {
			if revoked.Load() {
				replies(status, `{"error": "no `+apiKey+`"}`)(w, r)
				return
			}
			replies(200, taken)(w, r)
		})
		calls := map[string]func(context.Context, *load.Client) error{
			"Job":      func(ctx context.Context, c *load.Client) error { _, err := c.Job(ctx, "j1"); return err },
			"Comments": func(ctx context.Context, c *load.Client) error { _, err := c.Comments(ctx, "r1"); return err },
		}
		for name, call := range everyWrite {
			calls[name] = call
			require.NoError(t, call(t.Context(), client))
		}
		revoked.Store(true)
		before := len(server.received())
		for name, call := range calls {
			err := call(t.Context(), client)
			require.Equal(t, load.Unauthorized, load.OutcomeOf(err), name)
			require.ErrorContains(t, err, "Playvox does not accept the credentials playvox.uid and playvox.api_key")
			require.NotContains(t, err.Error(), apiKey)
		}
		require.Len(t, server.received(), before+len(calls), "nothing is tried twice")
	}
}

func TestAnAnswerOfTenGigabytes(t *testing.T) {
	t.Parallel()
	plain := []byte(strings.Repeat(" ", 1<<20))
	var packed bytes.Buffer
	packer, err := gzip.NewWriterLevel(&packed, gzip.HuffmanOnly) // so little that the network does not hold it all
	require.NoError(t, err)
	_, _ = packer.Write(plain)
	require.NoError(t, packer.Close())
	for name, tt := range map[string]struct {
		chunk    []byte
		encoding string
		call     func(context.Context, *load.Client) error
	}{
		"to a write":            {plain, "identity", everyWrite["SubmitBulk"]},
		"to a read, compressed": {packed.Bytes(), "gzip", func(ctx context.Context, c *load.Client) error { _, err := c.Job(ctx, "j1"); return err }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chunks := make(chan int, 1)
			client, server := live(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", tt.encoding)
				sent := 0
				for err := error(nil); err == nil && sent < 10<<10; sent++ {
					_, err = w.Write(tt.chunk)
				}
				chunks <- sent
			})
			err := tt.call(t.Context(), client)
			require.ErrorContains(t, err, "the answer has more than 32 MiB")
			require.Equal(t, load.Uncertain, load.OutcomeOf(err))
			require.Len(t, server.received(), 1, "once is enough")
			require.Less(t, <-chunks, 10<<10, "it is not read to its end")
		})
	}
}

// A listing that is too long with the comments in it may do without them.
func TestAListingThatIsTooLongWithComments(t *testing.T) {
	t.Parallel()
	client, server := live(t, script{
		replies(200, `{"result": []}`+strings.Repeat(" ", load.MaxAnswer)),
		replies(200, `{"result": [{"_id": "r2"}], "next_page": true}`),
		replies(200, `{"result": [{"_id": "r1"}], "next_page": false}`),
	}.inTurn())
	var got []string
	for one, err := range client.Interactions(t.Context(), "i1") {
		require.NoError(t, err)
		got = append(got, one.ID)
	}
	require.Equal(t, []string{"r2", "r1"}, got)
	var asked []string
	for _, request := range server.received() {
		asked = append(asked, request.query)
	}
	require.Equal(t, []string{
		"include=all&page=1&per_page=100&sort=-created_at",
		"page=1&per_page=100&sort=-created_at",
		"include=all&page=2&per_page=100&sort=-created_at", // which need not be so long
	}, asked)
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]bool{200: false, 400: false, 413: true, 422: false, 500: false} {
		client, _ := live(t, replies(status, taken))
		_, err := client.SubmitBulk(t.Context(), "i1", []byte(`[]`))
		require.Equal(t, want, load.TooLarge(err), status)
	}
	require.False(t, load.TooLarge(nil))
	require.False(t, load.TooLarge(context.Canceled))
}

// What is not there is deleted. A deletion without an answer is not repeated blindly, though twice would be the same as once:
// were the second refused, nobody would know of the first.
func TestADeleteWithoutAnAnswerIsUncertain(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		script script
		want   end
	}{
		"dropped":          {script{drops}, end{load.Uncertain, 1}},
		"unavailable":      {script{replies(503, "")}, end{load.Uncertain, 1}},
		"no answer at all": {script{hangs}, end{load.Uncertain, 1}},
		"gone":             {script{replies(410, "")}, end{success, 1}},
		"refused":          {script{replies(422, "")}, end{load.Refused, 1}},
		"in conflict":      {script{replies(409, "")}, end{load.Uncertain, 1}},
		"no content":       {script{replies(204, "")}, end{success, 1}},
	} {
		for _, method := range []string{"DeleteInteraction", "DeleteComment"} {
			t.Run(name+": "+method, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					checkEnd(t, http.MethodDelete, tt.script, "", tt.want, everyWrite[method])
				})
			})
		}
	}
}
