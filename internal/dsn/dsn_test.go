package dsn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/dsn"
)

func TestAnAddressTellsByItsForm(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]dsn.Kind{
		"postgres://u:p@db/x": dsn.Postgres, "postgresql://db/x": dsn.Postgres, "host=db dbname=x": dsn.Postgres, "user=u dbname = x": dsn.Postgres,
		"mysql://u:p@db/x": dsn.MySQL, "u:p@tcp(db:3306)/x": dsn.MySQL, "tcp(db)/x": dsn.MySQL, "u:p@unix(/run/s)/x": dsn.MySQL,
		"sqlite:x.db": dsn.SQLite, "sqlite:/x": dsn.SQLite,
		"": dsn.None, "x.db": dsn.None, "oracle://db/x": dsn.None, "u:p@db/x": dsn.None,
	} {
		require.Equal(t, want, dsn.KindOf(address), address)
	}
}

func TestAnotherHostNeedsVerifiedTLSUnlessTheAddressSaysOtherwise(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]struct{ secured, warning string }{
		"postgres://127.0.0.1/x":                     {"postgres://127.0.0.1/x", ""},
		"host=/run/postgresql dbname=x":              {"host=/run/postgresql dbname=x", ""},
		"postgres://db.example/x":                    {"postgres://db.example/x?sslmode=verify-full", ""},
		"postgres://db.example/x?application_name=b": {"postgres://db.example/x?application_name=b&sslmode=verify-full", ""},
		"host=db.example dbname=x":                   {"host=db.example dbname=x sslmode=verify-full", ""},
		"postgres://db.example/x?sslmode=disable":    {"postgres://db.example/x?sslmode=disable", "db.example"},
	} {
		secured, warning, err := dsn.SecurePostgres(address)
		require.NoError(t, err, address)
		require.Equal(t, want.secured, secured)
		require.Contains(t, warning, want.warning)
		require.Equal(t, want.warning == "", warning == "", address)
	}
	for address, want := range map[string]struct{ tls, warning string }{
		"mysql://u:p@127.0.0.1:3306/x":             {"", ""},
		"u:p@unix(/run/mysqld.sock)/x":             {"", ""},
		"mysql://u:p@db.example/x":                 {"true", ""},
		"u:p@tcp(db.example:3306)/x":               {"true", ""},
		"mysql://u:p@db.example/x?tls=false":       {"false", "db.example"},
		"mysql://u:p@db.example/x?tls=skip-verify": {"skip-verify", "db.example"},
	} {
		config, warning, err := dsn.ParseMySQL(address)
		require.NoError(t, err, address)
		require.Equal(t, want.tls, config.TLSConfig, address)
		require.Contains(t, warning, want.warning)
		require.Equal(t, want.warning == "", warning == "", address)
	}
}

func TestAMySQLAddressIsReadInBothForms(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"mysql://an%40a:s%2Fcret@127.0.0.1:3307/desk", "an@a:s/cret@tcp(127.0.0.1:3307)/desk"} {
		config, _, err := dsn.ParseMySQL(address)
		require.NoError(t, err, address)
		require.Equal(t, []string{"an@a", "s/cret", "127.0.0.1:3307", "desk"}, []string{config.User, config.Passwd, config.Addr, config.DBName})
	}
	config, _, err := dsn.ParseMySQL("mysql://localhost/desk")
	require.NoError(t, err)
	require.Equal(t, "localhost:3306", config.Addr)
}

func FuzzNoErrorQuotesAPassword(f *testing.F) {
	const password = "geheim-4711"
	for _, host := range []string{"db:33x6/desk", "db/", "tcp(db", "tcp(db)/desk?tls=x", "[::1/desk", ""} {
		f.Add("ana", host)
	}
	f.Fuzz(func(t *testing.T, user, host string) {
		for _, scheme := range []string{"", "mysql://", "postgres://"} {
			address := scheme + user + ":" + password + "@" + host
			_, _, err := dsn.ParseMySQL(address)
			_, _, err2 := dsn.SecurePostgres(address)
			for _, err := range []error{err, err2} {
				if err != nil {
					require.NotContains(t, err.Error(), password)
				}
			}
		}
	})
}
