package extract_test

import (
	"context"
	"database/sql"
	"net/url"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"pvetl/extract"
	"pvetl/internal/secret"
	"pvetl/internal/testdb"
)

// dialect is one of the three kinds of databases, which all keep the same promises.
type dialect struct {
	name      string
	create    func(testing.TB) string
	driver    string
	driverDSN func(string) string
}

var (
	postgres = dialect{"postgres", testdb.Postgres, "pgx", func(dsn string) string { return dsn }}
	mysql    = dialect{"mysql", testdb.MySQL, "mysql", func(dsn string) string {
		return testdb.DriverDSN(dsn) + "?time_zone=%27%2B05%3A00%27&sql_mode=%27%27" // what an application sets is not what we read by
	}}
	sqlite = dialect{"sqlite", testdb.SQLite, "sqlite", func(dsn string) string { return strings.TrimPrefix(dsn, "sqlite:") }}
)

// onEach runs a test against each kind of database.
func onEach(t *testing.T, test func(t *testing.T, f *fixture)) {
	t.Helper()
	on(t, []dialect{postgres, mysql, sqlite}, test)
}

func on(t *testing.T, dialects []dialect, test func(t *testing.T, f *fixture)) {
	t.Helper()
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			test(t, newFixture(t, d))
		})
	}
}

// fixture is a database of the test's own, with a connection that writes to it as an application would.
type fixture struct {
	dialect
	dsn string
	db  *sql.DB
}

func newFixture(tb testing.TB, d dialect) *fixture {
	tb.Helper()
	f := &fixture{dialect: d, dsn: d.create(tb)}
	db, err := sql.Open(d.driver, d.driverDSN(f.dsn))
	require.NoError(tb, err)
	db.SetMaxOpenConns(2)
	tb.Cleanup(func() { _ = db.Close() })
	f.db = db
	f.exec(tb, "CREATE TABLE created (id integer)") // a SQLite file exists from its first table on
	return f
}

func (f *fixture) exec(tb testing.TB, statement string, args ...any) {
	tb.Helper()
	_, err := f.db.ExecContext(tb.Context(), statement, args...)
	require.NoError(tb, err, statement)
}

// insert adds rows to a table, a value of each row for each column.
func (f *fixture) insert(tb testing.TB, table string, rows ...[]any) {
	tb.Helper()
	for _, row := range rows {
		placeholders := make([]string, len(row))
		for i := range row {
			placeholders[i] = "?"
			if f.name == postgres.name {
				placeholders[i] = "$" + string(rune('1'+i))
			}
		}
		f.exec(tb, "INSERT INTO "+table+" VALUES ("+strings.Join(placeholders, ", ")+")", row...)
	}
}

func (f *fixture) open(tb testing.TB, set ...func(*extract.Options)) *extract.Source {
	tb.Helper()
	options := extract.Options{DSN: secret.Text(f.dsn)}
	for _, s := range set {
		s(&options)
	}
	source, warnings, err := extract.Open(tb.Context(), options)
	require.NoError(tb, err)
	require.Empty(tb, warnings)
	tb.Cleanup(source.Close)
	return source
}

func (f *fixture) stream(tb testing.TB, query extract.Query, set ...func(*extract.Options)) *extract.Stream {
	tb.Helper()
	return streamOf(tb, f.open(tb, set...), query)
}

func streamOf(tb testing.TB, source *extract.Source, query extract.Query) *extract.Stream {
	tb.Helper()
	if query.PageSize == 0 {
		query.PageSize = 1000
	}
	if query.Key == "" {
		query.Key = "id"
	}
	stream, err := source.Stream(tb.Context(), query)
	require.NoError(tb, err)
	return stream
}

// window is the stream's window behind a position.
func window(tb testing.TB, stream *extract.Stream, from *extract.Position) extract.Window {
	tb.Helper()
	w, err := stream.Window(tb.Context(), from)
	require.NoError(tb, err)
	return w
}

// firstPage reads what a run would read first.
func firstPage(tb testing.TB, stream *extract.Stream, from *extract.Position) extract.Page {
	tb.Helper()
	page, err := stream.Page(tb.Context(), window(tb, stream, from), nil)
	require.NoError(tb, err)
	return page
}

func keys(stream *extract.Stream, rows []extract.Row) []string {
	found := make([]string, 0, len(rows))
	for _, row := range rows {
		found = append(found, stream.Key(row))
	}
	return found
}

// texts writes rows for comparing: cells apart from each other by | and NULL as <NULL>.
func texts(rows []extract.Row) []string {
	var found []string
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = string(cell)
			if cell.IsNull() {
				cells[i] = "<NULL>"
			}
		}
		found = append(found, strings.Join(cells, "|"))
	}
	return found
}

// database is the name of the fixture's database.
func (f *fixture) database(tb testing.TB) string {
	tb.Helper()
	address, err := url.Parse(f.dsn)
	require.NoError(tb, err)
	return strings.TrimPrefix(address.Path, "/")
}

func (f *fixture) dropUser(tb testing.TB, user string) {
	tb.Helper()
	statements := []string{"DROP OWNED BY " + user, "DROP ROLE " + user}
	if f.name == mysql.name {
		statements = []string{"DROP USER " + user}
	}
	for _, statement := range statements {
		_, err := f.db.ExecContext(context.WithoutCancel(tb.Context()), statement)
		require.NoError(tb, err, statement)
	}
}

func withUser(tb testing.TB, dsn, user, password string) string {
	tb.Helper()
	address, err := url.Parse(dsn)
	require.NoError(tb, err)
	address.User = url.UserPassword(user, password)
	return address.String()
}
