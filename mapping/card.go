package mapping

// The lengths of payment card numbers.
const (
	shortestCard = 13
	longestCard  = 19
)

func cardGap(text []byte) int { return max(blank(text), dash(text)) }

// findCard finds the longest card number that begins with the first group.
func findCard(text []byte, run []span) (groups, start int) {
	groups, start = 1, -1
	var number [longestCard]byte
	n := 0
	for i, group := range run {
		if n+group.len() > longestCard {
			break
		}
		n += copy(number[n:], text[group.start:group.end])
		if n >= shortestCard && luhn(number[:n]) {
			groups, start = i+1, run[0].start
		}
	}
	return groups, start
}

// luhn reports whether the last digit is the check digit of the others.
func luhn(number []byte) bool {
	sum := 0
	for i, c := range number {
		digit := int(c - '0')
		if (len(number)-i)%2 == 0 {
			if digit *= 2; digit > 9 {
				digit -= 9
			}
		}
		sum += digit
	}
	return sum%10 == 0
}
