package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// longestFault is how many characters of an error are told.
const longestFault = 300

const hidden = "…"

// What in an error may come from a row, or from somebody who answers.
var hides = []struct {
	found *regexp.Regexp
	by    string
}{
	{regexp.MustCompile(`(status \d{3}\)?): .*`), "$1"},   // the server's words
	{regexp.MustCompile(`'(pvetl [a-z][\w .-]*)'`), "$1"}, // what we advise ourselves
	{regexp.MustCompile(`([a-z]+://)([^\s/"'@]*@)?([^\s/"'?#]*)[^\s"']*`), "$1$3/" + hidden},
	{regexp.MustCompile(`"(?:[^"\\]|\\.)*(?:"|$)`), hidden},
	{regexp.MustCompile("`[^`]*(?:`|$)"), hidden},
	{regexp.MustCompile(`“[^”]*(?:”|$)`), hidden},
	{regexp.MustCompile(`(^|[^\pL\d])'.*?(?:'($|[^\pL\d])|$)`), "$1" + hidden + "$2"}, // an apostrophe is none
	{regexp.MustCompile(`=\s*\([^)]*(?:\)|$)`), "=(" + hidden + ")"},                  // what Postgres says of a key
	{regexp.MustCompile(`\(keys [^)]*(?:\)|$)`), "(keys " + hidden + ")"},
	{regexp.MustCompile(`\bwith key .*?(: | has | is |$)`), "with key " + hidden + "$1"},
	{regexp.MustCompile(`\b([Kk]eys?) \S*\d\S*`), "$1 " + hidden},
	{regexp.MustCompile(`\S*@\S*`), hidden},                                                            // addresses, and mentions in chats
	{regexp.MustCompile(`\b(tcp[46]?|udp[46]?|lookup) [^\s:]\S*?(:?(?:\s|$))`), "$1 " + hidden + "$2"}, // hosts, as Go names them
	{regexp.MustCompile(`\S+:\d+ \([\da-fA-F.:]+\)`), hidden},                                          // as pgx does
	{regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b`), hidden},
}

// hide makes of an error what may be told: its first line, without credentials and without what may be a value.
func (n *Notifier) hide(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(n.options.Redact(text)), "\n")
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	for _, hide := range hides {
		text = hide.found.ReplaceAllString(text, hide.by)
	}
	if short := []rune(text); len(short) > longestFault {
		text = string(short[:longestFault-1]) + hidden
	}
	return text
}

var varying = regexp.MustCompile(`\S*\d\S*|\s+`)

// causeOf is equal for errors that differ in numbers, times and ids only. It tells nothing of what they say.
func causeOf(fault string) string {
	sum := sha256.Sum256([]byte(varying.ReplaceAllString(strings.ToLower(fault), " ")))
	return hex.EncodeToString(sum[:6])
}
