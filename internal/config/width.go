package config

import (
	"strings"
	"unicode"
)

// visible writes a text so that every character takes a place of its own: a tab is four blanks, and what would steer a
// terminal or hide is a sign.
func visible(text string) string {
	var shown strings.Builder
	for _, r := range text {
		switch {
		case r == '\t':
			shown.WriteString("    ")
		case r < ' ':
			shown.WriteRune('\u2400' + r) // the pictures of the control characters
		case r == 0x7f:
			shown.WriteRune('\u2421')
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co):
			shown.WriteRune(unicode.ReplacementChar)
		default:
			shown.WriteRune(r)
		}
	}
	return shown.String()
}

// wide are the characters that most terminals give two columns.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1},
		{0x2e80, 0x303e, 1},
		{0x3041, 0xa4cf, 1},
		{0xac00, 0xd7a3, 1},
		{0xf900, 0xfaff, 1},
		{0xfe30, 0xfe4f, 1},
		{0xff00, 0xff60, 1},
		{0xffe0, 0xffe6, 1},
	},
	R32: []unicode.Range32{{0x1f300, 0x1f64f, 1}, {0x1f680, 0x1f6ff, 1}, {0x1f900, 0x1f9ff, 1}, {0x20000, 0x3fffd, 1}},
}

// width returns how many columns of a terminal a text takes.
func width(text string) int {
	columns := 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r): // stand on the character before
		case unicode.Is(wide, r):
			columns += 2
		default:
			columns++
		}
	}
	return columns
}
