package extract

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The names a query may use for the bounds of a read and for the parents at hand.
const (
	nameSince   = "since"
	nameUntil   = "until"
	nameParents = "parents"
)

// statement is a query cut at its placeholders: text, name, text, name, …, text.
type statement struct {
	texts []string
	names []string
}

func (s statement) uses(name string) bool {
	return slices.Contains(s.names, name)
}

// NamesParents reports whether a query names :parents, by either way of reading quotes.
func NamesParents(sql string) bool {
	statement, err := parseStatement(sql, false)
	if err != nil {
		statement, err = parseStatement(sql, true)
	}
	return err == nil && statement.uses(nameParents)
}

// CheckQuery reports why sql cannot be run as a query: it has to be one statement that begins with SELECT or WITH. It
// reads quotes as both families of databases do, and complains only when neither reading makes sense.
func CheckQuery(sql string) error {
	_, err := parseStatement(sql, false)
	if err != nil {
		_, err2 := parseStatement(sql, true)
		if err2 == nil {
			return nil
		}
	}
	return err
}

// parseStatement cuts sql at its placeholders. With backslash set, a backslash inside quotes escapes what follows, as in
// MySQL.
func parseStatement(sql string, backslash bool) (statement, error) {
	p := parser{sql: sql, backslash: backslash}
	for p.at < len(sql) {
		if err := p.step(); err != nil {
			return statement{}, err
		}
	}
	if !p.ended {
		p.cut()
	}
	switch p.word {
	case "SELECT", "WITH":
		return p.statement, nil
	case "":
		return statement{}, errors.New("the query is empty")
	default:
		return statement{}, fmt.Errorf("a query begins with SELECT or WITH, this one with %s", p.word)
	}
}

// parser goes through a query once.
type parser struct {
	sql       string
	backslash bool
	at        int
	start     int    // of the text that is not cut off yet
	word      string // the first one, upper case
	ended     bool   // whether a semicolon has been passed
	statement statement
}

var errSeveral = errors.New("a query is one statement, this one goes on behind a semicolon")

// step passes over one quoted text, comment, placeholder or word, or over one character.
func (p *parser) step() error {
	next, err := skip(p.sql, p.at, p.backslash)
	c := p.sql[p.at]
	switch {
	case err != nil:
		return err
	case next > p.at:
		if p.ended && strings.IndexByte(quotes+"$", c) >= 0 {
			return errSeveral
		}
		p.at = next
	case isBlank(c):
		p.at++
	case c == ';':
		if !p.ended {
			p.cut()
		}
		p.ended = true
		p.at++
	case p.ended:
		return errSeveral
	case c == ':':
		p.colon()
	default:
		p.pass()
	}
	return nil
}

func (p *parser) cut() { p.statement.texts = append(p.statement.texts, p.sql[p.start:p.at]) }

// colon passes over a placeholder, a cast, or whatever else begins with a colon.
func (p *parser) colon() {
	rest := p.sql[p.at+1:]
	name := placeholderAt(rest)
	switch {
	case strings.HasPrefix(rest, ":"):
		p.at += len("::")
	case name == "":
		p.at++
	default:
		p.cut()
		p.statement.names = append(p.statement.names, name)
		p.at += 1 + len(name)
		p.start = p.at
	}
}

// pass passes over a word or one character.
func (p *parser) pass() {
	end := p.at
	for end < len(p.sql) && isWord(p.sql[end]) {
		end++
	}
	end = max(end, p.at+1)
	if p.word == "" {
		p.word = strings.ToUpper(p.sql[p.at:end])
	}
	p.at = end
}

// quotes open and close a quoted text or name with the same character.
const quotes = "'\"`"

// skip returns the end of the quoted text or comment that begins at i, or i where none does.
func skip(sql string, i int, backslash bool) (int, error) {
	rest := sql[i:]
	switch {
	case strings.IndexByte(quotes, rest[0]) >= 0:
		escapes := rest[0] != '`' && (backslash || rest[0] == '\'' && isEscapeString(sql, i))
		return skipQuoted(sql, i, escapes)
	case isLineComment(rest, backslash):
		if end := strings.IndexByte(rest, '\n'); end >= 0 {
			return i + end + 1, nil
		}
		return len(sql), nil
	case strings.HasPrefix(rest, "/*"):
		end := strings.Index(rest[2:], "*/")
		if end < 0 {
			return i, errors.New("a comment /* is not closed")
		}
		return i + 2 + end + 2, nil
	case rest[0] == '$' && !backslash && (i == 0 || !isWord(sql[i-1])):
		return skipDollarQuoted(sql, i)
	}
	return i, nil
}

// isLineComment reports whether a comment begins that ends with its line. In MySQL 5--3 is 8: there a blank follows.
func isLineComment(rest string, backslash bool) bool {
	after, dashes := strings.CutPrefix(rest, "--")
	if !backslash {
		return dashes
	}
	return rest[0] == '#' || dashes && (after == "" || after[0] <= ' ')
}

func skipQuoted(sql string, i int, escapes bool) (int, error) {
	quote := sql[i]
	for j := i + 1; j < len(sql); j++ {
		switch {
		case escapes && sql[j] == '\\':
			j++
		case sql[j] == quote && j+1 < len(sql) && sql[j+1] == quote:
			j++
		case sql[j] == quote:
			return j + 1, nil
		}
	}
	return i, fmt.Errorf("a quote %c is not closed", quote)
}

// isEscapeString reports whether the quote at i opens Postgres' E'…'.
func isEscapeString(sql string, i int) bool {
	return i > 0 && (sql[i-1] == 'E' || sql[i-1] == 'e') && (i == 1 || !isWord(sql[i-2]))
}

// skipDollarQuoted passes over Postgres' $tag$ … $tag$; a lone $ is no quote.
func skipDollarQuoted(sql string, i int) (int, error) {
	end := i + 1
	for end < len(sql) && isWord(sql[end]) && sql[end] != '$' {
		end++
	}
	if end >= len(sql) || sql[end] != '$' || end > i+1 && sql[i+1] >= '0' && sql[i+1] <= '9' {
		return i, nil
	}
	tag := sql[i : end+1]
	closing := strings.Index(sql[end+1:], tag)
	if closing < 0 {
		return i, fmt.Errorf("a quote %s is not closed", tag)
	}
	return end + 1 + closing + len(tag), nil
}

func placeholderAt(rest string) string {
	end := 0
	for end < len(rest) && isWord(rest[end]) {
		end++
	}
	switch name := rest[:end]; name {
	case nameSince, nameUntil, nameParents:
		return name
	default:
		return ""
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
