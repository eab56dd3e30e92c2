package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/scheduler"
	"pvetl/internal/web"
)

func TestWhoGetsIn(t *testing.T) {
	t.Parallel()
	const here, elsewhere = "http://localhost:8080", "https://evil.example"
	closed := func(o *web.Options) { o.Closed, o.Hosts = true, []string{"pvetl.acme.example"} }
	without := func(o *web.Options) { o.Token = "" }
	worlds := map[string]*world{"open": newWorld(t, nil), "closed": newWorld(t, closed), "without token": newWorld(t, without)}
	session := worlds["open"].session()
	for _, test := range []struct {
		world, method, path, host, origin, site, as string
		want                                        int
	}{
		// Names, against DNS rebinding.
		{"open", "GET", "/", "localhost", "", "", "", 200},
		{"open", "GET", "/", "LOCALHOST.:8080", "", "", "", 200},
		{"open", "GET", "/", "127.0.0.1:8080", "", "", "", 200},
		{"open", "GET", "/", "[::1]:8080", "", "", "", 200},
		{"open", "GET", "/", "evil.example", "", "", "", 421},
		{"open", "GET", "/", "localhost.evil.example", "", "", "", 421},
		{"open", "GET", "/", "127.0.0.1.evil.example:8080", "", "", "", 421},
		{"open", "GET", "/", "", "", "", "", 421},
		{"open", "GET", "/", "evil.example", "", "", "session", 421},
		{"open", "GET", "/", "evil.example", "", "", "bearer", 200},
		{"open", "GET", "/", "evil.example", "", "", "lower-case bearer", 200},
		{"open", "GET", "/", "evil.example", "", "", "wrong bearer", 421},
		{"open", "GET", "/static/style.css", "evil.example", "", "", "", 421},
		{"open", "GET", "/metrics", "evil.example", "", "", "", 421},
		{"open", "POST", "/jobs/tickets/run", "evil.example", "http://evil.example", "same-origin", "session", 421},
		{"open", "GET", "/healthz", "evil.example", "", "", "", 200},
		{"open", "GET", "/readyz", "10.0.0.7:8080", "", "", "", 200},
		{"closed", "GET", "/login", "pvetl.acme.example", "", "", "", 200},
		{"open", "GET", "/", "pvetl.acme.example", "", "", "", 421},
		// Looking.
		{"open", "HEAD", "/", "localhost", "", "", "", 200},
		{"open", "GET", "/metrics", "localhost", "", "", "", 200},
		{"closed", "GET", "/", "localhost", "", "", "", 303},
		{"closed", "GET", "/jobs/tickets", "localhost", "", "", "wrong session", 303},
		{"closed", "GET", "/nowhere", "localhost", "", "", "", 303},
		{"closed", "GET", "/metrics", "localhost", "", "", "", 401},
		{"closed", "GET", "/metrics", "localhost", "", "", "wrong bearer", 401},
		{"closed", "GET", "/metrics", "localhost", "", "", "bearer", 200},
		{"closed", "GET", "/", "localhost", "", "", "session", 200},
		{"closed", "GET", "/static/style.css", "localhost", "", "", "", 200},
		{"closed", "GET", "/healthz", "localhost", "", "", "", 200},
		{"closed", "POST", "/jobs/tickets/run", "localhost", "", "", "", 401},
		// Acting.
		{"open", "POST", "/jobs/tickets/run", "localhost:8080", here, "same-origin", "session", 303},
		{"open", "POST", "/jobs/tickets/run", "localhost:8080", here, "", "session", 303},
		{"open", "POST", "/jobs/tickets/run", "localhost:8080", "", "same-origin", "session", 303},
		{"open", "POST", "/jobs/tickets/run", "localhost:8080", "", "", "session", 403},
		{"open", "POST", "/jobs/tickets/run", "localhost:8080", elsewhere, "", "session", 403},
		{"open", "POST", "/jobs/tickets/run", "localhost:8080", elsewhere, "cross-site", "session", 403},
		{"open", "POST", "/jobs/tickets/run", "localhost:8080", here, "cross-site", "session", 403},
		{"open", "POST", "/jobs/tickets/run", "localhost:8080", "http://localhost:9090", "same-site", "session", 403},
		{"open", "POST", "/jobs/tickets/run", "localhost:8080", "null", "", "session", 403},
		{"open", "POST", "/jobs/tickets/run", "localhost:8080", elsewhere, "cross-site", "bearer", 403},
		{"open", "POST", "/jobs/tickets/run", "localhost:8080", "", "", "bearer", 303},
		{"open", "POST", "/jobs/tickets/run", "localhost:8080", here, "same-origin", "", 401},
		{"open", "POST", "/jobs/tickets/run", "localhost:8080", here, "same-origin", "wrong session", 401},
		{"open", "POST", "/jobs/tickets/run", "localhost:8080", here, "same-origin", "wrong bearer", 401},
		{"open", "POST", "/jobs/nobody/run", "localhost:8080", here, "same-origin", "session", 404},
		{"open", "GET", "/jobs/tickets/run", "localhost:8080", "", "", "session", 404},
		{"open", "POST", "/logout", "localhost:8080", elsewhere, "cross-site", "session", 403},
		{"open", "POST", "/login", "localhost:8080", elsewhere, "cross-site", "", 403},
		{"without token", "POST", "/jobs/tickets/run", "localhost", here, "same-origin", "", 403},
		{"without token", "POST", "/jobs/tickets/run", "localhost", "", "", "empty bearer", 403},
		{"without token", "POST", "/login", "localhost", "", "", "", 403},
		// What is nowhere.
		{"open", "GET", "/nowhere", "localhost", "", "", "", 404},
		{"open", "GET", "/jobs/nobody", "localhost", "", "", "", 404},
		{"open", "GET", "/runs/nothing", "localhost", "", "", "", 404},
		{"open", "GET", "/static/web.go", "localhost", "", "", "", 404},
		{"open", "POST", "/", "localhost", "", "", "bearer", 405},
		{"open", "DELETE", "/jobs/tickets", "localhost", "", "", "bearer", 405},
	} {
		t.Run(fmt.Sprintf("%s: %s %s to %q from %q %s as %s", test.world, test.method, test.path, test.host, test.origin, test.site, test.as), func(t *testing.T) {
			t.Parallel()
			r := request(test.method, test.path, "")
			r.Host = test.host
			for name, value := range map[string]string{"Origin": test.origin, "Sec-Fetch-Site": test.site} {
				if value != "" {
					r.Header.Set(name, value)
				}
			}
			switch test.as {
			case "session":
				r.AddCookie(session)
			case "wrong session":
				r.AddCookie(&http.Cookie{Name: session.Name, Value: strings.Repeat("A", len(session.Value))})
			case "bearer":
				r.Header.Set("Authorization", "Bearer "+token)
			case "lower-case bearer":
				r.Header.Set("Authorization", "bearer "+token)
			case "wrong bearer":
				r.Header.Set("Authorization", "Bearer "+token+"x")
			case "empty bearer":
				r.Header.Set("Authorization", "Bearer ")
			}
			got := worlds[test.world].do(r)
			require.Equal(t, test.want, got.Code, got.Body)
			require.Contains(t, got.Header().Get("Content-Security-Policy"), "default-src 'self'")
			require.Equal(t, "nosniff", got.Header().Get("X-Content-Type-Options"))
			require.Equal(t, "no-referrer", got.Header().Get("Referrer-Policy"))
			require.NotEmpty(t, got.Header().Get("Cache-Control"))
			require.NotContains(t, got.Body.String(), token)
		})
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *web.Options) { o.Token = "" })
	r := request("GET", "/", "")
	r.Host = "PVETL.acme.example:8080"
	require.Contains(t, w.do(r).Body.String(), "pvetl serve --host pvetl.acme.example")
	require.Contains(t, w.do(request("POST", "/jobs/tickets/run", "")).Body.String(), "--token-file")
	require.Contains(t, w.get("/jobs/tickets"), "PVETL_TOKEN")
	require.Contains(t, w.get("/login"), "PVETL_TOKEN")
}

