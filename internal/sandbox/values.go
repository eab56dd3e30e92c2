package sandbox

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"time"
	"unicode/utf8"
)

func checkString(raw json.RawMessage) error {
	if raw[0] != '"' {
		return refuse("%s is not a string", excerpt(raw))
	}
	return nil
}

var wholeNumber = regexp.MustCompile(`^-?\d+$`)

func checkInteger(raw json.RawMessage) error {
	if !wholeNumber.Match(raw) {
		return refuse("%s is not an integer (a JSON number without fraction and exponent)", excerpt(raw))
	}
	return nil
}

func checkNumber(raw json.RawMessage) error {
	if !isNumber(raw) {
		return refuse("%s is not a number", excerpt(raw))
	}
	return nil
}

func checkBoolean(raw json.RawMessage) error {
	if raw[0] != 't' && raw[0] != 'f' {
		return refuse("%s is not a boolean", excerpt(raw))
	}
	return nil
}

func checkList(raw json.RawMessage) error {
	elements, err := readArray(raw)
	if err != nil {
		return err
	}
	for _, element := range elements {
		if element[0] == '[' || element[0] == '{' {
			return refuse("%s in the list is no string, number, boolean or null", excerpt(element))
		}
	}
	return nil
}

// datetime is how the API writes an instant: UTC, whole seconds.
const datetime = "2006-01-02T15:04:05Z"

func checkDatetime(raw json.RawMessage) error {
	var text string
	if json.Unmarshal(raw, &text) != nil || isNull(raw) {
		return refuse("%s is not a datetime in the form YYYY-MM-DDTHH:MM:SSZ", excerpt(raw))
	}
	// Parsing alone takes a fraction and one-digit hours.
	moment, err := time.Parse(datetime, text)
	if err != nil || moment.Format(datetime) != text || moment.Year() < 1 {
		return refuse("%s is not a datetime in the form YYYY-MM-DDTHH:MM:SSZ", excerpt(raw))
	}
	return nil
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

func isNumber(raw json.RawMessage) bool { return raw[0] == '-' || (raw[0] >= '0' && raw[0] <= '9') }

// same reports whether two scalars are one value: strings by what they spell, numbers by their worth where they carry
// a fraction or an exponent, everything else as it is written.
func same(a, b json.RawMessage) bool {
	switch {
	case bytes.Equal(a, b):
		return true
	case a[0] == '"' && b[0] == '"':
		var first, second string
		return json.Unmarshal(a, &first) == nil && json.Unmarshal(b, &second) == nil && first == second
	case isNumber(a) && isNumber(b) && (bytes.ContainsAny(a, ".eE") || bytes.ContainsAny(b, ".eE")):
		first, err1 := strconv.ParseFloat(string(a), 64)
		second, err2 := strconv.ParseFloat(string(b), 64)
		return err1 == nil && err2 == nil && first == second
	}
	return false
}

// excerpt keeps a value short enough for a message.
func excerpt(raw []byte) string {
	const most = 80
	if utf8.RuneCount(raw) <= most {
		return string(raw)
	}
	return string([]rune(string(raw))[:most]) + "…"
}
