package pipeline_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
)

// fault is a way in which a server goes wrong.
type fault struct {
	options sandbox.Options
	settle  time.Duration
	now     func() func(*http.Request) sandbox.Reaction
}

// everyThird lets every third request that changes something go wrong, the first one included.
func everyThird(reaction sandbox.Reaction) func() func(*http.Request) sandbox.Reaction {
	return func() func(*http.Request) sandbox.Reaction {
		n := 0
		return func(r *http.Request) sandbox.Reaction {
			if !writes(r) {
				return sandbox.Reaction{}
			}
			if n++; n%3 != 1 {
				return sandbox.Reaction{}
			}
			return reaction
		}
	}
}

// twice throttles two requests, a pause each.
func twice() func(*http.Request) sandbox.Reaction {
	n := 0
	return func(*http.Request) sandbox.Reaction {
		if n++; n != 3 && n != 11 {
			return sandbox.Reaction{}
		}
		return sandbox.Reaction{Status: http.StatusTooManyRequests, Body: `{"success": false, "error": "too fast"}`}
	}
}

// forASecond throttles everything for a second, from the third request on.
func forASecond() func(*http.Request) sandbox.Reaction {
	n, since := 0, time.Time{}
	return func(*http.Request) sandbox.Reaction {
		if n++; n == 3 {
			since = time.Now()
		}
		if n < 3 || time.Since(since) > time.Second {
			return sandbox.Reaction{}
		}
		return sandbox.Reaction{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"1"}}}
	}
}

// Long enough for jobs that take their time on a machine that is busy.
const (
	jobTime  = 40 * time.Millisecond
	patience = 250 * time.Millisecond
)

var faults = map[string]fault{
	"throttled":                          {now: twice},
	"throttled for a while":              {now: forASecond},
	"failing before the effect":          {now: everyThird(failBefore)},
	"failing after the effect":           {now: everyThird(failAfter)},
	"dropped before the effect":          {now: everyThird(dropBefore)},
	"dropped after the effect":           {now: everyThird(dropAfter)},
	"dropped, and filters are ignored":   {now: everyThird(dropAfter), options: sandbox.Options{IgnoreQuery: true}},
	"dropped, and jobs are slow":         {now: everyThird(dropAfter), options: sandbox.Options{JobDuration: jobTime}, settle: patience},
	"dropped, and jobs start late":       {now: everyThird(sandbox.Reaction{Drop: true, AfterEffect: true, JobDelay: jobTime}), settle: patience},
	"answered with a page, after effect": {now: everyThird(pageAfter)},
}

// Whatever the server does to single requests, and whatever it makes of a row that is sent twice, what the source says is
// in Playvox in the end, each row and each comment created once, and nothing is left to be sent.
func TestFaultsOfTheServerLoseNothingAndSendNothingTwice(t *testing.T) {
	t.Parallel()
	for name, fault := range faults {
		for _, policy := range []string{sandbox.RefuseDuplicates, sandbox.MergeDuplicates, sandbox.KeepDuplicates} {
			t.Run(fmt.Sprintf("%s, duplicates: %s", name, policy), func(t *testing.T) {
				t.Parallel()
				options := fault.options
				options.Duplicates = policy
				const tickets = 10
				w, bad := newTroubledWorld(t, tickets, options, byCursor, edit{"max_in_flight: 1", "max_in_flight: 3"})
				w.options.SettleDelay = fault.settle
				bad.begin(fault.now())
				w.converge()
				require.Equal(t, w.told(), w.held())
				w.change(byCursor)
				w.exec("INSERT INTO tickets VALUES (50, 1, '2026-01-02 10:00:00')")
				w.message(201, 50, "ok", "2026-01-02 10:00:00")
				w.message(202, 50, "ok", "2026-01-02 10:00:00")
				w.message(203, 7, "yes", "2026-01-02 10:00:00")
				w.message(204, 7, "yes", "2026-01-02 10:00:00")
				bad.begin(fault.now())
				w.converge()
				w.requireDelivered()
				requireCreated(t, w, tickets)
			})
		}
	}
}

// requireCreated counts what was ever created: each ticket once, and each comment, but for the one that was replaced.
func requireCreated(t *testing.T, w *world, tickets int) {
	t.Helper()
	wantTickets := map[string]int{"50": 1}
	wantComments := map[string]int{"a second remark": 1, "ok": 2, "yes": 2}
	for i := 1; i <= tickets; i++ {
		wantTickets[fmt.Sprint(i)] = 1
		wantComments[fmt.Sprintf("hello %d", i)] = 1
	}
	wantComments["hello 6"] = 2
	gotTickets, gotComments := w.creates()
	require.Equal(t, wantTickets, gotTickets)
	require.Equal(t, wantComments, gotComments)
}

// converge runs until a run succeeds, as a scheduler would.
func (w *world) converge() {
	w.t.Helper()
	var last error
	for range 50 {
		summary, err := w.try()
		requireSane(w.t, summary, err)
		if err == nil && summary.Status == pipeline.Succeeded {
			return
		}
		last = err
	}
	w.t.Fatal("50 runs were not enough", last)
}
