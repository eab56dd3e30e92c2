package scaffold

import (
	"slices"
	"strings"

	"pvetl/extract"
	"pvetl/internal/dsn"
)

func isText(c extract.TableColumn) bool {
	return c.Kind == extract.Text && !isInteger(c) && !isDecimal(c)
}

// isInteger also reads the types that SQLite's columns are declared with: there they are no kinds of their own.
func isInteger(c extract.TableColumn) bool {
	return c.Kind == extract.Integer || c.Kind == extract.Text && declared(c, "INT") && !declared(c, "INTERVAL", "POINT")
}

func isDecimal(c extract.TableColumn) bool {
	return c.Kind == extract.Decimal || c.Kind == extract.Text && declared(c, "REAL", "NUMERIC", "DECIMAL", "FLOAT", "DOUBLE")
}

func declared(c extract.TableColumn, words ...string) bool {
	kind := strings.ToUpper(c.Type)
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(kind, word) })
}

func isClock(c extract.TableColumn) bool {
	return c.Kind == extract.Date || c.Kind == extract.Timestamp || c.Kind == extract.Instant
}

// mayBeTime reports whether a column that is called like a time may be one: one by its type, a number of seconds, or, in
// SQLite, a text.
func (s *schema) mayBeTime(c extract.TableColumn) bool {
	return isClock(c) || isInteger(c) && !declared(c, "TINYINT", "SMALLINT") || s.dialect.kind == dsn.SQLite && isText(c)
}

// isLong reports whether a text may be long enough for a message.
func isLong(c extract.TableColumn) bool {
	return isText(c) && !declared(c, "ENUM", "UUID", "JSON", "INET") && !strings.EqualFold(c.Type, "CHAR") && !strings.EqualFold(c.Type, "character")
}

func isFlag(c extract.TableColumn) bool { return c.Kind == extract.Boolean || isInteger(c) }

func isBytes(c extract.TableColumn) bool { return c.Kind == extract.Bytes }

// isZoneless reports whether a time is read in the zone of the source.
func (s *schema) isZoneless(c extract.TableColumn) bool {
	return c.Kind == extract.Timestamp || c.Kind == extract.Date || s.dialect.kind == dsn.SQLite && isText(c)
}
