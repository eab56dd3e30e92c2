package extract

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgres reads over pgx with every parameter and every result as text: what arrives is what psql would print.
type postgres struct {
	pool  *pgxpool.Pool
	begin string // opens the transaction that a query runs in
}

func (*postgres) backslash() bool          { return false }
func (*postgres) typed() bool              { return false }
func (*postgres) typeOf(string) string     { return "" }
func (*postgres) instantSuffix() string    { return "+00" }
func (*postgres) createIndex() string      { return "CREATE INDEX CONCURRENTLY" }
func (*postgres) quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
func (*postgres) placeholder(n int) string { return "$" + strconv.Itoa(n) }
func (*postgres) cell(name string) string  { return name }
func (p *postgres) close()                 { p.pool.Close() }

func (*postgres) grace() time.Duration { return graceAfterTimeout }

// clockQuery returns, on a replica, the time up to which it has followed: what was written later is not there yet.
func (*postgres) clockQuery() string {
	return `SELECT to_char(least(clock_timestamp(), CASE WHEN pg_is_in_recovery() THEN pg_last_xact_replay_timestamp() END)
		AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`
}

func (*postgres) ordered(column Column, name string) string {
	if isNative(column) {
		return name
	}
	return printed(column, name) + ` COLLATE "C"`
}

// printed writes a value as the text that arrives, which is not what every type is cast to: an inet is cast to
// 10.0.0.1/32 and the blanks of a char(n) are cut.
func printed(column Column, name string) string {
	if column.Type == "text" || column.Type == "character varying" {
		return name
	}
	return "CASE WHEN " + name + " IS NOT NULL THEN format('%s', " + name + ") END"
}

// size asks for no more than the length of a bytea or a text, which stands apart from a large value.
func (*postgres) size(column Column, name string) string {
	if column.Kind == Bytes {
		return "octet_length(" + name + ")"
	}
	return "octet_length(" + printed(column, name) + ")"
}

// isNative reports whether a type has an order in which different values never tie.
func isNative(column Column) bool {
	return column.Kind != Text && column.Kind != Bytes && column.Kind != Array || column.Type == "uuid"
}

func (*postgres) bound(b *builder, column Column, value, _ string) {
	b.text("CAST(CAST(")
	b.arg(value)
	b.text(" AS text) AS ", castType(column), ")")
}

func castType(column Column) string {
	if isNative(column) {
		return column.Type
	}
	return "text"
}

func (*postgres) extreme(column Column, greatest bool) (value, class string) {
	limits, ok := postgresLimits[column.Type]
	switch {
	case ok:
	case column.Kind.isTime():
		limits = [2]string{"-infinity", "infinity"}
	default:
		limits = [2]string{"", "\U0010FFFF"}
	}
	if greatest {
		return limits[1], ""
	}
	return limits[0], ""
}

var postgresLimits = map[string][2]string{
	"smallint":         {"-32768", "32767"},
	"integer":          {"-2147483648", "2147483647"},
	"bigint":           {"-9223372036854775808", "9223372036854775807"},
	"oid":              {"0", "4294967295"},
	"numeric":          {"-1e300", "1e300"},
	"real":             {"-infinity", "infinity"},
	"double precision": {"-infinity", "infinity"},
	"boolean":          {"false", "true"},
	"uuid":             {"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"},
}

// inTransaction runs work between the pinned BEGIN and ROLLBACK. Nothing was written, so nothing is committed.
func (p *postgres) inTransaction(ctx context.Context, work func(*pgconn.PgConn) error) error {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release() // a connection that broke or is still in its transaction is closed by the pool
	pg := conn.Conn().PgConn()
	if _, err := pg.Exec(ctx, p.begin).ReadAll(); err != nil {
		return err
	}
	if err := work(pg); err != nil {
		return err
	}
	_, err = pg.Exec(ctx, "ROLLBACK").ReadAll()
	return err
}

// errEnough ends a result that goes on. Its connection is given up: to keep it, the rest would have to be read.
var errEnough = errors.New("enough rows")

func (p *postgres) read(ctx context.Context, sql string, args []any, columns []Column, into *collector) error {
	err := p.inTransaction(ctx, func(pg *pgconn.PgConn) error {
		result := pg.ExecParams(ctx, sql, textArgs(args), nil, nil, nil)
		scratch := make([]byte, 0, len("false"))
		for result.NextRow() {
			into.row()
			for i, value := range result.Values() {
				text, err := decodePostgres(columns[i], value, scratch)
				if err != nil {
					return err
				}
				into.set(i, text)
			}
			if into.full() {
				return errEnough
			}
		}
		_, err := result.Close()
		return err
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func textArgs(args []any) [][]byte {
	texts := make([][]byte, len(args))
	for i, arg := range args {
		texts[i] = fmt.Append([]byte{}, arg) // an empty text is not nil, which is NULL
	}
	return texts
}

// decodePostgres spells booleans out and takes bytea out of its hexadecimal text; everything else is its own text, and
// NULL nil.
func decodePostgres(column Column, text, scratch []byte) ([]byte, error) {
	switch {
	case column.Kind == Boolean && len(text) == 1:
		return strconv.AppendBool(scratch[:0], text[0] == 't'), nil
	case column.Kind == Bytes && len(text) >= 2 && text[0] == '\\' && text[1] == 'x':
		return hex.AppendDecode(make([]byte, 0, len(text)/2), text[2:])
	default:
		return text, nil
	}
}

func (p *postgres) describe(ctx context.Context, sql string, args []any) ([]Column, error) {
	var columns []Column
	err := p.inTransaction(ctx, func(pg *pgconn.PgConn) error {
		result := pg.ExecParams(ctx, sql, textArgs(args), nil, nil, nil)
		fields := append([]pgconn.FieldDescription(nil), result.FieldDescriptions()...)
		if _, err := result.Close(); err != nil {
			return err
		}
		types, err := typesOf(ctx, pg, fields)
		if err != nil {
			return err
		}
		for _, field := range fields {
			column := types[field.DataTypeOID]
			column.Name = field.Name
			columns = append(columns, column)
		}
		return nil
	})
	return columns, err
}

// transient also asks again where a table was altered under a plan that a pooler or a function had kept: the plan is
// made anew then.
func (*postgres) transient(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		if pg.Code == "0A000" {
			return pg.Routine == "RevalidateCachedQuery" || strings.Contains(pg.Message, "cached plan must not change result type")
		}
		return strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "57P") || pg.Code == "40001" || pg.Code == "40P01"
	}
	return pgconn.SafeToRetry(err) || isBrokenConnection(err)
}

// complaint counts in characters, from 1.
func (*postgres) complaint(err error, sent string) int {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || pg.Position < 1 {
		return 0
	}
	characters := 0
	for i := range sent {
		if characters++; characters == int(pg.Position) {
			return i
		}
	}
	return 0
}

// timedOut tells the limit from a person by the words, which are English unless someone changed lc_messages.
func (*postgres) timedOut(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pg.Code == "57014" && !strings.Contains(pg.Message, "user request")
}
