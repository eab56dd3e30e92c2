package extract

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/go-sql-driver/mysql"
)

// mySQL reads MySQL and MariaDB with prepared statements.
type mySQL struct {
	db *sql.DB
}

func (*mySQL) backslash() bool          { return true }
func (*mySQL) typed() bool              { return false }
func (*mySQL) typeOf(string) string     { return "" }
func (*mySQL) instantSuffix() string    { return "" }
func (*mySQL) createIndex() string      { return "CREATE INDEX" }
func (*mySQL) quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
func (*mySQL) placeholder(int) string   { return "?" }
func (*mySQL) cell(name string) string  { return name }
func (*mySQL) clockQuery() string       { return "SELECT UTC_TIMESTAMP(6)" }
func (*mySQL) grace() time.Duration     { return graceAfterTimeout }
func (m *mySQL) close()                 { _ = m.db.Close() }

// ordered makes UTF-8 of a text, whatever the column's character set is: that is how values are bound.
func (*mySQL) ordered(column Column, name string) string {
	if column.Kind == Text {
		return "CAST(CONVERT(" + name + " USING utf8mb4) AS BINARY)"
	}
	return name
}

func (*mySQL) size(_ Column, name string) string { return "LENGTH(" + name + ")" }

func (*mySQL) bound(b *builder, column Column, value, _ string) {
	switch column.Kind {
	case Integer:
		b.arg(integerArg(value))
	case Decimal:
		if bits, ok := mysqlFloats[column.Type]; ok {
			b.arg(floatArg(value, bits))
			return
		}
		_, fraction, _ := strings.Cut(value, ".")
		b.text("CAST(")
		b.arg(value)
		b.text(" AS DECIMAL(65,", strconv.Itoa(len(fraction)), "))")
	case Date:
		b.text("CAST(")
		b.arg(value)
		b.text(" AS DATE)")
	case Timestamp, Instant:
		b.text("CAST(")
		b.arg(value)
		b.text(" AS DATETIME(6))")
	default:
		b.text("CAST(")
		b.arg(value)
		b.text(" AS BINARY)")
	}
}

// integerArg binds an integer as one, where it is one: as text it would be compared as a float.
func integerArg(value string) any {
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		return n
	}
	if n, err := strconv.ParseUint(value, 10, 64); err == nil {
		return n
	}
	return value
}

var mysqlFloats = map[string]int{"FLOAT": 32, "DOUBLE": 64}

// floatArg binds the very number that the text of a column of so many bits stands for.
func floatArg(value string, bits int) any {
	if f, err := strconv.ParseFloat(value, bits); err == nil {
		return f
	}
	return value
}

// fitting leaves out what is no integer: among integers it would make floats of all of them.
func (*mySQL) fitting(column Column, keys []string) []string {
	if column.Kind != Integer {
		return keys
	}
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool {
		_, isText := integerArg(key).(string)
		return isText
	})
}

func (*mySQL) among(b *builder, column Column, name string, keys []string) {
	values := make([]any, len(keys))
	for i, key := range keys {
		values[i] = key
		if column.Kind == Integer {
			values[i] = integerArg(key)
		}
	}
	if column.Kind == Text && slices.ContainsFunc(keys, beyondASCII) { // not every character set has such characters
		name = "CONVERT(" + name + " USING utf8mb4)"
	}
	b.text(name, " IN (")
	b.argList(values)
	b.text(")")
}

func beyondASCII(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII })
}

func (*mySQL) extreme(column Column, greatest bool) (value, class string) {
	limits := map[Kind][2]string{
		Date:      {"1000-01-01", "9000-01-01"},
		Timestamp: {"1000-01-01 00:00:00", "9000-01-01 00:00:00"},
		Instant:   {"1970-01-01 00:00:01", "2038-01-19 03:14:07.999999"},
		Integer:   {"-9223372036854775808", "18446744073709551615"},
		Decimal:   {"-99999999999999999999999999999999999", "99999999999999999999999999999999999"},
	}
	limit, ok := limits[column.Kind]
	if !ok {
		limit = [2]string{"", "\U0010FFFF"}
	}
	if greatest {
		return limit[1], ""
	}
	return limit[0], ""
}

func (m *mySQL) read(ctx context.Context, query string, args []any, columns []Column, into *collector) error {
	text := func(dst []byte, i int, value any) ([]byte, error) {
		if raw, ok := value.([]byte); ok {
			return decodeMySQL(dst, columns[i], raw)
		}
		return appendValue(dst, value)
	}
	return readSQL(ctx, m.db, query, args, into, text)
}

// decodeMySQL makes NULL of a zero date, which stands for no date, and a number of a BIT.
func decodeMySQL(dst []byte, column Column, raw []byte) ([]byte, error) {
	switch {
	case column.Type == "BIT":
		var n uint64
		for _, b := range raw {
			n = n<<8 | uint64(b)
		}
		return strconv.AppendUint(dst, n, 10), nil
	case column.Kind.isTime() && strings.HasPrefix(string(raw), "0000-00-00"):
		return nil, nil
	default:
		return raw, nil
	}
}

func (m *mySQL) describe(ctx context.Context, query string, args []any) ([]Column, error) {
	return describeSQL(ctx, m.db, query, args, mysqlKind)
}

// mysqlInstant is the one type of MySQL's that means UTC, whatever the zone of the others.
const mysqlInstant = "TIMESTAMP"

func mysqlKind(databaseType string) Kind {
	switch strings.TrimPrefix(databaseType, "UNSIGNED ") {
	case "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "YEAR", "BIT":
		return Integer
	case "DECIMAL", "FLOAT", "DOUBLE":
		return Decimal
	case "DATE":
		return Date
	case "DATETIME":
		return Timestamp
	case mysqlInstant:
		return Instant
	case "BLOB", "TINYBLOB", "MEDIUMBLOB", "LONGBLOB", "BINARY", "VARBINARY", "GEOMETRY", "VECTOR":
		return Bytes
	default:
		return Text
	}
}

func (*mySQL) transient(err error) bool {
	if answered, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return slices.Contains(mysqlTransient, answered.Number)
	}
	return errors.Is(err, mysql.ErrInvalidConn) || isBrokenConnection(err)
}

// mysqlTransient are the server's codes for a shutdown, a lock wait, a deadlock, an interrupted query, a table altered
// since the transaction began, a statement to be prepared again, a killed connection.
var mysqlTransient = []uint16{1053, 1205, 1213, 1317, 1412, 1615, 1927}

// complaint looks for the text that a syntax error quotes: all that follows, or its beginning.
func (*mySQL) complaint(err error, sent string) int {
	answered, ok := errors.AsType[*mysql.MySQLError](err)
	if !ok || answered.Number != 1064 {
		return 0
	}
	_, near, _ := strings.Cut(answered.Message, "near '")
	if end := strings.LastIndex(near, "' at line "); end > 0 && strings.Count(sent, near[:end]) == 1 {
		return strings.Index(sent, near[:end])
	}
	return 0
}

// timedOut knows MariaDB's code, then MySQL's.
func (*mySQL) timedOut(err error) bool {
	answered, ok := errors.AsType[*mysql.MySQLError](err)
	return ok && (answered.Number == 1969 || answered.Number == 3024)
}