// By its name the page is reached through what speaks HTTPS; from this host it may be reached without.
func TestASessionLeavesThisHostOnlyByHTTPS(t *testing.T) {
	t.Parallel()
	for host, secure := range map[string]bool{"pvetl.example": true, "127.0.0.1:8080": false, "localhost:8080": false} {
		w := newWorld(t, func(o *web.Options) { o.Closed, o.Secure, o.Hosts = true, true, []string{"pvetl.example"} })
		r := request("POST", "/login", url.Values{"token": {token}}.Encode())
		r.Host = host
		r.Header.Set("Origin", "https://"+host)
		cookies := w.do(r).Result().Cookies()
		require.Len(t, cookies, 1, host)
		require.Equal(t, secure, cookies[0].Secure, host)
	}
}

func TestASessionIsGoodForTwelveHoursAndForOneToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *web.Options) { o.Closed, o.Secure = true, true })
	cookie := w.session()
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	require.Equal(t, "/", cookie.Path)
	require.NotContains(t, cookie.Value, token)
	code := func(w *world, value string) int {
		r := request("GET", "/", "")
		r.AddCookie(&http.Cookie{Name: cookie.Name, Value: value})
		return w.do(r).Code
	}
	require.Equal(t, 200, code(w, cookie.Value))
	require.Equal(t, 200, code(newWorld(t, func(o *web.Options) { o.Closed = true }), cookie.Value), "another container with the same token")
	require.Equal(t, 303, code(newWorld(t, func(o *web.Options) { o.Closed, o.Token = true, token+"2" }), cookie.Value))
	for i := range cookie.Value {
		changed := []byte(cookie.Value)
		changed[i] ^= 1
		require.NotEqual(t, 200, code(w, string(changed)), "byte %d", i)
	}
	w.change(func() { w.now = w.now.Add(12*time.Hour - time.Second) })
	require.Equal(t, 200, code(w, cookie.Value))
	w.change(func() { w.now = w.now.Add(time.Second) })
	require.Equal(t, 303, code(w, cookie.Value))
}

