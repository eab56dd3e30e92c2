package extract

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"pvetl/internal/dsn"
	"pvetl/internal/secret"
)

// Options say how a source is opened.
type Options struct {
	DSN              secret.Text    // postgres://… or key=value, mysql://… or the driver's own form, sqlite:PATH
	Timezone         *time.Location // in which columns without a zone are read; nil is UTC
	StatementTimeout time.Duration  // the database's own limit for one query; zero is none
	RowsPerSecond    int            // the most rows read in a second, on average; zero is no limit
	Connections      int            // the most queries at a time; zero is one
}

func (o Options) connections() int { return max(1, o.Connections) }

// Source is one open database.
type Source struct {
	db       database
	zone     *time.Location
	timeout  time.Duration
	redactor secret.Redactor
	pace     pace
}

// database is what differs between the kinds of databases.
type database interface {
	// backslash reports whether a backslash escapes inside quotes.
	backslash() bool
	// quote writes a column's name.
	quote(name string) string
	// createIndex is how a statement begins that makes an index and keeps nobody from writing, where there is such a one.
	createIndex() string
	// placeholder writes the n-th bound argument, from 1.
	placeholder(n int) string
	// cell writes the expression that selects a column so that its own text arrives.
	cell(name string) string
	// typed reports whether values have types of their own, which typeOf then writes the expression for.
	typed() bool
	typeOf(name string) string
	// ordered writes the expression by which a column is compared and sorted: byte for byte where it is text, because
	// under another collation two keys may tie and the second be lost behind a page's end.
	ordered(column Column, name string) string
	// size writes the expression for how many bytes a column's value has, NULL for NULL.
	size(column Column, name string) string
	// bound writes the argument for a value of a column, cast by the database to the column's type.
	bound(b *builder, column Column, value, class string)
	// fitting returns those of the keys that a column's type has a value for; the others can be in no row.
	fitting(column Column, keys []string) []string
	// among writes the condition that a column holds one of the given keys, which fit.
	among(b *builder, column Column, name string, keys []string)
	// extreme is the least or the greatest value a column can hold, for a query that names a bound there is none of.
	extreme(column Column, greatest bool) (value, class string)
	// instantSuffix is how the text of an Instant column ends.
	instantSuffix() string
	// describe returns the columns of a query.
	describe(ctx context.Context, sql string, args []any) ([]Column, error)
	// catalogue returns the queries that describe the tables, and catalogueColumn a column of them.
	catalogue() catalogueQueries
	catalogueColumn(databaseType, kind string) Column
	// accessQueries returns the queries that tell about the connection and its user.
	accessQueries() accessQueries
	// explain returns what asks for a query's plan, whose rows have so many columns, the last of which scans understands: it
	// returns the tables that are read in whole.
	explain() (prefix string, columns int)
	scans(plan string) []string
	// clockQuery returns the database's time in UTC, as 2026-11-22 10:00:00.123456.
	clockQuery() string
	// read collects a query's rows until the collector is full. On an error, what it collected is worth nothing.
	read(ctx context.Context, sql string, args []any, columns []Column, into *collector) error
	// transient reports whether the same query may work on another connection.
	transient(err error) bool
	// complaint returns the byte of what was sent that an error points to; 0 for none.
	complaint(err error, sent string) int
	// timedOut reports whether the database ended a query at its limit.
	timedOut(err error) bool
	// grace is how long the database is given to do that before we give up on it.
	grace() time.Duration
	close()
}

// Open opens the database that the DSN names, read-only, and sees that it answers. The second result holds what its
// user should know about the connection.
func Open(ctx context.Context, options Options) (*Source, []string, error) {
	zone := options.Timezone
	if zone == nil {
		zone = time.UTC
	}
	open, err := opener(options.DSN.Reveal())
	if err != nil {
		return nil, nil, err
	}
	redactor := secret.NewRedactor(options.DSN)
	db, warnings, err := open(ctx, options)
	if err != nil {
		return nil, nil, redacted(err, redactor)
	}
	return &Source{
		db: db, zone: zone, timeout: options.StatementTimeout, redactor: redactor, pace: pace{perSecond: options.RowsPerSecond},
	}, warnings, nil
}

// Close gives the connections back.
func (s *Source) Close() { s.db.close() }

type openFunc func(context.Context, Options) (database, []string, error)

// opener finds out from a DSN's form what kind of database it names.
func opener(address string) (openFunc, error) {
	switch dsn.KindOf(address) {
	case dsn.SQLite:
		return openSQLite, nil
	case dsn.Postgres:
		return openPostgres, nil
	case dsn.MySQL:
		return openMySQL, nil
	default:
		return nil, dsn.ErrForm
	}
}

func warningsOf(warning string) []string {
	if warning == "" {
		return nil
	}
	return []string{warning}
}

// redactedError is an error whose text holds no credential.
type redactedError struct {
	error
	text string
}

func (e redactedError) Error() string { return e.text }
func (e redactedError) Unwrap() error { return e.error }

func redacted(err error, redactor secret.Redactor) error {
	return redactedError{err, redactor.Redact(err.Error())}
}

// readAttempts bounds how often one page is asked for when the connection dies under it.
const readAttempts = 3

// readRows is read for rows that somebody counts: it keeps the source's pace.
func (s *Source) readRows(ctx context.Context, b *builder, columns []Column, maxBytes int) (*collector, error) {
	began := time.Now()
	into, err := s.read(ctx, b, columns, maxBytes)
	if err != nil {
		return nil, err
	}
	return into, s.pace.rest(ctx, began, len(into.rows))
}

// read runs one query to its end, or until maxBytes are read. A result that breaks off is thrown away whole and asked
// for again: half a page that passes for a page would lose the rest.
func (s *Source) read(ctx context.Context, b *builder, columns []Column, maxBytes int) (*collector, error) {
	attempt := func() (*collector, error) {
		limited, cancel := s.limit(ctx)
		defer cancel()
		into := &collector{columns: len(columns), maxBytes: maxBytes}
		err := s.db.read(limited, b.sql.String(), b.args, columns, into)
		switch {
		case err == nil:
			return into, nil
		case limited.Err() == nil && s.db.transient(err):
			return nil, passingError{err}
		default:
			return nil, backoff.Permanent(s.explain(limited, err))
		}
	}
	into, err := backoff.Retry(ctx, attempt, backoff.WithMaxTries(readAttempts), backoff.WithMaxElapsedTime(0))
	if err != nil {
		return nil, redacted(err, s.redactor)
	}
	return into, nil
}

// passingError is one that may be over by itself: the database restarts, or the network is down.
type passingError struct{ error }

func (e passingError) Unwrap() error { return e.error }

// Passes reports whether what broke a read may be over by itself after a while.
func Passes(err error) bool {
	_, passes := errors.AsType[passingError](err)
	return passes
}

// limit adds a limit of our own behind the database's, for one that does not answer at all or knows none.
func (s *Source) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, s.timeout+s.db.grace(), errTimeout)
}

const graceAfterTimeout = 10 * time.Second

var errTimeout = errors.New("the query took longer than statement_timeout")

// explain says what ended a query where its error does not: a limit, or whoever cancelled ctx.
func (s *Source) explain(ctx context.Context, err error) error {
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, errTimeout), cause == nil && s.db.timedOut(err):
		return fmt.Errorf("%w (%s): %w", errTimeout, s.timeout, err)
	case cause != nil:
		return cause
	default:
		return err
	}
}
