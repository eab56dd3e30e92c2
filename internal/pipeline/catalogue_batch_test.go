package pipeline_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
)

var (
	keepAll     = sandbox.Options{Duplicates: sandbox.KeepDuplicates}
	inHundreds  = []edit{{"batch_size: 3", "batch_size: 100"}, {"page_size: 4", "page_size: 100"}}
	signedOut   = sandbox.Reaction{Status: http.StatusUnauthorized, Body: `{"success": false, "error": "key revoked"}`}
	refusedMild = sandbox.Reaction{Status: http.StatusOK, Body: `{"success": false, "error": "csat: no float"}`}
)

// Whether Playvox got a batch whose answer was lost is looked up. Only one that it did not get is sent again.
func TestABatchWithoutAnAnswerIsSentAgainOnlyIfItIsNotThere(t *testing.T) {
	t.Parallel()
	halfAnAnswer := sandbox.Reaction{Status: http.StatusOK, Body: `{"success": true, "result": {"_id": "j`}
	halfAnAnswerAfter := halfAnAnswer
	halfAnAnswerAfter.AfterEffect = true
	for name, tt := range map[string]struct {
		reaction sandbox.Reaction
		bulks    int
	}{
		"lost after the effect":               {dropAfter, 1},
		"lost before it":                      {dropBefore, 2},
		"a proxy's page after the effect":     {failAfter, 1},
		"an error before it":                  {failBefore, 2},
		"a page to sign in, after the effect": {pageAfter, 1},
		"a page to sign in, before it":        {pageBefore, 2},
		"half an answer, after the effect":    {halfAnAnswerAfter, 1},
		"half an answer, before it":           {halfAnAnswer, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, bad := newTroubledWorld(t, 5, keepAll, inHundreds...)
			w.box.ResetRequests()
			bad.first(1, bulks, tt.reaction)
			summary := w.mustRun()
			require.Equal(t, pipeline.Counts{Read: 5, New: 5}, summary.Interactions)
			require.Empty(t, w.rejects(), "nobody refused it")
			require.Equal(t, tt.bulks, w.box.Requests().Kinds[sandbox.Bulk])
			w.requireDelivered()
		})
	}
}

// A job that begins behind the first look has brought its rows by the second: nothing is sent again.
func TestTwoLooksWaitForAJobThatStartsLate(t *testing.T) {
	t.Parallel()
	w, bad := newTroubledWorld(t, 5, keepAll, inHundreds...)
	w.box.ResetRequests()
	late := dropAfter
	late.JobDelay = 300 * time.Millisecond
	filtered := 0
	bad.begin(func(r *http.Request) sandbox.Reaction {
		switch {
		case bulks(r):
			return late
		case looks(r) && r.URL.Query().Has("query"):
			if filtered++; filtered == 2 { // the job is over before this one is answered
				w.mustHold(5)
			}
		}
		return sandbox.Reaction{}
	})
	require.EqualValues(t, 5, w.mustRun().Interactions.New)
	require.Equal(t, 1, w.box.Requests().Kinds[sandbox.Bulk])
	w.requireDelivered()
}

// Where the guarantee ends: a job that begins later than two settle delays after the connection was lost brings its rows
// a second time, to a server that keeps duplicates. None is lost.
func TestAJobThatStartsAfterTwoLooksBringsItsRowsTwice(t *testing.T) {
	t.Parallel()
	w, bad := newTroubledWorld(t, 5, keepAll, inHundreds...)
	w.box.ResetRequests()
	tooLate := dropAfter
	tooLate.JobDelay = 700 * time.Millisecond
	bad.first(1, bulks, tooLate)
	require.EqualValues(t, 5, w.mustRun().Interactions.New)
	require.Equal(t, 2, w.box.Requests().Kinds[sandbox.Bulk])
	w.mustHold(10)
	tickets, _ := w.creates()
	require.Equal(t, map[string]int{"1": 2, "2": 2, "3": 2, "4": 2, "5": 2}, tickets)
}

// mustHold waits until the server holds so many interactions.
func (w *world) mustHold(n int) {
	w.t.Helper()
	require.Eventually(w.t, func() bool { return len(w.box.Snapshot().Interactions) == n }, time.Minute, time.Millisecond)
}

