package config

import (
	"strings"

	"gopkg.in/yaml.v3"
)

const blanks = " \t"

// walk goes along a scalar as the file spells it.
type walk struct {
	source

	line   int  // from 1
	at     int  // the byte in that line
	quote  byte // that the scalar stands in; 0 for none
	folded bool // a block (>)
	indent int  // of such a block
}

// begin returns a walk at the first character of a scalar's text.
func (s source) begin(scalar *yaml.Node) (*walk, bool) {
	text, _ := s.line(scalar.Line)
	w := &walk{source: s, line: scalar.Line, at: byteOf(text, scalar.Column), folded: scalar.Style&yaml.FoldedStyle != 0}
	switch {
	case w.folded:
		return w, w.enterBlock(text[w.at:])
	case scalar.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		if w.at >= len(text) || text[w.at] != '"' && text[w.at] != '\'' {
			return w, false
		}
		w.quote = text[w.at]
		w.at++
	}
	return w, true
}

// byteOf returns where the character of a column, from 1, begins.
func byteOf(text string, column int) int {
	for at := range text {
		if column--; column == 0 {
			return at
		}
	}
	return len(text)
}

// enterBlock goes to the first line of a block, whose indentation is that of the block unless its header gives one.
func (w *walk) enterBlock(header string) bool {
	if strings.ContainsAny(header, "0123456789") {
		return false
	}
	text, ok := w.source.line(w.line + 1)
	w.indent = len(text) - len(strings.TrimLeft(text, " "))
	w.line, w.at = w.line+1, w.indent
	return ok && w.indent < len(text) // a block that begins with empty lines is left alone
}

// reach goes on until offset bytes of the text are behind it and the next one is ahead. It returns false where the file
// spells the text in a way that it does not follow.
func (w *walk) reach(text string, offset int) bool {
	for i := 0; i < offset; {
		n := w.step(text[i:])
		if n == 0 || i+n > offset {
			return false
		}
		i += n
	}
	ahead := *w
	return ahead.step(text[offset:]) > 0
}

// step passes over one character of the file or one fold and returns how many bytes of the text that was, 0 where they differ.
func (w *walk) step(text string) int {
	line, _ := w.source.line(w.line)
	rest := line[w.at:]
	switch {
	case w.ends(rest):
		return w.fold(text)
	case w.quote == '\'' && strings.HasPrefix(rest, "''") && text[0] == '\'':
		w.at += 2
		return 1
	case w.quote == '"' && rest[0] == '\\':
		return w.escape(rest, text)
	case rest[0] == w.quote || rest[0] != text[0]:
		return 0
	default:
		w.at++
		return 1
	}
}

// ends reports whether the text goes on in another line. In a block blanks at the end of a line are text.
func (w *walk) ends(rest string) bool {
	if !w.folded {
		rest = strings.TrimLeft(rest, blanks)
	}
	return rest == ""
}

// escapes are those that people write; what a file escapes in another way is not followed.
var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'n': '\n', 't': '\t'}

func (w *walk) escape(rest, text string) int {
	if len(rest) < 2 || escapes[rest[1]] != text[0] {
		return 0
	}
	w.at += 2
	return 1
}

// fold goes to the next line that is not empty. One break is a blank in the text, more of them are one less, and some
// breaks of a block are kept all.
func (w *walk) fold(text string) int {
	breaks, line := 0, ""
	for blank := true; blank; breaks++ {
		w.line++
		next, ok := w.source.line(w.line)
		if !ok {
			return 0
		}
		line, blank = next, strings.Trim(next, blanks) == ""
	}
	w.at = len(line) - len(strings.TrimLeft(line, blanks))
	if w.folded {
		w.at = w.indent
	}
	if len(line) < w.at {
		return 0
	}
	if text[0] == ' ' && breaks == 1 {
		return 1
	}
	newlines := len(text) - len(strings.TrimLeft(text, "\n"))
	return min(newlines, breaks)
}
