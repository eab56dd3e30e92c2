package extract

import (
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

func (p *postgres) among(b *builder, column Column, name string, keys []string) {
	cast := column.Type
	if _, ok := fits[cast]; !ok {
		cast, name = "text", printed(column, name)
	}
	b.text(name, " = ANY(CAST(CAST(")
	b.arg(arrayText(keys))
	b.text(" AS text) AS ", cast, "[]))")
}

func (*postgres) fitting(column Column, keys []string) []string {
	fit, ok := fits[column.Type]
	if !ok {
		return keys
	}
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !fit(key) })
}

// fits reports, for the types that keys usually have, whether the database can cast a text to them. Columns of these types
// are compared as they are, with their index; others as texts.
var fits = map[string]func(key string) bool{
	"smallint": isInteger(16),
	"integer":  isInteger(32),
	"bigint":   isInteger(64),
	"numeric":  isPlainNumber,
	"uuid":     func(key string) bool { return new(pgtype.UUID).Scan(key) == nil },
}

func isInteger(bits int) func(string) bool {
	return func(key string) bool {
		_, err := strconv.ParseInt(key, 10, bits)
		return err == nil
	}
}

func isPlainNumber(key string) bool {
	_, ok := number(key)
	return ok && !strings.ContainsAny(key, "eE") // as an id would look by chance
}

var escapeElement = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// arrayText writes texts as Postgres writes an array.
func arrayText(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = `"` + escapeElement.Replace(text) + `"`
	}
	return "{" + strings.Join(quoted, ",") + "}"
}
