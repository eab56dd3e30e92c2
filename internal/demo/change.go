package demo

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Changes is what a later day brought to the help desk.
type Changes struct {
	New       int // tickets with their conversations
	Edited    int // tickets that were solved and, some of them, rated
	Repaired  int // wrong rows put right
	Answered  int // old tickets whose customer wrote once more; their own rows stay as they are
	Corrected int // old messages that were edited, likewise
}

const (
	newTickets        = 7
	editedTickets     = 4
	answeredTickets   = 3
	correctedMessages = 2
)

// Change lets a later day pass at the help desk that Build made. Between the newest ticket and now new ones are opened;
// some of the open ones get solved and rated, one of the wrong rows is put right, some customers write once more, and some
// messages are edited.
func Change(ctx context.Context, path string) (changes Changes, err error) {
	now := time.Now().UTC().Truncate(time.Second)
	err = within(ctx, path, func(tx *sql.Tx) error {
		tickets, err := later(ctx, tx, now)
		if err != nil {
			return err
		}
		for _, step := range []struct {
			count *int
			query string
		}{{&changes.Edited, solve}, {&changes.Repaired, repair}, {&changes.Answered, answer}, {&changes.Corrected, correct}} {
			if *step.count, err = rows(tx.ExecContext(ctx, step.query, sql.Named("now", now.Format(stamp)))); err != nil {
				return err
			}
		}
		changes.New = len(tickets)
		return insertTickets(ctx, tx, tickets)
	})
	return changes, err
}

// later makes up the tickets that are opened between the newest one and now.
func later(ctx context.Context, tx *sql.Tx, now time.Time) ([]ticket, error) {
	var number int
	var newest string
	query := "SELECT max(CAST(id AS INTEGER)), max(updated_at) FROM tickets"
	if err := tx.QueryRowContext(ctx, query).Scan(&number, &newest); err != nil {
		return nil, err
	}
	opened, err := time.Parse(stamp, newest)
	if err != nil {
		return nil, err
	}
	step := now.Sub(opened) / (newTickets + 1)
	g := newGenerator(seed+1, now)
	tickets := make([]ticket, newTickets)
	for i := range tickets {
		opened = opened.Add(step)
		tickets[i] = g.ticket(number+1+i, opened)
	}
	return tickets, nil
}

func rows(result sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// What happens to tickets that are there already. None of the wrong ones is open, so only repair touches one.
var (
	solve = fmt.Sprintf(`UPDATE tickets SET status_code = %d, solved_at = :now, updated_at = :now,
		csat = CASE CAST(id AS INTEGER) %% 3 WHEN 0 THEN 5 WHEN 1 THEN 3.5 END
		WHERE id IN (SELECT id FROM tickets WHERE solved_at IS NULL AND agent_id IS NOT NULL ORDER BY updated_at DESC LIMIT %d)`,
		statusSolved, editedTickets)

	repair = `UPDATE tickets SET csat = 4.5, updated_at = :now WHERE csat = '4,5'`

	// The longest solved tickets that nothing is wrong with.
	settled = fmt.Sprintf(`SELECT id FROM tickets WHERE status_code = %d AND id GLOB '[0-9]*' AND created_at IS NOT NULL
		AND solved_at GLOB '[0-9]*' AND (csat IS NULL OR typeof(csat) <> 'text') ORDER BY solved_at, id`, statusSolved)

	answer = fmt.Sprintf(`INSERT INTO messages (ticket_id, author, kind, body_html, created_at, updated_at)
		SELECT m.ticket_id, m.author, m.kind, '<p>It still works. Thank you! &#128077;</p>', :now, :now FROM messages m
		WHERE m.id IN (SELECT min(id) FROM messages WHERE kind = '%s' AND ticket_id IN (%s LIMIT %d) GROUP BY ticket_id)`,
		kindIn, settled, answeredTickets)

	correct = fmt.Sprintf(`UPDATE messages SET body_html = body_html || '<p>(corrected)</p>', updated_at = :now
		WHERE id IN (SELECT min(id) FROM messages WHERE kind = '%s' AND ticket_id IN (%s LIMIT %d OFFSET %d) GROUP BY ticket_id)`,
		kindOut, settled, correctedMessages, answeredTickets)
)
