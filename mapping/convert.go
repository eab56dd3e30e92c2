package mapping

import (
	"bytes"
	"time"

	"pvetl/extract"
	"pvetl/load"
)

// convert appends to dst the JSON that a text is under one type.
type convert func(dst, text []byte) ([]byte, *refusal)

// conversion returns how the text of a column becomes a value of a type. A zero column stands for plain text.
func conversion(typ string, split *string, edits []edit, column extract.Column, zone *time.Location) convert {
	edit := inTurn(edits)
	if typ == load.TypeList {
		return listConversion(split, edit, column, zone)
	}
	if edit == nil {
		return scalarConversion(typ, column.Kind, zone)
	}
	plain := scalarConversion(typ, extract.Text, zone)
	return func(dst, text []byte) ([]byte, *refusal) { return plain(dst, edit(text)) }
}

func scalarConversion(typ string, kind extract.Kind, zone *time.Location) convert {
	if kind == extract.Instant {
		zone = time.UTC
	}
	switch typ {
	case load.TypeInteger:
		return appendInteger
	case load.TypeFloat:
		return appendFloat
	case load.TypeBoolean:
		return appendBoolean
	case load.TypeDatetime:
		return func(dst, text []byte) ([]byte, *refusal) { return appendDatetime(dst, text, zone) }
	case typeBytes:
		// Nothing stands before the bytes and nothing follows them, so they need not be copied.
		return func(_, text []byte) ([]byte, *refusal) { return text, nil }
	}
	if isTime(kind) {
		return func(dst, text []byte) ([]byte, *refusal) { return appendTimeText(dst, text, zone) }
	}
	return func(dst, text []byte) ([]byte, *refusal) { return appendString(dst, text), nil }
}

func isTime(kind extract.Kind) bool {
	return kind == extract.Date || kind == extract.Timestamp || kind == extract.Instant
}

// edit is a rule that makes another text of a text.
type edit struct {
	rule  string
	apply func([]byte) []byte
}

// edits returns html_to_text, redact and truncate as far as the rule has them.
func edits(rule Rule) []edit {
	var edits []edit
	if rule.HTMLToText {
		edits = append(edits, edit{ruleHTMLToText, htmlToText})
	}
	if len(rule.Redact) > 0 {
		edits = append(edits, edit{ruleRedact, redaction(rule.Redact)})
	}
	if rule.Truncate > 0 {
		edits = append(edits, edit{ruleTruncate, func(text []byte) []byte { return truncateWhole(text, rule.Truncate) }})
	}
	return edits
}

// inTurn applies one edit after the other; it is nil where there are none.
func inTurn(edits []edit) func([]byte) []byte {
	if len(edits) == 0 {
		return nil
	}
	return func(text []byte) []byte {
		for _, edit := range edits {
			text = edit.apply(text)
		}
		return text
	}
}

var refuseInteger = &refusal{load.TypeInteger, "an integer is digits with an optional sign"}

func appendInteger(dst, text []byte) ([]byte, *refusal) {
	out, ok := appendNumber(dst, text)
	if !ok || bytes.IndexByte(out[len(dst):], '.') >= 0 {
		return dst, refuseInteger
	}
	return out, nil
}

var refuseFloat = &refusal{load.TypeFloat, "a float is digits with an optional sign and point"}

func appendFloat(dst, text []byte) ([]byte, *refusal) {
	out, ok := appendNumber(dst, text)
	if !ok {
		return dst, refuseFloat
	}
	return out, nil
}

var refuseBoolean = &refusal{load.TypeBoolean, "a boolean is true, t, yes, y or 1, or false, f, no, n or 0"}

func appendBoolean(dst, text []byte) ([]byte, *refusal) {
	text = unpadded(text)
	if len(text) > len("false") {
		return dst, refuseBoolean
	}
	var lower [len("false")]byte
	for i, c := range text {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	switch string(lower[:len(text)]) {
	case "true", "t", "yes", "y", "1":
		return append(dst, "true"...), nil
	case "false", "f", "no", "n", "0":
		return append(dst, "false"...), nil
	}
	return dst, refuseBoolean
}

// unpadded returns the text without the blanks around it: a CHAR column pads what it holds.
func unpadded(text []byte) []byte { return bytes.Trim(text, " ") }
