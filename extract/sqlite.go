package extract

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The classes of SQLite's values: a column has no type, each value has its own.
const (
	classText    = "text"
	classInteger = "integer"
	classReal    = "real"
	classBlob    = "blob"
)

// sqliteDB reads a SQLite file.
type sqliteDB struct {
	db *sql.DB
}

func openSQLite(ctx context.Context, options Options) (database, []string, error) {
	path := strings.TrimPrefix(options.DSN.Reveal(), "sqlite:")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("there is no SQLite file %s", path)
	}
	query := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)", "query_only(1)", "trusted_schema(0)"}}
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query.Encode()}).String()
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, nil, err
	}
	db := sql.OpenDB(readOnly{connector})
	db.SetMaxOpenConns(options.connections())
	db.SetMaxIdleConns(options.connections())
	if _, err := db.ExecContext(ctx, "SELECT count(*) FROM sqlite_schema"); err != nil {
		_ = db.Close()
		return nil, nil, fmt.Errorf("opening the SQLite file %s: %w", path, err)
	}
	return &sqliteDB{db}, nil, nil
}

// readOnly lets its connections do nothing but read: mode=ro stops at the file at hand, and ATTACH could still create
// another one.
type readOnly struct{ driver.Connector }

// Connect implements driver.Connector.
func (r readOnly) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := r.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	guarded, ok := conn.(sqlite.AuthorizerRegisterer)
	if !ok {
		return nil, errors.Join(errors.New("the SQLite driver takes no authorizer"), conn.Close())
	}
	if err := guarded.RegisterAuthorizer(onlyReading); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

func onlyReading(action sqlite.AuthorizerActionCode, name, _, _, _ string) sqlite.AuthorizerReturnCode {
	switch {
	case slices.Contains(reading, action), action == sqlite.AuthPragma && isCataloguePragma(name):
		return sqlite.AuthorizerOK
	default:
		return sqlite.AuthorizerDeny
	}
}

var reading = []sqlite.AuthorizerActionCode{
	sqlite.AuthSelect, sqlite.AuthRead, sqlite.AuthFunction, sqlite.AuthRecursive, sqlite.AuthTransaction,
}

func (*sqliteDB) backslash() bool             { return false }
func (*sqliteDB) typed() bool                 { return true }
func (*sqliteDB) typeOf(name string) string   { return "typeof(" + name + ")" }
func (*sqliteDB) instantSuffix() string       { return "" }
func (*sqliteDB) createIndex() string         { return "CREATE INDEX" }
func (*sqliteDB) quote(name string) string    { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
func (*sqliteDB) placeholder(int) string      { return "?" }
func (*sqliteDB) clockQuery() string          { return "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')" }
func (*sqliteDB) timedOut(error) bool         { return false } // it has no limit of its own
func (*sqliteDB) complaint(error, string) int { return 0 }
func (*sqliteDB) grace() time.Duration        { return 0 }
func (s *sqliteDB) close()                    { _ = s.db.Close() }

// cell takes the declared type off a column: by it the driver would turn a text into a time and a number into a boolean.
func (*sqliteDB) cell(name string) string { return "+" + name }

func (*sqliteDB) ordered(_ Column, name string) string { return name + " COLLATE BINARY" }

// size makes bytes of a text, whose length would be that of its characters, up to the first that is zero.
func (*sqliteDB) size(_ Column, name string) string { return "length(CAST(" + name + " AS BLOB))" }

func (*sqliteDB) bound(b *builder, _ Column, value, class string) {
	b.arg(classified(value, class))
}

// classified makes a value of its class again: SQLite sorts a number before every text, also before its own digits. What
// is integer and what real may change with a number's value, so the text decides.
func classified(value, class string) any {
	switch class {
	case classBlob:
		return []byte(value)
	case classInteger, classReal:
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			return n
		}
		if f, err := strconv.ParseFloat(value, 64); err == nil {
			return f
		}
	}
	return value
}

func (*sqliteDB) fitting(_ Column, keys []string) []string { return keys }

// among names a key that is digits both ways, as number and as text: which of them a column holds is known for none.
func (*sqliteDB) among(b *builder, _ Column, name string, keys []string) {
	values := make([]any, 0, 2*len(keys))
	for _, key := range keys {
		values = append(values, key)
		if n, err := strconv.ParseInt(key, 10, 64); err == nil {
			values = append(values, n)
		}
	}
	b.text(name, " IN (")
	b.argList(values)
	b.text(")")
}

// extreme is a bound that SQLite's time functions understand too, and with some room to add to it and take off: 1 is the
// second day of their calendar, and less than every text.
func (*sqliteDB) extreme(column Column, greatest bool) (value, class string) {
	switch {
	case greatest:
		return "9000-01-01 00:00:00", classText
	case strings.Contains(strings.ToUpper(column.Type), "INT"):
		return strconv.Itoa(math.MinInt64), classInteger
	default:
		return "1", classInteger
	}
}

func (s *sqliteDB) read(ctx context.Context, query string, args []any, _ []Column, into *collector) error {
	return readSQL(ctx, s.db, query, args, into, func(dst []byte, _ int, value any) ([]byte, error) {
		if f, ok := value.(float64); ok {
			return appendReal(dst, f), nil
		}
		return appendValue(dst, value)
	})
}

// appendReal writes a number as SQLite does: a point tells it from an integer.
func appendReal(dst []byte, f float64) []byte {
	dst = appendFloat(dst, f, 64)
	if bytes.ContainsAny(dst, ".eI") {
		return dst
	}
	return append(dst, ".0"...)
}

// describe gives columns of one name their name back, of which SQLite makes id and id:1.
func (s *sqliteDB) describe(ctx context.Context, query string, args []any) ([]Column, error) {
	columns, err := describeSQL(ctx, s.db, query, args, sqliteKind)
	for i, column := range columns {
		name, _, _ := strings.Cut(column.Name, ":")
		if slices.ContainsFunc(columns[:i], func(c Column) bool { return strings.EqualFold(c.Name, name) }) {
			columns[i].Name = name
		}
	}
	return columns, err
}

// sqliteKind reads a declared type. Text is the safe answer: it claims nothing about the values.
func sqliteKind(declared string) Kind {
	declared, _, _ = strings.Cut(strings.ToUpper(declared), "(")
	switch {
	case declared == "DATE":
		return Date
	case declared == "DATETIME", strings.HasPrefix(declared, "TIMESTAMP"):
		return Timestamp
	case declared == "BLOB":
		return Bytes
	default:
		return Text
	}
}

func (*sqliteDB) transient(err error) bool {
	var failed *sqlite.Error
	return errors.As(err, &failed) && failed.Code()&0xff == sqlite3.SQLITE_BUSY
}
