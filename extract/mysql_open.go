package extract

import (
	"context"
	"database/sql"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"pvetl/internal/dsn"
)

func openMySQL(ctx context.Context, options Options) (database, []string, error) {
	config, warning, err := mysqlConfig(options.DSN.Reveal())
	if err != nil {
		return nil, nil, err
	}
	limit, err := statementLimit(ctx, config, options.StatementTimeout)
	if err != nil {
		return nil, nil, err
	}
	maps.Copy(config.Params, limit) // what the DSN says about the rest of the session stays
	config.Params["time_zone"] = "'+00:00'"
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(options.connections())
	db.SetMaxIdleConns(options.connections())
	db.SetConnMaxIdleTime(time.Minute) // before the server's wait_timeout or a firewall closes it silently
	return &mySQL{db}, warningsOf(warning), nil
}

// mysqlConfig reads the address. Whatever it says, texts arrive in UTF-8 and dates as texts.
func mysqlConfig(address string) (*mysql.Config, string, error) {
	config, warning, err := dsn.ParseMySQL(address)
	if err != nil {
		return nil, "", err
	}
	config.ParseTime = false // a DATETIME stays the text it is
	config.InterpolateParams = false
	config.ColumnsWithAlias = false
	if config.Timeout == 0 {
		config.Timeout = 15 * time.Second
	}
	return config, warning, config.Apply(mysql.Charset("utf8mb4", ""))
}

// statementLimit returns the session variable that limits a statement's time: MySQL and MariaDB do not know each other's.
func statementLimit(ctx context.Context, config *mysql.Config, timeout time.Duration) (map[string]string, error) {
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	var version string
	if err := db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		return nil, err
	}
	if strings.Contains(strings.ToLower(version), "mariadb") {
		return map[string]string{"max_statement_time": strconv.FormatFloat(timeout.Seconds(), 'f', 3, 64)}, nil
	}
	return map[string]string{"max_execution_time": strconv.FormatInt(timeout.Milliseconds(), 10)}, nil
}
