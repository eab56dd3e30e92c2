package main

import (
	"database/sql"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// newTalk is the small workbench with messages that have a cursor of their own.
func newTalk(t *testing.T) (*workbench, *sql.DB) {
	t.Helper()
	w, db := newSmall(t)
	execute(t, db, "CREATE TABLE messages (id INTEGER PRIMARY KEY, ticket_id INTEGER, body TEXT, written TEXT, updated_at TEXT)")
	execute(t, db, `INSERT INTO messages VALUES (11, 1, 'hello', '2026-01-01 10:00:00', '2026-01-01 10:00:00'),
		(12, 1, 'hello?', '2026-01-01 10:01:00', '2026-01-01 10:01:00'), (13, 2, 'good day', '2026-01-02 10:00:00', '2026-01-02 10:00:00'),
		(14, 4, 'unstamped', '2026-01-02 10:00:00', NULL)`)
	w.edit("    mapping:\n", `      comments:
        query: SELECT id, ticket_id, body, written, updated_at FROM messages
        key: id
        parent: ticket_id
        cursor: updated_at
    mapping:
      comment: {body: body, type: {value: customer_comment}, added_at: written}
`)
	return w, db
}

func (w *workbench) watermarks(args ...string) map[string]string {
	w.t.Helper()
	var report struct {
		Watermarks []watermarkObject `json:"watermarks"`
	}
	stdout := w.mustRun(exitDone, append([]string{"watermark", "tickets", "--json"}, args...)...)
	require.NoError(w.t, json.Unmarshal([]byte(stdout), &report), stdout)
	all := make(map[string]string)
	for _, watermark := range report.Watermarks {
		all[watermark.Stream] = watermark.Cursor
	}
	return all
}

func TestInteractionsAndCommentsHaveWatermarksOfTheirOwn(t *testing.T) {
	t.Parallel()
	w, _ := newTalk(t)
	w.mustRun(exitDone, "apply")
	const start = ": no watermark: the next run reads everything from the start\n"
	require.Equal(t, "interactions"+start+"comments"+start, w.mustRun(exitDone, "watermark", "tickets"))
	summary := w.runJob(exitRejects)
	require.Equal(t, "2026-01-02 10:00:00", *summary.Watermark.Comments)
	both := map[string]string{"interactions": "2026-01-03 10:00:00", "comments": "2026-01-02 10:00:00"}
	require.Equal(t, both, w.watermarks())
	require.Contains(t, w.mustRun(exitRejects, "run"), "watermark: 2026-01-03 10:00:00, of the comments 2026-01-02 10:00:00\n")
	require.Contains(t, w.mustRun(exitDone, "status"), "2026-01-03 10:00:00, of the comments 2026-01-02 10:00:00")
	require.Equal(t, map[string]string{"comments": both["comments"]}, w.watermarks("--stream", "comments"))

	w.mustRun(exitDone, "watermark", "tickets", "set", "2026-01-01T10:00:00Z", "--stream", "comments")
	require.Equal(t, map[string]string{"interactions": both["interactions"], "comments": "2026-01-01 10:00:00"}, w.watermarks())
	w.mustRun(exitDone, "watermark", "tickets", "set", "2026-01-01T11:00:00Z")
	require.Equal(t, map[string]string{"interactions": "2026-01-01 11:00:00", "comments": "2026-01-01 10:00:00"}, w.watermarks())
	w.mustRun(exitDone, "watermark", "tickets", "reset", "--stream", "comments")
	require.Equal(t, map[string]string{"interactions": "2026-01-01 11:00:00"}, w.watermarks())
	w.runJob(exitRejects)
	require.Equal(t, both, w.watermarks())
	w.mustRun(exitDone, "watermark", "tickets", "reset")
	require.Empty(t, w.watermarks())
}

func TestKeepIsForBothStreams(t *testing.T) {
	t.Parallel()
	w, _ := newTalk(t)
	w.mustRun(exitDone, "apply")
	w.runJob(exitRejects)
	w.edit("FROM messages", "FROM messages WHERE id > 0")
	code, stdout, _ := w.pvetl("run")
	require.Equal(t, exitFailed, code)
	require.Contains(t, stdout, "the query, key or cursor of comments changed")
	require.Contains(t, w.mustRun(exitDone, "watermark", "tickets", "explain"), "'pvetl watermark tickets keep'", "the decision that is pending")
	w.mustRun(exitDone, "watermark", "tickets", "keep")
	require.Zero(t, w.runJob(exitRejects).Requests.Total)
}

func TestExplainShowsTheBoundsTheSQLAndWhatLiesBetween(t *testing.T) {
	t.Parallel()
	w, db := newTalk(t)
	w.mustRun(exitDone, "apply")
	w.runJob(exitRejects)
	execute(t, db, "INSERT INTO tickets VALUES (6, 1, '2026-01-03 10:00:00'), (7, 1, '2100-01-01 00:00:00'), (8, 1, NULL)")
	var report struct{ Streams []explanation }
	require.NoError(t, json.Unmarshal([]byte(w.mustRun(exitDone, "watermark", "tickets", "explain", "--json")), &report))
	require.Len(t, report.Streams, 2)
	tickets, talk := report.Streams[0], report.Streams[1]
	require.Equal(t, "updated_at", tickets.Cursor)
	require.Equal(t, positionObject{Cursor: "2026-01-03 10:00:00", Key: "5", Type: tickets.Watermark.Type}, *tickets.Watermark)
	require.Equal(t, "2026-01-03 09:50:00", *tickets.Since, "the watermark less the lag")
	require.Equal(t, []int64{2, 1, 1, 2, 2}, []int64{tickets.Rows, tickets.NullCursor, tickets.Ahead, tickets.Ties, tickets.LargestTie})
	require.Nil(t, tickets.Asks)
	require.Equal(t, []int64{1, 1, 0}, []int64{talk.Rows, talk.NullCursor, talk.Ahead})

	rows, err := db.QueryContext(t.Context(), tickets.SQL, anyOf(tickets.Args)...)
	require.NoError(t, err, "the SQL is what runs: %s", tickets.SQL)
	defer rows.Close()
	read := 0
	for rows.Next() {
		read++
	}
	require.NoError(t, rows.Err())
	require.Equal(t, 2, read)

	text := w.mustRun(exitDone, "watermark", "tickets", "explain", "--stream", "interactions")
	for _, said := range []string{"2026-01-03 10:00:00, key 5", "2026-01-03 09:50:00", "NULL cursor", "1 rows, which are never read", "FROM tickets"} {
		require.Contains(t, text, said)
	}
	require.NotContains(t, text, "FROM messages")
	require.Equal(t, "2026-01-03 10:00:00", w.watermarks()["interactions"], "looking moves nothing")

	w.edit("map: {1: open, 2: solved}", "map: {1: open, 2: open}")
	text = w.mustRun(exitDone, "watermark", "tickets", "explain")
	require.Contains(t, text, "the mapping changed: everything is read again")
	require.Equal(t, 1, strings.Count(text, "the mapping changed"))
}

func anyOf(texts []string) []any {
	all := make([]any, len(texts))
	for i, text := range texts {
		all[i] = text
	}
	return all
}

func TestExplainOfAJobWithoutACursor(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	w.edit(", cursor: updated_at", "")
	require.Contains(t, w.mustRun(exitDone, "watermark", "tickets"), "interactions: no watermark, for they have no cursor: every run reads everything")
	text := w.mustRun(exitDone, "watermark", "tickets", "explain")
	require.Regexp(t, `rows +5\n`, text)
	require.Contains(t, text, "without a cursor every run reads everything")
	message, _ := w.failure(exitFailed, "watermark", "tickets", "set", "1", "--stream", "comments")
	require.Contains(t, message, "comments have no cursor")
}
