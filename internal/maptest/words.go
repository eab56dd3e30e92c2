package maptest

import (
	"iter"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind says what a token is.
type kind uint8

const (
	isOther  kind = iota // blanks, signs
	isWord               // letters
	isNumber             // digits
)

// token is a part of a text.
type token struct {
	kind kind
	text string
}

// tokens cuts a text into words, numbers, and what lies between.
func tokens(text string) iter.Seq[token] {
	return func(yield func(token) bool) {
		for text != "" {
			first, size := utf8.DecodeRuneInString(text)
			of, end := kindOf(first), size
			for end < len(text) {
				r, size := utf8.DecodeRuneInString(text[end:])
				if kindOf(r) != of {
					break
				}
				end += size
			}
			if !yield(token{of, text[:end]}) {
				return
			}
			text = text[end:]
		}
	}
}

func kindOf(r rune) kind {
	switch {
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return isWord
	case unicode.IsDigit(r):
		return isNumber
	default:
		return isOther
	}
}

const (
	letters = "abcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
)

// coiner makes words up, or numbers: for the same always the same, of the same length.
type coiner struct {
	alphabet string
	random   *rand.Rand
	coined   map[string]string
	taken    map[string]bool // what is a mask, or could be taken for what a mask stands for
}

func newCoiner(alphabet string) coiner {
	// The seed is that of every run, so that the same rows give the same file.
	return coiner{alphabet, rand.New(rand.NewPCG(1, 2)), make(map[string]string), make(map[string]bool)} //nolint:gosec // keeps nothing secret
}

func (c coiner) avoid(original string) { c.taken[strings.ToLower(original)] = true }

// coin returns the mask of a word, in its letter case.
func (c coiner) coin(original string) string {
	lower := strings.ToLower(original)
	mask, ok := c.coined[lower]
	if !ok {
		mask = c.fresh(utf8.RuneCountInString(lower))
		c.coined[lower], c.taken[mask] = mask, true
	}
	return inCaseOf(original, mask)
}

// fresh makes a mask that is not taken; of very short ones there may be none left.
func (c coiner) fresh(length int) string {
	mask := make([]byte, length)
	const tries = 100
	for range tries {
		for i := range mask {
			mask[i] = c.alphabet[c.random.IntN(len(c.alphabet))]
		}
		if !c.taken[string(mask)] {
			break
		}
	}
	return string(mask)
}

func inCaseOf(original, mask string) string {
	var out strings.Builder
	i := 0
	for _, r := range original {
		if i == len(mask) {
			break
		}
		letter := rune(mask[i])
		if unicode.IsUpper(r) {
			letter = unicode.ToUpper(letter)
		}
		out.WriteRune(letter)
		i++
	}
	out.WriteString(mask[min(i, len(mask)):])
	return out.String()
}
