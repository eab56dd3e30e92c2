package notify_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
	"pvetl/internal/notify"
	"pvetl/internal/secret"
)

func (w *world) waiting() int {
	n, err := w.store.CountNotices(w.tb.Context())
	require.NoError(w.tb, err)
	return n
}

func TestWhatIsNotTakenIsTriedAgain(t *testing.T) {
	inBubble(t, 1, func(t *testing.T, w *world) {
		w.answering(0)
		w.happen(w.notifiers[0], "fails gone")
		first := time.Now()
		for w.waiting() == 1 && time.Since(first) < 96*time.Hour {
			w.deliver()
			pass(15 * time.Second)
			if time.Since(first) > 5*time.Hour {
				w.answering(204)
				require.Equal(t, 1, w.waiting())
				break
			}
		}
		w.happen(w.notifiers[0], "good")
		require.Empty(t, w.deliver(), "what comes later waits for what was first")
		pass(time.Hour)
		require.Equal(t, []string{"failed", "recovered"}, kinds(w.deliver()))
		require.Zero(t, w.waiting())
		require.Equal(t, 1, strings.Count(w.log.String(), `"level":"WARN"`), w.log.String())
	})
}

func TestWhenToTryAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status      int
		retryAfter  string
		least, most time.Duration
	}{
		"no connection":                    {0, "", 24 * time.Second, 36 * time.Second},
		"a server's fault":                 {503, "", 24 * time.Second, 36 * time.Second},
		"too many, which says when":        {429, "600", 10 * time.Minute, 10 * time.Minute},
		"a date":                           {503, "Sat, 01 Jan 2000 09:45:00 GMT", 30 * time.Minute, 30 * time.Minute},
		"further than anybody should wait": {429, "999999999999", time.Hour, time.Hour},
		"before now":                       {429, "-5", 24 * time.Second, 36 * time.Second},
		"a redirect":                       {302, "", 24 * time.Second, 36 * time.Second},
		"a fault of ours":                  {400, "", 24 * time.Second, 36 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, 1, func(t *testing.T, w *world) {
				w.answering(c.status, "Retry-After", c.retryAfter, "Location", "https://elsewhere.example/")
				w.happen(w.notifiers[0], "fails gone")
				require.Empty(t, w.deliver())
				w.answering(200)
				pass(c.least - time.Second)
				require.Empty(t, w.deliver())
				pass(c.most - c.least + 2*time.Second)
				require.Len(t, w.deliver(), 1)
			})
		})
	}
}

func TestWhenToGiveUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status      int
		least, most time.Duration
	}{
		"a notice that the receiver refuses": {410, 5 * time.Minute, 30 * time.Minute},
		"a receiver that is away":            {503, 71 * time.Hour, 74 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, 1, func(t *testing.T, w *world) {
				w.answering(c.status)
				w.happen(w.notifiers[0], "fails gone")
				begin := time.Now()
				for w.waiting() > 0 && time.Since(begin) < 100*time.Hour {
					w.deliver()
					pass(2 * time.Minute)
				}
				require.Greater(t, time.Since(begin), c.least)
				require.Less(t, time.Since(begin), c.most)
				require.Contains(t, w.log.String(), "a notice is given up")
			})
		})
	}
}

func TestARefusedNoticeDoesNotHoldUpOthers(t *testing.T) {
	inBubble(t, 1, func(t *testing.T, w *world) {
		w.happen(w.notifiers[0], "fails gone")
		w.answering(400)
		w.deliver()
		w.answering(200)
		w.happen(w.notifiers[0], "good")
		require.Equal(t, []string{"recovered"}, kinds(w.deliver()))
	})
}

// A receiver knows a repetition by its id.
func TestARepetitionCarriesTheSameID(t *testing.T) {
	inBubble(t, 1, func(t *testing.T, w *world) {
		w.happen(w.notifiers[0], "fails gone")
		// Another process had claimed it, sent it, and died before it could say so.
		claimed, err := w.store.ClaimNotices(t.Context(), time.Now(), time.Minute, 1)
		require.NoError(t, err)
		require.Len(t, claimed, 1)
		var sent heard
		require.NoError(t, json.Unmarshal(claimed[0].Body, &sent))
		require.Empty(t, w.deliver())
		pass(2 * time.Minute)
		arrived := w.deliver()
		require.Len(t, arrived, 1)
		require.NotEmpty(t, sent.ID)
		require.Equal(t, sent.ID, arrived[0].ID)
	})
}

