package extract_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
)

func TestAWarningOfScansNamesTheIndexThatHelps(t *testing.T) {
	t.Parallel()
	const series = "(SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)"
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE tickets (id integer PRIMARY KEY, moved integer)")
		f.exec(t, "INSERT INTO tickets SELECT x.id, x.id FROM (SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n AS id FROM "+
			fmt.Sprintf("%[1]s a, %[1]s b, %[1]s c, %[1]s d", series)+") x")
		warning := func(sql string) string {
			t.Helper()
			text, err := f.stream(t, extract.Query{SQL: sql, Cursor: "moved"}).ScanWarning(t.Context())
			require.NoError(t, err)
			return text
		}
		create := map[string]string{"postgres": "CREATE INDEX CONCURRENTLY", "mysql": "CREATE INDEX", "sqlite": "CREATE INDEX"}[f.name]
		require.Equal(t, "no index of tickets begins with moved: each page of a run reads the whole table; what helps: "+create+" pvetl_moved ON tickets (moved, id)",
			warning("SELECT id, moved FROM tickets"))
		require.Empty(t, warning("SELECT id, moved FROM tickets WHERE id < 9999"), "few rows")
		require.Empty(t, warning("SELECT id, id + 1 AS moved FROM tickets"), "what is computed has no index that is known")

		f.exec(t, "CREATE INDEX pvetl_moved ON tickets (moved, id)")
		f.exec(t, map[string]string{"postgres": "ANALYZE tickets", "mysql": "ANALYZE TABLE tickets", "sqlite": "ANALYZE"}[f.name])
		require.Empty(t, warning("SELECT id, moved FROM tickets"))
		if f.name == postgres.name {
			require.Equal(t, "tickets has an index on moved, and the database would read the whole table all the same: "+extract.WhyScan,
				warning("SELECT id, moved, count(*) OVER () FROM tickets"))
		}
	})
}
