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
	offset   int // of a column's name in the template, in bytes
}

// slip is a fault at one place of a text in jobs.yaml.
type slip struct {
	offset     int // in bytes
	message    string
	suggestion string
}

func (s *slip) Error() string { return s.message }

// parseTemplate splits a template at its placeholders. {{ and }} stand for braces.
func parseTemplate(template string) ([]piece, *slip) {
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
		at = len(template) - len(rest)
		name, after, wrong := placeholder(rest)
		if wrong != "" {
			return nil, &slip{offset: at, message: wrong}
		}
		if text.Len() > 0 {
			pieces = append(pieces, piece{text: text.String()})
			text.Reset()
		}
		pieces, rest = append(pieces, piece{name, true, at + 1}), after
	}
	if text.Len() > 0 {
		pieces = append(pieces, piece{text: text.String()})
	}
	return pieces, nil
}

// placeholder reads the column's name at the beginning of rest, which is a brace, or says what is wrong with it.
func placeholder(rest string) (name, after, wrong string) {
	end := strings.IndexAny(rest[1:], "{}") + 1
	switch {
	case rest[0] == '}':
		return "", "", "a } without its {; a brace that is text is written }}"
	case end == 0 || rest[end] == '{':
		return "", "", fmt.Sprintf("no } after %q; a brace that is text is written {{", cut(rest))
	case end == 1:
		return "", "", "a placeholder without a column: {}"
	}
	return rest[1:end], rest[end+1:], ""
}

// cut shows the beginning of a text.
func cut(text string) string { return cutAt(text, 20) }

func cutAt(text string, most int) string {
	if begin := truncate([]byte(text), most); len(begin) < len(text) {
		return string(begin) + "…"
	}
	return text
}

// fill makes the template the field's source.
func (f *field) fill(template string, columns []extract.Column) error {
	pieces, wrong := parseTemplate(template)
	if wrong != nil {
		return wrong
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
	f.source = func(row extract.Row) ([]byte, *refusal) { return filled(pieces, indexes, fixed, row), nil }
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
