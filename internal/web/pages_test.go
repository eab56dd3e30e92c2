package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"pvetl/internal/pipeline"
	"pvetl/internal/scheduler"
	"pvetl/internal/web"
	"pvetl/load"
	"pvetl/state"
)

// textOf is what a page says, in one line, without its head.
func textOf(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(strings.ReplaceAll(page, "\u202f", "")))
	require.NoError(t, err)
	var words []string
	for node := range root.Descendants() {
		if node.Type == html.TextNode {
			words = append(words, strings.Fields(node.Data)...)
		}
	}
	return strings.Join(words, " ")
}

func TestAStateWithoutAnything(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	jobs := textOf(t, w.get("/"))
	require.Contains(t, jobs, "tickets never ran never 20") // the next run is computed
	require.Contains(t, jobs, "by-hand never ran never by hand none no rejects")
	require.Contains(t, jobs, "None has given a sign of life yet")
	require.NotContains(t, jobs, "cannot")
	job := textOf(t, w.get("/jobs/by-hand"))
	require.Contains(t, job, "It has no schedule: pvetl run by-hand")
	require.Contains(t, job, "No rows within the last 30 days")
	require.Contains(t, textOf(t, w.get("/rejects")), "No rejects: every row that was read is in Playvox")
	require.Contains(t, textOf(t, w.get("/rejects?rule=float")), "No reject fits this search")
}

func TestTheJobsAtAGlance(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.ran("r1", func(s *pipeline.Summary) { s.Interactions = pipeline.Counts{Read: 1500, New: 1200, Changed: 300} })
	w.rejected(state.Reject{Key: "1", Field: "csat", Rule: "float"}, state.Reject{Key: "2", Field: "csat", Rule: "float"})
	w.planned("tickets", func(s *state.Schedule) { s.NextDue = w.now.Add(90 * time.Minute) })
	mark := state.Watermark{Job: "tickets", Stream: "interactions", Type: "timestamptz", Cursor: w.now.Add(-26 * time.Hour).Format(time.RFC3339)}
	require.NoError(t, w.store.SetWatermark(t.Context(), mark))
	require.NoError(t, w.store.SaveBatch(t.Context(), state.Batch{ID: "b", Job: "tickets", State: state.Unknown}))
	_, err := w.store.CreateBackfill(t.Context(), state.Backfill{Job: "tickets"}, nil)
	require.NoError(t, err)
	require.NoError(t, w.store.LimitQuota(t.Context(), "acme", time.Hour, 30, time.Hour))
	w.beat(us)
	page := textOf(t, w.get("/"))
	for _, want := range []string{
		"tickets idle succeeded", "in 1 h 30 min", mark.Cursor + " 1 d 2 h behind now", "2 rejects 1 open batch", "1200 new, 300 changed",
		us + " (this one): alive since", "40 of 100 requests", "Paused until", "seen to allow 30 a minute", "1 backfill not ended", "No notice waits",
	} {
		require.Contains(t, page, want)
	}
	require.Equal(t, 2, strings.Count(w.get("/"), "<rect "), "one day, new and changed")
}

func TestWhatAJobDoes(t *testing.T) {
	t.Parallel()
	for word, test := range map[string]struct {
		change func(w *world)
		says   string
	}{
		"failed": {func(w *world) {
			w.ran("r1", func(s *pipeline.Summary) { s.Status, s.Error = pipeline.Failed, new("the source is away") })
		}, "the source is away"},
		"paused": {func(w *world) {
			w.ran("r1", nil)
			w.planned("tickets", func(s *state.Schedule) { s.Paused = w.now.Add(-time.Hour) })
		}, "paused since"},
		"skipped": {func(w *world) {
			w.ran("r1", nil)
			w.planned("tickets", func(s *state.Schedule) { s.Skips = 3 })
		}, "skipped 3 times in a row"},
		"running": {func(w *world) {
			lease, err := w.store.Acquire(w.t.Context(), "tickets", us)
			require.NoError(w.t, err)
			w.t.Cleanup(func() { _ = lease.Release(w.t.Context()) })
		}, us},
		"idle": {func(w *world) { w.ran("r1", func(s *pipeline.Summary) { s.Status = pipeline.Partial }) }, "partial"},
	} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			test.change(w)
			for _, address := range []string{"/", "/jobs/tickets"} {
				page := textOf(t, w.get(address))
				require.Contains(t, page, "tickets "+word)
				require.Contains(t, page, test.says)
			}
		})
	}
}

