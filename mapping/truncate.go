package mapping

import (
	"unicode"
	"unicode/utf8"
)

// truncate returns the first most characters of a text.
func truncate(text []byte, most int) []byte {
	if len(text) <= most {
		return text
	}
	end := 0
	for ; most > 0 && end < len(text); most-- {
		_, size := utf8.DecodeRune(text[end:])
		end += size
	}
	return text[:end]
}

// truncateWhole is truncate that rather ends earlier than between characters that are read as one: a letter and its
// accents, a flag, a family. Where that leaves nothing, it cuts all the same.
func truncateWhole(text []byte, most int) []byte {
	end := len(truncate(text, most))
	for at := end; at > 0; {
		if at == len(text) || !joined(text[:at], text[at:]) {
			return text[:at]
		}
		_, size := utf8.DecodeLastRune(text[:at])
		at -= size
	}
	return text[:end]
}

// joined reports whether the last character before a place and the first one behind it are read as one.
func joined(before, behind []byte) bool {
	const zeroWidthJoiner = '\u200D'
	last, _ := utf8.DecodeLastRune(before)
	next, _ := utf8.DecodeRune(behind)
	switch {
	case last == zeroWidthJoiner || next == zeroWidthJoiner || unicode.Is(unicode.M, next) || last == '\r' && next == '\n':
		return true
	case between(next, 0x1F3FB, 0x1F3FF), between(next, 0xE0020, 0xE007F), between(next, 0x1160, 0x11FF):
		return true // the tone of a skin, the region of a flag, the vowel or end of a Korean syllable
	}
	return isFlagLetter(next) && flagLetters(before)%2 == 1
}

func between(r, first, last rune) bool { return first <= r && r <= last }

// isFlagLetter tells the letters of which two are the flag of a country.
func isFlagLetter(r rune) bool { return between(r, 0x1F1E6, 0x1F1FF) }

// flagLetters counts those that a text ends with.
func flagLetters(text []byte) int {
	for n := 0; ; n++ {
		r, size := utf8.DecodeLastRune(text)
		if !isFlagLetter(r) {
			return n
		}
		text = text[:len(text)-size]
	}
}
