package scaffold_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"pvetl/extract"
	"pvetl/internal/dsn"
	"pvetl/internal/scaffold"
	"pvetl/internal/secret"
	"pvetl/internal/testdb"
)

// database makes a database of the schema in testdata/NAME.KIND.sql and returns its address.
func database(t *testing.T, file string) string {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("testdata", file))
	require.NoError(t, err)
	address, driver, opened := testdb.SQLite(t), "sqlite", ""
	switch {
	case strings.Contains(file, ".mysql."):
		address, driver = testdb.MySQL(t), "mysql"
		opened = testdb.DriverDSN(address + "?multiStatements=true")
	case strings.Contains(file, ".postgres."):
		address, driver = testdb.Postgres(t), "pgx"
		opened = address
	default:
		opened = strings.TrimPrefix(address, "sqlite:")
	}
	db, err := sql.Open(driver, opened)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), string(script))
	require.NoError(t, err)
	return address
}

// open opens a database as pvetl reads it.
func open(t *testing.T, address string) *extract.Source {
	t.Helper()
	source, _, err := extract.Open(t.Context(), extract.Options{DSN: secret.Text(address)})
	require.NoError(t, err)
	t.Cleanup(source.Close)
	return source
}

func dialectOf(address string) scaffold.Dialect { return scaffold.DialectOf(dsn.KindOf(address)) }
