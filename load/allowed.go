package load

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
)

// allowedJSON writes the allowed values in the field's own type; a list's are texts, as its elements are.
func (f MetadataField) allowedJSON() ([]json.RawMessage, error) {
	values := make([]json.RawMessage, len(f.Allowed))
	for i, text := range f.Allowed {
		value, ok := valueJSON(f.Type, text)
		if !ok {
			return nil, fmt.Errorf("allowed value %q is no %s", text, f.Type)
		}
		values[i] = value
	}
	return values, nil
}

// valueJSON writes a value in a field's type.
func valueJSON(typ, text string) (json.RawMessage, bool) {
	value, ok := canonical(typ, text)
	if !ok {
		return nil, false
	}
	switch typ {
	case TypeInteger, TypeFloat, TypeBoolean:
		return json.RawMessage(value), true
	default:
		quoted, err := json.Marshal(value)
		return quoted, err == nil
	}
}

// canonical is the one way in which a value of a type is written.
func canonical(typ, text string) (string, bool) {
	switch typ {
	case TypeInteger, TypeFloat:
		return plainNumber(text, typ == TypeInteger)
	case TypeBoolean:
		return boolean(text)
	default:
		return text, true
	}
}

// canonicals writes values of a type in one way each, every one once and in one order; what is no such value stays as it is.
func canonicals(typ string, texts []string) []string {
	all := make([]string, len(texts))
	for i, text := range texts {
		value, ok := canonical(typ, text)
		if !ok {
			value = text
		}
		all[i] = value
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// without returns those of the texts that are not among others.
func without(texts, others []string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return slices.Contains(others, text) })
}

// decimal is what big.Rat reads, less fractions, other bases and exponents that would fill the memory.
var decimal = regexp.MustCompile(`^[+-]?[0-9.]+([eE][+-]?[0-9]{1,3})?$`)

// plainNumber is exact: 007 is 7, 4.50 is 4.5.
func plainNumber(text string, whole bool) (string, bool) {
	text = strings.TrimSpace(text)
	if !decimal.MatchString(text) {
		return "", false
	}
	number, ok := new(big.Rat).SetString(text)
	if !ok || whole && !number.IsInt() {
		return "", false
	}
	digits, _ := number.FloatPrec()
	return number.FloatString(digits), true
}

func boolean(text string) (string, bool) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "t", "yes", "y", "1":
		return "true", true
	case "false", "f", "no", "n", "0":
		return "false", true
	default:
		return "", false
	}
}
