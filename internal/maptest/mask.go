package maptest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"pvetl/extract"
	"pvetl/internal/pipeline"
	"pvetl/mapping"
)

// maskedContent stands for the bytes of a file.
const maskedContent = "the content of a file"

// masker replaces what is personal, the same by the same for as long as it lives. The masks are running numbers and made-up
// words: nothing of what they stand for can be worked out from them.
type masker struct {
	people, addresses, phones map[string]string
	words, numbers            coiner
}

func newMasker() *masker {
	return &masker{
		people: make(map[string]string), addresses: make(map[string]string), phones: make(map[string]string),
		words: newCoiner(letters), numbers: newCoiner(digits),
	}
}

// learn takes in the words of rows, so that none of them comes up as the mask of another.
func (m *masker) learn(all streams, set pipeline.RowSet) {
	m.learnRows(all.interactions, []extract.Row{set.Interaction})
	m.learnRows(all.comments, set.Comments)
	m.learnRows(all.attachments, set.Attachments)
}

func (m *masker) learnRows(s stream, rows []extract.Row) {
	for _, row := range rows {
		for _, c := range s.columns {
			if c.class == fileContent {
				continue
			}
			for token := range tokens(string(row[c.index])) {
				switch token.kind {
				case isWord:
					m.words.avoid(token.text)
				case isNumber:
					m.numbers.avoid(token.text)
				case isOther:
				}
			}
		}
	}
}

// mask returns what is recorded of a value.
func (m *masker) mask(c column, value string) string {
	value = strings.ToValidUTF8(value, string(unicode.ReplacementChar))
	switch {
	case c.known[value] || value == "":
		return value
	case c.class == fileContent:
		return maskedContent
	case c.Kind == extract.Array && c.class != rowKey && c.class != kept:
		return m.array(c, value)
	case c.Kind != extract.Text && c.Kind != extract.Bytes && c.Kind != extract.Array:
		return m.number(c, value)
	}
	switch c.class {
	case person:
		return m.person(value)
	case prose:
		return m.listOrProse(value)
	case webAddress:
		return m.webAddress(value)
	case fileName:
		return m.fileName(value)
	default:
		return m.emails(value)
	}
}

// shortestPhone is how many digits a number has at least that somebody could be called by.
const shortestPhone = 7

// number keeps numbers and times, but for one that is sent as a text and as long as a phone's.
func (m *masker) number(c column, value string) string {
	if c.Kind == extract.Integer && c.class == prose && len(value) >= shortestPhone {
		return m.phone(value)
	}
	return value
}

// array masks the elements of a Postgres array.
func (m *masker) array(c column, value string) string {
	if c.Elem != extract.Text {
		return value
	}
	return m.prose(value, "NULL")
}

// listOrProse masks the texts of a JSON array, and everything else as text.
func (m *masker) listOrProse(value string) string {
	decoder := json.NewDecoder(strings.NewReader(value))
	decoder.UseNumber()
	var items []any
	if !strings.HasPrefix(strings.TrimSpace(value), "[") || !json.Valid([]byte(value)) || decoder.Decode(&items) != nil {
		return m.prose(value)
	}
	for i, item := range items {
		if text, ok := item.(string); ok {
			items[i] = m.prose(text)
		} else if nested, err := json.Marshal(item); err == nil && len(nested) > 0 && (nested[0] == '{' || nested[0] == '[') {
			items[i] = m.prose(string(nested))
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(items) // what has been decoded
	return strings.TrimSuffix(out.String(), "\n")
}

// person masks a name as a whole. What is digits alone names nobody outside the database.
func (m *masker) person(value string) string {
	if strings.Trim(value, "0123456789") == "" && len(value) < shortestPhone {
		return value
	}
	found := false
	masked := string(mapping.Personal([]byte(value), func(kind, personal string) string {
		found = true
		return m.personal(kind, personal)
	}))
	switch {
	case found && strings.ContainsAny(value, " \t<\""): // an address with the name beside it
		return m.prose(value)
	case found:
		return masked
	}
	return numbered(m.people, strings.ToLower(strings.TrimSpace(value)), "Person %d")
}

// emails masks addresses alone, in what is otherwise kept.
func (m *masker) emails(value string) string {
	return string(mapping.Personal([]byte(value), func(kind, found string) string {
		if kind == "email" {
			return m.personal(kind, found)
		}
		return found
	}))
}

// personal masks what mapping.Personal finds.
func (m *masker) personal(kind, found string) string {
	switch kind {
	case "email":
		return numbered(m.addresses, strings.ToLower(found), "person%d@example.com")
	case "card":
		return card(found)
	default:
		return m.phone(found)
	}
}

// numbered returns the mask of a text, the next number where it has none yet.
func numbered(known map[string]string, text, format string) string {
	masked, ok := known[text]
	if !ok {
		masked = fmt.Sprintf(format, len(known)+1)
		known[text] = masked
	}
	return masked
}

// phone puts other digits into the shape of a number: fives, and at the end a running number.
func (m *masker) phone(found string) string {
	count := len(found) - len(strings.Map(withoutDigits, found))
	plain := numbered(m.phones, onlyDigits(found), "%04d")
	fake := strings.Repeat("5", max(0, count-len(plain))) + plain
	return reshaped(found, fake[len(fake)-count:])
}

// card is a number in the shape of a card's that fails its check: 4000 0000 0000 0000.
func card(found string) string {
	return reshaped(found, "4"+strings.Repeat("0", len(onlyDigits(found))))
}

// reshaped puts digits in the place of digits.
func reshaped(shape, fake string) string {
	i := -1
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return r
		}
		i++
		return rune(fake[i])
	}, shape)
}

func withoutDigits(r rune) rune {
	if r >= '0' && r <= '9' {
		return -1
	}
	return r
}

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}
