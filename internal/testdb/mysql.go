package testdb

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// MySQL returns the DSN, mysql://USER:PASSWORD@HOST:PORT/DATABASE, of a new, empty database in utf8mb4. At the end of the
// test the connections that are still open to it are killed and it is dropped.
func MySQL(tb testing.TB) string {
	tb.Helper()
	admin := server(tb, mysqlVariable, "mysql://user:password@127.0.0.1:3306/mysql")
	name := randomName()
	onMySQL(tb, admin.String(), func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, "CREATE DATABASE "+name+" CHARACTER SET utf8mb4")
		return err
	})
	tb.Cleanup(func() {
		onMySQL(tb, admin.String(), func(ctx context.Context, db *sql.DB) error { return dropMySQL(ctx, db, name) })
	})
	return inDatabase(admin, name)
}

// DriverDSN returns a mysql:// URL in the form that go-sql-driver/mysql reads, parameters included, for tests that open a
// database themselves. Any other text is returned as it is.
func DriverDSN(mysqlURL string) string {
	address, err := url.Parse(mysqlURL)
	if err != nil || address.Scheme != "mysql" {
		return mysqlURL
	}
	config := mysql.NewConfig()
	config.User = address.User.Username()
	config.Passwd, _ = address.User.Password()
	config.Net = "tcp"
	config.Addr = address.Host
	config.DBName = strings.TrimPrefix(address.Path, "/")
	dsn := config.FormatDSN()
	if address.RawQuery == "" {
		return dsn
	}
	return dsn + "?" + address.RawQuery
}

// dropMySQL kills what is connected first: a transaction that is still open would hold the statement up for a day.
func dropMySQL(ctx context.Context, db *sql.DB, name string) error {
	var connected sql.NullString
	const query = "SELECT GROUP_CONCAT(id) FROM information_schema.processlist WHERE db = ?"
	if err := db.QueryRowContext(ctx, query, name).Scan(&connected); err != nil {
		return fmt.Errorf("looking for connections to %s: %w", name, err)
	}
	if connected.Valid {
		for id := range strings.SplitSeq(connected.String, ",") {
			_, _ = db.ExecContext(ctx, "KILL "+id) // an error where the connection has ended meanwhile, as it should
		}
	}
	_, err := db.ExecContext(ctx, "DROP DATABASE "+name)
	return err
}

func onMySQL(tb testing.TB, dsn string, do func(context.Context, *sql.DB) error) {
	tb.Helper()
	ctx, cancel := bounded(tb)
	defer cancel()
	db, err := sql.Open("mysql", DriverDSN(dsn))
	if err != nil {
		tb.Fatalf("reading %s: %v", mysqlVariable, err)
	}
	defer func() { _ = db.Close() }()
	if err := do(ctx, db); err != nil {
		tb.Fatalf("on the server of %s: %v", mysqlVariable, err)
	}
}
