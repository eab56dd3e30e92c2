package sandbox

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Fields are the values of a JSON object, digit for digit as they were sent.
type Fields map[string]json.RawMessage

// readObject reads a JSON object. A key that stands in it twice is refused.
func readObject(raw []byte) (Fields, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if opening, err := decoder.Token(); err != nil || opening != json.Delim('{') {
		return nil, refuse("%s is not an object", excerpt(raw))
	}
	fields := Fields{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, refuse("malformed object: %s", err)
		}
		key, _ := token.(string)
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, refuse("malformed object: %s", err)
		}
		if _, twice := fields[key]; twice {
			return nil, refuse("%s: the key stands twice in one object", key)
		}
		fields[key] = value
	}
	return fields, nil
}

func readArray(raw []byte) ([]json.RawMessage, error) {
	var elements []json.RawMessage
	if isNull(raw) || json.Unmarshal(raw, &elements) != nil {
		return nil, refuse("%s is not an array", excerpt(raw))
	}
	return elements, nil
}

// reader takes one field's value, or says what is wrong with it.
type reader func(raw json.RawMessage) error

// read gives every field to its reader and refuses fields that have none. It goes by name, so that of several faults
// always the same is reported.
func (f Fields) read(readers map[string]reader) error {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		read, known := readers[name]
		if !known {
			return refuse("%s: unknown field; known here: %s", name, strings.Join(slices.Sorted(maps.Keys(readers)), ", "))
		}
		if err := read(f[name]); err != nil {
			return within(name, err)
		}
	}
	return nil
}

// need refuses the absence of a field.
func (f Fields) need(names ...string) error {
	for _, name := range names {
		if _, ok := f[name]; !ok {
			return refuse("%s: required, but missing", name)
		}
	}
	return nil
}

// text is the field's value if that is a string, else "".
func (f Fields) text(name string) string {
	var text string
	if json.Unmarshal(f[name], &text) != nil {
		return ""
	}
	return text
}

func readText(into *string) reader {
	return func(raw json.RawMessage) error {
		if err := checkString(raw); err != nil {
			return err
		}
		return json.Unmarshal(raw, into)
	}
}

// readName is readText for a text that must not be empty.
func readName(into *string) reader {
	return func(raw json.RawMessage) error {
		if err := readText(into)(raw); err != nil {
			return err
		}
		if strings.TrimSpace(*into) == "" {
			return refuse("must not be empty")
		}
		return nil
	}
}

func readBool(into *bool) reader {
	return func(raw json.RawMessage) error {
		if err := checkBoolean(raw); err != nil {
			return err
		}
		return json.Unmarshal(raw, into)
	}
}

// readChoices reads a list of different texts out of choices.
func readChoices(into *[]string, choices ...string) reader {
	return func(raw json.RawMessage) error {
		elements, err := readArray(raw)
		if err != nil {
			return err
		}
		chosen := []string{}
		for _, element := range elements {
			var choice string
			if err := readChoice(&choice, choices...)(element); err != nil {
				return err
			}
			if slices.Contains(chosen, choice) {
				return refuse("%q stands twice in the list", choice)
			}
			chosen = append(chosen, choice)
		}
		*into = chosen
		return nil
	}
}

func readChoice(into *string, choices ...string) reader {
	return func(raw json.RawMessage) error {
		if err := readText(into)(raw); err != nil {
			return err
		}
		if !slices.Contains(choices, *into) {
			return refuse("%s is none of %s", excerpt(raw), strings.Join(choices, ", "))
		}
		return nil
	}
}
