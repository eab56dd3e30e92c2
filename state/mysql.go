package state

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"pvetl/internal/dsn"
)

// silence is how long a server may keep a connection waiting; no statement of ours takes nearly as long.
const silence = time.Minute

var mysqlDialect = dialect{
	schema:    goose.DialectMySQL,
	directory: "mysql",
	newLocker: lock.NewMySQLTableLocker,
	findTable: "SELECT count(*) FROM information_schema.tables WHERE table_schema = database() AND table_name = ?",
	onKey:     "ON DUPLICATE KEY UPDATE", // of whichever unique index: it takes no list
	newValue:  "VALUES(%s)",
	// One transaction writes at a time, as in SQLite. This server locks more than the rows it writes (neighbours, gaps,
	// whatever a scan passes), and would have two jobs deadlock that share no row.
	alone:        "SELECT version_id FROM " + versionTable + " FOR UPDATE",
	clock:        "CONCAT(LEFT(DATE_FORMAT(UTC_TIMESTAMP(3) + INTERVAL ? * 1000 MICROSECOND, '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')",
	microseconds: "CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED)",
	forUpdate:    " FOR UPDATE",
	folded:       "lower(CONVERT(%s USING utf8mb4) COLLATE utf8mb4_bin)",
	cure:         mysqlCure,
}

func parseMySQL(address string) (target, error) {
	config, _, err := dsn.ParseMySQL(address)
	if err != nil {
		return target{}, fmt.Errorf("state: mysql: %w", err)
	}
	if config.DBName == "" {
		return target{}, errors.New("state: mysql: the address names no database: write mysql://USER:PASSWORD@HOST:3306/DATABASE")
	}
	pinSession(config)
	if err := config.Apply(mysql.Charset("utf8mb4", "utf8mb4_bin")); err != nil {
		return target{}, fmt.Errorf("state: mysql: %w", err)
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return target{}, fmt.Errorf("state: mysql: %w", err)
	}
	return ofServer(target{
		dialect: mysqlDialect,
		name:    config.Addr + "/" + config.DBName,
		connect: func(bool) (*sql.DB, error) { return pooled(sql.OpenDB(connector)), nil },
	}), nil
}

func pinSession(config *mysql.Config) {
	config.ParseTime, config.Loc = true, time.UTC
	config.InterpolateParams = true // one round trip for a statement, not two
	if config.Timeout == 0 {
		config.Timeout = dialTimeout
	}
	if config.ReadTimeout == 0 {
		config.ReadTimeout = silence
	}
	if config.WriteTimeout == 0 {
		config.WriteTimeout = silence
	}
	// A host that vanishes in a transaction leaves its locks behind until the server gives the connection up.
	config.Params["wait_timeout"] = "90"
	config.Params["time_zone"] = "'+00:00'"
	config.Params["sql_mode"] = "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'"
}

func mysqlCode(err error) uint16 {
	if answer, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return answer.Number
	}
	return 0
}

func mysqlCure(err error) string {
	switch mysqlCode(err) {
	case 0:
		return networkCure(err)
	case 1045:
		return "the login was refused: check user and password"
	case 1049:
		return "the database does not exist: create it first"
	case 1044, 1142, 1143:
		return "give this user the right to create and write tables in this database"
	case 1290, 1792, 1836:
		return "the server is read-only: name the primary, not a replica"
	case 1021, 1114:
		return "the state store is full: free space on the server's disk"
	default:
		return ""
	}
}
