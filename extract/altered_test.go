package extract_test

import (
	"io"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	mysqldriver "github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"pvetl/extract"
	"pvetl/internal/secret"
)

func TestATableThatIsAlteredBetweenPages(t *testing.T) {
	t.Parallel()
	retyped := map[string]string{
		"postgres": "ALTER TABLE t ALTER COLUMN extra TYPE text",
		"mysql":    "ALTER TABLE t MODIFY extra varchar(20)",
	}
	onEach(t, func(t *testing.T, f *fixture) {
		f.exec(t, "CREATE TABLE t (id integer, extra integer, name varchar(20))")
		f.insert(t, "t", []any{1, 1, "a"}, []any{2, 2, "b"}, []any{3, 3, "c"}, []any{4, 4, "d"})
		stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t", PageSize: 1})
		var after *extract.Position
		next := func() ([]string, error) {
			page, err := stream.Page(t.Context(), extract.Window{}, after)
			if err == nil {
				after = &page.Last
			}
			return texts(page.Rows), err
		}
		rows, err := next()
		require.NoError(t, err)
		require.Equal(t, []string{"1|1|a"}, rows)

		f.exec(t, "ALTER TABLE t ADD COLUMN another integer")
		rows, err = next()
		require.NoError(t, err)
		require.Equal(t, []string{"2|2|b"}, rows, "a column more changes nothing")

		if change := retyped[f.name]; change != "" {
			f.exec(t, change)
		}
		rows, err = next()
		require.NoError(t, err)
		require.Equal(t, []string{"3|3|c"}, rows, "nor does a type that is wider")

		f.exec(t, "ALTER TABLE t RENAME COLUMN name TO title")
		_, err = next()
		require.ErrorContains(t, err, "name", "a column that is missing is named")
		f.exec(t, "ALTER TABLE t RENAME COLUMN title TO name")
		f.exec(t, "ALTER TABLE t DROP COLUMN extra")
		_, err = next()
		require.ErrorContains(t, err, "extra")
		f.exec(t, "ALTER TABLE t ADD COLUMN extra integer")
		rows, err = next()
		require.NoError(t, err)
		require.Equal(t, []string{"4|<NULL>|d"}, rows, "after a failure the same page is read")
	})
}

func TestAPlanThatWasKeptOverAnAlterationIsMadeAnew(t *testing.T) {
	t.Parallel()
	kept := &pgproto3.ErrorResponse{Severity: "ERROR", Code: "0A000", Message: "cached plan must not change result type"}
	translated := &pgproto3.ErrorResponse{
		Severity: "ERROR", Code: "0A000", Message: "il piano non deve cambiare il tipo", Routine: "RevalidateCachedQuery",
	}
	other := &pgproto3.ErrorResponse{Severity: "ERROR", Code: "0A000", Message: "cross-database references are not implemented"}
	for name, c := range map[string]struct {
		answers []*pgproto3.ErrorResponse
		want    string
	}{
		"once":                      {[]*pgproto3.ErrorResponse{kept}, ""},
		"in the server's language":  {[]*pgproto3.ErrorResponse{translated}, ""},
		"for ever":                  {[]*pgproto3.ErrorResponse{kept, kept, kept}, "cached plan must not change result type"},
		"whatever else is no error": {[]*pgproto3.ErrorResponse{other}, "cross-database references"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, postgres)
			f.insert(t, "created", []any{1})
			proxy := startPooler(t, f.dsn)
			stream := f.stream(t, extract.Query{SQL: "SELECT id FROM created"}, func(o *extract.Options) { o.DSN = secret.Text(proxy.dsn) })
			proxy.refuse(c.answers)
			page, err := stream.Page(t.Context(), extract.Window{}, nil)
			require.Empty(t, *proxy.answers.Load())
			if c.want != "" {
				require.ErrorContains(t, err, c.want)
				return
			}
			require.NoError(t, err)
			require.Len(t, page.Rows, 1)
		})
	}
}

// pooler stands between us and a Postgres server, as one does that keeps prepared statements, and can answer in its stead.
type pooler struct {
	dsn     string
	answers atomic.Pointer[[]*pgproto3.ErrorResponse]
}

// refuse has the next queries answered with errors, one each.
func (p *pooler) refuse(answers []*pgproto3.ErrorResponse) { p.answers.Store(&answers) }

func startPooler(t *testing.T, dsn string) *pooler {
	t.Helper()
	address, err := url.Parse(dsn)
	require.NoError(t, err)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	server := address.Host
	address.Host = listener.Addr().String()
	p := &pooler{dsn: address.String()}
	p.refuse(nil)
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			upstream, err := new(net.Dialer).DialContext(t.Context(), "tcp", server)
			if err != nil {
				_ = client.Close()
				return
			}
			go func() {
				_, _ = io.Copy(client, upstream)
				_ = client.Close()
			}()
			go p.forward(client, upstream)
		}
	}()
	return p
}

// forward passes on what the client says, which is a whole query at a time when it begins with a Parse message.
func (p *pooler) forward(client, upstream net.Conn) {
	defer upstream.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		answers := *p.answers.Load()
		if len(answers) > 0 && strings.HasPrefix(string(buffer[:n]), "P") {
			p.refuse(answers[1:])
			answer, _ := answers[0].Encode(nil)
			answer, _ = (&pgproto3.ReadyForQuery{TxStatus: 'E'}).Encode(answer)
			_, err = client.Write(answer)
		} else {
			_, err = upstream.Write(buffer[:n])
		}
		if err != nil {
			return
		}
	}
}

func TestAStatementThatMySQLWantsPreparedAgainIs(t *testing.T) {
	t.Parallel()
	for _, number := range []uint16{1412, 1615} {
		stream, mock := mockStream(t)
		mock.ExpectBegin()
		mock.ExpectPrepare("").ExpectQuery().WillReturnError(&mysqldriver.MySQLError{Number: number, Message: "the table was altered"})
		mock.ExpectRollback()
		answer(mock, mockRows().AddRow(int64(1)))
		page, err := stream.Page(t.Context(), extract.Window{}, nil)
		require.NoError(t, err)
		require.Len(t, page.Rows, 1)
		require.NoError(t, mock.ExpectationsWereMet())
	}
}
