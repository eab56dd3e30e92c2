package extract

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"pvetl/internal/dsn"
)

func openPostgres(ctx context.Context, options Options) (database, []string, error) {
	address, warning, err := dsn.SecurePostgres(options.DSN.Reveal())
	if err != nil {
		return nil, nil, err
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, nil, dsn.ErrForm
	}
	config.MaxConns = int32(options.connections()) //nolint:gosec // a few
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 15 * time.Second
	}
	config.ConnConfig.RuntimeParams["application_name"] = "pvetl"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, nil, err
	}
	p := &postgres{pool: pool, begin: pinPostgres(options.StatementTimeout)}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, nil, err
	}
	return p, warningsOf(warning), nil
}

// pinPostgres opens a read-only transaction and pins what texts depend on. The settings live and die with the
// transaction, so that a pooler between us and the server cannot hand them to someone else. The SELECT matters beyond
// its settings: only a transaction that has run a query refuses to be made writable.
func pinPostgres(timeout time.Duration) string {
	settings := []string{
		"TimeZone", "UTC", "DateStyle", "ISO, YMD", "IntervalStyle", "postgres", "bytea_output", "hex", "extra_float_digits", "1",
		"client_encoding", "UTF8", "statement_timeout", strconv.FormatInt(timeout.Milliseconds(), 10),
		"idle_in_transaction_session_timeout", "60s", "lock_timeout", "30s",
	}
	var sql strings.Builder
	sql.WriteString("BEGIN READ ONLY; SELECT ")
	for i := 0; i < len(settings); i += 2 {
		if i > 0 {
			sql.WriteString(", ")
		}
		fmt.Fprintf(&sql, "set_config('%s', '%s', true)", settings[i], settings[i+1])
	}
	return sql.String()
}
