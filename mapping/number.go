package mapping

// A number may be this long, and its exponent this far from zero. More is no measure of anything, and an exponent is
// written out in full.
const (
	mostDigits   = 1000
	mostExponent = 400
)

// number is the text of a number, taken apart.
type number struct {
	negative bool
	whole    []byte // digits before the point
	fraction []byte // digits after it
	exponent int
}

// appendNumber appends the JSON number that a text spells, digit for digit: without exponent, plus, leading or trailing
// zeros. It reports false and appends nothing where the text is not wholly a number.
func appendNumber(dst, text []byte) ([]byte, bool) {
	n, ok := parseNumber(unpadded(text))
	if !ok {
		return dst, false
	}
	if n.exponent != 0 {
		n.shift()
	}
	for len(n.whole) > 0 && n.whole[0] == '0' {
		n.whole = n.whole[1:]
	}
	for len(n.fraction) > 0 && n.fraction[len(n.fraction)-1] == '0' {
		n.fraction = n.fraction[:len(n.fraction)-1]
	}
	if n.negative && len(n.whole)+len(n.fraction) > 0 {
		dst = append(dst, '-')
	}
	if len(n.whole) == 0 {
		dst = append(dst, '0')
	}
	dst = append(dst, n.whole...)
	if len(n.fraction) > 0 {
		dst = append(append(dst, '.'), n.fraction...)
	}
	return dst, true
}

func parseNumber(text []byte) (n number, ok bool) {
	n.negative, text = sign(text)
	n.whole, text = digits(text)
	if len(text) > 0 && text[0] == '.' {
		n.fraction, text = digits(text[1:])
	}
	if count := len(n.whole) + len(n.fraction); count == 0 || count > mostDigits {
		return n, false
	}
	if len(text) > 0 && (text[0] == 'e' || text[0] == 'E') {
		n.exponent, text, ok = parseExponent(text[1:])
		return n, ok && len(text) == 0
	}
	return n, len(text) == 0
}

func parseExponent(text []byte) (exponent int, rest []byte, ok bool) {
	negative, text := sign(text)
	all, rest := digits(text)
	for _, c := range all {
		if exponent = 10*exponent + int(c-'0'); exponent > mostExponent {
			return 0, nil, false
		}
	}
	if negative {
		exponent = -exponent
	}
	return exponent, rest, len(all) > 0
}

// shift moves the point by the exponent.
func (n *number) shift() {
	point := len(n.whole) + n.exponent
	all := make([]byte, 0, len(n.whole)+len(n.fraction)+mostExponent)
	for ; point < 0; point++ {
		all = append(all, '0')
	}
	all = append(append(all, n.whole...), n.fraction...)
	for len(all) < point {
		all = append(all, '0')
	}
	n.whole, n.fraction = all[:point], all[point:]
}

// sign reads a sign if there is one.
func sign(text []byte) (negative bool, rest []byte) {
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		return text[0] == '-', text[1:]
	}
	return false, text
}

// digits reads as many digits as there are.
func digits(text []byte) (all, rest []byte) {
	i := 0
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	return text[:i], text[i:]
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
