package mapping

import "regexp"

var accountNumber = regexp.MustCompile(`\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b`)

// findAccounts finds the international numbers of bank accounts (IBAN).
func findAccounts(text []byte) []span {
	var found []span
	for _, at := range accountNumber.FindAllIndex(text, -1) {
		if checksOut(text[at[0]:at[1]]) {
			found = append(found, span{at[0], at[1]})
		}
	}
	return found
}

// checksOut reports whether an IBAN's check digits are right: with its first four characters at the end, and letters as 10
// to 35, it leaves 1 when divided by 97.
func checksOut(account []byte) bool {
	rest := 0
	for i := range account {
		switch c := account[(i+len("DE89"))%len(account)]; {
		case isDigit(c):
			rest = (10*rest + int(c-'0')) % 97
		case c != ' ':
			rest = (100*rest + int(c-'A') + 10) % 97
		}
	}
	return rest == 1
}
