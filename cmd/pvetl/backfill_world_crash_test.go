package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/crash"
	"pvetl/internal/pipeline"
)

// historyDeaths are the points that a backfill comes past, its own first.
var historyDeaths = []death{
	{point: crash.BackfillRecorded},
	{point: crash.SliceEnded},
	{point: crash.BackfillEnded},
	{point: crash.PageSettled},

	{point: crash.RunStarted},
	{point: crash.LeaseTaken},
	{point: crash.BatchPrepared},
	{point: crash.BatchSending},
	{point: crash.BulkSent},
	{point: crash.BatchAccepted},
	{point: crash.JobOver},
	{point: crash.BatchSettled},
	{point: crash.FileUploaded},
	{point: crash.FileSaved},

	{point: crash.UnknownMarked, how: "request lost", loses: requestLost, of: isBulk},
	{point: crash.Looked, how: "answer lost", loses: answerLost, of: isBulk},

	{point: crash.UpdateRecorded, before: changeTickets},
	{point: crash.UpdateSent, before: changeTickets},
	{point: crash.UpdateSettled, before: changeTickets},
	{point: crash.CommentRecorded, before: addMessages},
	{point: crash.CommentSent, before: addMessages},
	{point: crash.EditSent, before: editMessages},
	{point: crash.CommentDeleted, before: turnMessages},
}

// ownDeaths is how many of them are a backfill's own.
const ownDeaths = 4

// howResumed are the two ways to go on with the only backfill there is.
var howResumed = map[string][]string{
	"resumed":     {"backfill", "resume", "1"},
	"typed again": history(deskBegins, deskEnds, "--slice", "10s"),
}

// A backfill may be killed wherever a run may, and at the points of its own; the source goes on meanwhile, within its
// range. In the end everything is there, nothing twice.
func TestABackfillKilledAtEveryCrashPoint(t *testing.T) {
	t.Parallel()
	for i, d := range historyDeaths {
		for again, command := range howResumed {
			if again == "typed again" && i >= ownDeaths { // what it finds there does not depend on how it was found
				continue
			}
			t.Run(strings.Join(strings.Fields(string(d.point)+" "+d.how+" "+again), " "), func(t *testing.T) {
				t.Parallel()
				w := newHistoryWorld(t, 11)
				if d.before != nil {
					w.findCommentsByTicket()
					w.converge(1)
					d.before(w)
				}
				w.lose(d.loses, d.of)
				w.backfillDiesAt(d)
				changeEverything(w)
				w.converge(1, command...)
				w.isDone()
				w.converge(1) // what a message alone changed
				w.account()
				w.nothingLeft()
			})
		}
	}
}

// backfillDiesAt carries out the backfill that dies.
func (w *crashWorld) backfillDiesAt(d death) {
	w.t.Helper()
	ended := w.process(0, at(d.point), history(deskBegins, deskEnds, "--slice", "10s")...)
	require.True(w.t, ended.killed, "the backfill did not come past %s and ended with %d\n%s", d.point, ended.code, ended.said)
}

func (w *crashWorld) isDone() {
	w.t.Helper()
	status, all := w.shown()
	require.Equal(w.t, pipeline.BackfillDone, status.State)
	require.False(w.t, slices.ContainsFunc(all, func(s pipeline.SliceStatus) bool { return !s.Done }))
}

// It may also be killed when it has just given its job to a run.
func TestABackfillKilledAsItStepsAside(t *testing.T) {
	t.Parallel()
	for again, command := range howResumed {
		t.Run(again, func(t *testing.T) {
			t.Parallel()
			w := newHistoryWorld(t, 60, slowly)
			w.startAt(deskEnds)
			w.env["PVETL_CRASH"] = string(crash.SteppedAside)
			dying := w.start(history(deskBegins, deskEnds, "--slice", "10s")...)
			w.isUnderWay()
			delete(w.env, "PVETL_CRASH")
			w.converge(1)
			code, said := dying.end(aWhile)
			require.Equal(t, -1, code, "it was killed: %s", said)
			w.converge(1, command...)
			w.isDone()
			w.account()
		})
	}
}

// isUnderWay waits until a batch of it has arrived.
func (w *crashWorld) isUnderWay() {
	w.t.Helper()
	require.Eventually(w.t, func() bool { return len(w.box.Snapshot().Interactions) > 0 }, aWhile, 5*time.Millisecond)
}

// What is done of a backfill when it dies is not read again.
func TestABackfillThatWasKilledReadsOnlyWhatIsLeft(t *testing.T) {
	t.Parallel()
	for point, wide := range map[string]string{
		"backfill_recorded": "8s",
		"slice_ended:3":     "8s",
		"bulk_sent:9":       "8s",
		"slice_ended:12":    "8s",
		"page_settled:5":    "1h", // within the only slice
		"batch_settled:4":   "1h",
	} {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			w := newHistoryWorld(t, 40)
			ended := w.process(0, "PVETL_CRASH="+point, history(deskBegins, deskEnds, "--slice", wide)...)
			require.True(t, ended.killed, ended.said)
			status, before := w.shown()
			require.Equal(t, pipeline.BackfillInterrupted, status.State)
			resumed := w.process(0, "", "backfill", "resume", "1", "--json")
			require.Equal(t, exitDone, resumed.code, resumed.said)
			session := sessionOf(t, resumed.printed)
			require.Equal(t, rowsLeft(t, before), session.Interactions.Read)
			require.EqualValues(t, 40, session.Backfill.RowsSettled)
			w.isDone()
			w.account()
		})
	}
}
