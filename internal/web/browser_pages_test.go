package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/scheduler"
	"pvetl/internal/web"
	"pvetl/load"
	"pvetl/state"
)

// furnish fills a world with something of everything.
func furnish(w *world) {
	for day := range 30 {
		ended := w.now.AddDate(0, 0, -day)
		w.ran(fmt.Sprintf("20260101T0215%02d-aaaa", day), func(s *pipeline.Summary) {
			s.StartedAt, s.FinishedAt = ended.Add(-time.Duration(day)*time.Minute), &ended
			n := int64(day*37%101) * 13
			s.Interactions = pipeline.Counts{Read: n + 50, New: n, Changed: n / 3, Unchanged: 50 - n/3 - int64(day%4), Rejected: int64(day % 4)}
			s.Requests = pipeline.Requests{Total: n / 20, Bulk: n / 100, Polls: n / 50}
			if day%9 == 4 {
				s.Status, s.Error = pipeline.Failed, new("reading interactions: dial tcp 10.0.0.7:5432: connect: connection refused")
			}
		})
	}
	w.ran("rich", func(s *pipeline.Summary) {
		s.Status = pipeline.Partial
		s.Interactions = pipeline.Counts{Read: 120400, New: 118000, Changed: 1400, Unchanged: 900, Rejected: 100}
		s.Comments = pipeline.Counts{Read: 900100, New: 900100}
		s.Requests = pipeline.Requests{Total: 1900, Bulk: 1204, Polls: 600, Writes: 96}
		s.Timings = pipeline.Timings{Read: 40, Map: 2, Compare: 9, Send: 800, Poll: 620, Settle: 31}
		s.RejectGroups = []pipeline.RejectGroup{
			{Stream: "interactions", Stage: "mapping", Field: "csat", Column: "score", Rule: "float", Reason: "a float is digits", Count: 90, Keys: []string{"T-1", "T-2", "T-3"}},
			{Stream: "interactions", Stage: "playvox", Field: "interaction_id", Rule: "refused", Reason: "no", Count: 10, Keys: []string{"T-4"}},
		}
	})
	w.ran("failed", func(s *pipeline.Summary) {
		s.Job, s.Status, s.Error = "by-hand", pipeline.Failed, new("reading interactions: dial tcp 10.0.0.7:5432: connect: connection refused")
	})
	for i := range 5 {
		w.rejected(state.Reject{
			Key: fmt.Sprint("T-", i), Field: "csat", Column: "score", Value: "4,5", Rule: "float", Reason: "a float is digits with an optional sign and point",
		})
	}
	w.rejected(state.Reject{Key: "it's " + strings.Repeat("long", 50), Stage: "playvox", Field: "interaction_id", Value: "x", Rule: "refused", Reason: "assignee is unknown"})
	mark := state.Watermark{Job: "tickets", Stream: "interactions", Type: "timestamptz", Cursor: w.now.Add(-26 * time.Hour).Format(time.RFC3339Nano)}
	require.NoError(w.t, w.store.SetWatermark(w.t.Context(), mark))
	require.NoError(w.t, w.store.SaveBatch(w.t.Context(), state.Batch{ID: "b", Job: "tickets", State: state.Accepted}))
	_, err := w.store.CreateBackfill(w.t.Context(), state.Backfill{Job: "tickets", From: "2024-01-01", To: "2026-01-01"}, []state.Slice{
		{Number: 1, Rows: 1000, Settled: 1000, Done: true}, {Number: 2, Rows: 4000, Settled: 100}, {Number: 3, Rows: 4000},
	})
	require.NoError(w.t, err)
	w.planned("by-hand", func(s *state.Schedule) { s.Paused = w.now.Add(-time.Hour) })
	w.reading.Fault, w.reading.FaultSince = fmt.Errorf("jobs.yaml:%d:3: job tickets: load.batch_sise: unknown key; did you mean batch_size?", 41), w.now.Add(-20*time.Minute)
	w.beat(us)
	w.beat("host-b pid 1")
	w.plan = func() (load.Plan, error) {
		return load.Plan{Changes: []load.Change{
			{Action: load.ActionUpdate, Kind: load.KindIntegration, Name: "Acme Helpdesk", Fields: map[string][]string{"description": {"old words", "new words"}}},
			{Action: load.ActionCreate, Kind: load.KindMetadata, Name: "csat", Fields: map[string][]string{"type": {"", "float"}}, Notes: []string{"Playvox may refuse it"}},
			{Action: load.ActionDelete, Kind: load.KindMetadata, Name: "gone", Fields: map[string][]string{"type": {"string", ""}}},
		}}, nil
	}
}

