package extract

import (
	"slices"
	"strings"
)

type tokenKind uint8

const (
	signToken tokenKind = iota // a character that is none of the others, or ::
	wordToken
	quotedToken // a name in quotes, or what is a text in MySQL
	textToken   // '…', $$…$$
	valueToken  // a number, or a placeholder
	groupToken  // all of ( … ), [ … ] or CASE … END
)

// token is a piece of a query's text.
type token struct {
	kind   tokenKind
	text   string // as it is written
	upper  string // of a word
	name   string // of a word or what is in quotes
	from   int
	inside []token // of a group in parentheses
}

// is reports whether the token is one of the given words or signs, which are written in upper case.
func (t token) is(texts ...string) bool {
	switch t.kind {
	case wordToken:
		return slices.Contains(texts, t.upper)
	case signToken:
		return slices.Contains(texts, t.text)
	default:
		return false
	}
}

func (t token) isName() bool { return t.kind == wordToken || t.kind == quotedToken }

func (t token) startsOperand() bool { return t.kind != signToken && !t.is("FROM") }

// endsOperand reports whether an expression may end here, so that a name that follows is its alias.
func (t token) endsOperand() bool {
	return t.kind != signToken && (t.kind != wordToken || !slices.Contains(operatorWords, t.upper))
}

// isAlias reports whether the token names the expression that it follows without an AS.
func (t token) isAlias() bool {
	return t.kind == quotedToken || t.kind == wordToken && !slices.Contains(operatorWords, t.upper) && !slices.Contains(closingWords, t.upper) && !t.isValue()
}

// hidesAlias reports whether a word at the end of an item may belong to this one.
func (t token) hidesAlias() bool {
	return t.is("IS", "OPERATOR", "INTERVAL", "IGNORE", "RESPECT", "NEXT")
}

// isValue reports whether a word that stands alone is a value and no column.
func (t token) isValue() bool { return t.kind == wordToken && slices.Contains(valueWords, t.upper) }

var (
	operatorWords = strings.Fields(`ALL AND ANY ARRAY AS AT BETWEEN BINARY BY CASE COLLATE DISTINCT DIV ELSE ESCAPE EXISTS FROM GLOB ILIKE IN INTERVAL
		IS LIKE MATCH MEMBER MOD NOT OF ON OR OVER PRIOR REGEXP RLIKE ROW SIMILAR SOME SOUNDS THEN TIME TO WHEN XOR ZONE`)
	closingWords = strings.Fields("END ISNULL LOCAL NOTNULL NULLS VALUE")
	valueWords   = strings.Fields(`CURRENT_CATALOG CURRENT_DATE CURRENT_ROLE CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER FALSE LOCALTIME
		LOCALTIMESTAMP NULL SESSION_USER SYSTEM_USER TRUE UNKNOWN USER UTC_DATE UTC_TIME UTC_TIMESTAMP`)
)

// tokensOf cuts a query into its pieces, without blanks and comments.
func tokensOf(sql string, backslash bool) ([]token, error) {
	var tokens []token
	brackets := 0
	for at := 0; at < len(sql); {
		end, err := skip(sql, at, backslash)
		if err != nil {
			return nil, err
		}
		t := token{kind: signToken, from: at}
		c := sql[at]
		switch {
		case end > at && strings.IndexByte(quotes+"$", c) < 0, isBlank(c):
			at = max(end, at+1)
			continue
		case end > at:
			t.kind, t.name = quotedName(sql[at:end])
		case c == '[' && brackets == 0 && opensName(tokens):
			if end = at + strings.IndexByte(sql[at:], ']') + 1; end <= at {
				return nil, nil
			}
			t.kind, t.name = quotedToken, sql[at+1:end-1]
		default:
			t.kind, end = plainToken(sql, at)
			brackets += depthOf(c, '[', ']')
		}
		t.text = sql[at:end]
		if t.kind == wordToken {
			t.upper, t.name = strings.ToUpper(t.text), t.text
		}
		tokens = append(tokens, t)
		at = end
	}
	return tokens, nil
}

func depthOf(c, opening, closing byte) int {
	switch c {
	case opening:
		return 1
	case closing:
		return -1
	default:
		return 0
	}
}

// opensName reports whether a bracket behind these tokens opens a name, as in SQLite, rather than an array's elements.
func opensName(tokens []token) bool {
	return len(tokens) > 0 && tokens[len(tokens)-1].is(",", ".", "AS", "SELECT", "DISTINCT", "ALL", "FROM", "JOIN")
}

func quotedName(text string) (tokenKind, string) {
	switch quote := text[:1]; quote {
	case "$":
		return textToken, ""
	case "'":
		return textToken, strings.ReplaceAll(text[1:len(text)-1], "''", "'")
	default:
		return quotedToken, strings.ReplaceAll(text[1:len(text)-1], quote+quote, quote)
	}
}

// plainToken returns the kind and the end of what begins at at and stands in no quotes.
func plainToken(sql string, at int) (tokenKind, int) {
	rest := sql[at:]
	c := rest[0]
	switch {
	case strings.HasPrefix(rest, "::"):
		return signToken, at + 2
	case c == ':' && placeholderAt(rest[1:]) != "":
		return valueToken, at + 1 + len(placeholderAt(rest[1:]))
	case c >= '0' && c <= '9':
		end := at
		for end < len(sql) && (isWord(sql[end]) || sql[end] == '.') {
			end++
		}
		return valueToken, end
	case isWord(c):
		end := at
		for end < len(sql) && isWord(sql[end]) {
			end++
		}
		return wordToken, end
	default:
		return signToken, at + 1
	}
}

// grouped makes one token of what stands in parentheses, in brackets, or between CASE and END; ok is false where they do
// not match.
func grouped(tokens []token) (out []token, ok bool) {
	var open []token // what begins the groups at hand
	var outer [][]token
	for i, t := range tokens {
		named := i > 0 && tokens[i-1].is(".", "AS")
		switch {
		case t.is("(", "["), t.is("CASE") && !named:
			open, outer, out = append(open, t), append(outer, out), nil
		case t.is(")", "]"), t.is("END") && !named && len(open) > 0 && open[len(open)-1].is("CASE"):
			if len(open) == 0 || closing[open[len(open)-1].text] != t.text && !t.is("END") {
				return nil, false
			}
			first := open[len(open)-1]
			group := token{kind: groupToken, text: first.text, from: first.from, inside: out}
			out = outer[len(outer)-1]
			out = append(out, group)
			open, outer = open[:len(open)-1], outer[:len(outer)-1]
		default:
			out = append(out, t)
		}
	}
	return out, len(open) == 0
}

var closing = map[string]string{"(": ")", "[": "]"}