func TestSigningInLeadsWhereOneWanted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *web.Options) { o.Closed = true })
	sent := w.do(request("GET", "/rejects?job=tickets&page=2", ""))
	require.Equal(t, "/login?next=%2Frejects%3Fjob%3Dtickets%26page%3D2", sent.Header().Get("Location"))
	require.Contains(t, w.get(sent.Header().Get("Location")), `value="/rejects?job=tickets&amp;page=2"`)
	for next, want := range map[string]string{
		"/jobs/tickets": "/jobs/tickets", "": "/", "//evil.example": "/", "///evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "/\t/evil.example": "/",
		"javascript:alert(1)": "/", "jobs": "/",
	} {
		got := w.do(request("POST", "/login", url.Values{"token": {token}, "next": {next}}.Encode()))
		require.Equal(t, want, got.Header().Get("Location"), next)
	}
	r := request("POST", "/logout", "")
	r.AddCookie(w.session())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	require.Negative(t, w.do(r).Result().Cookies()[0].MaxAge)
}

func TestGuessesAreAnsweredOneAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		handler := web.New(web.Options{
			Token: token, Now: time.Now, Redact: func(text string) string { return text }, Log: discard, Metrics: http.NotFoundHandler(),
			Snapshot: func() scheduler.Snapshot { return scheduler.Snapshot{} },
		})
		guess := func(text string) int {
			recorded := httptest.NewRecorder()
			handler.ServeHTTP(recorded, request("POST", "/login", url.Values{"token": {text}}.Encode()))
			return recorded.Code
		}
		began := time.Now()
		var mu sync.Mutex
		codes := make(map[int]int)
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				code := guess(fmt.Sprint("guess ", i))
				mu.Lock()
				defer mu.Unlock()
				codes[code]++
			})
		}
		all.Wait()
		require.Equal(t, map[int]int{http.StatusUnauthorized: 4, http.StatusTooManyRequests: 46}, codes)
		require.Equal(t, 4*time.Second, time.Since(began))
		require.Equal(t, http.StatusSeeOther, guess(token))
		require.Equal(t, 4*time.Second, time.Since(began), "the right one is answered at once")
	})
}

