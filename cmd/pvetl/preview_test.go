package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/internal/testdb"
)

// conversationsYAML is a job with conversations and files.
const conversationsYAML = `version: 1
playvox: {base_url: "${PLAYVOX_BASE_URL}", uid: "${PLAYVOX_UID}", api_key: "${PLAYVOX_API_KEY}", requests_per_minute: 600000}
state: ${PVETL_STATE}
sources:
  helpdesk: {dsn: "${HELPDESK_DSN}", timezone: Europe/Rome}
integrations:
  helpdesk:
    name: Talk
    metadata:
      moved_date: {type: datetime, required: true}
      status: {type: string, allowed: [open, solved]}
      subject: {type: string}
      csat: {type: float}
      tag_names: {type: list}
jobs:
  tickets:
    source: helpdesk
    integration: helpdesk
    extract:
      interactions: {query: SELECT * FROM tickets, key: id, cursor: updated_at, page_size: 2}
      comments: {query: SELECT * FROM messages, key: id, parent: ticket_id}
      attachments: {query: SELECT * FROM files, key: id, parent: message_id}
    mapping:
      interaction:
        interaction_id: id
        assignee_id: {column: agent, default: unassigned}
        metadata:
          moved_date: updated_at
          status: {column: status, map: {1: open, 2: solved}}
          subject: subject
          csat: csat
          tag_names: {column: tags, split: ","}
      comment:
        body: {column: body, html_to_text: true}
        type: {column: kind, map: {in: customer_comment, out: agent_comment}}
        author_id: author
        added_at: written
      attachment: {name: name, content_type: mime, content: content}
`