func TestTroublesStandAboveTheJobs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.reading.Fault, w.reading.FaultSince = errors.New("jobs.yaml:3:1: found some-api-key"), w.now.Add(-20*time.Minute)
	w.snapshot.Ticked = w.now.Add(-5 * time.Minute)
	page := textOf(t, w.get("/"))
	require.Contains(t, page, "jobs.yaml cannot be used as it is now Since")
	require.Contains(t, page, "20 min ago jobs.yaml:3:1: found *** The one read at "+w.reading.ReadAt.Format("2006-01-02 15:04:05 UTC")+" stays in use")
	require.Contains(t, page, "The scheduler does not look Since")
	w.snapshot.Fault = errAway
	require.Contains(t, textOf(t, w.get("/")), "The scheduler cannot work")
}

func TestAJobInFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.ran("r1", func(s *pipeline.Summary) { s.Interactions = pipeline.Counts{Read: 3, New: 2, Rejected: 1} })
	w.ran("r2", func(s *pipeline.Summary) { s.Status, s.StartedAt = pipeline.Running, w.now.Add(-time.Minute) })
	w.rejected(state.Reject{Key: "1", Field: "csat", Rule: "float"}, state.Reject{Key: "2", Field: "csat", Rule: "float"})
	rows := int64(5000)
	_, err := w.store.CreateBackfill(t.Context(), state.Backfill{Job: "tickets", From: "2024-01-01"}, []state.Slice{{Number: 1, Rows: rows, Settled: 120, Done: true}, {Number: 2, Rows: rows}})
	require.NoError(t, err)
	for i, in := range []state.BatchState{state.Accepted, state.Accepted, state.Unknown} {
		require.NoError(t, w.store.SaveBatch(t.Context(), state.Batch{ID: fmt.Sprint(i), Job: "tickets", State: in}))
	}
	page := w.get("/jobs/tickets")
	text := textOf(t, page)
	for _, want := range []string{
		"15 2 * * * UTC", "csat : float interactions mapping 2", "r2 failed", "r1 succeeded", "Backfill 1 interrupted: from 2024-01-01 to now",
		"pvetl backfill resume 1", "2 accepted : Playvox works on them", "1 unknown : may or may not have arrived", "Sign in to act",
		"Day New Changed Rejected " + w.now.Add(-9*time.Minute).Format(time.DateOnly) + " 2 0 1",
	} {
		require.Contains(t, text, want)
	}
	require.Contains(t, page, `href="/rejects?field=csat&amp;job=tickets&amp;rule=float&amp;stage=mapping&amp;stream=interactions"`)

	lease, err := w.store.Acquire(t.Context(), "tickets", us)
	require.NoError(t, err)
	defer func() { require.NoError(t, lease.Release(t.Context())) }()
	require.Contains(t, textOf(t, w.get("/jobs/tickets")), "Under way In another process, "+us)
	require.Contains(t, textOf(t, w.get("/jobs/tickets")), "r2 running")
	w.snapshot.Running = []scheduler.Running{{Job: "tickets", Since: w.now, Summary: pipeline.Summary{
		Job: "tickets", RunID: "r2", StartedAt: w.now.Add(-10 * time.Second), Interactions: pipeline.Counts{Read: 12345, New: 12000},
	}}}
	for _, address := range []string{"/jobs/tickets", "/runs/r2"} {
		require.Contains(t, textOf(t, w.get(address)), "Under way read 12345 new 12000")
		require.Contains(t, textOf(t, w.get(address)), "1234 rows a second")
	}
}

func TestARunInFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.ran("r1", func(s *pipeline.Summary) {
		s.Status = pipeline.Partial
		s.Interactions = pipeline.Counts{Read: 100, New: 60, Changed: 10, Unchanged: 20, Rejected: 5, Unknown: 3, Waiting: 2}
		s.Comments = pipeline.Counts{Read: 9, New: 8}
		s.Requests = pipeline.Requests{Total: 42, Bulk: 1, Polls: 7}
		s.Timings = pipeline.Timings{Read: 2, Send: 30, Settle: 0.25}
		s.RejectGroups = []pipeline.RejectGroup{{
			Stream: "interactions", Stage: "mapping", Field: "csat", Column: "score", Rule: "float", Count: 5, Keys: []string{"A 1", "A&2", "A/3"},
		}}
	})
	page := w.get("/runs/r1")
	text := textOf(t, page)
	for _, want := range []string{
		"Run r1 partial", "interactions 100 60 10 20 5 3 2 yes 0", "comments 9 8 0 0 0 0 0 1 not counted yet", "in all 42 bulk 1 polls 7", "after 1 min",
		"read asking the source 2 s", "send to Playvox, with the wait for turns 30 s", "settle writing down what became of rows 250 ms",
		"csat from score : float 5 rows of interactions, stage mapping.", "Such as A 1 , A&2 , A/3",
	} {
		require.Contains(t, text, want)
	}
	require.Contains(t, page, `href="/rejects?job=tickets&amp;q=A%262&amp;stream=interactions"`)
	w.ran("r2", func(s *pipeline.Summary) { s.Status = pipeline.Running })
	require.Contains(t, textOf(t, w.get("/runs/r2")), "its process ended in the midst of it")
}

func TestRejectsAreSearchedAndPaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	var many []state.Reject
	for i := range 120 {
		many = append(many, state.Reject{Key: fmt.Sprint("key-", i), Field: []string{"csat", "status"}[i%2], Column: "c", Rule: "float"})
	}
	w.rejected(many...)
	w.rejected(state.Reject{Job: "tickets", Stream: "comments", Key: "it's #1", Field: "body", Rule: "required", Reason: "the field is required and the value is NULL"})
	first := w.get("/rejects")
	require.Contains(t, textOf(t, first), "121 rejects, 1 to 50 here, the latest first")
	require.Contains(t, first, `<a href="/rejects?page=2" rel="next">Older</a>`)
	require.Contains(t, textOf(t, w.get("/rejects?page=3")), "101 to 121 here")
	require.NotContains(t, w.get("/rejects?page=3"), "Older")
	require.Contains(t, w.get("/rejects?q=key-1&page=2"), `<a href="/login?next=%2frejects%3fq%3dkey-1%26page%3d2">Sign in</a>`)
	require.Contains(t, textOf(t, w.get("/rejects?page=9")), "no such page")
	require.Contains(t, textOf(t, w.get("/rejects?stage=mapping&page=9")), "no such page", "there are some, on other pages")
	for _, page := range []string{"0", "-1", "x", "99999999999999999999"} {
		require.Contains(t, textOf(t, w.get("/rejects?page="+page)), "1 to 50 here")
	}
	require.Contains(t, textOf(t, w.get("/rejects?field=csat&job=tickets")), "60 rejects, 1 to 50 here")
	require.Contains(t, w.get("/rejects?field=csat&job=tickets"), `href="/rejects?field=csat&amp;job=tickets&amp;page=2"`)
	one := textOf(t, w.get("/rejects?q=IT%27S&stream=comments"))
	require.Contains(t, one, "1 reject, the latest first.")
	require.Contains(t, one, "the field is required and the value is NULL")
	require.Contains(t, one, `pvetl rejects retry tickets --key 'it'\''s #1' --stream comments pvetl rejects dismiss tickets --key 'it'\''s #1' --stream comments`)
	require.NotContains(t, one, "pvetl preview", "it wants the key of an interaction")
	require.Contains(t, textOf(t, w.get("/rejects?q=key-7&field=status")), "pvetl preview tickets --key key-7 ")
}

// mark stands for a value of a row.
const mark = "Ms-Secretson-4711"

