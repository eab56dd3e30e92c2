package main

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// began is the time of the first ticket; each next one is a second younger.
var began = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

const stamp = "2006-01-02 15:04:05"

// rowsAtOnce is how many rows one INSERT holds.
const rowsAtOnce = 500

// fill makes a help desk of so many tickets with so many comments each. The same numbers give the same help desk.
func fill(ctx context.Context, db *sql.DB, timestamp string, tickets, perTicket int) error {
	statements := []string{
		`CREATE TABLE tickets (id bigint PRIMARY KEY, subject varchar(200), status_code integer, channel varchar(20), csat numeric(3,1),
			tags varchar(100), agent_email varchar(100), opened_at ` + timestamp + `, solved_at ` + timestamp + `, updated_at ` + timestamp + `)`,
		`CREATE TABLE messages (id bigint PRIMARY KEY, ticket_id bigint, body_html text, kind varchar(10), author varchar(100),
			created_at ` + timestamp + `, updated_at ` + timestamp + `)`,
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // no secret is made of it
	if err := insert(ctx, db, "tickets", tickets, func(id int) string { return ticketRow(random, id) }); err != nil {
		return err
	}
	message := func(id int) string { return messageRow(random, id, (id-1)/perTicket+1) }
	if err := insert(ctx, db, "messages", tickets*perTicket, message); err != nil {
		return err
	}
	for _, index := range []string{
		"CREATE INDEX tickets_by_change ON tickets (updated_at, id)", "CREATE INDEX messages_by_change ON messages (updated_at, id)",
		"CREATE INDEX messages_by_ticket ON messages (ticket_id)",
	} {
		if _, err := db.ExecContext(ctx, index); err != nil {
			return err
		}
	}
	return nil
}

// insert writes rows 1 to n in one transaction.
func insert(ctx context.Context, db *sql.DB, table string, n int, row func(id int) string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var statement strings.Builder
	for id := 1; id <= n; id++ {
		if statement.Len() == 0 {
			statement.WriteString("INSERT INTO " + table + " VALUES ")
		} else {
			statement.WriteByte(',')
		}
		statement.WriteString(row(id))
		if id%rowsAtOnce != 0 && id != n {
			continue
		}
		if _, err := tx.ExecContext(ctx, statement.String()); err != nil {
			return fmt.Errorf("filling %s: %w", table, err)
		}
		statement.Reset()
	}
	return tx.Commit()
}

// None of the texts holds an apostrophe or a backslash: they stand in SQL as they are.

func ticketRow(random *rand.Rand, id int) string {
	opened := began.Add(time.Duration(id) * time.Second)
	solved, csat := "NULL", "NULL"
	if random.IntN(3) > 0 {
		solved = "'" + opened.Add(time.Duration(random.IntN(1e5))*time.Second).Format(stamp) + "'"
	}
	if random.IntN(2) > 0 {
		csat = strconv.Itoa(1+random.IntN(4)) + ".5"
	}
	return fmt.Sprintf("(%d,'%s',%d,'%s',%s,'%s','agent%d@acme.example','%s',%s,'%s')",
		id, pick(random, sentences), 1+random.IntN(3), pick(random, []string{"email", "chat", "phone"}), csat,
		pick(random, []string{"", "vip", "billing, vip", "refund, late delivery, escalated"}), random.IntN(40),
		opened.Format(stamp), solved, opened.Format(stamp))
}

func messageRow(random *rand.Rand, id, ticket int) string {
	written := began.Add(time.Duration(id) * time.Second).Format(stamp)
	return fmt.Sprintf("(%d,%d,'%s','%s','agent%d@acme.example','%s','%s')",
		id, ticket, body(random, id), pick(random, []string{"in", "out", "note"}), random.IntN(40), written, written)
}

// body is what a help desk keeps of an e-mail: about 500 bytes of HTML, behind the comment's number.
func body(random *rand.Rand, id int) string {
	text := func() string { return pick(random, sentences) }
	return fmt.Sprintf(`#%d <div dir="ltr"><p>%s %s</p><p>%s</p><ul><li>%s</li><li>%s</li></ul>`+
		`<p>%s <a href="https://shop.acme.example/orders/%d?ref=mail">order %d</a>&nbsp;&mdash; %s</p><br>`+
		`<p style="color:#888">Kind regards,<br>Acme &amp; Co</p></div>`,
		id, text(), text(), text(), text(), text(), text(), id, id, text())
}

func pick(random *rand.Rand, texts []string) string { return texts[random.IntN(len(texts))] }

var sentences = []string{
	"Thank you for your patience.", "The parcel has not arrived yet.", "Could you please send me the invoice?",
	"I was charged twice for the same order.", "Mi pedido todavía no ha llegado.", "We have sent a new one today.",
	"Please reply to this message within three days.", "The size does not fit, I would like to change it.",
	"Your refund of 35 &euro; is on its way.", "Where can I see the state of my return?", "¿Me pueden ayudar, por favor?",
}