// newConversations is a workbench with three tickets. Of the first a comment and a file are rejected, and the last one is itself.
func newConversations(t *testing.T) (*workbench, *sql.DB) {
	t.Helper()
	dsn := testdb.SQLite(t)
	db, err := sql.Open("sqlite", strings.TrimPrefix(dsn, "sqlite:")+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	for _, statement := range []string{
		"CREATE TABLE tickets (id INTEGER PRIMARY KEY, status INTEGER, subject TEXT, csat TEXT, tags TEXT, agent TEXT, internal TEXT, updated_at TIMESTAMP)",
		"CREATE TABLE messages (id INTEGER PRIMARY KEY, ticket_id INTEGER, body TEXT, kind TEXT, author TEXT, written TEXT)",
		"CREATE TABLE files (id INTEGER PRIMARY KEY, message_id INTEGER, name TEXT, mime TEXT, content BLOB)",
		`INSERT INTO tickets VALUES
			(1, 2, 'Refund for Josefina Wachowski', '4.50', 'vip, billing', 'ana@acme.example', 'secret note', '2026-01-01 10:00:00'),
			(2, 1, NULL, NULL, NULL, NULL, NULL, '2026-01-01 11:00:00'),
			(3, 9, 'no', '4,5', '', 'ana@acme.example', NULL, '2026-01-02 10:00:00')`,
		`INSERT INTO messages VALUES
			(10, 1, '<p>Good morning,<br>call Josefina Wachowski at +57 300 123 4567</p>', 'in', 'Josefina Wachowski', '2026-01-01 08:00:00'),
			(9, 1, '<p>Done</p>', 'out', 'ana@acme.example', '2026-01-01 09:00:00'),
			(11, 1, 'fax', 'fax', 'Josefina Wachowski', '2026-01-01 09:30:00'),
			(12, 2, 'hello', 'in', 'josefina@mail.example', '2026-01-01 09:30:00'),
			(13, 3, 'waits', 'in', 'josefina@mail.example', '2026-01-01 09:30:00')`,
		`INSERT INTO files VALUES (7, 10, 'passport Wachowski.pdf', 'application/pdf', 'the bytes of a passport'), (8, 10, 'empty.txt', 'text/plain', NULL),
			(6, 11, 'fax.tif', 'image/tiff', 'not asked for')`,
	} {
		execute(t, db, statement)
	}
	return newWorkbench(t, conversationsYAML, dsn), db
}

// withoutPlayvox takes all variables away but that of the source.
func (w *workbench) withoutPlayvox() {
	for name := range w.env {
		if name != "HELPDESK_DSN" {
			delete(w.env, name)
		}
	}
}

func (w *workbench) preview(want int, args ...string) pipeline.Preview {
	w.t.Helper()
	var preview pipeline.Preview
	stdout := w.mustRun(want, append([]string{"preview", "tickets", "--json"}, args...)...)
	require.NoError(w.t, json.Unmarshal([]byte(stdout), &preview), stdout)
	return preview
}

func TestPreviewShowsHowEachFieldGetsItsValueAndWhatStaysBehind(t *testing.T) {
	t.Parallel()
	w, _ := newConversations(t)
	w.withoutPlayvox()
	out := w.mustRun(exitDone, "preview", "tickets", "--key", "1", "--key", "3")
	require.Equal(t, `row 1
  FIELD           FROM        VALUE                       RULES     AS SENT
  interaction_id  id          1                                     "1"
  assignee_id     agent       ana@acme.example                      "ana@acme.example"
  moved_date      updated_at  2026-01-01 10:00:00         datetime  "2026-01-01T09:00:00Z"
  status          status      2                           map       "solved"
  subject         subject     Refund for Josefina Wacho…            "Refund for Josefina Wa…
  csat            csat        4.50                        float     4.5
  tag_names       tags        vip, billing                split     ["vip","billing"]
  no rule uses internal = secret note
  COMMENT  TYPE              AUTHOR              TIME                  BODY
  10       customer_comment  Josefina Wachowski  2026-01-01T07:00:00Z  Good morning, …
  9        agent_comment     ana@acme.example    2026-01-01T08:00:00Z  Done
  11       rejected          Josefina Wachowski  2026-01-01T08:30:00Z  fax
  FILE  OF COMMENT  NAME                    TYPE             SIZE
  7     10          passport Wachowski.pdf  application/pdf  23 bytes
  rejected: comments 11, field type, column kind, value "fax": map has no entry for it, and there is no else
  rejected: attachments 8, field content, column content, value "": the field is required and the value is NULL
  539 bytes with 2 comments and 1 file

row 3
  FIELD           FROM        VALUE                RULES     AS SENT
  interaction_id  id          3                              "3"
  assignee_id     agent       ana@acme.example               "ana@acme.example"
  moved_date      updated_at  2026-01-02 10:00:00  datetime  "2026-01-02T09:00:00Z"
  status          status      9                              rejected
  subject         subject     no                             "no"
  csat            csat        4,5                            rejected
  tag_names       tags                             split     []
  no rule uses internal = NULL
  rejected: interactions 3, field status, column status, value "9": map has no entry for it, and there is no else

2 rows: 1 interaction of 541 bytes would go in a bulk request
`, out)
	for line := range strings.Lines(out) {
		require.LessOrEqual(t, len([]rune(line)), 121, line)
	}
	require.Zero(t, w.box.Requests().Total)
}

func TestPreviewShowsWhatARunSends(t *testing.T) {
	t.Parallel()
	w, _ := newConversations(t)
	preview := w.preview(exitDone, "--limit", "10")
	w.mustRun(exitDone, "apply")
	bulk := 0
	w.runJob(exitRejects)
	for _, row := range preview.Rows {
		found := w.box.Snapshot().Find(row.Key)
		if string(row.Interaction) == "null" {
			require.Empty(t, found)
			continue
		}
		require.Len(t, found, 1)
		var sent map[string]json.RawMessage
		var comments []sandbox.Comment
		require.NoError(t, json.Unmarshal(row.Interaction, &sent))
		require.NoError(t, json.Unmarshal(sent["comments"], &comments))
		require.Len(t, found[0].Comments, len(comments))
		for i, comment := range found[0].Comments {
			require.Equal(t, comments[i].Body, comment.Body)
			require.Equal(t, comments[i].Type, comment.Type)
		}
		delete(sent, "comments")
		for name, value := range sent {
			require.JSONEq(t, string(value), string(found[0].Fields[name]), name)
		}
		bulk += row.Bytes
	}
	require.Equal(t, 3, preview.Read)
	require.Equal(t, bulk+len("[,]"), preview.Bytes)
}

func TestPreviewIsReadByMachinesToo(t *testing.T) {
	t.Parallel()
	w, _ := newConversations(t)
	row := w.preview(exitDone, "--key", "1").Rows[0]
	require.JSONEq(t, `{"interaction_id": "1", "assignee_id": "ana@acme.example", "moved_date": "2026-01-01T09:00:00Z", "status": "solved",
		"subject": "Refund for Josefina Wachowski", "csat": 4.5, "tag_names": ["vip", "billing"], "comments": [
			{"body": "Good morning,\ncall Josefina Wachowski at +57 300 123 4567", "type": "customer_comment", "author_id": "Josefina Wachowski",
			 "added_at": "2026-01-01T07:00:00Z", "attachments": [{"url": "uploaded", "name": "passport Wachowski.pdf"}]},
			{"body": "Done", "type": "agent_comment", "author_id": "ana@acme.example", "added_at": "2026-01-01T08:00:00Z"}]}`, string(row.Interaction))
	four := "4.50"
	require.Contains(t, row.Fields, pipeline.PreviewedField{
		Field: "csat", Column: "csat", From: &four, Value: json.RawMessage("4.5"), Rules: []string{"float"},
	})
	require.Len(t, row.Comments, 3)
	require.Len(t, row.Attachments, 1)
	require.EqualValues(t, 23, *row.Attachments[0].Size)
	require.NotContains(t, w.mustRun(exitDone, "preview", "tickets", "--json"), "bytes of a passport")
}

func TestPreviewOfRejectsLooksThroughAllRows(t *testing.T) {
	t.Parallel()
	w, _ := newConversations(t)
	preview := w.preview(exitDone, "--rejects-only")
	require.Equal(t, 3, preview.Read)
	require.Equal(t, []string{"1", "3"}, []string{preview.Rows[0].Key, preview.Rows[1].Key}, "also where only a comment or a file is rejected")
	preview = w.preview(exitDone, "--rejects-only", "--limit", "1")
	require.Equal(t, 1, preview.Read, "it goes no further than to what was asked for")
	require.Len(t, preview.Rows, 1)
	require.Contains(t, w.mustRun(exitDone, "preview", "tickets", "--rejects-only"), "looked at 3 rows: 2 with rejects\n")
}

func TestPreviewSaysWhichKeysAreNotThere(t *testing.T) {
	t.Parallel()
	w, _ := newConversations(t)
	message, hint := w.failure(exitFailed, "preview", "tickets", "--key", "77")
	require.Equal(t, "job tickets: no row has the key 77", message)
	require.Contains(t, hint, "WHERE")
	code, stdout, stderr := w.pvetl("preview", "tickets", "--key", "77", "--key", "2", "--limit", "1")
	require.Equal(t, exitFailed, code)
	require.Contains(t, stdout, "row 2\n")
	require.Contains(t, stderr, "no row has the key 77\n")
	require.Equal(t, []string{"77"}, w.preview(exitFailed, "--key", "77", "--key", "2").Missing)
	require.Len(t, w.preview(exitDone, "--key", "3", "--key", "1", "--key", "2", "--limit", "1").Rows, 3, "keys are a limit of their own")
}

func TestAStoppedPreviewExitsAsTheSignalSays(t *testing.T) {
	t.Parallel()
	w, _ := newConversations(t)
	ctx, stop := context.WithCancelCause(t.Context())
	stop(stoppedError{syscall.SIGINT})
	code, stdout, _ := w.pvetlContext(ctx, "preview", "tickets", "--rejects-only")
	require.Equal(t, 130, code)
	require.Empty(t, stdout)
	require.Zero(t, w.box.Requests().Kinds[sandbox.Bulk])
}

func TestAPreviewOfManyRowsStaysWithinItsColumns(t *testing.T) {
	t.Parallel()
	w, db := newConversations(t)
	long := strings.Repeat("wörd ", 100)
	execute(t, db, fmt.Sprintf("UPDATE tickets SET subject = '%[1]s', internal = '%[1]s', agent = '%[1]s', tags = '%[1]s'", long))
	execute(t, db, fmt.Sprintf("UPDATE messages SET body = '%[1]s' || char(10) || char(27), author = '%[1]s'", long))
	execute(t, db, fmt.Sprintf("UPDATE files SET name = '%[1]s', mime = '%[1]s'", long))
	out := w.mustRun(exitDone, "preview", "tickets", "--limit", "2")
	require.NotContains(t, out, "\x1b")
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "  rejected") { // says all that there is to say
			require.LessOrEqual(t, len([]rune(line)), 121, line)
		}
	}
}
