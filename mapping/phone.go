package mapping

import (
	"bytes"
	"slices"
)

// The lengths of phone numbers, with area and country.
const (
	shortestPhone = 7
	longestPhone  = 15

	shortestAbroad = 11 // with the 00 before it, which also begins what is no phone number
)

// phoneGap is a blank, dash, dot or parenthesis, or the few pairs of them that are usual: ") ", ")-", " (", " - ".
func phoneGap(text []byte) int {
	if n := dash(text); n > 0 {
		return n
	}
	if bytes.HasPrefix(text, []byte(".")) {
		return 1
	}
	n := blank(text)
	rest := text[n:]
	if d := dash(rest); n > 0 && d > 0 {
		return n + d + blank(rest[d:])
	}
	switch {
	case bytes.HasPrefix(rest, []byte("(")):
		return n + 1
	case n == 0 && bytes.HasPrefix(rest, []byte(")")):
		after := rest[1:]
		return 1 + max(blank(after), dash(after))
	}
	return n
}

// findPhones finds phone numbers that are no part of a bank account's.
func findPhones(text []byte) []span {
	found := findNumbers(text, phoneGap, findPhone)
	if len(found) == 0 {
		return nil
	}
	accounts := findAccounts(text)
	return slices.DeleteFunc(found, func(phone span) bool {
		for len(accounts) > 0 && accounts[0].end <= phone.start {
			accounts = accounts[1:]
		}
		return len(accounts) > 0 && accounts[0].start < phone.end
	})
}

// findPhone finds the phone number that begins with the first group: one with a + or 00 before it, or at least two groups.
// Dates, times, amounts, network addresses, the numbers of cards and parts of words are none.
func findPhone(text []byte, run []span) (groups, start int) {
	start, international := phoneStart(text, run[0].start)
	if n := notPhone(text, run, international); n > 0 {
		return n, -1
	}
	shortest, longest := shortestPhone, longestPhone
	if international && text[start] == '0' {
		shortest, longest = shortestAbroad, longestPhone+len("00")
	}
	groups = phoneGroups(text, run, longest)
	n := 0
	for i, group := range run[:groups] {
		n += group.len()
		if !international && ((i > 0 && group.len() < 2) || (i < groups-1 && group.len() > 5)) {
			return 1, -1
		}
	}
	if n < shortest || n > longest || (groups == 1 && !international) {
		return 1, -1
	}
	return groups, start
}

// phoneGroups returns how many groups from the first one on can be parts of one phone number.
func phoneGroups(text []byte, run []span, longest int) int {
	n := run[0].len()
	for i, group := range run[1:] {
		n += group.len()
		if n > longest || dateGroups(text, run[i+1:]) > 0 || beforeColon(text, group.end) {
			return i + 1
		}
	}
	return len(run)
}

// phoneStart takes in a + and a parenthesis before the digits at i, and tells whether a + or 00 begins the number.
func phoneStart(text []byte, i int) (start int, international bool) {
	if i > 0 && text[i-1] == '(' {
		i--
	}
	if i > 0 && text[i-1] == '+' {
		i--
		international = true
		if i > 0 && text[i-1] == '(' {
			i--
		}
	}
	abroad := i+2 < len(text) && text[i] == '0' && text[i+1] == '0' && '1' <= text[i+2] && text[i+2] <= '9'
	return i, international || abroad
}

// notPhone returns how many groups from the first one on are something else for certain, 0 if none is.
func notPhone(text []byte, run []span, international bool) int {
	if n := max(dateGroups(text, run), amountGroups(text, run), cardGroups(run)); n > 0 && !international {
		return n
	}
	first := run[0]
	if partOfWord(text, first.start) || beforeColon(text, first.end) {
		return 1
	}
	return 0
}

// partOfWord reports whether digits at i go on with a word, an order's number, a path or a time.
func partOfWord(text []byte, i int) bool {
	if i == 0 {
		return false
	}
	c := text[i-1]
	if i > 1 && (c == ':' || c == '+') && isDigit(text[i-2]) {
		return true
	}
	return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' || bytes.IndexByte([]byte("_-#/"), c) >= 0
}

func beforeColon(text []byte, end int) bool {
	return end+1 < len(text) && text[end] == ':' && isDigit(text[end+1])
}

// dateGroups returns 3 where the run begins with a date such as 2026-11-22 or 22.11.2026, 2 where it begins with a pair
// of years, otherwise 0.
func dateGroups(text []byte, run []span) int {
	if len(run) == 2 && isYear(text, run[0]) && isYear(text, run[1]) {
		return 2
	}
	if len(run) < 3 {
		return 0
	}
	a, b, c := run[0], run[1], run[2]
	separator := text[a.end]
	if (separator != '-' && separator != '.') || text[b.end] != separator || b.start-a.end != 1 || c.start-b.end != 1 {
		return 0
	}
	if (isYear(text, a) && b.len() == 2 && c.len() == 2) || (a.len() <= 2 && b.len() <= 2 && isYear(text, c)) {
		return 3
	}
	return 0
}

// cardGroups returns the length of a run that begins like the number of a card or an account, four groups of four digits,
// otherwise 0.
func cardGroups(run []span) int {
	n := 0
	for n < len(run) && run[n].len() == 4 {
		n++
	}
	switch {
	case n < 4:
		return 0
	case n < len(run) && run[n].len() < 4:
		n++
	}
	return n
}

func isYear(text []byte, group span) bool {
	year := text[group.start:group.end]
	return len(year) == 4 && (bytes.HasPrefix(year, []byte("19")) || bytes.HasPrefix(year, []byte("20")))
}

// amountGroups returns the length of a run that is a decimal number, one with its thousands set apart, or a network
// address, otherwise 0.
func amountGroups(text []byte, run []span) int {
	if len(run) < 2 || len(run) > 4 {
		return 0
	}
	dots, thousands, address := true, run[0].len() <= 2, len(run) == 4 && run[0].len() <= 3
	for i, group := range run[1:] {
		gap := text[run[i].end:group.start]
		dots = dots && string(gap) == "."
		thousands = thousands && group.len() == 3 && (string(gap) == "." || blank(gap) == len(gap))
		address = address && group.len() <= 3
	}
	if thousands || (dots && (address || len(run) == 2)) {
		return len(run)
	}
	return 0
}