// A server that puts us off for longer than a run waits ends the run. What could not be sent is sent by the next one.
func TestAServerThatThrottlesForEverEndsTheRun(t *testing.T) {
	t.Parallel()
	forEver := sandbox.Reaction{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3600"}}}
	for name, of := range map[string]kind{"batches": bulks, "jobs": polls, "everything": anything} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, bad := newTroubledWorld(t, 10, keepAll)
			bad.first(1000, of, forEver)
			summary, err := w.try()
			require.ErrorContains(t, err, "limits the rate until")
			require.Equal(t, pipeline.Failed, summary.Status)
			requireSane(t, summary, err)
			require.Empty(t, w.rejects())
			bad.begin(nil)
			w.mustRun()
			w.requireDelivered()
		})
	}
}

// Every third request of each kind fails: the run comes to its end all the same, and does not ask for much more
// than it would have to.
func TestARunGetsThroughWhenEveryThirdRequestFails(t *testing.T) {
	t.Parallel()
	w, bad := newTroubledWorld(t, 13, keepAll)
	count := make([]int, 3)
	w.box.ResetRequests()
	bad.begin(func(r *http.Request) sandbox.Reaction {
		i := slices.IndexFunc([]kind{bulks, polls, anything}, func(of kind) bool { return of(r) })
		if count[i]++; count[i]%3 != 0 {
			return sandbox.Reaction{}
		}
		return sandbox.Reaction{Status: http.StatusInternalServerError, Body: `{"success": false}`}
	})
	w.mustRun()
	const needed = 1 + 1 + 5*2 // the integration, what it holds, five batches and their jobs
	require.LessOrEqual(t, w.box.Requests().Total, 3*needed)
	bad.begin(nil)
	w.requireDelivered()
}

// Credentials that are taken away in the middle of a run stop it at once. Nothing is held against the rows.
func TestRevokedCredentialsStopTheRunAndRejectNothing(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]kind{"of the second batch": bulks, "of a job": polls} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, bad := newTroubledWorld(t, 10, keepAll)
			w.box.ResetRequests()
			n, refused := 0, 0
			bad.begin(func(r *http.Request) sandbox.Reaction {
				if of(r) {
					n++
				}
				if n < 2 {
					return sandbox.Reaction{}
				}
				refused++
				return signedOut
			})
			summary, err := w.try()
			require.ErrorContains(t, err, "playvox.uid and playvox.api_key")
			require.Equal(t, pipeline.Failed, summary.Status)
			require.Zero(t, summary.Interactions.Rejected)
			require.Empty(t, w.rejects())
			require.LessOrEqual(t, refused, 2, "one may have been on its way")
			bad.begin(nil)
			w.mustRun()
			w.requireDelivered()
		})
	}
}

