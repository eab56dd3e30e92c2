package main

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// desk is the help desk that is read while it lives: a SQLite file with one writer. Every change is stamped with a second
// of its own, later than all before, and commits in that order; so each stamp tells one state of its row from all others.
type desk struct {
	db       *sql.DB
	seconds  int // of the stamps given out
	tickets  int // as are the ids of the others
	messages int
	files    int
	touches  bool // whether a change of a message is one of its ticket too
	drops    bool // whether tickets vanish
}

const deskSchema = `
PRAGMA journal_mode = WAL;
CREATE TABLE tickets (id INTEGER PRIMARY KEY, status INTEGER, subject TEXT, updated_at TEXT);
CREATE TABLE messages (id INTEGER PRIMARY KEY, ticket_id INTEGER, body TEXT, kind TEXT, author TEXT, written TEXT, updated_at TEXT);
CREATE TABLE files (id INTEGER PRIMARY KEY, message_id INTEGER, name TEXT, mime TEXT, content BLOB);
CREATE INDEX tickets_moved ON tickets (updated_at, id);
CREATE INDEX messages_moved ON messages (updated_at, id);
CREATE INDEX messages_ticket ON messages (ticket_id);
CREATE INDEX files_message ON files (message_id);
`

func newDesk(t *testing.T, path string) *desk {
	t.Helper()
	db, err := sql.Open("sqlite", path+"?_pragma=busy_timeout(10000)&_pragma=synchronous(off)&_txlock=immediate")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	execute(t, db, deskSchema)
	return &desk{db: db}
}

// stamp returns the next second. They all lie in the past, which the source's clock has long reached.
func (d *desk) stamp() string {
	d.seconds++
	return time.Date(2020, 1, 1, 0, 0, d.seconds, 0, time.UTC).Format(time.DateTime)
}

// change is one statement of a transaction.
type change struct {
	statement string
	values    []any
}

