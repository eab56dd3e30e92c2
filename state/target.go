package state

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"pvetl/internal/dsn"
	"pvetl/internal/secret"
)

// dialect is what the three databases differ in.
type dialect struct {
	schema       goose.Dialect
	directory    string                                               // of its migrations
	newLocker    func(...lock.TableLockerOption) (lock.Locker, error) // nil where guard does the locking
	findTable    string                                               // counts the tables of a name
	numbered     bool                                                 // placeholders are $1, $2, … instead of ?
	onKey        string                                               // begins what an upsert assigns to a row that is there; %s is its key
	newValue     string                                               // the value that an upsert brought; %s is the column
	first        string                                               // begins every transaction that writes
	alone        string                                               // follows it where one is to write at a time
	clock        string                                               // its own time, some milliseconds on, as stamp writes one
	microseconds string                                               // the same since 1970
	inSizes      bool                                                 // sets are brought in a few sizes, whose statements are kept
	forUpdate    string                                               // ends a query whose rows stay locked; empty where a transaction locks everything
	folded       string                                               // a text %s as it is searched: in small letters, at least those of ASCII
	cure         func(error) string                                   // what to do about an error, empty where nobody knows
}

// target is one state: which database, where, and how it is called in messages.
type target struct {
	dialect
	name     string // a path, or host:port/database
	file     string // its path, if it is one
	redactor secret.Redactor
	connect  func(readOnly bool) (*sql.DB, error)
	exists   func() (bool, error)
	guard    func(context.Context) (release func(), err error) // makes room for it and keeps other processes from opening it
}

const inMemory = secret.Text("sqlite::memory:")

// parse finds out what an address names. Its errors never contain a part of it: what cannot be parsed may hold a password anywhere.
func parse(address secret.Text) (target, error) {
	var found target
	var err error
	switch text := address.Reveal(); dsn.KindOf(text) {
	case dsn.SQLite:
		found, err = parseSQLite(dsn.SQLitePath(text))
	case dsn.Postgres:
		found, err = parsePostgres(text)
	case dsn.MySQL:
		found, err = parseMySQL(text)
	default:
		err = fmt.Errorf("state: %w", dsn.ErrForm)
	}
	found.redactor = secret.NewRedactor(address)
	return found, err
}

// store does not dial yet: the first statement does.
func (t target) store(readOnly bool) (*Store, error) {
	db, err := t.connect(readOnly)
	if err != nil {
		return nil, t.explain("open", err)
	}
	casual := db
	if t.file != "" && !readOnly {
		if casual, err = single(sqliteURI(t.file, false) + relaxed); err != nil {
			return nil, t.explain("open", err)
		}
	}
	store := &Store{Now: time.Now, target: t, db: db, casual: casual, readOnly: readOnly, lease: usualLease}
	if t.inSizes && !readOnly {
		store.prepared = &prepared{}
	}
	return store, nil
}

// ofServer completes the target of a database server, which is there or not without our doing.
func ofServer(t target) target {
	t.exists = func() (bool, error) { return true, nil }
	t.guard = func(context.Context) (func(), error) { return func() {}, nil }
	return t
}

// pooled limits the connections to a server and gives idle ones up before the server, or something on the way, does.
func pooled(db *sql.DB) *sql.DB {
	db.SetMaxOpenConns(8)
	db.SetMaxIdleConns(8)
	db.SetConnMaxIdleTime(time.Minute)
	return db
}