func TestNoValueOfARowIsShownUnlessItIsAllowed(t *testing.T) {
	t.Parallel()
	plant := func(w *world) {
		w.rejected(
			state.Reject{Key: "1", Field: "csat", Column: "score", Value: mark, Rule: "float", Reason: "a float is digits"},
			state.Reject{Key: "2", Field: "csat", Column: "score", Value: mark, Rule: "float", Reason: "what is " + mark + " here"},
			state.Reject{Key: "3", Field: "tags", Column: "tags", Value: "[a, b, …", Rule: "list", Reason: mark + " is not allowed; allowed are x, y"},
			state.Reject{Key: "4", Field: "e", Rule: "expr", Reason: `int(score): "` + mark + `" is no number`},
			state.Reject{Key: "5", Field: "content", Value: "a.png", Rule: "refused", Reason: "no room for " + mark},
			state.Reject{Key: "6", Field: "interaction_id", Value: mark, Stage: "playvox", Rule: "refused", Reason: "assignee " + mark + " is unknown"},
		)
		systemic := &pipeline.SystemicError{Job: "tickets", Refused: 100, Of: 100, Reason: "assignee " + mark + "\n is unknown: really"}
		refused := &load.Error{Outcome: load.Refused, Method: "POST", Path: "/interactions/bulk", Status: 422, Reason: "bad " + mark}
		for i, err := range []error{
			systemic, refused, fmt.Errorf("reading: a row says %q", mark), errors.Join(refused, systemic),
			errors.New("reading: Incorrect DATETIME value: '" + mark + "' of the row's '" + mark + "': see 'pvetl check tickets'"),
		} {
			w.ran(fmt.Sprint("r", i), func(s *pipeline.Summary) {
				s.Status, s.Error = pipeline.Failed, new(err.Error())
				s.RejectGroups = []pipeline.RejectGroup{
					{Stream: "interactions", Stage: "mapping", Field: "csat", Rule: "float", Reason: "what is " + mark, Count: 1, Keys: []string{"2"}},
					{Stream: "interactions", Stage: "playvox", Rule: "refused", Reason: "assignee " + mark, Count: 1, Keys: []string{"6"}},
				}
			})
		}
		w.plan = func() (load.Plan, error) { return load.Plan{}, refused }
	}
	masked, open := newWorld(t, nil), newWorld(t, func(o *web.Options) { o.Values = true })
	plant(masked)
	plant(open)
	for _, address := range []string{"/", "/jobs/tickets", "/runs/r0", "/runs/r1", "/runs/r2", "/runs/r3", "/runs/r4", "/rejects", "/jobs/tickets/integration"} {
		require.NotContains(t, masked.get(address), mark, address)
		require.NotContains(t, masked.get(address), "Secretson", address)
	}
	require.NotContains(t, masked.log.String(), mark)
	require.Contains(t, textOf(t, masked.get("/rejects")), "pvetl serve --show-values")
	require.Contains(t, textOf(t, masked.get("/rejects")), "a float is digits")
	require.Contains(t, textOf(t, masked.get("/rejects")), "an element is not allowed; allowed are x, y")
	require.Contains(t, textOf(t, masked.get("/runs/r0")), "Playvox refuses 100 of 100 rows")
	require.Contains(t, textOf(t, masked.get("/runs/r0")), "mend the mapping")
	require.Contains(t, textOf(t, masked.get("/runs/r4")), "see 'pvetl check tickets'")
	for _, address := range []string{"/rejects", "/runs/r0", "/runs/r1", "/jobs/tickets/integration"} {
		require.Contains(t, open.get(address), mark, address)
	}
	require.NotContains(t, open.get("/rejects"), "--show-values")
}

func TestNothingThatOthersWroteBecomesAPartOfAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *web.Options) { o.Values = true })
	const evil = `"><script src=//evil.example></script><img src=x onerror=alert(1)>' {{.}} javascript:alert(1) ` + "\u202e\u0000"
	long := strings.Repeat("long<b>", 1<<20/7)
	w.rejected(
		state.Reject{Job: oddJob, Stream: evil, Key: evil, Stage: evil, Field: evil, Column: evil, Value: evil, Rule: evil, Reason: evil},
		state.Reject{Job: oddJob, Stream: "interactions", Key: "long", Field: "f", Value: long[:200], Rule: "r", Reason: long},
	)
	w.ran("r<1>", func(s *pipeline.Summary) {
		s.Job, s.Status, s.Error = oddJob, pipeline.Failed, new(evil+long)
		s.RejectGroups = []pipeline.RejectGroup{{Stream: evil, Field: evil, Rule: evil, Reason: evil, Keys: []string{evil, long[:5000]}}}
	})
	require.NoError(t, w.store.SetWatermark(t.Context(), state.Watermark{Job: oddJob, Stream: "interactions", Cursor: evil}))
	w.reading.Fault = errors.New(evil + long[:5000])
	w.plan = func() (load.Plan, error) {
		return load.Plan{Changes: []load.Change{{
			Action: load.ActionUpdate, Kind: load.KindMetadata, Name: evil, Fields: map[string][]string{evil: {evil, long[:5000]}}, Notes: []string{evil},
		}}}, nil
	}
	for _, address := range []string{"/", oddAddress, oddAddress + "/integration", "/runs/r%3C1%3E", "/rejects", "/rejects?q=" + "%22%3E%3Cscript%3E", "/login?next=/%22%3E%3Cscript%3E"} {
		page := w.get(address)
		require.Less(t, len(page), 300_000, address)
		root, err := html.Parse(strings.NewReader(page))
		require.NoError(t, err)
		for node := range root.Descendants() {
			require.NotEqual(t, "img", node.Data, address)
			require.NotEqual(t, "b", node.Data, address)
			for _, attribute := range node.Attr {
				require.False(t, strings.HasPrefix(attribute.Key, "on"), "%s: %s", address, attribute.Key)
				require.NotEqual(t, "style", attribute.Key)
				if attribute.Key == "src" || attribute.Key == "href" {
					require.Regexp(t, `^[/#]($|[^/])`, attribute.Val, address)
				}
			}
		}
	}
	require.Contains(t, w.get("/"), `href="/jobs/a%2F%22b%22%3Ci%3E"`)
}

