package config

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Excerpt returns the line of the file that a finding is about, with a caret below the place; empty where there is
// nothing to show. A credential is hidden, wherever it stands in the line.
func (f *File) Excerpt(finding Finding) string {
	text, ok := f.doc.source.line(finding.Line)
	if !ok || finding.File != f.doc.name || finding.Column < 1 || len(text) > longestLine || strings.TrimSpace(text) == "" {
		return ""
	}
	from := min(finding.Column-1, utf8.RuneCountInString(text))
	to := from + f.doc.extent(finding, []rune(text)[from:])
	return drawn(finding.Line, f.conceal(finding.Line, text, from, to))
}

// longestLine is more than people write in one; of what a program wrote, an excerpt tells nothing.
const longestLine = 4096

// extent returns how many characters of the rest of a line a finding is about.
func (d *document) extent(finding Finding, rest []rune) int {
	if len(rest) == 0 {
		return 0
	}
	if quote := rest[0]; quote == '"' || quote == '\'' || quote == '`' {
		for i, r := range rest[1:] {
			if r == quote {
				return i + 2
			}
		}
		return len(rest)
	}
	where, ok := d.places[path(finding.Path)]
	isWhole := ok && where.node != nil && where.line == finding.Line && where.column == finding.Column
	if isWhole && where.node.Kind == yaml.ScalarNode && strings.HasPrefix(string(rest), where.node.Value) {
		return max(1, utf8.RuneCountInString(where.node.Value))
	}
	isPart := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("_-.", r)
	}
	width := 0
	for width < len(rest) && isPart(rest[width]) {
		width++
	}
	return max(1, width)
}

// parts are a line before, at and after the place that is pointed at.
type parts [3]string

func (p parts) String() string { return strings.Join(p[:], "") }

// conceal cuts a line at the characters from and to and puts *** in the place of its credentials.
func (f *File) conceal(number int, text string, from, to int) parts {
	var p parts
	hidden := f.doc.hidden(number, text)
	for i, r := range []rune(text) {
		in := 0
		switch {
		case i >= to:
			in = 2
		case i >= from:
			in = 1
		}
		switch begins := i == 0 || !hidden[i-1]; {
		case !hidden[i]:
			p[in] += string(r)
		case begins || i == from:
			if !begins { // the place lies within what is hidden: it is pointed at as a whole
				p[0] = strings.TrimSuffix(p[0], mask)
			}
			p[in] += mask
		}
	}
	return f.redact(p)
}

const mask = "***"

// redact also hides a credential that stands on both sides of a cut.
func (f *File) redact(p parts) parts {
	whole := f.redactor.Redact(p.String())
	for i := range p {
		p[i] = f.redactor.Redact(p[i])
	}
	if p.String() == whole {
		return p
	}
	same := 0
	for same < min(len(whole), len(p[0])) && whole[same] == p[0][same] {
		same++
	}
	return parts{strings.ToValidUTF8(whole[:same], ""), "", strings.ToValidUTF8(whole[same:], "")}
}

// These keep an excerpt within a usual terminal.
const (
	widest  = 100
	context = 50 // of it before the place
)

// drawn puts a caret below the place.
func drawn(number int, p parts) string {
	before, token, after := visible(p[0]), visible(p[1]), visible(p[2])
	if width(before+token+after) > widest {
		before = cutLeft(before, context)
	}
	rest := cutRight(token+after, widest-width(before))
	under := strings.Repeat("~", max(0, min(width(token), width(rest))-1))
	gutter := fmt.Sprintf("%4d", number)
	return gutter + " | " + strings.TrimRight(before+rest, " ") + "\n" +
		strings.Repeat(" ", len(gutter)) + " | " + strings.Repeat(" ", width(before)) + "^" + under
}

func cutLeft(text string, most int) string {
	if width(text) <= most {
		return text
	}
	for width(text) >= most {
		_, size := utf8.DecodeRuneInString(text)
		text = text[size:]
	}
	return "…" + text
}

func cutRight(text string, most int) string {
	if width(text) <= most {
		return text
	}
	for width(text) >= most {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text + "…"
}
