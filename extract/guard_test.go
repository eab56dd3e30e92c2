package extract_test

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
	"pvetl/internal/secret"
)

func TestAQueryCannotWrite(t *testing.T) {
	t.Parallel()
	queries := map[string]map[string]string{
		"postgres": {
			"SELECT writes() AS id":                                             "read-only transaction",
			"SELECT nextval('numbers') AS id":                                   "read-only transaction",
			"WITH x AS (INSERT INTO t VALUES (9) RETURNING id) SELECT * FROM x": "data-modifying",
			"SELECT id FROM t FOR UPDATE":                                       "read-only transaction",
			"SELECT set_config('transaction_read_only', 'off', true) AS id":     "read-write mode",
			"SELECT 1 AS id) AS x; DELETE FROM t; --":                           "one statement",
		},
		"mysql": {
			"SELECT writes() AS id":                    "READ ONLY transaction",
			"SELECT 1 AS id) AS x; DELETE FROM t; #":   "one statement",
			"SELECT 1 AS id INTO OUTFILE '/tmp/pvetl'": "INTO",
		},
		"sqlite": {
			"SELECT 1 AS id) AS x; DELETE FROM t; --":            "one statement",
			"ATTACH 'x' AS y":                                    "begins with SELECT",
			"SELECT id FROM t; ATTACH 'x' AS y":                  "one statement",
			"SELECT load_extension('x') AS id":                   "",
			"SELECT journal_mode AS id FROM pragma_journal_mode": "not authorized",
		},
	}
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer)")
		f.insert(t, "t", []any{1})
		switch f.name {
		case "postgres":
			f.exec(t, "CREATE SEQUENCE numbers")
			f.exec(t, "CREATE FUNCTION writes() RETURNS integer LANGUAGE sql AS 'INSERT INTO t VALUES (2) RETURNING id'")
		case "mysql":
			f.exec(t, "CREATE FUNCTION writes() RETURNS integer MODIFIES SQL DATA BEGIN INSERT INTO t VALUES (2); RETURN 2; END")
		}
		source := f.open(t)
		for query, want := range queries[f.name] {
			stream, err := source.Stream(t.Context(), extract.Query{SQL: query, Key: "id", PageSize: 10})
			if err == nil {
				_, err = stream.Page(t.Context(), extract.Window{}, nil)
			}
			require.ErrorContains(t, err, want, query)
		}
		rows := firstPage(t, streamOf(t, source, extract.Query{SQL: "SELECT id FROM t"}), nil).Rows
		require.Equal(t, []string{"1"}, texts(rows))
	})
}

func TestASQLiteConnectionDoesNothingButReadAlsoAfterItsReplacement(t *testing.T) {
	t.Parallel()
	f := newFixture(t, sqlite)
	source := f.open(t, func(o *extract.Options) { o.StatementTimeout = time.Second })
	other := filepath.Join(t.TempDir(), "other.db")
	refused := func() {
		for _, statement := range []string{
			"ATTACH '" + other + "' AS other", "PRAGMA query_only = 0", "CREATE TABLE x (id integer)", "CREATE TEMP TABLE x (id integer)",
			"DELETE FROM created", "VACUUM INTO '" + other + "'",
		} {
			require.Error(t, extract.ExecSQLite(t.Context(), source, statement), statement)
		}
		require.NoFileExists(t, other)
	}
	refused()
	stream := streamOf(t, source, extract.Query{SQL: f.slowQuery(t)})
	_, err := stream.Page(t.Context(), extract.Window{}, nil)
	require.Error(t, err, "an interrupted connection is replaced")
	refused()
}

func TestAStatementTimeoutEndsAQuery(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		stream := f.stream(t, extract.Query{SQL: f.slowQuery(t)}, func(o *extract.Options) { o.StatementTimeout = time.Second })
		begun := time.Now()
		_, err := stream.Page(t.Context(), extract.Window{}, nil)
		require.ErrorContains(t, err, "the query took longer than statement_timeout (1s)")
		require.Less(t, time.Since(begun), 9*time.Second, "the database itself ends it")
	})
}

func TestWithinItsTimeoutAQueryIsLeftAlone(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, f *fixture) {
		f.insert(t, "created", []any{1})
		for _, timeout := range []time.Duration{0, time.Minute} {
			stream := f.stream(t, extract.Query{SQL: "SELECT id FROM created"}, func(o *extract.Options) { o.StatementTimeout = timeout })
			require.Len(t, firstPage(t, stream, nil).Rows, 1)
		}
	})
}

