package extract

import "strings"

// builder writes a statement and collects its bound arguments.
type builder struct {
	db   database
	sql  strings.Builder
	args []any
}

func (b *builder) text(parts ...string) {
	for _, part := range parts {
		b.sql.WriteString(part)
	}
}

// arg binds a value and writes its placeholder.
func (b *builder) arg(value any) {
	b.args = append(b.args, value)
	b.sql.WriteString(b.db.placeholder(len(b.args)))
}

// argList binds values and writes their placeholders, separated by commas, as IN takes them. NULL stands for none.
func (b *builder) argList(values []any) {
	if len(values) == 0 {
		b.text("NULL")
	}
	for i, value := range values {
		if i > 0 {
			b.text(", ")
		}
		b.arg(value)
	}
}
