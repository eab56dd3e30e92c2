package extract

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"math"
	"net"
	"strconv"
	"strings"
)

// readSQL collects a query's rows over database/sql, in a read-only transaction of its own.
func readSQL(ctx context.Context, db *sql.DB, query string, args []any, into *collector, text textOf) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return queryReadOnly(ctx, db, query, args, func(rows *sql.Rows) error {
		cells := make([]cellScanner, into.columns)
		targets := make([]any, into.columns)
		for i := range cells {
			cells[i] = cellScanner{column: i, into: into, text: text, scratch: make([]byte, 0, 64)}
			targets[i] = &cells[i]
		}
		for !into.full() && rows.Next() {
			into.row()
			if err := rows.Scan(targets...); err != nil {
				return err
			}
		}
		if into.full() {
			cancel() // MySQL's driver would otherwise read the rest and throw it away
			return nil
		}
		return rows.Err() // a connection that died looks like the end of the rows until here
	})
}

// queryReadOnly runs one prepared statement: without arguments a driver would send plain text, which may hold several
// statements and in which MySQL rounds floats.
func queryReadOnly(ctx context.Context, db *sql.DB, query string, args []any, work func(*sql.Rows) error) error {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	statement, err := tx.PrepareContext(ctx, query)
	if err != nil {
		return err
	}
	defer statement.Close()
	rows, err := statement.QueryContext(ctx, args...) //nolint:rowserrcheck // work reads the rows and asks for their error
	if err != nil {
		return err
	}
	defer rows.Close()
	return work(rows)
}

// describeSQL returns the columns of a query that returns no rows.
func describeSQL(ctx context.Context, db *sql.DB, query string, args []any, kind func(databaseType string) Kind) ([]Column, error) {
	var columns []Column
	err := queryReadOnly(ctx, db, query, args, func(rows *sql.Rows) error {
		types, err := rows.ColumnTypes()
		if err != nil {
			return err
		}
		for _, t := range types {
			columns = append(columns, Column{Name: t.Name(), Kind: kind(t.DatabaseTypeName()), Type: t.DatabaseTypeName()})
		}
		for rows.Next() { // there are no rows; Next is what finds out that the query failed
		}
		return rows.Err()
	})
	return columns, err
}

// textOf writes a driver's value as the database's own text; nil is NULL.
type textOf func(dst []byte, column int, value any) ([]byte, error)

// cellScanner takes a driver's value as it is, before database/sql converts it.
type cellScanner struct {
	column  int
	into    *collector
	text    textOf
	scratch []byte
}

// Scan implements sql.Scanner.
func (c *cellScanner) Scan(value any) error {
	if value == nil {
		return nil
	}
	if raw, ok := value.([]byte); ok && raw == nil {
		value = []byte{}
	}
	text, err := c.text(c.scratch[:0], c.column, value)
	if err != nil {
		return err
	}
	c.into.set(c.column, text)
	return nil
}

// appendValue writes the values that drivers have in common.
func appendValue(dst []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case []byte:
		return v, nil
	case string:
		return append(dst, v...), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case uint64:
		return strconv.AppendUint(dst, v, 10), nil
	case float32:
		return appendFloat(dst, float64(v), 32), nil
	case float64:
		return appendFloat(dst, v, 64), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	default:
		return nil, errors.New("the driver returned a value of a kind that is not known here")
	}
}

// appendFloat writes the fewest digits that name the number, in the forms that databases use.
func appendFloat(dst []byte, f float64, bits int) []byte {
	size := math.Abs(f)
	switch {
	case math.IsInf(f, 0):
		return append(dst, strings.TrimPrefix(strconv.FormatFloat(f, 'g', -1, bits)+"inity", "+")...)
	case size != 0 && size < 1e-4 || size >= 1e15:
		return strconv.AppendFloat(dst, f, 'e', -1, bits)
	default:
		return strconv.AppendFloat(dst, f, 'f', -1, bits)
	}
}

// isBrokenConnection reports whether an error means that the connection is gone, rather than that the database answered.
func isBrokenConnection(err error) bool {
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.As(err, &network)
}