func TestAnErrorNeverShowsThePassword(t *testing.T) {
	t.Parallel()
	const password = "p%40ss-w0rd" // p@ss-w0rd, escaped
	shows := func(t *testing.T, dsn string) {
		t.Helper()
		_, _, err := extract.Open(t.Context(), extract.Options{DSN: secret.Text(dsn)})
		require.Error(t, err)
		require.NotContains(t, err.Error(), password, dsn)
		require.NotContains(t, err.Error(), "p@ss-w0rd", dsn)
	}
	on(t, []dialect{postgres, mysql}, func(t *testing.T, f *fixture) {
		address, err := url.Parse(f.dsn)
		require.NoError(t, err)
		wrong := *address
		wrong.User = url.UserPassword(address.User.Username(), "p@ss-w0rd")
		shows(t, wrong.String())
		wrong.Host = closedPort(t)
		shows(t, wrong.String())
		wrong.Host = "nowhere.invalid"
		shows(t, wrong.String())
		scheme, _, _ := strings.Cut(f.dsn, "://")
		for _, broken := range []string{
			"://ana:" + password + "@127.0.0.1:port/db", "://ana:" + password + "%zz@127.0.0.1/db", "://ana:" + password + "@[::1/db",
			"://ana:" + password + "@127.0.0.1:1/db?sslmode=no&tls=no",
		} {
			shows(t, scheme+broken)
		}
	})
	shows(t, "ana:p@ss-w0rd@tcp(127.0.0.1:1)/db")
	shows(t, "ana:p@ss-w0rd@tcp(127.0.0.1:1)db/")
	shows(t, "host=127.0.0.1 port=1 user=ana password=p@ss-w0rd dbname=db")
	shows(t, "host=127.0.0.1 port=x user=ana password=p@ss-w0rd dbname=db")
	shows(t, "oracle://ana:p@ss-w0rd@127.0.0.1/db")
}

func TestWhatADatabaseEchoesIsRedacted(t *testing.T) {
	t.Parallel()
	on(t, []dialect{postgres, mysql}, func(t *testing.T, f *fixture) {
		address, err := url.Parse(f.dsn)
		require.NoError(t, err)
		password, _ := address.User.Password()
		source := f.open(t)
		query := extract.Query{SQL: "SELECT id FROM t" + password, Key: "id", PageSize: 1}
		_, err = source.Stream(t.Context(), query)
		require.ErrorContains(t, err, "t***")
		f.exec(t, "CREATE TABLE t"+password+" (id integer)")
		stream := streamOf(t, source, query)
		f.exec(t, "DROP TABLE t"+password)
		_, err = stream.Page(t.Context(), extract.Window{}, nil)
		require.ErrorContains(t, err, "t***")
		require.NotContains(t, err.Error(), password)
	})
}

// closedPort is an address on which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return listener.Addr().String()
}

func TestAnErrorSaysWhatIsWrongWithTheDSN(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	text := filepath.Join(folder, "notes.txt")
	require.NoError(t, os.WriteFile(text, []byte(strings.Repeat("no database ", 100)), 0o600))
	for dsn, want := range map[string]string{
		"":                                 "the address has no known form",
		"oracle://db":                      "the address has no known form",
		"sqlite:" + folder + "/missing.db": "there is no SQLite file " + folder + "/missing.db",
		"sqlite:" + folder:                 "opening the SQLite file " + folder,
		"sqlite:" + text:                   "opening the SQLite file " + text + ": file is not a database",
	} {
		_, _, err := extract.Open(t.Context(), extract.Options{DSN: secret.Text(dsn)})
		require.ErrorContains(t, err, want)
	}
	require.NoFileExists(t, filepath.Join(folder, "missing.db"))
}

func TestTheFormsOfADSN(t *testing.T) {
	t.Parallel()
	on(t, []dialect{postgres, mysql}, func(t *testing.T, f *fixture) {
		address, err := url.Parse(f.dsn)
		require.NoError(t, err)
		password, _ := address.User.Password()
		dsn := f.driverDSN(f.dsn) // the driver's own form
		if f.name == "postgres" {
			dsn = "host=" + address.Hostname() + " port=" + address.Port() + " user=" + address.User.Username() + " password=" + password +
				" dbname=" + strings.TrimPrefix(address.Path, "/") + " sslmode=disable"
		}
		f.insert(t, "created", []any{1})
		for _, form := range []string{f.dsn, dsn} {
			stream := f.stream(t, extract.Query{SQL: "SELECT id FROM created"}, func(o *extract.Options) { o.DSN = secret.Text(form) })
			require.Len(t, firstPage(t, stream, nil).Rows, 1)
		}
	})
}