func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	browser := startBrowser(t)
	for name, test := range map[string]struct {
		options func(*web.Options)
		look    func(t *testing.T, b *tab, w *world)
	}{
		"every page loads, fits and can be read": {nil, everyPageIsFine},
		"without JavaScript":                     {nil, worksWithoutScripts},
		"what changes is shown":                  {nil, showsChanges},
		"what cannot be read again says so":      {nil, claimsWhatIsSo},
		"only who has the token acts":            {nil, actsForTheToken},
		"commands can be copied":                 {nil, showsCommandsAsTheyAre},
		"a closed page":                          {func(o *web.Options) { o.Closed = true }, opensForTheToken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, test.options)
			furnish(w)
			server := httptest.NewServer(w.handler)
			t.Cleanup(server.Close)
			test.look(t, newTab(t, browser, server.URL), w)
		})
	}
}

// everyPageIsFine looks at each page as a telephone and as a desk would show it, by day and by night.
func everyPageIsFine(t *testing.T, b *tab, _ *world) {
	for name, page := range map[string]struct{ path, says string }{
		"jobs":         {"/", "tickets idle"},
		"job":          {"/jobs/tickets", "1 accepted"},
		"job-empty":    {oddAddress, "never ran"},
		"run":          {"/runs/rich", "118 000"},
		"run-failed":   {"/runs/failed", "connection refused"},
		"rejects":      {"/rejects", "6 rejects, the latest first"},
		"rejects-none": {"/rejects?q=nothing", "No reject fits"},
		"integration":  {"/jobs/tickets/integration", "old words → new words"},
		"login":        {"/login", "Token"},
	} {
		b.open(page.path)
		require.Contains(t, b.says(), page.says)
		for _, screen := range []struct {
			width  int64
			scheme string
		}{{1280, "light"}, {1280, "dark"}, {1000, "light"}, {390, "dark"}, {390, "light"}, {320, "dark"}} {
			b.see(screen.width, screen.scheme)
			require.Empty(t, value[[]string](b, mistakes), "%s, %d pixels wide, %s", page.path, screen.width, screen.scheme)
			b.picture(fmt.Sprint(name, "-", screen.width, "-", screen.scheme))
		}
	}
	b.isFine()
}

func showsCommandsAsTheyAre(t *testing.T, b *tab, w *world) {
	w.rejected(state.Reject{Job: "tickets", Stream: "interactions", Key: "two  spaces\nand a line", Field: "csat", Column: "c", Rule: "float"})
	b.open("/rejects?q=two++spaces")
	b.click(".rejects summary", ".commands code")
	require.Equal(t, "pvetl preview tickets --key 'two  spaces\nand a line'", value[string](b, `document.querySelector(".commands code").innerText`))
	b.isFine()
}

