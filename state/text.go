package state

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxKey is the length in bytes up to which the key of a row can be stored: 255 characters of any script. A key that is
// not UTF-8 is stored in hexadecimal and takes twice its length.
const MaxKey = 1020

const (
	timeLayout = "2006-01-02T15:04:05.000Z" // sorts as text
	hexMark    = `\x`
)

// stamp writes a time as text, with milliseconds, because the databases do not agree on any type for it.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeLayout)
}

// storable says whether every database can hold a text as it is.
func storable(text string) bool {
	return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0
}

// clean makes a text that every database can hold, for texts that people read.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// exact makes a text that every database can hold and that exactText turns back, for the source's own texts: the key of a
// row may be any bytes, such as those of a binary UUID.
func exact(text string) string {
	if storable(text) && !strings.HasPrefix(text, hexMark) {
		return text
	}
	return hexMark + hex.EncodeToString([]byte(text))
}

func allExact(texts []string) []string {
	made := make([]string, len(texts))
	for i, text := range texts {
		made[i] = exact(text)
	}
	return made
}

// exactText reads what exact made, from a column and from JSON.
type exactText string

// MarshalText returns what exact makes.
func (t exactText) MarshalText() ([]byte, error) { return []byte(exact(string(t))), nil }

// UnmarshalText turns back what exact made.
func (t *exactText) UnmarshalText(text []byte) error {
	if digits, ok := bytes.CutPrefix(text, []byte(hexMark)); ok {
		plain, err := hex.DecodeString(string(digits))
		*t = exactText(plain)
		return err
	}
	*t = exactText(text)
	return nil
}

// Scan turns back what exact made.
func (t *exactText) Scan(value any) error { return t.UnmarshalText([]byte(textOf(value))) }

// timeTo scans what stamp made.
type timeTo struct{ to *time.Time }

// Scan turns back what stamp made.
func (t timeTo) Scan(value any) (err error) {
	*t.to = time.Time{}
	if text := textOf(value); text != "" {
		*t.to, err = time.Parse(timeLayout, text)
	}
	return err
}

// textOf returns the text of a column, which some drivers hand out as bytes.
func textOf(value any) string {
	if raw, ok := value.([]byte); ok {
		return string(raw)
	}
	return fmt.Sprint(value)
}
