package examples_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"strings"
	"testing"

	_ "github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"pvetl/internal/testdb"
)

// database is an empty database of a test's own: its DSN, and what carries out statements there, several at a time.
type database struct {
	dsn  string
	exec func(ctx context.Context, statements string) error
}

func mysql(t *testing.T) database {
	t.Helper()
	dsn := testdb.MySQL(t)
	db, err := sql.Open("mysql", testdb.DriverDSN(dsn+"?multiStatements=true"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return database{dsn, func(ctx context.Context, statements string) error {
		_, err := db.ExecContext(ctx, statements)
		return err
	}}
}

func postgres(t *testing.T) database {
	t.Helper()
	dsn := testdb.Postgres(t)
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return database{dsn, func(ctx context.Context, statements string) error {
		_, err := conn.PgConn().Exec(ctx, statements).ReadAll()
		return err
	}}
}

// asReader makes the role of a role.sql, under a name of the test's own, and returns the DSN for it.
func (db database) asReader(t *testing.T, statements string) string {
	t.Helper()
	name, password := strings.ToLower("reader_"+rand.Text()[:20]), rand.Text()
	statements = strings.NewReplacer("pvetl_reader", name, "change me", password).Replace(statements)
	require.NoError(t, db.exec(t.Context(), statements))
	address, err := url.Parse(db.dsn)
	require.NoError(t, err)
	drop := "DROP USER " + name
	if address.Scheme == "postgres" {
		drop = "DROP OWNED BY " + name + "; " + drop
	}
	t.Cleanup(func() { require.NoError(t, db.exec(context.WithoutCancel(t.Context()), drop)) })
	address.User = url.UserPassword(name, password)
	return address.String()
}
