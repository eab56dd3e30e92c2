package main

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/crash"
)

// death is a way to die at a crash point.
type death struct {
	point   crash.Point
	how     string                   // where there are several
	before  func(*crashWorld)        // happens after a first run that lives; nil: it is the first run that dies
	loses   losing                   // what goes astray before the death
	of      func(*http.Request) bool // of which request, the first of this kind
	args    []string                 // of the run that dies
	deletes bool                     // whether the job deletes what vanished
	after   func(*crashWorld)        // happens while the program is dead; nil: changes of every kind
}

// deaths has each point at least once.
var deaths = []death{
	{point: crash.LeaseTaken},
	{point: crash.RunStarted},
	{point: crash.BatchPrepared},
	{point: crash.BatchSending},
	{point: crash.BulkSent},
	{point: crash.BatchAccepted},
	{point: crash.JobOver},
	{point: crash.BatchSettled},
	{point: crash.FileUploaded},
	{point: crash.FileSaved},
	{point: crash.PageSettled},
	{point: crash.RunFinished},

	{point: crash.UnknownMarked, how: "request lost", loses: requestLost, of: isBulk},
	{point: crash.UnknownMarked, how: "answer lost", loses: answerLost, of: isBulk},
	{point: crash.Looked, how: "request lost", loses: requestLost, of: isBulk},
	{point: crash.Looked, how: "answer lost", loses: answerLost, of: isBulk},

	{point: crash.UpdateRecorded, before: changeTickets},
	{point: crash.UpdateSent, before: changeTickets},
	{point: crash.UpdateSettled, before: changeTickets},
	{point: crash.CommentRecorded, before: addMessages},
	{point: crash.CommentSent, before: addMessages},
	{point: crash.CommentSettled, before: addMessages},
	{point: crash.EditRecorded, before: editMessages},
	{point: crash.EditSent, before: editMessages},
	{point: crash.EditSettled, before: editMessages},
	{point: crash.CommentDeleted, how: "another kind", before: turnMessages},
	{point: crash.CommentDeleted, how: "another file", before: encloseFiles},
	{point: crash.Looked, how: "comment lost", before: addMessages, loses: requestLost, of: isComment},
	{point: crash.Looked, how: "answer to a comment lost", before: addMessages, loses: answerLost, of: isComment},

	{point: crash.DeletionRecorded, before: dropTickets, deletes: true},
	{point: crash.InteractionDeleted, before: dropTickets, deletes: true},
	{point: crash.DeletionSettled, before: dropTickets, deletes: true},

	// What is adopted is known by its content, so that it does not change before it is.
	{point: crash.Adopted, how: "state kept", before: func(*crashWorld) {}, args: []string{"tickets", "--adopt"}, after: addTickets},
	{point: crash.Adopted, how: "state lost", before: loseState, args: []string{"tickets", "--adopt"}, after: addTickets},
}

func isBulk(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/bulk/interactions") }

func isComment(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/comments")
}

// A process may be killed wherever something has happened and is not written down, or is written down and has not
// happened, and the next one at the same place; the source goes on meanwhile. In the end everything is there, nothing
// twice.
func TestAKillAtEveryCrashPoint(t *testing.T) {
	t.Parallel()
	for _, point := range crash.All() {
		tried := slices.ContainsFunc(slices.Concat(deaths, historyDeaths), func(d death) bool { return d.point == point })
		require.True(t, tried || point == crash.SteppedAside, "no death at %s", point)
	}
	for _, d := range deaths {
		for times, often := range []string{"once", "twice"} {
			t.Run(strings.Join(strings.Fields(string(d.point)+" "+d.how+" "+often), " "), func(t *testing.T) {
				t.Parallel()
				d.try(t, times+1)
			})
		}
	}
}

// try kills the program and, if that is to be twice and the next run comes past the point again, the next one too, and
// then holds what arrives against the source.
func (d death) try(t *testing.T, times int) {
	w := newCrashWorld(t)
	if d.deletes {
		w.deleteVanished()
	}
	w.converge(1, "apply")
	for range 11 {
		w.must(w.desk.open(t.Context(), 2))
	}
	if d.before != nil {
		w.converge(1)
		d.before(w)
	}
	w.lose(d.loses, d.of)
	w.dieAt(d)
	if d.after == nil {
		d.after = changeEverything
	}
	d.after(w)
	if times == 2 {
		w.process(0, at(d.point), "run")
	}
	w.converge(4)
	w.account()
	w.nothingLeft()
}

// dieAt carries out the run that dies. After a loss that may also be the run after it.
func (w *crashWorld) dieAt(d death) {
	w.t.Helper()
	ended := w.process(0, at(d.point), append([]string{"run"}, d.args...)...)
	if !ended.killed && d.loses != nothingLost {
		ended = w.process(0, at(d.point), "run")
	}
	require.True(w.t, ended.killed, "the run did not come past %s and ended with %d\n%s", d.point, ended.code, ended.said)
}

func (w *crashWorld) must(err error) {
	w.t.Helper()
	require.NoError(w.t, err)
}

func addTickets(w *crashWorld) {
	for messages := range 4 {
		w.must(w.desk.open(w.t.Context(), messages))
	}
}

func changeTickets(w *crashWorld) {
	for _, ticket := range []int{1, 5, 10} {
		w.must(w.desk.move(w.t.Context(), ticket))
	}
}

func addMessages(w *crashWorld) {
	for _, ticket := range []int{2, 2, 7} {
		w.must(w.desk.say(w.t.Context(), ticket))
	}
}

func editMessages(w *crashWorld) {
	for _, message := range []int{3, 4, 20} {
		w.must(w.desk.edit(w.t.Context(), message))
	}
}

func turnMessages(w *crashWorld) {
	for _, message := range []int{6, 7, 21} {
		w.must(w.desk.turn(w.t.Context(), message))
	}
}

func encloseFiles(w *crashWorld) {
	for _, message := range []int{8, 9, 20} {
		w.must(w.desk.enclose(w.t.Context(), message))
	}
}

func dropTickets(w *crashWorld) {
	for _, ticket := range []int{3, 9} {
		w.must(w.desk.drop(w.t.Context(), ticket))
	}
}

// changeEverything touches what the dead process may have had in its hands, and other things.
func changeEverything(w *crashWorld) {
	addTickets(w)
	changeTickets(w)
	addMessages(w)
	editMessages(w)
	turnMessages(w)
	encloseFiles(w)
}

// loseState removes the file of the state, as somebody may who cleans up.
func loseState(w *crashWorld) {
	files, err := filepath.Glob(filepath.Join(w.dir, "state.db*"))
	w.must(err)
	require.NotEmpty(w.t, files)
	for _, file := range files {
		w.must(os.Remove(file))
	}
}
