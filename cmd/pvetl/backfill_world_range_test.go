package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
)

// A backfill brings the tickets of its range with all that was said in them, whichever way it goes about it; the runs of
// the job bring the rest, and nothing goes twice.
func TestABackfillBringsExactlyItsRange(t *testing.T) {
	t.Parallel()
	for name, flags := range map[string][]string{
		"as usual":              nil,
		"in slices":             {"--slice", "7s"},
		"the newest first":      {"--slice", "7s", "--newest-first"},
		"three slices at once":  {"--slice", "5s", "--parallel", "3"},
		"all of it at the same": {"--slice", "5s", "--parallel", "3", "--newest-first"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newHistoryWorld(t, 40)
			from, to := w.desk.movedAt(t, 11), w.desk.movedAt(t, 31)
			session := w.backfill(exitDone, history(from, to, flags...)...)
			require.Equal(t, pipeline.Succeeded, session.Status)
			require.Equal(t, pipeline.Counts{Read: 20, New: 20}, session.Interactions)
			require.Equal(t, pipeline.Counts{Read: 40, New: 40}, session.Comments)
			require.Equal(t, pipeline.BackfillDone, session.Backfill.State)
			w.holdsExactly(w.desk.wantedIn(t, from, to))
			require.Empty(t, w.watermarks(), "the watermarks are those of the runs")

			w.box.ResetRequests()
			again := w.backfill(exitDone, history(from, to, flags...)...)
			require.Equal(t, pipeline.Counts{Read: 20, Unchanged: 20}, again.Interactions)
			require.NotEqual(t, session.Backfill.ID, again.Backfill.ID, "one that is done is not taken up again")
			require.Zero(t, w.box.Requests().Total, "what Playvox holds costs nothing")

			rest := w.runJob(exitDone)
			require.EqualValues(t, 20, rest.Interactions.New)
			require.EqualValues(t, 20, rest.Interactions.Unchanged)
			w.account()
			w.nothingLeft()
		})
	}
}

// The usual case: the nightly runs began at some time, and what lies before is brought later.
func TestABackfillBringsWhatLiesBeforeTheStart(t *testing.T) {
	t.Parallel()
	w := newHistoryWorld(t, 40)
	start := w.desk.movedAt(t, 25)
	w.startAt(start)
	require.EqualValues(t, 16, w.runJob(exitDone).Interactions.New)
	w.must(w.desk.say(t.Context(), 3))
	w.must(w.desk.say(t.Context(), 30))
	require.EqualValues(t, 1, w.runJob(exitDone).Comments.New, "what is said in a ticket that is not there waits for it")
	before := w.watermarks()

	session := w.backfill(exitDone, history(deskBegins, start, "--slice", "20s")...)
	require.Equal(t, pipeline.Counts{Read: 24, New: 24}, session.Interactions)
	require.Equal(t, before, w.watermarks())
	w.account()

	changeEverything(w) // in tickets that a backfill brought, too
	w.converge(1)
	w.account()
	w.nothingLeft()
}

// A backfill over tickets that changed since they were brought sends the changes, as a run does.
func TestABackfillOverWhatChangedSendsTheChanges(t *testing.T) {
	t.Parallel()
	w := newHistoryWorld(t, 20)
	w.converge(1)
	changeTickets(w)
	w.box.ResetRequests()
	session := w.backfill(exitDone, history(deskBegins, deskEnds)...)
	require.Equal(t, pipeline.Counts{Read: 20, Changed: 3, Unchanged: 17}, session.Interactions)
	require.Equal(t, 3, w.box.Requests().Writes())
	w.account()
	w.nothingLeft()
}
