package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver of Postgres
	_ "modernc.org/sqlite"             // the driver of SQLite
)

// dialect is what differs between databases, for us.
type dialect struct {
	name      string
	driver    string
	timestamp string // a type without a zone
	numbered  bool   // whether placeholders are $1, $2
	tuning    string // run after filling, so that plans are what they are in a database that has stood for a while
}

var dialects = []dialect{
	{name: "sqlite", driver: "sqlite", timestamp: "timestamp", tuning: "ANALYZE"},
	{name: "postgres", driver: "pgx", timestamp: "timestamp", numbered: true, tuning: "VACUUM ANALYZE"},
	{name: "mariadb", driver: "mysql", timestamp: "datetime(6)", tuning: "ANALYZE TABLE tickets, messages"},
}

func dialectOf(name string) (dialect, error) {
	for _, d := range dialects {
		if d.name == name {
			return d, nil
		}
	}
	return dialect{}, fmt.Errorf("%s is no kind of database", name)
}

// open opens a database as the bare loop would.
func (d dialect) open(dsn string) (*sql.DB, error) {
	switch d.name {
	case "sqlite":
		dsn = strings.TrimPrefix(dsn, "sqlite:")
	case "mariadb":
		address, err := url.Parse(dsn)
		if err != nil {
			return nil, err
		}
		config := mysql.NewConfig()
		config.User, config.Net, config.Addr, config.DBName = address.User.Username(), "tcp", address.Host, strings.TrimPrefix(address.Path, "/")
		config.Passwd, _ = address.User.Password()
		config.MaxAllowedPacket = 0 // the server's
		dsn = config.FormatDSN()
	}
	return sql.Open(d.driver, dsn)
}

// create makes a filled database and returns its DSN and how to be rid of it. A file lies in folder.
func (d dialect) create(ctx context.Context, server, folder string, tickets, perTicket int) (dsn string, drop func(context.Context) error, err error) {
	name := "pvetl_bench_" + strings.ToLower(rand.Text())
	drop = func(context.Context) error { return nil }
	if d.name == "sqlite" {
		dsn = "sqlite:" + filepath.Join(folder, name+".db")
	} else {
		if dsn, err = inDatabase(server, name); err != nil {
			return "", drop, fmt.Errorf("%s: no server: run it as `make bench` does, under internal/testdb/with-servers", d.name)
		}
		if err := d.exec(ctx, server, "CREATE DATABASE "+name); err != nil {
			return "", drop, err
		}
		drop = func(ctx context.Context) error { return d.exec(ctx, server, "DROP DATABASE "+name) }
	}
	db, err := d.open(dsn)
	if err != nil {
		return dsn, drop, err
	}
	defer db.Close()
	if err := fill(ctx, db, d.timestamp, tickets, perTicket); err != nil {
		return dsn, drop, fmt.Errorf("%s: %w", d.name, err)
	}
	_, err = db.ExecContext(ctx, d.tuning)
	return dsn, drop, err
}

func (d dialect) exec(ctx context.Context, dsn, statement string) error {
	db, err := d.open(dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// inDatabase returns the DSN of another database on the same server.
func inDatabase(server, name string) (string, error) {
	address, err := url.Parse(server)
	if err != nil || address.Host == "" {
		return "", fmt.Errorf("%q is no server", server)
	}
	address.Path = "/" + name
	return address.String(), nil
}
