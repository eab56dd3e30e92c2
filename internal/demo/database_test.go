package demo_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"pvetl/internal/demo"
)

// build makes a help desk and returns its path.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "helpdesk.db")
	require.NoError(t, demo.Build(t.Context(), path))
	return path
}

// query returns rows of one column.
func query(t *testing.T, path, statement string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), statement)
	require.NoError(t, err)
	defer rows.Close()
	all := []string{}
	for rows.Next() {
		var text string
		require.NoError(t, rows.Scan(&text))
		all = append(all, text)
	}
	require.NoError(t, rows.Err())
	return all
}

// number returns the only value of a query.
func number(t *testing.T, path, statement string) string {
	t.Helper()
	found := query(t, path, statement)
	require.Len(t, found, 1)
	return found[0]
}
