package testdb_test

import (
	"database/sql"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"pvetl/internal/testdb"
)

// kind is one of the three kinds of databases and how a test looks at it.
type kind struct {
	create func(testing.TB) string
	driver string
	dsn    func(string) string
	empty  string // counts the tables
}

func same(dsn string) string { return dsn }

func withoutScheme(dsn string) string { return strings.TrimPrefix(dsn, "sqlite:") }

var kinds = map[string]kind{
	"postgres": {testdb.Postgres, "pgx", same, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"},
	"mysql": {
		testdb.MySQL, "mysql", testdb.DriverDSN,
		"SELECT count(*) FROM information_schema.tables WHERE table_schema = database()",
	},
	"sqlite": {testdb.SQLite, "sqlite", withoutScheme, "SELECT count(*) FROM sqlite_schema"},
}

func TestEveryDatabaseIsEmptyAndATestsOwn(t *testing.T) {
	t.Parallel()
	for name, k := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 2 {
				db := open(t, k, k.create(t))
				require.Zero(t, one[int](t, db, k.empty))
				_, err := db.ExecContext(t.Context(), "CREATE TABLE t (id integer)")
				require.NoError(t, err)
			}
		})
	}
}

func TestTextIsUnicode(t *testing.T) {
	t.Parallel()
	for name, k := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, k, k.create(t))
			for _, statement := range []string{"CREATE TABLE t (x varchar(10))", "INSERT INTO t VALUES ('añ🙂')"} {
				_, err := db.ExecContext(t.Context(), statement)
				require.NoError(t, err)
			}
			require.Equal(t, "añ🙂", one[string](t, db, "SELECT x FROM t"))
		})
	}
}

func TestADatabaseIsGoneAfterTheTestThoughATransactionIsStillOpen(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"postgres", "mysql"} {
		k := kinds[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var dsn string
			t.Run("the test that owns it", func(inner *testing.T) {
				dsn = k.create(inner)
				db := open(t, k, dsn)
				_, err := db.ExecContext(t.Context(), "CREATE TABLE t (id integer)")
				require.NoError(t, err)
				tx, err := db.BeginTx(t.Context(), nil)
				require.NoError(t, err)
				_, err = tx.ExecContext(t.Context(), "INSERT INTO t VALUES (1)")
				require.NoError(t, err)
			})
			require.ErrorContains(t, open(t, k, dsn).PingContext(t.Context()), dsnDatabase(dsn))
		})
	}
}

func TestWithoutAServerATestFailsAndSaysWhatToDo(t *testing.T) {
	for _, variable := range []string{"PVETL_TEST_POSTGRES", "PVETL_TEST_MYSQL"} {
		t.Setenv(variable, "")
	}
	for name, create := range map[string]func(testing.TB) string{"POSTGRES": testdb.Postgres, "MYSQL": testdb.MySQL} {
		tb := &fatal{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			create(tb)
		}()
		<-done
		require.Contains(t, tb.message, "PVETL_TEST_"+name+" is not set")
		require.Contains(t, tb.message, "make test")
	}
}

func TestDriverDSN(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ url, user, password, address, database string }{
		"a whole URL":                  {"mysql://ana:secret@db.example:3307/crm", "ana", "secret", "db.example:3307", "crm"},
		"the default port":             {"mysql://ana:secret@db.example/crm", "ana", "secret", "db.example:3306", "crm"},
		"an escaped password":          {"mysql://ana:p%40s%2Fs%3A@db.example/crm", "ana", "p@s/s:", "db.example:3306", "crm"},
		"parameters":                   {"mysql://ana:secret@db.example/crm?parseTime=true", "ana", "secret", "db.example:3306", "crm"},
		"the driver's own form stays":  {"ana:secret@tcp(db.example:3307)/crm", "ana", "secret", "db.example:3307", "crm"},
		"an address in version six":    {"mysql://ana:secret@[::1]:3307/crm", "ana", "secret", "[::1]:3307", "crm"},
		"no database and no password ": {"mysql://ana@db.example/", "ana", "", "db.example:3306", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, err := mysql.ParseDSN(testdb.DriverDSN(c.url))
			require.NoError(t, err)
			require.Equal(t, []string{c.user, c.password, c.address, c.database}, []string{config.User, config.Passwd, config.Addr, config.DBName})
			require.Equal(t, strings.HasSuffix(c.url, "parseTime=true"), config.ParseTime)
		})
	}
}

// fatal stands in for the test that testdb ends.
type fatal struct {
	testing.TB

	message string
}

func (f *fatal) Fatalf(format string, args ...any) {
	f.message = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func open(t *testing.T, k kind, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(k.driver, k.dsn(dsn))
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func one[T any](t *testing.T, db *sql.DB, query string) (value T) {
	t.Helper()
	require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&value))
	return value
}

// dsnDatabase is the name of the database, which a server that does not know it repeats.
func dsnDatabase(dsn string) string {
	name, _, _ := strings.Cut(dsn[strings.LastIndex(dsn, "/")+1:], "?")
	return name
}
