package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// The bare loop is the least that brings the rows to Playvox: read a page, encode it, POST a hundred at a time. It maps
// nothing, remembers nothing and asks nobody whether anything arrived. Its speed is what the machine gives.

const (
	floorPage  = 1000
	floorBatch = 100
)

type bareTicket struct {
	ID       string        `json:"interaction_id"`
	Subject  string        `json:"subject"`
	Status   string        `json:"status"`
	Channel  string        `json:"channel"`
	CSAT     *string       `json:"csat"`
	Tags     string        `json:"tag_names"`
	Agent    string        `json:"assignee_id"`
	Opened   string        `json:"opened_date"`
	Solved   *string       `json:"solved_date"`
	Updated  string        `json:"updated_date"`
	Comments []bareComment `json:"comments,omitempty"`
}

type bareComment struct {
	Body   string `json:"body"`
	Kind   string `json:"type"`
	Author string `json:"author_id"`
	Added  string `json:"added_at"`
}

// floor is the bare loop.
func floor(ctx context.Context, dialectName, dsn, base string, withComments bool) error {
	d, err := dialectOf(dialectName)
	if err != nil {
		return err
	}
	db, err := d.open(dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	for after := "0"; ; {
		tickets, err := d.barePage(ctx, db, after)
		if err != nil || len(tickets) == 0 {
			return err
		}
		after = tickets[len(tickets)-1].ID
		for start := 0; start < len(tickets); start += floorBatch {
			batch := tickets[start:min(start+floorBatch, len(tickets))]
			if withComments {
				if err := d.bareComments(ctx, db, batch); err != nil {
					return err
				}
			}
			if err := post(ctx, base, batch); err != nil {
				return err
			}
		}
	}
}

func (d dialect) barePage(ctx context.Context, db *sql.DB, after string) ([]bareTicket, error) {
	const columns = "id, subject, status_code, channel, csat, tags, agent_email, opened_at, solved_at, updated_at"
	id, _ := strconv.Atoi(after)
	rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM tickets WHERE id > %s ORDER BY id LIMIT %d", columns, d.placeholder(1), floorPage), id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	tickets := make([]bareTicket, 0, floorPage)
	for rows.Next() {
		var t bareTicket
		if err := rows.Scan(&t.ID, &t.Subject, &t.Status, &t.Channel, &t.CSAT, &t.Tags, &t.Agent, &t.Opened, &t.Solved, &t.Updated); err != nil {
			return nil, err
		}
		tickets = append(tickets, t)
	}
	return tickets, rows.Err()
}

func (d dialect) bareComments(ctx context.Context, db *sql.DB, tickets []bareTicket) error {
	index := make(map[string]*bareTicket, len(tickets))
	args, marks := make([]any, len(tickets)), make([]string, len(tickets))
	for i := range tickets {
		index[tickets[i].ID] = &tickets[i]
		id, _ := strconv.Atoi(tickets[i].ID)
		args[i], marks[i] = id, d.placeholder(i+1)
	}
	rows, err := db.QueryContext(ctx,
		"SELECT ticket_id, body_html, kind, author, created_at FROM messages WHERE ticket_id IN ("+strings.Join(marks, ",")+") ORDER BY ticket_id, id", args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var ticket string
		var c bareComment
		if err := rows.Scan(&ticket, &c.Body, &c.Kind, &c.Author, &c.Added); err != nil {
			return err
		}
		index[ticket].Comments = append(index[ticket].Comments, c)
	}
	return rows.Err()
}

func post(ctx context.Context, base string, tickets []bareTicket) error {
	body, err := json.Marshal(tickets)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/integrations/bench/bulk/interactions", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answered %s", response.Status)
	}
	return nil
}

func (d dialect) placeholder(n int) string {
	if d.numbered {
		return "$" + strconv.Itoa(n)
	}
	return "?"
}
