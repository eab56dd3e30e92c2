package mapping

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"pvetl/extract"
	"pvetl/load"
)

var (
	refuseList = &refusal{
		load.TypeList, "a list is a database array or a JSON array of texts, numbers and booleans, or text with split",
	}
	refuseNested     = &refusal{load.TypeList, "a list holds no lists or objects"}
	refuseSplitArray = &refusal{ruleSplit, "split needs text, and the value is an array"}
)

// listConversion returns how the text of a column becomes a list. Edit, which may be nil, is applied to each element
// and makes it plain text.
func listConversion(split *string, edit func([]byte) []byte, column extract.Column, zone *time.Location) convert {
	isArray := column.Kind == extract.Array
	switch {
	case split != nil && isArray:
		return func(dst, _ []byte) ([]byte, *refusal) { return dst, refuseSplitArray }
	case split != nil:
		separator := []byte(*split)
		return func(dst, text []byte) ([]byte, *refusal) { return appendParts(dst, text, separator, edit), nil }
	case isArray:
		element := elementConversion(column.Elem, edit, zone)
		return func(dst, text []byte) ([]byte, *refusal) { return appendArray(dst, text, element) }
	}
	return func(dst, text []byte) ([]byte, *refusal) { return appendJSONArray(dst, text, edit) }
}

// appendParts appends the parts of a text as a list, trimmed and without empty ones.
func appendParts(dst, text, separator []byte, edit func([]byte) []byte) []byte {
	dst = append(dst, '[')
	first := len(dst)
	for part := range bytes.SplitSeq(text, separator) {
		part = bytes.TrimSpace(part)
		if edit != nil {
			part = edit(part)
		}
		if len(part) == 0 {
			continue
		}
		if len(dst) > first {
			dst = append(dst, ',')
		}
		dst = appendString(dst, part)
	}
	return append(dst, ']')
}

// elementConversion returns how the element of a database array becomes JSON.
func elementConversion(kind extract.Kind, edit func([]byte) []byte, zone *time.Location) convert {
	if edit != nil {
		return func(dst, text []byte) ([]byte, *refusal) { return appendString(dst, edit(text)), nil }
	}
	switch kind {
	case extract.Integer, extract.Decimal:
		return appendFloat
	case extract.Boolean:
		return appendBoolean
	default:
		return scalarConversion(load.TypeString, kind, zone)
	}
}

// appendArray appends a Postgres array, {a,"b c",NULL}, perhaps after its bounds: [0:2]={a,b,c}.
func appendArray(dst, text []byte, element convert) ([]byte, *refusal) {
	rest := text
	if bytes.HasPrefix(rest, []byte("[")) {
		_, rest, _ = bytes.Cut(rest, []byte("="))
	}
	if len(rest) < len("{}") || rest[0] != '{' {
		return dst, refuseList
	}
	out := slices.Grow(dst, len(text))
	out = append(out, '[')
	if string(rest) == "{}" {
		return append(out, ']'), nil
	}
	for {
		item, quoted, after, ok := arrayItem(rest[1:])
		var refused *refusal
		switch {
		case !ok:
			return dst, refuseList
		case !quoted && len(item) > 0 && item[0] == '{':
			return dst, refuseNested
		case !quoted && string(item) == "NULL":
			out = append(out, "null"...)
		default:
			out, refused = element(out, item)
		}
		if refused != nil {
			return dst, &refusal{load.TypeList, refused.reason}
		}
		if rest = after; rest[0] == '}' {
			break
		}
		out = append(out, ',')
	}
	if len(rest) > 1 {
		return dst, refuseList
	}
	return append(out, ']'), nil
}

// arrayItem reads one element up to the comma or brace after it.
func arrayItem(text []byte) (item []byte, quoted bool, rest []byte, ok bool) {
	if len(text) > 0 && text[0] == '"' {
		item, rest, ok = quotedItem(text[1:])
		return item, true, rest, ok && len(rest) > 0 && (rest[0] == ',' || rest[0] == '}')
	}
	if len(text) > 0 && text[0] == '{' {
		return text[:1], false, text, true
	}
	end := bytes.IndexAny(text, `,}"{\`)
	if end < 1 || (text[end] != ',' && text[end] != '}') {
		return nil, false, nil, false
	}
	return text[:end], false, text[end:], true
}

// quotedItem reads up to the quote that closes; a backslash makes the next byte stand for itself.
func quotedItem(text []byte) (item, rest []byte, ok bool) {
	end := bytes.IndexAny(text, `"\`)
	if end >= 0 && text[end] == '"' {
		return text[:end], text[end+1:], true
	}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			return item, text[i+1:], true
		case '\\':
			if i++; i == len(text) {
				return nil, nil, false
			}
		}
		item = append(item, text[i])
	}
	return nil, nil, false
}

// appendJSONArray appends a JSON array of scalars. Numbers keep their digits, texts their characters.
func appendJSONArray(dst, text []byte, edit func([]byte) []byte) ([]byte, *refusal) {
	rest, ok := bytes.CutPrefix(afterBlanks(text), []byte("["))
	if !ok || !json.Valid(text) {
		return dst, refuseList
	}
	out := slices.Grow(dst, len(text))
	out = append(out, '[')
	for rest = afterBlanks(rest); rest[0] != ']'; {
		if rest[0] == '[' || rest[0] == '{' {
			return dst, refuseNested
		}
		end := elementEnd(rest)
		out = appendElement(out, rest[:end], edit)
		if rest = afterBlanks(rest[end:]); rest[0] == ',' {
			out = append(out, ',')
			rest = afterBlanks(rest[1:])
		}
	}
	return append(out, ']'), nil
}

func appendElement(dst, element []byte, edit func([]byte) []byte) []byte {
	switch {
	case element[0] == '"':
		text := []byte(unquote(element))
		if edit != nil {
			text = edit(text)
		}
		return appendString(dst, text)
	case edit != nil && string(element) != "null":
		return appendString(dst, edit(element))
	}
	return append(dst, element...)
}

// elementEnd returns the length of the scalar that valid JSON begins with.
func elementEnd(text []byte) int {
	if text[0] != '"' {
		return bytes.IndexAny(text, ",] \t\r\n")
	}
	for i := 1; ; i++ {
		switch text[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
}

func afterBlanks(text []byte) []byte { return bytes.TrimLeft(text, " \t\r\n") }