func TestNobodyToTell(t *testing.T) {
	inBubble(t, 1, func(t *testing.T, w *world) {
		w.happen(w.notifiers[0], "fails gone")
		w.reading.File.Config.Notify.Webhook = ""
		w.happen(w.notifiers[0], "look")
		w.deliver()
		require.Equal(t, 1, w.waiting(), "it may be set again")
		w.happen(w.notifiers[0], "good")
		require.Equal(t, 1, w.waiting())
		pass(73 * time.Hour)
		w.deliver()
		require.Zero(t, w.waiting())
	})
}

func TestAHeartbeatFollowsEachGoodRun(t *testing.T) {
	inBubble(t, 1, func(t *testing.T, w *world) {
		w.reading.File.Config.Notify = config.Notify{Heartbeat: heartbeat}
		for _, what := range []string{"good", "fails gone", "skipped", "held", "news"} {
			w.happen(w.notifiers[0], what)
		}
		const address = "https://beats.example/beat-secret-abcxyz/tickets"
		require.Equal(t, []string{address, address}, w.beats)

		w.beats = nil
		w.answering(500)
		begin := time.Now()
		w.happen(w.notifiers[0], "good")
		require.Len(t, w.beats, 3)
		require.Equal(t, 2500*time.Millisecond, time.Since(begin))
		w.happen(w.notifiers[0], "good")
		require.Equal(t, 1, strings.Count(w.log.String(), "the heartbeat is not taken"))
		require.NotContains(t, w.log.String(), "abcxyz")
		require.Zero(t, w.waiting())
	})
}

func TestARealReceiver(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer func(out http.ResponseWriter, in *http.Request)
		taken  bool
		says   string
	}{
		"takes it": {func(out http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(out, strings.Repeat("planted-answer", 1<<16))
		}, true, ""},
		"is broken": {func(out http.ResponseWriter, _ *http.Request) {
			http.Error(out, "planted-answer", http.StatusInternalServerError)
		}, false, "status 500"},
		"has too much to do": {func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(http.StatusTooManyRequests) }, false, "status 429"},
		"sends it elsewhere": {func(out http.ResponseWriter, in *http.Request) {
			http.Redirect(out, in, "/elsewhere", http.StatusFound)
		}, false, "a redirect"},
		"hangs":    {func(_ http.ResponseWriter, in *http.Request) { <-in.Context().Done() }, false, "no answer in time"},
		"hangs up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false, "the connection broke"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := make(chan string, 9)
			server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
				text, _ := io.ReadAll(in.Body)
				asked <- in.Method + " " + in.URL.Path + " " + in.Header.Get("Content-Type") + " " + string(text)
				c.answer(out, in)
			}))
			t.Cleanup(server.Close)
			w := newWorld(t, 0)
			w.reading.File.Config.Notify.Webhook = secret.Text(server.URL + "/webhook-secret-abcxyz?token=abcxyz")
			var tried []bool
			n := notify.New(notify.Options{
				Store: w.store, Settings: w.settings, Log: newLog(w), HTTP: &http.Client{Timeout: 500 * time.Millisecond},
				Sent: func(_ string, ok bool) { tried = append(tried, ok) },
			})
			w.happen(n, "fails gone")
			n.Deliver(t.Context())
			require.Equal(t, []bool{c.taken}, tried)
			require.Contains(t, <-asked, `POST /webhook-secret-abcxyz application/json {"version":1,"id":"`)
			require.Empty(t, asked, "nothing is asked twice, and no redirect is followed")
			require.Contains(t, w.log.String(), c.says)
			for _, planted := range []string{"abcxyz", "planted", server.Listener.Addr().String()} {
				require.NotContains(t, w.log.String(), planted)
			}
		})
	}
}

func TestSlackGetsATextThatMentionsNobody(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]config.Notify{
		"by its address": {Webhook: "https://hooks.slack.com/services/T/B/X"},
		"by the format":  {Webhook: webhook, Format: "slack"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, 1, func(t *testing.T, w *world) {
				w.reading.File.Config.Notify = settings
				w.happen(w.notifiers[0], "fails <!channel> & @here <@U1>")
				w.notifiers[0].Deliver(t.Context())
				var sent map[string]string
				require.Len(t, w.bodies, 1)
				require.NoError(t, json.Unmarshal([]byte(w.bodies[0]), &sent))
				require.Equal(t, map[string]string{"text": "tickets fails since 2000-01-01 09:15 UTC: &lt;!channel&gt; &amp; … …\n" +
					"Next: pvetl check tickets\nhttps://pvetl.example/jobs/tickets"}, sent)
			})
		})
	}
}
