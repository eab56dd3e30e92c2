package pipeline_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
)

// withoutCursor finds comments by their interactions' rows.
var withoutCursor = edit{byCursor.old, byCursor.old}

// A comment that is added or edited after its interaction was sent is brought alone, whether a cursor of its own finds it
// or its interaction's row.
func TestOnlyCommentsThatChangedAreSent(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]edit{"by a cursor": byCursor, "without a cursor": withoutCursor} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 20, sandbox.Options{Duplicates: sandbox.KeepDuplicates}, how)
			first := w.mustRun()
			require.Equal(t, pipeline.Counts{Read: 20, New: 20}, first.Interactions)
			require.Equal(t, pipeline.Counts{Read: 20, New: 20}, first.Comments, "each is counted once, though a cursor reads it again")

			w.message(101, 3, "a second remark", "2026-01-02 10:00:00")
			w.message(102, 4, "another", "2026-01-02 10:00:00")
			w.message(5, 5, "hello 5, corrected", "2026-01-02 10:00:00")
			moved := w.touch(how, 3, 4, 5)
			w.box.ResetRequests()
			second := w.mustRun()
			require.EqualValues(t, 2, second.Comments.New)
			require.EqualValues(t, 1, second.Comments.Changed)
			require.EqualValues(t, moved, second.Interactions.Changed)
			require.Equal(t, 3+moved, w.box.Requests().Writes())
			require.Equal(t, 3, w.box.Requests().Kinds[sandbox.CommentWrite])
			require.Equal(t, []string{"hello 3", "a second remark"}, w.bodies(3))
			require.Equal(t, []string{"hello 5, corrected"}, w.bodies(5))

			w.box.ResetRequests()
			idle := w.mustRun()
			require.Zero(t, w.box.Requests().Total)
			require.Zero(t, idle.Comments.New+idle.Comments.Changed)
		})
	}
}

// What an edit cannot change, the type of a comment, takes a new comment in its place.
func TestACommentOfAnotherTypeIsReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3, sandbox.Options{}, byCursor)
	w.mustRun()
	w.exec("UPDATE messages SET kind = 'internal_note', updated_at = '2026-01-02 10:00:00' WHERE id = 2")
	summary := w.mustRun()
	require.EqualValues(t, 1, summary.Comments.Changed)
	comments := w.comments(2)
	require.Len(t, comments, 1)
	require.Equal(t, "internal_note", comments[0].Type)
}

// Comments of interactions that are not in Playvox are counted, and go along when their interaction does.
func TestCommentsWaitForTheirInteraction(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4, sandbox.Options{}, byCursor)
	w.exec("UPDATE tickets SET status = 9 WHERE id = 2") // no entry in the mapping
	w.message(50, 777, "of no ticket", "2026-01-01 09:00:00")
	first := w.mustEnd(pipeline.Partial)
	require.EqualValues(t, 3, first.Comments.New)
	require.EqualValues(t, 2, first.Comments.Waiting)
	require.EqualValues(t, 5, first.Comments.Read)

	w.exec("UPDATE tickets SET status = 1, updated_at = '2026-01-02 10:00:00' WHERE id = 2")
	second := w.mustRun()
	require.EqualValues(t, 1, second.Interactions.New)
	require.Equal(t, []string{"hello 2"}, w.bodies(2))
	require.Zero(t, second.Interactions.Rejected)
}

// A comment that cannot be mapped, or that Playvox refuses, stays behind alone and heals when its row changes.
func TestARejectedCommentHealsWithItsRow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3, sandbox.Options{}, byCursor)
	w.exec("UPDATE messages SET kind = 'fax' WHERE id = 1")
	first := w.mustEnd(pipeline.Partial)
	require.EqualValues(t, 3, first.Interactions.New)
	require.Equal(t, pipeline.Counts{Read: 3, New: 2, Rejected: 1}, first.Comments)
	require.Empty(t, w.bodies(1))

	w.exec("UPDATE messages SET kind = 'agent_comment', updated_at = '2026-01-02 10:00:00' WHERE id = 1")
	second := w.mustRun()
	require.EqualValues(t, 1, second.Comments.New)
	require.Equal(t, []string{"hello 1"}, w.bodies(1))
}

// A comment's row moves on; what was sent with an unanswered batch is known by its hash, and one comment stands at the end.
func TestACommentEditedWhileItsBatchWasUnknownIsEditedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3, sandbox.Options{Duplicates: sandbox.KeepDuplicates}, byCursor)
	dead := 0
	for dieAt := 1; dieAt < 12; dieAt++ {
		if _, died := w.run(dieAt, true); died {
			dead++
		}
		w.message(2, 2, fmt.Sprintf("edit %d", dieAt), fmt.Sprintf("2026-01-02 10:00:%02d", dieAt))
	}
	require.Positive(t, dead)
	w.converge()
	require.Equal(t, []string{"edit 11"}, w.bodies(2))
	require.Len(t, w.box.Snapshot().Interactions, 3)
}

// mustRun is a run that succeeds.
func (w *world) mustRun() pipeline.Summary {
	w.t.Helper()
	return w.mustEnd(pipeline.Succeeded)
}

func (w *world) mustEnd(status string) pipeline.Summary {
	w.t.Helper()
	summary, err := w.try()
	require.NoError(w.t, err)
	require.Equal(w.t, status, summary.Status, "%+v", summary)
	return summary
}

// touch moves the cursors of tickets where their comments have none, and returns how many.
func (w *world) touch(how edit, tickets ...int) int {
	w.t.Helper()
	if how == byCursor {
		return 0
	}
	for _, id := range tickets {
		w.exec(fmt.Sprintf("UPDATE tickets SET updated_at = '2026-01-02 10:00:00' WHERE id = %d", id))
	}
	return len(tickets)
}

// comments are those that the server holds of a ticket.
func (w *world) comments(ticket int) []sandbox.Comment {
	w.t.Helper()
	held := w.box.Snapshot().Interactions
	i := slices.IndexFunc(held, func(i sandbox.Interaction) bool { return i.InteractionID == fmt.Sprint(ticket) })
	require.GreaterOrEqual(w.t, i, 0, "ticket %d is not held", ticket)
	return held[i].Comments
}

func (w *world) bodies(ticket int) []string {
	w.t.Helper()
	var bodies []string
	for _, comment := range w.comments(ticket) {
		bodies = append(bodies, comment.Body)
	}
	return bodies
}

// A query that returns a comment twice does not make it two.
func TestOfSeveralRowsOfOneCommentTheLastCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3, sandbox.Options{}, byCursor, edit{"SELECT * FROM messages", "SELECT * FROM messages UNION ALL SELECT * FROM messages"})
	first := w.mustRun()
	require.Equal(t, pipeline.Counts{Read: 6, New: 3, Unchanged: 3}, first.Comments)
	w.message(50, 2, "later", "2026-01-02 10:00:00")
	second := w.mustRun()
	require.EqualValues(t, 1, second.Comments.New)
	require.Equal(t, []string{"hello 2", "later"}, w.bodies(2))
}
