package testdb

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

// Postgres returns the DSN, postgres://USER:PASSWORD@HOST:PORT/DATABASE?…, of a new, empty database in UTF-8. At the end of
// the test it is dropped together with the connections that are still open to it.
func Postgres(tb testing.TB) string {
	tb.Helper()
	admin := server(tb, postgresVariable, "postgres://user:password@127.0.0.1:5432/postgres?sslmode=disable")
	name := randomName()
	// template1 cannot be copied while somebody is connected to it; nobody can connect to template0.
	execPostgres(tb, admin.String(), "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8'")
	tb.Cleanup(func() { execPostgres(tb, admin.String(), "DROP DATABASE "+name+" WITH (FORCE)") })
	return inDatabase(admin, name)
}

func execPostgres(tb testing.TB, dsn, statement string) {
	tb.Helper()
	ctx, cancel := bounded(tb)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		tb.Fatalf("connecting to %s: %v", postgresVariable, err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
}
