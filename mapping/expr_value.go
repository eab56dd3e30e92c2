package mapping

import (
	"bytes"
	"strconv"
	"strings"
)

// kinds is a set of the kinds that a value of an expression may be of.
type kinds uint8

const (
	kindNull kinds = 1 << iota
	kindText
	kindBoolean
	kindInteger
	kindFloat
	kindList

	kindNumber = kindInteger | kindFloat
	kindAny    = kindNull | kindText | kindBoolean | kindNumber | kindList
)

// String names the kinds: text or NULL.
func (k kinds) String() string {
	if k&^kindNull == kindAny&^kindNull {
		return "anything"
	}
	var names []string
	for _, of := range []struct {
		kinds kinds
		name  string
	}{
		{kindText, "text"},
		{kindBoolean, "true or false"},
		{kindNumber, "a number"},
		{kindInteger, "a whole number"},
		{kindFloat, "a number"},
		{kindList, "a list"},
		{kindNull, "NULL"},
	} {
		if k&of.kinds == of.kinds {
			names = append(names, of.name)
			k &^= of.kinds
		}
	}
	return strings.Join(names, " or ")
}

// value is what a part of an expression gives for one row. Kind is exactly one.
type value struct {
	kind    kinds
	truth   bool
	text    []byte // never written to: it may be the row's
	integer int64
	float   float64
	list    []value
}

func truth(is bool) value { return value{kind: kindBoolean, truth: is} }

// textOf is a text, also where an empty one has come out as nil, which means NULL everywhere else.
func textOf(text []byte) value {
	if text == nil {
		text = []byte{}
	}
	return value{kind: kindText, text: text}
}

// textOrNull is a cell as a value.
func textOrNull(text []byte) value {
	if text == nil {
		return value{kind: kindNull}
	}
	return textOf(text)
}

// appendTo appends the text that the steps behind an expression begin with: a list is the text of a JSON array.
func (v value) appendTo(dst []byte) []byte {
	switch v.kind {
	case kindText:
		return append(dst, v.text...)
	case kindBoolean:
		return strconv.AppendBool(dst, v.truth)
	case kindInteger:
		return strconv.AppendInt(dst, v.integer, 10)
	case kindFloat:
		return strconv.AppendFloat(dst, v.float, 'f', -1, 64)
	case kindList:
		dst = append(dst, '[')
		for i, element := range v.list {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = element.appendJSON(dst)
		}
		return append(dst, ']')
	default:
		return dst
	}
}

func (v value) appendJSON(dst []byte) []byte {
	switch v.kind {
	case kindNull:
		return append(dst, "null"...)
	case kindText:
		return appendString(dst, v.text)
	default:
		return v.appendTo(dst)
	}
}

// bytes returns the same text, nil for NULL.
func (v value) bytes() []byte {
	switch v.kind {
	case kindNull:
		return nil
	case kindText:
		return v.text
	default:
		return v.appendTo(nil)
	}
}

// equal compares numbers by what they are worth. Values of different kinds are not equal.
func (v value) equal(w value) bool {
	switch {
	case v.isNumber() && w.isNumber():
		return compareNumbers(v, w) == 0
	case v.kind != w.kind:
		return false
	case v.kind == kindText:
		return bytes.Equal(v.text, w.text)
	case v.kind == kindBoolean:
		return v.truth == w.truth
	case v.kind == kindList:
		return equalLists(v.list, w.list)
	}
	return true // NULL, as in a language, not as in SQL
}

func equalLists(a, b []value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !a[i].equal(b[i]) {
			return false
		}
	}
	return true
}
