package scaffold

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// writer writes YAML with the guesses as comments above what they are about.
type writer struct {
	text    strings.Builder
	guesses []Guess
}

// line writes one line.
func (w *writer) line(indent int, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if text != "" {
		text = strings.Repeat(" ", indent) + text
	}
	w.text.WriteString(text + "\n")
}

// at writes the guesses about a path.
func (w *writer) at(indent int, path string) {
	for _, g := range w.guesses {
		if g.Path == path {
			w.comment(indent, "guess: "+g.String())
		}
	}
}

// comment wraps a text.
func (w *writer) comment(indent int, text string) {
	const width = 118
	line := "#"
	for word := range strings.FieldsSeq(text) {
		if indent+len(line)+1+len(word) > width {
			w.line(indent, "%s", line)
			line = "# "
		}
		line += " " + word
	}
	w.line(indent, "%s", line)
}

// String says what is guessed, why, and what else it may be.
func (g Guess) String() string {
	text := g.Guess
	if g.Why != "" {
		text += ": " + g.Why
	}
	if len(g.Also) > 0 {
		text += "; also possible: " + strings.Join(g.Also, ", ")
	}
	return text
}

// value writes a key with its value.
func (w *writer) value(indent int, key, text string) {
	if text != "" {
		w.line(indent, "%s: %s", key, text)
	}
}

func (w *writer) stream(name, at string, s stream) {
	w.line(6, "%s:", name)
	w.at(8, at+".query")
	w.line(8, "query: |")
	for _, line := range s.query {
		w.line(10, "%s", strings.ReplaceAll(line, "${", "$${"))
	}
	w.at(8, at+".key")
	w.value(8, "key", scalar(s.key))
	if s.parent != "" {
		w.value(8, "parent", scalar(s.parent))
	}
	w.at(8, at+".cursor")
	if s.cursor != "" {
		w.value(8, "cursor", scalar(s.cursor))
	}
	w.value(8, "lag", s.lag)
}

func (w *writer) rules(indent int, at string, rules []rule) {
	for _, r := range rules {
		w.at(indent, at+"."+r.field)
		w.value(indent, r.field, r.text)
	}
}

var (
	plainScalar  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_./ -]*[A-Za-z0-9_]$|^[A-Za-z_]$|^[0-9]{1,15}$`)
	otherMeaning = regexp.MustCompile(`(?i)^(y|n|yes|no|on|off|true|false|null)$`)
)

// scalar writes a text as YAML that is read as that text.
func scalar(text string) string {
	if plainScalar.MatchString(text) && !otherMeaning.MatchString(text) {
		return text
	}
	var quoted strings.Builder
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(strings.ReplaceAll(text, "${", "$${")) // texts always encode
	return strings.TrimSpace(quoted.String())
}

func quotedAll(values []string) []string {
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = scalar(oneLine(value))
	}
	return quoted
}

// oneLine keeps what a row holds from ending the comment it is shown in, and cuts what is long.
func oneLine(text string) string {
	const most = 40
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return text
}

// flow writes entries as a map in one line.
func flow(entries []entry) string {
	parts := make([]string, len(entries))
	for i, e := range entries {
		parts[i] = scalar(e.from) + ": " + scalar(e.to)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