// One row makes Playvox refuse its whole batch, in whatever words and under whatever status: it alone stays behind, and
// finding it takes few requests.
func TestOneBadRowOfAHundredStaysBehindAlone(t *testing.T) {
	t.Parallel()
	for name, reaction := range map[string]sandbox.Reaction{
		"status 400":                     {Status: http.StatusBadRequest, Body: `{"success": false, "error": "csat: no float"}`},
		"status 422":                     {Status: http.StatusUnprocessableEntity, Body: `{"errors": {"csat": ["no float"]}}`},
		"status 200, success: false":     refusedMild,
		"of several, the first":          {Status: http.StatusBadRequest, Body: `{"error": "csat: no float"}`},
		"in the words of the bulk error": {Status: http.StatusBadRequest, Body: `{"message": "csat: no float"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, bad := newTroubledWorld(t, 100, keepAll, inHundreds...)
			w.box.ResetRequests()
			bad.begin(func(r *http.Request) sandbox.Reaction {
				if bulks(r) && strings.Contains(bodyOf(t, r), `"interaction_id":"57"`) {
					return reaction
				}
				return sandbox.Reaction{}
			})
			summary := w.mustEnd(pipeline.Partial)
			require.EqualValues(t, 99, summary.Interactions.New)
			require.LessOrEqual(t, w.box.Requests().Kinds[sandbox.Bulk], 15)
			rejects := w.rejects()
			require.Len(t, rejects, 1)
			require.Equal(t, "57", rejects[0].Key)
			require.Contains(t, rejects[0].Reason, "no float")
			w.box.ResetRequests()
			w.mustEnd(pipeline.Partial)
			require.Zero(t, w.box.Requests().Total, "it is not offered again")
		})
	}
}

func bodyOf(t testing.TB, r *http.Request) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Errorf("body of a request: %v", err)
	}
	return string(body)
}

// A page to sign in, in the place of every answer, is no answer: the run gives up, rejects nothing and resends nothing
// that arrived.
func TestAPageInThePlaceOfEveryAnswerEndsTheRun(t *testing.T) {
	t.Parallel()
	for name, reaction := range map[string]sandbox.Reaction{"after the effect": pageAfter, "before it": pageBefore} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, bad := newTroubledWorld(t, 10, keepAll)
			w.box.ResetRequests()
			bad.first(1000, bulks, reaction)
			summary, err := w.try()
			requireSane(t, summary, err)
			require.LessOrEqual(t, w.box.Requests().Kinds[sandbox.Bulk], 5)
			require.Empty(t, w.rejects())
			bad.begin(nil)
			w.mustRun()
			w.requireDelivered()
		})
	}
}

// A server that takes no large requests is sent smaller ones: the first is cut until it fits, and the next ones fit at once.
func TestWhatIsTooLargeIsSentInPartsAndRemembered(t *testing.T) {
	t.Parallel()
	w, bad := newTroubledWorld(t, 40, keepAll, edit{"batch_size: 3", "batch_size: 10"}, edit{"page_size: 4", "page_size: 100"})
	w.exec("UPDATE messages SET body = printf('%.1000c', 'x') || id")
	w.box.ResetRequests()
	refused := 0
	bad.begin(func(r *http.Request) sandbox.Reaction {
		if !bulks(r) || len(bodyOf(t, r)) < 4000 {
			return sandbox.Reaction{}
		}
		refused++
		return sandbox.Reaction{Status: http.StatusRequestEntityTooLarge, Body: "<html>413 Request Entity Too Large</html>"}
	})
	require.EqualValues(t, 40, w.mustRun().Interactions.New)
	require.LessOrEqual(t, refused, 3+3, "one batch and its halves; and those of the one that was made meanwhile")
	require.LessOrEqual(t, w.box.Requests().Kinds[sandbox.Bulk], 25)
	w.requireDelivered()
}

// One row that is too large whatever is done with it is refused alone, in words.
func TestARowThatIsTooLargeAloneIsRejected(t *testing.T) {
	t.Parallel()
	w, bad := newTroubledWorld(t, 10, keepAll, inHundreds...)
	w.exec("UPDATE messages SET body = printf('%.9000c', 'x') WHERE id = 4")
	bad.begin(func(r *http.Request) sandbox.Reaction {
		if !bulks(r) || len(bodyOf(t, r)) < 8000 {
			return sandbox.Reaction{}
		}
		return sandbox.Reaction{Status: http.StatusRequestEntityTooLarge, Body: `{"error": "too large"}`}
	})
	summary := w.mustEnd(pipeline.Partial)
	require.EqualValues(t, 9, summary.Interactions.New)
	require.Equal(t, "too large", w.rejects()[0].Reason)
}

// requireSane says that the counts of a run make sense, also of one that failed.
func requireSane(t testing.TB, summary pipeline.Summary, err error) {
	t.Helper()
	if err != nil {
		require.NotContains(t, err.Error(), "a defect of pvetl")
	}
	for _, c := range []pipeline.Counts{summary.Interactions, summary.Comments, summary.Attachments} {
		for _, n := range []int64{c.Read, c.New, c.Changed, c.Unchanged, c.Rejected, c.Deleted, c.Unknown, c.Waiting} {
			require.GreaterOrEqual(t, n, int64(0), "%+v", c)
		}
		require.Zero(t, c.Missing(), "%+v", c)
	}
}
