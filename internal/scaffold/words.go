package scaffold

import (
	"slices"
	"strings"
	"unicode"
)

// words are the parts of a name in lower case and singular: LastUpdated is last, update; tickets_id is ticket, id.
type words []string

func wordsOf(name string) words {
	var all words
	var word []rune
	end := func() {
		if len(word) > 0 {
			all = append(all, singular(strings.ToLower(string(word))))
		}
		word = nil
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && unicode.IsLower(runes[i-1]):
			end()
		}
		word = append(word, r)
	}
	end()
	return all
}

// singular takes a plural's ending off, of English, Spanish, Portuguese and French words alike, and spells out what is
// often cut short. What it makes of other words does not matter, as long as it is always the same.
func singular(word string) string {
	switch {
	case word == "dept":
		return "department"
	case len(word) < 4 || strings.HasSuffix(word, "ss") || strings.HasSuffix(word, "us") || strings.HasSuffix(word, "is"):
		return word
	case strings.HasSuffix(word, "ies"):
		return word[:len(word)-3] + "y"
	case strings.HasSuffix(word, "uses") || strings.HasSuffix(word, "xes") || strings.HasSuffix(word, "sses") || strings.HasSuffix(word, "ches") ||
		strings.HasSuffix(word, "iones"):
		return word[:len(word)-2]
	default:
		return strings.TrimSuffix(word, "s")
	}
}

func (w words) String() string { return strings.Join(w, "_") }

func (w words) has(word string) bool { return slices.Contains(w, word) }

// head is what the name is a name of: a support_ticket is a ticket, ticket_states are states.
func (w words) head() string {
	if len(w) == 0 {
		return ""
	}
	return w[len(w)-1]
}

// endsWith reports whether the other words are the last of these.
func (w words) endsWith(other words) bool {
	return len(other) > 0 && len(w) >= len(other) && slices.Equal(w[len(w)-len(other):], other)
}

// withoutID takes off what says that a column holds a key, and what may stand behind it: users_id_recipient is of user,
// with the role recipient. The second result tells whether there was any.
func (w words) withoutID() (base words, role words, found bool) {
	if i := slices.Index(w, "id"); i > 0 {
		return w[:i], w[i+1:], true
	}
	if last, ok := strings.CutSuffix(w.head(), "id"); ok && len(last) > 1 {
		return slices.Concat(w[:len(w)-1], words{singular(last)}), nil, true
	}
	return w, nil, false
}

// withoutWhen takes off what says that a column holds a time: opened_on is opened.
func (w words) withoutWhen() words {
	if len(w) > 1 && slices.Contains([]string{"at", "on", "date", "time"}, w.head()) {
		return w[:len(w)-1]
	}
	return w
}

// prefixOf is what the names of most tables begin with, such as ost_; empty where there is no such thing.
func prefixOf(names []string) string {
	const fewest = 4
	counts := map[string]int{}
	for _, name := range names {
		if prefix, _, found := strings.Cut(name, "_"); found && prefix != "" {
			counts[prefix+"_"]++
		}
	}
	for prefix, n := range counts {
		if n >= fewest && 5*n >= 3*len(names) {
			return prefix
		}
	}
	return ""
}
