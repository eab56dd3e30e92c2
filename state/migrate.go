package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"pvetl/migrations"
)

// The tables carry the product's name, so that a database shared with another user of goose is not taken for a state.
const (
	versionTable = "pvetl_version"
	lockTable    = "pvetl_migration_lock"
)

// A migration that another process is busy with is asked for again at this pace. A process that died in the middle of
// one is waited for until its lease has run out, which takes 30 s.
const (
	lockPace  = 200 * time.Millisecond
	lockTries = 600
)

// ErrOlderSchema says that a state opened for reading lacks migrations, which only opening it for writing applies.
var ErrOlderSchema = errors.New("the schema is older than this pvetl: run any other command first, such as pvetl run, " +
	"which brings it up to date")

// NewerSchemaError says that a newer pvetl has migrated the state, so that this one cannot know what it means.
type NewerSchemaError struct {
	Have  int64 // the version of the state's schema
	Known int64 // the newest version this binary knows
}

func (e *NewerSchemaError) Error() string {
	return fmt.Sprintf("this state was written by a newer pvetl (schema %d, this one knows %d): use that version or a newer one",
		e.Have, e.Known)
}

// makeReady brings the schema up to date and finds out whether the state can be written at all.
func (s *Store) makeReady(ctx context.Context) error {
	have, known, err := s.versions(ctx)
	if err == nil && have < known {
		if err := s.migrate(ctx); err != nil {
			return err
		}
		// Another process may have migrated meanwhile, and may know more versions.
		have, known, err = s.versions(ctx)
	}
	if err := mismatch(have, known, err); err != nil {
		return err
	}
	return s.transact(ctx, func(w *writer) error { return w.exec(ctx, "DELETE FROM watermarks WHERE 1 = 0") })
}

// mismatch returns err, or what is wrong between a schema and this binary.
func mismatch(have, known int64, err error) error {
	switch {
	case err != nil:
		return err
	case have > known:
		return &NewerSchemaError{Have: have, Known: known}
	case have < known:
		return ErrOlderSchema
	default:
		return nil
	}
}

func (s *Store) migrate(ctx context.Context) error {
	var options []goose.ProviderOption
	if s.newLocker != nil {
		locker, err := s.newLocker(
			lock.WithTableName(lockTable),
			lock.WithTableLockTimeout(lockPace, lockTries),
			// What a person has to cure does not pass by itself.
			lock.WithTableRetryPolicy(func(err error) bool { return s.cure(err) == "" }),
			lock.WithTableLogger(slog.New(slog.DiscardHandler)),
		)
		if err != nil {
			return err
		}
		options = append(options, goose.WithLocker(locker))
	}
	provider, err := s.provider(options...)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// versions returns the version of the state's schema, 0 where there is none, and the newest that this binary knows.
func (s *Store) versions(ctx context.Context) (have, known int64, err error) {
	provider, err := s.provider()
	if err != nil {
		return 0, 0, err
	}
	for _, source := range provider.ListSources() {
		known = max(known, source.Version)
	}
	// Asked for the version, the provider would create the table.
	if there, err := s.number(ctx, s.findTable, versionTable); err != nil || there == 0 {
		return 0, known, err
	}
	have, err = s.number(ctx, "SELECT coalesce(max(version_id), 0) FROM "+versionTable)
	return have, known, err
}

func (s *Store) provider(options ...goose.ProviderOption) (*goose.Provider, error) {
	files, err := fs.Sub(migrations.FS, s.directory)
	if err != nil {
		return nil, err
	}
	options = append(options, goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
	return goose.NewProvider(s.schema, s.db, files, options...)
}