func TestWhatIsAskedForIsInTheState(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	act := func(job, action string) (address string) {
		t.Helper()
		r := request("POST", job+"/"+action, "")
		r.Header.Set("Authorization", "Bearer "+token)
		got := w.do(r)
		require.Equal(t, http.StatusSeeOther, got.Code, got.Body)
		return got.Header().Get("Location")
	}
	const tickets = "/jobs/tickets"
	require.Equal(t, "/jobs/tickets?done=run", act(tickets, "run"))
	require.Equal(t, scheduler.DoRun, w.schedule("tickets").Wanted)
	require.Equal(t, "/jobs/tickets?done=same", act(tickets, "retry"), "one thing at a time")
	w.planned("tickets", func(s *state.Schedule) { s.Wanted, s.Due, s.Doing = "", w.now, scheduler.DoRun })
	require.Equal(t, "/jobs/tickets?done=same", act(tickets, "run"), "it is under way")
	w.planned("tickets", func(s *state.Schedule) { s.Due, s.Doing = time.Time{}, "" })
	require.Equal(t, "/jobs/tickets?done=retry", act(tickets, "retry"))
	require.Equal(t, scheduler.DoRetry, w.schedule("tickets").Wanted)
	require.Equal(t, "/jobs/tickets?done=pause", act(tickets, "pause"))
	require.Equal(t, w.now, w.schedule("tickets").Paused.UTC())
	require.Equal(t, "/jobs/tickets?done=same", act(tickets, "pause"))
	require.Equal(t, "/jobs/tickets?done=resume", act(tickets, "resume"))
	require.Zero(t, w.schedule("tickets").Paused)
	require.Equal(t, oddAddress+"?done=run", act(oddAddress, "run"))
	require.Equal(t, scheduler.DoRun, w.schedule(oddJob).Wanted)
	require.Equal(t, 8, w.woken)
	require.Contains(t, w.log.String(), "action=pause job=tickets")
	require.Contains(t, textOf(t, w.get("/jobs/tickets?done=pause")), "Paused: nothing begins by itself")
	require.NotContains(t, textOf(t, w.get("/jobs/tickets?done=anything")), "anything")
}

func TestPlayvoxIsAskedOnceInFiveMinutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.plan = func() (load.Plan, error) {
		return load.Plan{Changes: []load.Change{
			{Action: load.ActionUpdate, Kind: load.KindIntegration, Name: "Acme Helpdesk", Fields: map[string][]string{"description": {"old words", "new words"}}},
			{Action: load.ActionCreate, Kind: load.KindMetadata, Name: "csat", Fields: map[string][]string{"type": {"", "float"}}},
			{Action: load.ActionNone, Kind: load.KindMetadata, Name: "status"},
			{Action: load.ActionNone, Kind: load.KindMetadata, Name: "left", Unnamed: true, Notes: []string{"it is required"}},
		}}, nil
	}
	const address = "/jobs/tickets/integration"
	page := textOf(t, w.get(address))
	for _, want := range []string{
		"2 changes to be made: pvetl apply", "change integration Acme Helpdesk", "description old words → new words", "create field csat type nothing → float",
		"leave field left jobs.yaml does not name it", "it is required", "1 field is as they should be",
	} {
		require.Contains(t, page, want)
	}
	w.get("/jobs/by-hand/integration")
	require.Equal(t, 1, w.asked, "it is the same integration")
	w.now = w.now.Add(5*time.Minute - time.Second)
	require.Contains(t, textOf(t, w.get(address)), "4 min ago")
	require.Equal(t, 1, w.asked)
	w.now = w.now.Add(time.Second)
	w.plan = func() (load.Plan, error) { return load.Plan{}, errors.New("no answer for some-api-key") }
	require.Contains(t, textOf(t, w.get(address)), "Playvox could not be asked no answer for *** It is asked again after a minute")
	w.now = w.now.Add(59 * time.Second)
	w.get(address)
	require.Equal(t, 2, w.asked)
	w.now = w.now.Add(time.Second)
	w.plan = func() (load.Plan, error) { return load.Plan{}, nil }
	require.Contains(t, textOf(t, w.get(address)), "Nothing to change")
	w.reading.Number++
	w.get(address)
	require.Equal(t, 4, w.asked, "jobs.yaml may want something else now")
}
