package state

import (
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"pvetl/internal/dsn"
)

// dialTimeout is for addresses that do not say how long to wait for a server.
const dialTimeout = 10 * time.Second

var postgresDialect = dialect{
	schema:    goose.DialectPostgres,
	directory: "postgres",
	newLocker: lock.NewPostgresTableLocker,
	numbered:  true,
	findTable: "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = ?",
	onKey:     "ON CONFLICT (%s) DO UPDATE SET",
	newValue:  "excluded.%s",
	// Whoever is stopped or vanishes in a transaction keeps its locks until the server gives the connection up.
	first: "SET LOCAL idle_in_transaction_session_timeout = '30s'",
	clock: `to_char(clock_timestamp() AT TIME ZONE 'UTC' + CAST(? AS double precision) * interval '1 millisecond',
		'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
	microseconds: "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)",
	forUpdate:    " FOR UPDATE",
	folded:       `lower(CAST(%s AS text) COLLATE "C")`,
	cure:         postgresCure,
}

func parsePostgres(address string) (target, error) {
	secured, _, err := dsn.SecurePostgres(address)
	if err != nil {
		return target{}, fmt.Errorf("state: postgres: %w", err)
	}
	config, err := pgx.ParseConfig(secured)
	if err != nil {
		return target{}, fmt.Errorf("state: postgres: %w", dsn.ErrForm)
	}
	// Nothing is prepared on a connection, so a pooler may give every transaction another one.
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	if !strings.Contains(address, "connect_timeout") {
		config.ConnectTimeout = dialTimeout
	}
	return ofServer(target{
		dialect: postgresDialect,
		name:    net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))) + "/" + config.Database,
		connect: func(bool) (*sql.DB, error) { return pooled(stdlib.OpenDB(*config)), nil },
	}), nil
}

func postgresCode(err error) string {
	if answer, ok := errors.AsType[*pgconn.PgError](err); ok {
		return answer.Code
	}
	return ""
}

func postgresCure(err error) string {
	switch postgresCode(err) {
	case "":
		return networkCure(err)
	case "28P01", "28000":
		return "the login was refused: check user and password"
	case "3D000":
		return "the database does not exist: create it first"
	case "42501":
		return "give this user the right to create and write tables in this database"
	case "25006":
		return "the server is read-only: name the primary, not a replica"
	case "53100":
		return "the state store is full: free space on the server's disk"
	default:
		return ""
	}
}
