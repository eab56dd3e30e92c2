package mapping

import (
	"errors"
	"fmt"
	"strings"

	"pvetl/extract"
)

// piece is a part of a template: a column's name, or text that stands for itself.
type piece struct {
	text     string
	isColumn bool
}

// parseTemplate splits a template at its placeholders. {{ and }} stand for braces.
func parseTemplate(template string) ([]piece, error) {
	var pieces []piece
	var text strings.Builder
	for rest := template; rest != ""; {
		at := strings.IndexAny(rest, "{}")
		if at < 0 {
			at = len(rest)
		}
		text.WriteString(rest[:at])
		if rest = rest[at:]; rest == "" {
			break
		}
		if strings.HasPrefix(rest, "{{") || strings.HasPrefix(rest, "}}") {
			text.WriteByte(rest[0])
			rest = rest[2:]
			continue
		}
		name, after, err := placeholder(rest)
		if err != nil {
			return nil, err
		}
		if text.Len() > 0 {
			pieces = append(pieces, piece{text: text.String()})
			text.Reset()
		}
		pieces, rest = append(pieces, piece{name, true}), after
	}
	if text.Len() > 0 {
		pieces = append(pieces, piece{text: text.String()})
	}
	return pieces, nil
}

// placeholder reads the column's name at the beginning of rest, which is a brace.
func placeholder(rest string) (name, after string, err error) {
	end := strings.IndexAny(rest[1:], "{}") + 1
	switch {
	case rest[0] == '}':
		return "", "", errors.New("a } without its {; a brace that is text is written }}")
	case end == 0 || rest[end] == '{':
		return "", "", fmt.Errorf("no } after %q; a brace that is text is written {{", cut(rest))
	case end == 1:
		return "", "", errors.New("a placeholder without a column: {}")
	}
	return rest[1:end], rest[end+1:], nil
}

// cut shows the beginning of a text.
func cut(text string) string {
	const shown = 20
	if len(text) <= shown {
		return text
	}
	return string(truncate([]byte(text), shown)) + "…"
}

// fill makes the template the field's source.
func (f *field) fill(template string, columns []extract.Column) error {
	pieces, err := parseTemplate(template)
	if err != nil {
		return err
	}
	indexes := make([]int, len(pieces))
	faults := make([]error, len(pieces))
	fixed := 0
	for i, p := range pieces {
		if !p.isColumn {
			fixed += len(p.text)
			continue
		}
		indexes[i], faults[i] = f.find(columns, p.text)
	}
	f.origin = template
	f.source = func(row extract.Row) []byte { return filled(pieces, indexes, fixed, row) }
	return errors.Join(faults...)
}

func filled(pieces []piece, indexes []int, fixed int, row extract.Row) []byte {
	size := fixed
	for i, p := range pieces {
		if !p.isColumn {
			continue
		}
		cell := row[indexes[i]]
		if cell.IsNull() {
			return nil
		}
		size += len(cell)
	}
	text := make([]byte, 0, size)
	for i, p := range pieces {
		if p.isColumn {
			text = append(text, row[indexes[i]]...)
		} else {
			text = append(text, p.text...)
		}
	}
	return text
}