// commit makes changes together.
func (d *desk) commit(ctx context.Context, changes ...change) error {
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, c := range changes {
		if _, err := tx.ExecContext(ctx, c.statement, c.values...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// open adds a ticket with some messages, every third of which has a file.
func (d *desk) open(ctx context.Context, messages int) error {
	d.tickets++
	changes := []change{{
		"INSERT INTO tickets VALUES (?, ?, ?, ?)",
		[]any{d.tickets, d.tickets % 3, fmt.Sprintf("ticket %d", d.tickets), d.stamp()},
	}}
	for range messages {
		changes = append(changes, d.message(d.tickets)...)
	}
	return d.commit(ctx, changes...)
}

// message is a new message of a ticket. Its body begins with its name, by which it is known wherever it is found.
func (d *desk) message(ticket int) []change {
	d.messages++
	stamp := d.stamp()
	changes := []change{{
		"INSERT INTO messages SELECT ?, id, ?, ?, ?, ?, ? FROM tickets WHERE id = ?",
		[]any{d.messages, fmt.Sprintf("m%d first", d.messages), d.kind(), fmt.Sprintf("Author %d", d.messages%7), stamp, stamp, ticket},
	}}
	if d.messages%3 == 0 {
		changes = append(changes, d.file(d.messages))
	}
	return changes
}

func (d *desk) kind() string { return []string{"in", "out", "note"}[d.seconds%3] }

func (d *desk) file(message int) change {
	d.files++
	return change{
		"INSERT INTO files SELECT ?, id, ?, 'text/plain', ? FROM messages WHERE id = ?",
		[]any{d.files, fmt.Sprintf("f%d.txt", d.files), fmt.Appendf(nil, "content of file %d", d.files), message},
	}
}

// move changes a ticket.
func (d *desk) move(ctx context.Context, ticket int) error {
	stamp := d.stamp()
	return d.commit(ctx, change{
		"UPDATE tickets SET status = ?, subject = ?, updated_at = ? WHERE id = ?",
		[]any{d.seconds % 3, "moved at " + stamp, stamp, ticket},
	})
}

// say adds a message to a ticket that there has been for a while.
func (d *desk) say(ctx context.Context, ticket int) error {
	changes := d.message(ticket)
	return d.commit(ctx, d.touching(d.messages, changes...)...)
}

// edit changes what a message says.
func (d *desk) edit(ctx context.Context, message int) error {
	stamp := d.stamp()
	return d.commit(ctx, d.touching(message, change{
		"UPDATE messages SET body = ?, updated_at = ? WHERE id = ?", []any{fmt.Sprintf("m%d edited at %s", message, stamp), stamp, message},
	})...)
}

// turn makes a message one of another kind, which no update of a comment can.
func (d *desk) turn(ctx context.Context, message int) error {
	const next = "CASE kind WHEN 'in' THEN 'out' WHEN 'out' THEN 'note' ELSE 'in' END"
	return d.commit(ctx, d.touching(message, change{
		"UPDATE messages SET kind = " + next + ", updated_at = ? WHERE id = ?", []any{d.stamp(), message},
	})...)
}

// enclose adds a file to a message that there has been for a while.
func (d *desk) enclose(ctx context.Context, message int) error {
	return d.commit(ctx, d.touching(message, d.file(message), change{
		"UPDATE messages SET updated_at = ? WHERE id = ?", []any{d.stamp(), message},
	})...)
}

func (d *desk) touching(message int, changes ...change) []change {
	if !d.touches {
		return changes
	}
	return append(changes, change{
		"UPDATE tickets SET updated_at = ? WHERE id = (SELECT ticket_id FROM messages WHERE id = ?)", []any{d.stamp(), message},
	})
}

// drop removes a ticket with its conversation.
func (d *desk) drop(ctx context.Context, ticket int) error {
	return d.commit(
		ctx,
		change{"DELETE FROM files WHERE message_id IN (SELECT id FROM messages WHERE ticket_id = ?)", []any{ticket}},
		change{"DELETE FROM messages WHERE ticket_id = ?", []any{ticket}},
		change{"DELETE FROM tickets WHERE id = ?", []any{ticket}},
	)
}

// wanted is what Playvox has to hold: under each ticket's id, its fields and its conversation as canonical says them.
func (d *desk) wanted(t *testing.T) map[string]string {
	t.Helper()
	files := make(map[string][]string)
	for _, row := range d.rows(t, "SELECT message_id, name, content FROM files") {
		files[row[0]] = append(files[row[0]], row[1]+"="+row[2])
	}
	said := make(map[string][]string)
	for _, row := range d.rows(t, "SELECT id, ticket_id, body, kind, author, written FROM messages") {
		kind := map[string]string{"in": "customer_comment", "out": "agent_comment", "note": "internal_note"}[row[3]]
		said[row[1]] = append(said[row[1]], canonicalMessage(row[2], kind, row[4], wire(row[5]), files[row[0]]))
	}
	wanted := make(map[string]string)
	for _, row := range d.rows(t, "SELECT id, status, subject, updated_at FROM tickets") {
		status := map[string]string{"0": "open", "1": "pending", "2": "solved"}[row[1]]
		wanted[row[0]] = canonicalTicket(status, row[2], wire(row[3]), said[row[0]])
	}
	return wanted
}

// rows reads a table of texts.
func (d *desk) rows(t *testing.T, query string) [][]string {
	t.Helper()
	found, err := d.db.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer found.Close()
	columns, err := found.Columns()
	require.NoError(t, err)
	var all [][]string
	for found.Next() {
		row := make([]string, len(columns))
		into := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		require.NoError(t, found.Scan(into...))
		all = append(all, row)
	}
	require.NoError(t, found.Err())
	return all
}

// wire is a stamp as Playvox is told it.
func wire(stamp string) string { return strings.Replace(stamp, " ", "T", 1) + "Z" }

func canonicalTicket(status, subject, moved string, conversation []string) string {
	slices.Sort(conversation)
	return strings.Join(append([]string{status + "|" + subject + "|" + moved}, conversation...), "\n")
}

func canonicalMessage(body, kind, author, written string, files []string) string {
	slices.Sort(files)
	return strings.Join(append([]string{"  " + body, kind, author, written}, files...), "|")
}
