package demo

import (
	"context"
	"database/sql"
)

func insertAgents(ctx context.Context, tx *sql.Tx) error {
	for i, agent := range agents {
		_, err := tx.ExecContext(ctx, "INSERT INTO users (id, name, email) VALUES (?, ?, ?)", i+1, agent.name, agent.mailbox+"@acme.example")
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	insertTicket = `INSERT INTO tickets
		(id, subject, status_code, channel, csat, tags, agent_id, customer_email, created_at, updated_at, solved_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	insertMessage = `INSERT INTO messages (ticket_id, author, kind, body_html, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)`
)

func insertTickets(ctx context.Context, tx *sql.Tx, tickets []ticket) error {
	intoTickets, err := tx.PrepareContext(ctx, insertTicket)
	if err != nil {
		return err
	}
	defer intoTickets.Close()
	intoMessages, err := tx.PrepareContext(ctx, insertMessage)
	if err != nil {
		return err
	}
	defer intoMessages.Close()
	for _, t := range tickets {
		_, err := intoTickets.ExecContext(ctx,
			t.id, t.subject, t.status, t.channel, t.csat, t.tags, t.agent, t.customer, t.created, t.updated, t.solved)
		if err != nil {
			return err
		}
		for _, m := range t.messages {
			if _, err := intoMessages.ExecContext(ctx, t.id, m.author, m.kind, m.html, m.at.Format(stamp), m.at.Format(stamp)); err != nil {
				return err
			}
		}
	}
	return nil
}
