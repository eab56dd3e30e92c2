package extract_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/DATA-DOG/go-sqlmock"
	mysqldriver "github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"pvetl/extract"
)

func TestAConnectionThatIsKilledWhileReadingIsReplaced(t *testing.T) {
	t.Parallel()
	on(t, []dialect{postgres, mysql}, func(t *testing.T, f *fixture) {
		const rows = 60
		f.exec(t, "CREATE TABLE t (id integer)")
		for i := range rows {
			f.insert(t, "t", []any{i})
		}
		slow := map[string]string{"postgres": "CAST(pg_sleep(0.02) AS text)", "mysql": "SLEEP(0.02)"}[f.name]
		stream := f.stream(t, extract.Query{SQL: "SELECT id, " + slow + " AS slept FROM t"})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		killed := make(chan error, 1)
		go func() { killed <- f.killReader(ctx) }()
		page, err := stream.Page(t.Context(), extract.Window{}, nil)
		require.NoError(t, err)
		require.NoError(t, <-killed)
		require.Len(t, page.Rows, rows, "each row once")
		require.Equal(t, "0", stream.Key(page.Rows[0]))
	})
}

// killReader waits until a query of ours has been running for a moment and kills its connection.
func (f *fixture) killReader(ctx context.Context) error {
	find := "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pvetl' AND state = 'active' " +
		"AND query LIKE '%ORDER BY%' AND query_start < clock_timestamp() - interval '100 ms'"
	kill := "SELECT pg_terminate_backend(%d)"
	if f.name == "mysql" {
		find = "SELECT id FROM information_schema.processlist WHERE db = database() AND command = 'Execute' AND time_ms > 100 AND info LIKE '%ORDER BY%'"
		kill = "KILL %d"
	}
	for {
		var id int
		err := f.db.QueryRowContext(ctx, find).Scan(&id)
		switch {
		case errors.Is(err, sql.ErrNoRows) && ctx.Err() == nil:
			continue
		case err != nil:
			return err
		}
		_, err = f.db.ExecContext(ctx, fmt.Sprintf(kill, id))
		return err
	}
}

var errCut = mysqldriver.ErrInvalidConn

// mockStream is a stream over a database whose answers are scripted.
func mockStream(t *testing.T) (*extract.Stream, sqlmock.Sqlmock) {
	t.Helper()
	db, mock, err := sqlmock.New(sqlmock.QueryMatcherOption(sqlmock.QueryMatcherFunc(func(string, string) error { return nil })))
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	mock.MatchExpectationsInOrder(true)
	answer(mock, mockRows())
	return streamOf(t, extract.NewMySQLSource(db), extract.Query{SQL: "SELECT id FROM t"}), mock
}

func mockRows() *sqlmock.Rows {
	return sqlmock.NewRowsWithColumnDefinition(sqlmock.NewColumn("id").OfType("BIGINT", int64(0)))
}

func answer(mock sqlmock.Sqlmock, rows *sqlmock.Rows) {
	mock.ExpectBegin()
	mock.ExpectPrepare("").ExpectQuery().WillReturnRows(rows)
	mock.ExpectRollback()
}

func TestAResultThatBreaksOffNeverPassesForAPage(t *testing.T) {
	t.Parallel()
	whole := func() *sqlmock.Rows { return mockRows().AddRow(int64(1)).AddRow(int64(2)).AddRow(int64(3)) }
	cut := func(after int, err error) *sqlmock.Rows { return whole().RowError(after, err) }
	for name, c := range map[string]struct {
		answers []*sqlmock.Rows
		rows    int
		want    error
	}{
		"it is asked for again":              {[]*sqlmock.Rows{cut(2, errCut), whole()}, 3, nil},
		"before the first row too":           {[]*sqlmock.Rows{cut(0, errCut), cut(1, errCut), whole()}, 3, nil},
		"three times at most":                {[]*sqlmock.Rows{cut(2, errCut), cut(1, errCut), cut(2, errCut)}, 0, errCut},
		"not where it would break off again": {[]*sqlmock.Rows{cut(2, errOdd)}, 0, errOdd},
		"nor where it cannot be closed":      {[]*sqlmock.Rows{whole().CloseError(errOdd)}, 0, errOdd},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stream, mock := mockStream(t)
			for _, rows := range c.answers {
				answer(mock, rows)
			}
			page, err := stream.Page(t.Context(), extract.Window{}, nil)
			require.ErrorIs(t, err, c.want)
			require.Equal(t, errors.Is(c.want, errCut), extract.Passes(err), "a connection may come back, anything else will not")
			require.Len(t, page.Rows, c.rows)
			require.NoError(t, mock.ExpectationsWereMet())
		})
	}
}

var errOdd = errors.New("odd")

func TestADeadConnectionIsTriedAgainAndAnAnswerIsNot(t *testing.T) {
	t.Parallel()
	stream, mock := mockStream(t)
	mock.ExpectBegin().WillReturnError(mysqldriver.ErrInvalidConn)
	mock.ExpectBegin()
	mock.ExpectPrepare("").ExpectQuery().WillReturnError(&mysqldriver.MySQLError{Number: 1213, Message: "Deadlock found"})
	mock.ExpectRollback()
	mock.ExpectBegin()
	mock.ExpectPrepare("").ExpectQuery().WillReturnError(&mysqldriver.MySQLError{Number: 1054, Message: "Unknown column 'x'"})
	mock.ExpectRollback()
	_, err := stream.Page(t.Context(), extract.Window{}, nil)
	require.ErrorContains(t, err, "Unknown column 'x'")
	require.NoError(t, mock.ExpectationsWereMet())
}

func TestWaitingToTryAgainEndsWithTheContext(t *testing.T) {
	t.Parallel()
	stream, mock := mockStream(t)
	mock.ExpectBegin().WillReturnError(mysqldriver.ErrInvalidConn)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := stream.Page(ctx, extract.Window{}, nil)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