func worksWithoutScripts(t *testing.T, b *tab, w *world) {
	order(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.open("/")
	require.Contains(t, b.says(), "tickets idle")
	b.click(`a[href="/jobs/tickets"]`, "#days")
	b.click("#days summary", "#days table")
	b.click(`.actions a[href^="/login"]`, "#token")
	b.signIn()
	b.click(`form[action="/jobs/tickets/pause"] button`, ".flash")
	require.Contains(t, b.says(), "Paused: nothing begins by itself")
	require.NotZero(t, w.schedule("tickets").Paused)
	b.click(`form[action="/jobs/tickets/resume"] button`, `form[action="/jobs/tickets/pause"]`)
	require.Zero(t, w.schedule("tickets").Paused)
	b.isFine()
}

func showsChanges(t *testing.T, b *tab, w *world) {
	const comeBack = `document.dispatchEvent(new Event("visibilitychange"))` // the page is read again at once
	const shown = `document.querySelector("main").innerText.includes("4\u202f711")`
	b.open("/jobs/tickets")
	b.click("#days summary", "#days table")
	value[bool](b, `document.activeElement.blur(), window.mine = true`)
	w.change(func() {
		w.snapshot.Running = []scheduler.Running{{Job: "tickets", Summary: pipeline.Summary{RunID: "x", StartedAt: w.now, Interactions: pipeline.Counts{Read: 4711}}}}
	})
	value[bool](b, comeBack)
	b.until(shown)
	require.True(t, value[bool](b, `window.mine`), "the page was not loaded again")
	require.True(t, value[bool](b, `document.getElementById("days").open`), "what was open stays open")
	require.Equal(t, "tickets running", value[string](b, `document.getElementById("status").textContent`))

	w.change(func() { w.snapshot.Running = nil })
	value[bool](b, `document.querySelector("#days summary").focus(), `+comeBack)
	value[int](b, `fetch("/healthz").then(() => new Promise((done) => setTimeout(done, 100, 1)))`)
	require.True(t, value[bool](b, shown), "nothing moves under somebody's hands")
	value[bool](b, `document.activeElement.blur(), `+comeBack)
	b.until("!" + shown)
	b.isFine()
}

// A page is read again once at a time, and says that it is only as long as it is.
func claimsWhatIsSo(t *testing.T, b *tab, _ *world) {
	const hidden = `document.querySelector(".live").hidden`
	b.open("/jobs/tickets")
	require.False(t, value[bool](b, hidden))
	value[bool](b, `window.asked = 0, window.ask = window.fetch, window.fetch = (...what) =>
		(window.asked++, new Promise((go) => setTimeout(go, 200)).then(() => ask(...what))), true`)
	value[bool](b, `[1, 2, 3, 4, 5].forEach(() => document.dispatchEvent(new Event("visibilitychange"))), true`)
	value[int](b, `new Promise((done) => setTimeout(done, 500, 1))`)
	require.Equal(t, 1, value[int](b, `window.asked`))

	value[bool](b, `window.fetch = () => Promise.resolve(new Response("", {status: 503})), document.dispatchEvent(new Event("visibilitychange"))`)
	b.until(hidden)
	value[bool](b, `window.fetch = ask, document.dispatchEvent(new Event("visibilitychange"))`)
	b.until("!" + hidden)
	b.isFine()
}

func actsForTheToken(t *testing.T, b *tab, w *world) {
	b.open("/jobs/tickets")
	require.NotContains(t, b.says(), "Run now")
	require.Equal(t, http.StatusUnauthorized, value[int](b, `fetch("/jobs/tickets/run", {method: "POST"}).then((answer) => answer.status)`))
	require.Empty(t, w.schedule("tickets").Wanted)

	b.click(`header a[href^="/login"]`, "#token")
	b.signIn()
	require.Empty(t, value[string](b, `document.cookie`), "scripts do not see the session")
	fromElsewhere(t, b, w)

	b.open("/jobs/tickets")
	b.click(`form[action="/jobs/tickets/run"] button`, ".flash")
	require.Contains(t, b.says(), "A run is asked for")
	require.Equal(t, scheduler.DoRun, w.schedule("tickets").Wanted)
	b.click("header button", `header a[href^="/login"]`)
	b.open("/jobs/tickets")
	require.NotContains(t, b.says(), "Run now")
}

// fromElsewhere has other sites send forms to the page: one under the same name on another port, one under another name.
func fromElsewhere(t *testing.T, b *tab, w *world) {
	t.Helper()
	other := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(rw, `<!doctype html><form method="post" action="%s/jobs/tickets/run"><button>Win</button></form>`, b.address)
	}))
	defer other.Close()
	for _, site := range []string{other.URL, strings.Replace(other.URL, "127.0.0.1", "localhost", 1)} {
		b.run(chromedp.Navigate(site))
		b.click("button", "h1")
		require.Contains(t, b.says(), "Refused")
		require.Empty(t, w.schedule("tickets").Wanted)
	}
}

// opensForTheToken shows nothing before somebody has signed in.
func opensForTheToken(t *testing.T, b *tab, _ *world) {
	b.open("/jobs/tickets")
	require.NotContains(t, b.says(), "helpdesk")
	b.signIn()
	require.Contains(t, b.says(), "tickets idle")
	b.isFine()
}
