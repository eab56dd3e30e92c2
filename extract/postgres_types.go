package extract

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// typesOf asks the catalogue what the types of a result are, domains, enums and arrays included.
func typesOf(ctx context.Context, pg *pgconn.PgConn, fields []pgconn.FieldDescription) (map[uint32]Column, error) {
	var oids []string
	for _, field := range fields {
		oids = append(oids, strconv.FormatUint(uint64(field.DataTypeOID), 10))
	}
	result := pg.ExecParams(ctx, `SELECT oid, format_type(oid, NULL), CASE WHEN typcategory = 'A' THEN typelem ELSE 0 END
		FROM pg_catalog.pg_type WHERE oid = ANY(CAST(CAST($1 AS text) AS oid[]))`, [][]byte{[]byte(arrayText(oids))}, nil, nil, nil)
	types := make(map[uint32]Column)
	for result.NextRow() {
		values := result.Values()
		oid, _ := strconv.ParseUint(string(values[0]), 10, 32)
		elem, _ := strconv.ParseUint(string(values[2]), 10, 32)
		column := Column{Kind: postgresKind(uint32(oid)), Type: string(values[1])}
		if elem != 0 {
			column.Kind, column.Elem = Array, postgresKind(uint32(elem))
		}
		types[uint32(oid)] = column
	}
	_, err := result.Close()
	return types, err
}

func postgresKind(oid uint32) Kind {
	switch oid {
	case pgtype.BoolOID:
		return Boolean
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID:
		return Integer
	case pgtype.NumericOID, pgtype.Float4OID, pgtype.Float8OID:
		return Decimal
	case pgtype.DateOID:
		return Date
	case pgtype.TimestampOID:
		return Timestamp
	case pgtype.TimestamptzOID:
		return Instant
	case pgtype.ByteaOID:
		return Bytes
	default:
		return Text
	}
}
