package mapping

import (
	"bytes"
	"regexp"
	"slices"
)

// The kinds of personal data that redact masks.
const (
	redactEmail = "email"
	redactPhone = "phone"
	redactCard  = "card"
)

var redactKinds = []string{redactEmail, redactPhone, redactCard}

// redaction returns what masks these kinds. The order is fixed: an address may hold a phone number, and a card's number
// looks like one.
func redaction(kinds []string) func([]byte) []byte {
	return func(text []byte) []byte {
		if slices.Contains(kinds, redactEmail) {
			text = maskEmails(text)
		}
		if slices.Contains(kinds, redactCard) {
			text = maskNumbers(text, cardGap, findCard, "[card]")
		}
		if slices.Contains(kinds, redactPhone) {
			text = maskNumbers(text, phoneGap, findPhone, "[phone]")
		}
		return text
	}
}

var emailAddress = regexp.MustCompile(
	`[\pL\pN_+%][\pL\pN\pM._%+'-]*@[\pL\pN\pM-]+(?:\.[\pL\pN\pM-]+)*\.\pL[\pL\pN\pM-]+`)

func maskEmails(text []byte) []byte {
	if bytes.IndexByte(text, '@') < 0 {
		return text
	}
	return emailAddress.ReplaceAllLiteral(text, []byte("[email]"))
}
