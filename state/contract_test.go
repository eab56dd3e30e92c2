package state_test

import (
	"database/sql"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"pvetl/internal/secret"
	"pvetl/internal/testdb"
	"pvetl/migrations"
	"pvetl/state"
)

// database is an empty database of one of the three kinds, and a way to it past the store.
type database struct {
	kind   string
	dsn    secret.Text
	driver string
	own    string // its DSN in the driver's form
}

// onEach runs a test once for each kind of database: every promise of the store holds on all of them.
func onEach(t *testing.T, test func(*testing.T, database)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgres", "mysql"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			test(t, newDatabase(t, kind))
		})
	}
}

func newDatabase(tb testing.TB, kind string) database {
	tb.Helper()
	switch kind {
	case "postgres":
		dsn := testdb.Postgres(tb)
		return database{kind, secret.Text(dsn), "pgx", dsn}
	case "mysql":
		dsn := testdb.MySQL(tb)
		return database{kind, secret.Text(dsn), "mysql", testdb.DriverDSN(dsn)}
	default:
		dsn := testdb.SQLite(tb)
		return database{kind, secret.Text(dsn), "sqlite", strings.TrimPrefix(dsn, "sqlite:")}
	}
}

func (d database) open(tb testing.TB) *state.Store {
	tb.Helper()
	store, err := state.Open(tb.Context(), d.dsn)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, store.Close()) })
	return store
}

func (d database) openReadOnly(t *testing.T) *state.Store {
	t.Helper()
	store, err := state.OpenReadOnly(t.Context(), d.dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

// patience is what makes a connection past the store wait for those of the store.
func (d database) patience() string {
	if d.kind == "sqlite" {
		return "?_pragma=busy_timeout(10000)"
	}
	return ""
}

// exec runs statements past the store.
func (d database) exec(t *testing.T, statements ...string) {
	t.Helper()
	db, err := sql.Open(d.driver, d.own+d.patience())
	require.NoError(t, err)
	defer db.Close()
	for _, statement := range statements {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
}

// number returns the one number that a query past the store gives.
func (d database) number(t *testing.T, query string) (n int) {
	t.Helper()
	db, err := sql.Open(d.driver, d.own+d.patience())
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&n))
	return n
}

// migrate makes the schema that an older pvetl left behind.
func (d database) migrate(t *testing.T, version int64) {
	t.Helper()
	db, err := sql.Open(d.driver, d.own+d.patience())
	require.NoError(t, err)
	defer db.Close()
	files, err := fs.Sub(migrations.FS, d.kind)
	require.NoError(t, err)
	dialect := map[string]goose.Dialect{"sqlite": goose.DialectSQLite3, "postgres": goose.DialectPostgres, "mysql": goose.DialectMySQL}
	provider, err := goose.NewProvider(dialect[d.kind], db, files,
		goose.WithTableName("pvetl_version"), goose.WithDisableGlobalRegistry(true))
	require.NoError(t, err)
	_, err = provider.UpTo(t.Context(), version)
	require.NoError(t, err)
}

// clock gives the store a time that only the test moves.
func clock(store *state.Store, start time.Time) (set func(time.Time)) {
	now := start
	store.Now = func() time.Time { return now }
	return func(t time.Time) { now = t }
}

// at is a time on the day of the tests.
func at(t *testing.T, clock string) time.Time {
	t.Helper()
	parsed, err := time.Parse("2006-01-02 15:04:05.000", "2026-11-22 "+clock)
	require.NoError(t, err)
	return parsed
}

func settle(t *testing.T, store *state.Store, settled state.Settlement) {
	t.Helper()
	require.NoError(t, store.Settle(t.Context(), settled))
}