func TestABodyIsLimited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	got := w.do(request("POST", "/login", "x="+strings.Repeat("a", 1<<20)+"&token="+token))
	require.Equal(t, http.StatusUnauthorized, got.Code, "what comes behind the limit is not read")
}

func TestAPageThatBreaksSaysSoAndTellsNoValues(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *web.Options) {
		o.Metrics = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a row's value") })
	})
	got := w.do(request("GET", "/metrics", ""))
	require.Equal(t, http.StatusInternalServerError, got.Code)
	require.Contains(t, got.Body.String(), "a defect of pvetl")
	require.Contains(t, w.log.String(), "a page broke")
	require.Contains(t, w.log.String(), "pvetl/internal/web")
	require.NotContains(t, w.log.String()+got.Body.String(), "a row's value")
}

func TestAStateThatIsAwayIsSaidWithoutItsCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	broken := newWorld(t, func(o *web.Options) { o.Store = w.store })
	require.NoError(t, w.store.Close())
	for _, path := range []string{"/", "/jobs/tickets", "/runs/r", "/rejects"} {
		got := broken.do(request("GET", path, ""))
		require.Equal(t, http.StatusServiceUnavailable, got.Code, path)
		require.Contains(t, got.Body.String(), "The state cannot be read")
	}
}

func TestProbes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(w *world)
		want   int
		says   string
	}{
		"all is well":                  {func(*world) {}, 200, "ok\n"},
		"it has not looked yet":        {func(w *world) { w.snapshot.Ticked = time.Time{} }, 503, "scheduler: it has not looked yet"},
		"it has not looked for long":   {func(w *world) { w.snapshot.Ticked = w.now.Add(-3 * time.Minute) }, 503, "looked last what is due 3 min ago"},
		"the state is away":            {func(w *world) { w.snapshot.Fault = errAway }, 503, "state: it cannot be read or written"},
		"a fault while the pulse goes": {func(w *world) { w.snapshot.Fault = errAway; w.beat(us) }, 200, "ok\n"},
		"the pulse of another":         {func(w *world) { w.snapshot.Fault = errAway; w.beat("host-b pid 1") }, 503, "state: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(o *web.Options) { o.Closed = true })
			test.change(w)
			got := w.do(request("GET", "/readyz", ""))
			require.Equal(t, test.want, got.Code)
			require.Contains(t, got.Body.String(), test.says)
			require.NotContains(t, got.Body.String(), "db.acme.example")
			require.Equal(t, 200, w.do(request("GET", "/healthz", "")).Code)
		})
	}
}

var errAway = errors.New("db.acme.example:5432 does not answer")

func (w *world) beat(owner string) { require.NoError(w.t, w.store.Beat(w.t.Context(), owner)) }

func TestStaticFilesAreKeptByBrowsersUntilTheyChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	page := w.get("/")
	_, rest, _ := strings.Cut(page, `href="/static/style.css?`)
	tag, _, _ := strings.Cut(rest, `"`)
	got := w.do(request("GET", "/static/style.css?"+tag, ""))
	require.Contains(t, got.Header().Get("Cache-Control"), "immutable")
	require.Contains(t, got.Header().Get("Content-Type"), "text/css")
	r := request("GET", "/static/style.css", "")
	r.Header.Set("If-None-Match", got.Header().Get("ETag"))
	require.Equal(t, http.StatusNotModified, w.do(r).Code)
	require.NotContains(t, page, "<style")
	require.NotContains(t, page, " style=")
	require.NotContains(t, page, "<script>")
}
