package config

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// source is the text of a file, by lines as YAML counts them.
type source struct {
	lines []string
}

// lineBreaks are all the characters that end a line for YAML.
var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

func newSource(content []byte) source {
	text := strings.TrimPrefix(string(content), "\ufeff") // which takes no column
	return source{strings.Split(lineBreaks.Replace(text), "\n")}
}

// line returns the line of a number that counts from 1; there is none behind the end.
func (s source) line(number int) (string, bool) {
	if number < 1 || number > len(s.lines) {
		return "", false
	}
	return s.lines[number-1], true
}

// within returns where the byte of a scalar's text stands, from its two spellings side by side. It returns false rather
// than a place that may be wrong.
func (s source) within(scalar *yaml.Node, offset int) (line, column int, ok bool) {
	switch {
	case offset < 0 || offset >= len(scalar.Value) || !utf8.RuneStart(scalar.Value[offset]):
		return 0, 0, false
	case scalar.Style&yaml.LiteralStyle != 0:
		return s.withinLiteral(scalar, offset)
	default:
		w, ok := s.begin(scalar)
		if !ok || !w.reach(scalar.Value, offset) {
			return 0, 0, false
		}
		text, _ := s.line(w.line)
		return w.line, 1 + utf8.RuneCountInString(text[:w.at]), true
	}
}

// withinLiteral looks into a block (|), whose lines are those of its text behind an indentation.
func (s source) withinLiteral(scalar *yaml.Node, offset int) (line, column int, ok bool) {
	before := scalar.Value[:offset]
	start := strings.LastIndexByte(before, '\n') + 1
	line = scalar.Line + 1 + strings.Count(before, "\n")
	text, _, _ := strings.Cut(scalar.Value[start:], "\n")
	whole, _ := s.line(line)
	indent, ok := strings.CutSuffix(whole, text)
	if !ok || strings.Trim(indent, " ") != "" {
		return 0, 0, false
	}
	return line, 1 + len(indent) + utf8.RuneCountInString(before[start:]), true
}
