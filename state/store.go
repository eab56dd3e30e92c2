// Package state keeps what pvetl has to remember between two runs: watermarks, the ledger of what Playvox holds, uploaded
// files, open batches, rejects, runs, schedules, notices, and who works on a job (a Lease, which fences the writes of whoever lost
// it). It is one store with one behaviour over SQLite, Postgres and MySQL or MariaDB. It knows nothing of sources, mappings and
// Playvox; internal/pipeline, what pvetl serve is made of, and the commands call it.
package state

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"pvetl/internal/secret"
)

// Store is an open state, safe for concurrent use. The errors of its methods are of type *Error.
type Store struct {
	Now func() time.Time // the clock behind UpdatedAt, FirstSeen and LastSeen

	target
	db       *sql.DB
	prepared *prepared
	casual   *sql.DB // the same for what may get lost when the power fails
	readOnly bool
	lease    leaseTimes
	fence    *Lease // that every write is subject to; nil: none
}

// Open opens the state that dsn names (sqlite:PATH, sqlite::memory:, postgres://… or mysql://…), creates it where there
// is none and brings its schema up to date, one process at a time. A schema that a newer pvetl wrote is refused with a
// *NewerSchemaError, and a file that is no state is never written over.
func Open(ctx context.Context, dsn secret.Text) (*Store, error) {
	target, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	release, err := target.guard(ctx)
	if err != nil {
		return nil, target.explain("open", err)
	}
	defer release()

	store, err := target.store(false)
	if err != nil {
		return nil, err
	}
	if err := store.makeReady(ctx); err != nil {
		_ = store.Close()
		return nil, store.explain("open", err)
	}
	return store, nil
}

// OpenReadOnly opens the state that dsn names and never creates, migrates or writes anything: methods that write return
// ErrReadOnly. A state that does not exist yet reads as empty, one with an older schema is an ErrOlderSchema.
func OpenReadOnly(ctx context.Context, dsn secret.Text) (*Store, error) {
	target, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	there, err := target.exists()
	if err != nil {
		return nil, target.explain("open", err)
	}
	if !there {
		return openEmpty(ctx, target.name)
	}

	store, err := target.store(true)
	if err != nil {
		return nil, err
	}
	switch have, known, err := store.versions(ctx); {
	case err == nil && have == known:
		return store, nil
	case err == nil && have == 0:
		_ = store.Close()
		return openEmpty(ctx, target.name)
	default:
		_ = store.Close()
		return nil, store.explain("open", mismatch(have, known, err))
	}
}

// openEmpty stands in for a state that does not exist: readers need no second way of seeing nothing.
func openEmpty(ctx context.Context, name string) (*Store, error) {
	store, err := Open(ctx, inMemory)
	if err != nil {
		return nil, err
	}
	store.name, store.readOnly = name, true
	return store, nil
}

// unfenced is the store without a lease's fence.
func (s *Store) unfenced() *Store {
	plain := *s
	plain.fence = nil
	return &plain
}

// unprepared is the store for transactions on another connection than that of its statements.
func (s *Store) unprepared() *Store {
	plain := *s
	plain.prepared = nil
	return &plain
}

// Close releases the state's connections.
func (s *Store) Close() error {
	var err error
	if s.casual != s.db {
		err = s.casual.Close()
	}
	return s.explain("close", errors.Join(err, s.db.Close()))
}
