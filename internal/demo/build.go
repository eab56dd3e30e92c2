package demo

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"time"

	_ "modernc.org/sqlite" // the driver
)

//go:embed schema.sql
var schema string

const (
	ticketCount = 500
	firstNumber = 10001
	history     = 45 * 24 * time.Hour // over which the tickets were opened
	quiet       = 20 * time.Minute    // since the last one, so that there is room for a change
	seed        = 2026                // of what Build makes up
	longID      = "<CAJx9QkTz5rVq0nHf3-LbW8ydUe2mYtPs7oAgRi41KcXhNw6JvE@mail-yw1.northwind.example>"
)

// Build makes a SQLite file with a help desk of 500 tickets of the last weeks: the same ones every time, apart from
// their dates, which end shortly before now. A few of its rows are wrong as rows in real databases are. A file that
// exists is an error.
func Build(ctx context.Context, path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err // names the path
	}
	if err := file.Close(); err != nil {
		return err
	}
	tickets := invent(time.Now().UTC().Truncate(time.Second).Add(-quiet))
	return within(ctx, path, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, schema); err != nil {
			return err
		}
		if err := insertAgents(ctx, tx); err != nil {
			return err
		}
		return insertTickets(ctx, tx, tickets)
	})
}

// invent makes up all tickets until the given time.
func invent(until time.Time) []ticket {
	g := newGenerator(seed, until)
	tickets := make([]ticket, ticketCount)
	for i := range tickets {
		fromEnd := float64(ticketCount-i) - g.Float64()
		tickets[i] = g.ticket(firstNumber+i, until.Add(-time.Duration(fromEnd*float64(history/ticketCount))))
	}
	spoil(tickets)
	return tickets
}

// spoil makes rows that deserve to be refused, each for another reason, and each found in real databases. All are solved,
// so that Change touches none of them by accident.
func spoil(tickets []ticket) {
	solvedAfter(tickets, 20).status = 7 // a state that somebody added
	solvedAfter(tickets, 50).csat = "4,5"
	solvedAfter(tickets, 80).solved = "soon"
	solvedAfter(tickets, 110).created = nil
	solvedAfter(tickets, 140).id = longID // it was opened by a mail, whose id it took
	greeted := solvedAfter(tickets, 170)  // this one goes, and only the message stays behind
	greeting := message{author: "AcmeBot", kind: "bot", html: "<p>&#129302; Hi! I am AcmeBot.</p>", at: greeted.messages[0].at}
	greeted.messages = slices.Insert(greeted.messages, 0, greeting)
}

// solvedAfter returns the first solved ticket from index i on.
func solvedAfter(tickets []ticket, i int) *ticket {
	for tickets[i].status != statusSolved {
		i++
	}
	return &tickets[i]
}

// within opens a SQLite file and does work in one transaction.
func within(ctx context.Context, path string, work func(*sql.Tx) error) (err error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("help desk %s: %w", path, err)
	}
	defer tx.Rollback()
	if err := work(tx); err != nil {
		return fmt.Errorf("help desk %s: %w", path, err)
	}
	return tx.Commit()
}
