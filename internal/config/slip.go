package config

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// slip is a mistake that makes a file no YAML, known by what the parser says and by the look of the line.
type slip struct {
	says   string         // by the parser; any where it is empty
	looks  *regexp.Regexp // of the line; the first group is the place
	advice string
}

const unquoted = `^(?:[^"']|"[^"]*"|'[^']*')*?`

// slips are asked in this order. A place without an advice is better than none.
var slips = []slip{
	{"", regexp.MustCompile(`^ *(\t)`), "indent with spaces: this line begins with a tab"},
	{"did not find expected ',' or", regexp.MustCompile(unquoted + `(\$\{)`), `inside { } and [ ] a text with ${…} needs quotes: "${NAME}"`},
	{"did not find expected ',' or ']'", regexp.MustCompile(unquoted + `(\[)`), "a bracket that is opened here is not closed, or a comma is missing"},
	{"did not find expected ',' or '}'", regexp.MustCompile(unquoted + `(\{)`), "a bracket that is opened here is not closed, or a comma is missing"},
	{"anchors and aliases", regexp.MustCompile(unquoted + `[\s:,\[{]([*&])`), ""},
	{"did not find expected alphabetic", regexp.MustCompile(unquoted + `[\s:,\[{]([*&])`), "a text that begins with * or & needs quotes"},
	{"cannot start any token", regexp.MustCompile(unquoted + "[\\s:,\\[{]([@`%\t])"), "a text that begins with @, % or ` needs quotes"},
	{"unknown escape", regexp.MustCompile(`(\\[^0abtnvfre "/\\N_LPxuU])`), `in " " a \ is written \\; in ' ' it is itself`},
	{"unexpected end of stream", regexp.MustCompile(`.*[\s:,\[{](["'])`), "a quote that is opened here is not closed"},
	{"control characters", regexp.MustCompile(`([\x00-\x08\x0b-\x1f\x7f])`), ""},
	{"mapping values", regexp.MustCompile(`: .*?(:)(?:\s|$)`), "a text with a colon and a blank in it needs quotes"},
	{"mapping values", regexp.MustCompile(`^\s*(\S)`), "a key stands where no key can: are this line and the one above indented alike?"},
	{"could not find expected ':'", regexp.MustCompile(`^\s*(\S)`), "a key is followed by a colon and a blank; the lines of a text that begins with | are indented more than their key"},
	{"did not find expected key", regexp.MustCompile(`^\s*(\S)`), "the keys of one mapping begin in the same column, and nothing follows a closing quote or bracket"},
	{"", regexp.MustCompile(`^\s*(\S)`), ""},
}

// slipIn returns the column of what is probably wrong in a line, and what to do about it.
func slipIn(line, message string) (column int, advice string) {
	for _, s := range slips {
		if at := s.looks.FindStringSubmatchIndex(line); at != nil && strings.Contains(message, s.says) {
			return 1 + utf8.RuneCountInString(line[:at[2]]), s.advice
		}
	}
	return 1, ""
}

var (
	keyLine = regexp.MustCompile(`^( *)[^\s#].*?:(?:\s|$)`)
	anyLine = regexp.MustCompile(`^( *)[^\s#-]`)
)

// lacksColon reports whether a line is a key and its value, less the colon or the blank between them: the parser takes
// it for a text that goes on in the next line, and complains there.
func lacksColon(line, next string) bool {
	own, following := anyLine.FindStringSubmatch(line), keyLine.FindStringSubmatch(next)
	return own != nil && following != nil && own[1] == following[1] && !keyLine.MatchString(line)
}
