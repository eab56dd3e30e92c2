package config

import (
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// field is what the tags of a struct's field say about a key of the file.
type field struct {
	index    int
	name     string   // the key
	required bool     // it has to be given
	scalar   bool     // a scalar in the place of the whole struct means this field
	isKey    bool     // takes the key of an entry, where a list of structs is written as a mapping
	isValue  bool     // takes the value of such an entry; without one the struct's other fields do
	fallback string   // the value where none is given
	min, max string   // bounds of numbers and durations
	enum     []string // the values there are; of a list, those of its elements
	doc      string
}

// fieldsOf reads the tags of a struct type, in the order of its fields.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		name, options, _ := strings.Cut(tag.Get("yaml"), ",")
		f := field{
			index: i, name: name,
			required: options == "required", scalar: options == "scalar", isKey: options == "key", isValue: options == "value",
			fallback: tag.Get("default"), min: tag.Get("min"), max: tag.Get("max"), doc: tag.Get("doc"),
		}
		if enum := tag.Get("enum"); enum != "" {
			f.enum = strings.Split(enum, ",")
		}
		fields = append(fields, f)
	}
	return fields
}

// names returns the keys that a struct has.
func names(fields []field) []string {
	var all []string
	for _, f := range fields {
		if f.name != "" {
			all = append(all, f.name)
		}
	}
	return all
}

// keysOf describes what is written for a struct type.
func keysOf(t reflect.Type) string {
	fields := fieldsOf(t)
	keys := "a mapping with " + strings.Join(names(fields), ", ")
	if scalar, ok := find(fields, func(f field) bool { return f.scalar }); ok {
		return "a " + scalar.name + " or " + keys
	}
	return keys
}

// meaning is what the field's documentation begins with, to stand inside a sentence.
func (f field) meaning() string {
	text, _, _ := strings.Cut(strings.TrimSuffix(f.doc, "."), ". ")
	first, size := utf8.DecodeRuneInString(text)
	second, _ := utf8.DecodeRuneInString(text[size:])
	if unicode.IsUpper(second) { // an abbreviation
		return text
	}
	return string(unicode.ToLower(first)) + text[size:]
}
