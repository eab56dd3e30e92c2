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

// finder returns where personal data of one kind is in a text.
type finder struct {
	kind string
	find func(text []byte) []span
}

// finders stand in the order in which they look: an address may hold a phone number, and a card's number looks like one.
var finders = []finder{
	{redactEmail, findEmails},
	{redactCard, func(text []byte) []span { return findNumbers(text, cardGap, findCard) }},
	{redactPhone, findPhones},
}

// Personal returns the text with what redact would mask replaced by what replace makes of it. Kind is email, card or phone.
func Personal(text []byte, replace func(kind, found string) string) []byte {
	return replaced(make([]byte, 0, len(text)), text, finders, replace)
}

// redaction returns what masks these kinds.
func redaction(kinds []string) func([]byte) []byte {
	chosen := slices.DeleteFunc(slices.Clone(finders), func(f finder) bool { return !slices.Contains(kinds, f.kind) })
	mask := func(kind, _ string) string { return "[" + kind + "]" }
	return func(text []byte) []byte {
		return replaced(make([]byte, 0, len(text)), text, chosen, mask)
	}
}

// replaced appends the text to dst, with what the first finder finds replaced; the others look at what lies between.
func replaced(dst, text []byte, finders []finder, replace func(kind, found string) string) []byte {
	if len(finders) == 0 {
		return append(dst, text...)
	}
	done := 0
	for _, at := range finders[0].find(text) {
		dst = replaced(dst, text[done:at.start], finders[1:], replace)
		dst = append(dst, replace(finders[0].kind, string(text[at.start:at.end]))...)
		done = at.end
	}
	return replaced(dst, text[done:], finders[1:], replace)
}

var emailAddress = regexp.MustCompile(
	`[\pL\pN_+%][\pL\pN\pM._%+'-]*@[\pL\pN\pM-]+(?:\.[\pL\pN\pM-]+)*\.\pL[\pL\pN\pM-]+`)

func findEmails(text []byte) []span {
	if bytes.IndexByte(text, '@') < 0 {
		return nil
	}
	var found []span
	for _, at := range emailAddress.FindAllIndex(text, -1) {
		found = append(found, span{at[0], at[1]})
	}
	return found
}