func TestWhatAMySQLDSNSaysAboutTheSession(t *testing.T) {
	t.Parallel()
	f := newFixture(t, mysql)
	f.exec(t, "CREATE TABLE t (id integer, at timestamp(6) NULL, name varchar(9) CHARACTER SET latin1)")
	f.exec(t, "INSERT INTO t VALUES (1, '2026-11-22 10:00:00', 'né')")
	stream := f.stream(t, extract.Query{SQL: "SELECT id, at, name, @@group_concat_max_len AS n FROM t"}, func(o *extract.Options) {
		o.DSN += "?parseTime=true&loc=Local&charset=latin1&time_zone=%27-03%3A00%27&group_concat_max_len=4242&columnsWithAlias=true&interpolateParams=true"
	})
	require.Equal(t, []string{"1|2026-11-22 05:00:00.000000|né|4242"}, texts(firstPage(t, stream, nil).Rows))
}

func TestASQLiteFileOfAnyName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b.db", "50%.db", "a?mode=rwc.db", "a#b.db", "añ.db", "a&b=c.db", "a%20b.db"} {
		f := sqliteFile(t, name)
		f.insert(t, "created", []any{1})
		require.Len(t, firstPage(t, f.stream(t, extract.Query{SQL: "SELECT id FROM created"}), nil).Rows, 1, name)
	}
}

// sqliteFile is a database of a certain name, which must not be taken apart as a URL.
func sqliteFile(t *testing.T, name string) *fixture {
	t.Helper()
	d := sqlite
	folder := t.TempDir()
	d.create = func(testing.TB) string { return "sqlite:" + filepath.Join(folder, name) }
	d.driverDSN = func(dsn string) string {
		return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: strings.TrimPrefix(dsn, "sqlite:")}).EscapedPath()}).String()
	}
	return newFixture(t, d)
}

func TestASQLiteFileThatAnotherProcessWritesTo(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"wal", "delete"} {
		f := newFixture(t, sqlite)
		f.exec(t, "PRAGMA journal_mode = "+mode)
		f.insert(t, "created", []any{1})
		stream := f.stream(t, extract.Query{SQL: "SELECT id FROM created"})
		require.Len(t, firstPage(t, stream, nil).Rows, 1)

		tx, err := f.db.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.ExecContext(t.Context(), "INSERT INTO created VALUES (2)")
		require.NoError(t, err)
		require.Len(t, firstPage(t, stream, nil).Rows, 1, "%s: what is not committed is not there", mode)
		require.NoError(t, tx.Commit())
		require.Len(t, firstPage(t, stream, nil).Rows, 2, mode)

		require.NoError(t, f.db.Close()) // the last writer tidies up: no -wal and no -shm file is left
		require.Len(t, firstPage(t, stream, nil).Rows, 2, mode)
		require.Len(t, firstPage(t, f.stream(t, extract.Query{SQL: "SELECT id FROM created"}), nil).Rows, 2, mode)
	}
}

func TestBeyondThisMachineAConnectionHasToBeSecureUnlessTheDSNSaysSo(t *testing.T) {
	t.Parallel()
	on(t, []dialect{postgres, mysql}, func(t *testing.T, f *fixture) {
		address, err := url.Parse(f.dsn)
		require.NoError(t, err)
		address.Host = "LOCALHOST:" + address.Port() // by this name it passes for another machine
		address.RawQuery = ""
		_, _, err = extract.Open(t.Context(), extract.Options{DSN: secret.Text(address.String())})
		require.ErrorContains(t, err, "TLS")

		address.RawQuery = map[string]string{"postgres": "sslmode=disable", "mysql": "tls=false"}[f.name]
		source, warnings, err := extract.Open(t.Context(), extract.Options{DSN: secret.Text(address.String())})
		require.NoError(t, err)
		source.Close()
		require.Equal(t, []string{"the connection to LOCALHOST is not protected by verified TLS"}, warnings)
	})
}
