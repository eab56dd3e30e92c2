package config

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"pvetl/load"
)

// Schema returns the JSON Schema (2020-12) of jobs.yaml. It is made from the tags that the decoder goes by, so that an
// editor and the program say the same; what values mean together only the program can tell.
func Schema() ([]byte, error) {
	all := schemas{}
	root := all.object(configType)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "jobs.yaml of pvetl"
	root["$defs"] = all
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(root); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

// schema says what one value may be.
type schema map[string]any

// schemas are those that others refer to: one for each struct that is written as a mapping.
type schemas map[string]schema

// of returns the schema of a field's value that is given.
func (all schemas) of(t reflect.Type, f field) schema {
	switch {
	case t.Kind() == reflect.Pointer:
		return all.of(t.Elem(), f)
	case isObject(t):
		return all.refer(t)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return all.entries(t.Elem(), f)
	case t.Kind() == reflect.Slice:
		return schema{"type": "array", "items": scalarSchema(t.Elem(), field{enum: f.enum})}
	default:
		return scalarSchema(t, f)
	}
}

func (all schemas) refer(t reflect.Type) schema {
	name := strings.ToLower(t.Name())
	if _, known := all[name]; !known {
		all[name] = nil // is being made
		all[name] = all.either(t)
	}
	return schema{"$ref": "#/$defs/" + name}
}

// either is a struct, or the scalar that may stand in its place.
func (all schemas) either(t reflect.Type) schema {
	short, ok := find(fieldsOf(t), func(f field) bool { return f.scalar })
	if !ok {
		return all.object(t)
	}
	short.required = true
	return schema{"oneOf": []schema{described(scalarSchema(t.Field(short.index).Type, short), short), all.object(t)}}
}

func (all schemas) object(t reflect.Type) schema {
	properties, required := schema{}, []string{}
	for _, f := range fieldsOf(t) {
		if f.isKey || f.isValue {
			continue
		}
		if f.required {
			required = append(required, f.name)
		}
		of := all.of(t.Field(f.index).Type, f)
		if !f.required {
			of = orNothing(of)
		}
		properties[f.name] = described(of, f)
	}
	object := schema{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		object["required"] = required
	}
	return object
}

// entries is a mapping from names to the values of a struct.
func (all schemas) entries(t reflect.Type, f field) schema {
	entry := func() schema { return all.refer(t) }
	if whole, ok := find(fieldsOf(t), func(f field) bool { return f.isValue }); ok {
		entry = func() schema { return all.of(t.Field(whole.index).Type, whole) }
	}
	mapping := schema{"type": "object", "additionalProperties": entry()}
	switch t {
	case reflect.TypeFor[load.MetadataField]():
		mapping["propertyNames"] = schema{"pattern": fieldID.String()}
	case reflect.TypeFor[Source](), reflect.TypeFor[load.Integration](), reflect.TypeFor[Job]():
		mapping["propertyNames"] = schema{"pattern": plainName.String()}
	}
	if f.required {
		mapping["minProperties"] = 1
	}
	return mapping
}

// orNothing lets a key that may be left out stand without a value.
func orNothing(of schema) schema {
	nothing := schema{"type": "null"}
	if types, ok := of["anyOf"].([]schema); ok {
		of["anyOf"] = append(slices.Clone(types), nothing)
		return of
	}
	return schema{"anyOf": []schema{of, nothing}}
}

func described(of schema, f field) schema {
	if f.doc != "" {
		of["description"] = f.doc
	}
	if f.fallback != "" {
		of["default"] = f.fallback
		if json.Valid([]byte(f.fallback)) { // a number or a boolean
			of["default"] = json.RawMessage(f.fallback)
		}
	}
	return of
}

// scalarSchema is what assign takes. Text may have a reference in it, which stands for anything.
func scalarSchema(t reflect.Type, f field) schema {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return texts(durationForm)
	case t == lagType:
		return anyOf(schema{"type": "integer", "minimum": 0}, texts(durationForm, `^(0|[1-9][0-9]*)$`))
	case t == limitType:
		return anyOf(schema{"type": "integer", "minimum": 0}, texts(shareForm, `^(0|[1-9][0-9]*)$`))
	case t == literalType:
		scalar := []string{"string", "number", "boolean", "null"}
		return anyOf(schema{"type": scalar}, schema{"type": "array", "items": schema{"type": scalar}})
	case t.Kind() == reflect.Int:
		number := schema{"type": "integer"}
		for keyword, bound := range map[string]string{"minimum": f.min, "maximum": f.max} {
			if bound != "" {
				number[keyword] = json.RawMessage(bound)
			}
		}
		return anyOf(number, texts(wholeNumber.String()))
	case t.Kind() == reflect.Bool:
		return anyOf(schema{"type": "boolean"}, texts(`^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$`))
	case len(f.enum) > 0:
		return anyOf(schema{"enum": f.enum}, texts())
	case f.required:
		return schema{"type": []string{"string", "number", "boolean"}, "minLength": 1}
	default:
		return schema{"type": []string{"string", "number", "boolean"}}
	}
}

const (
	durationForm  = `^([0-9]+d)?([0-9]*\.?[0-9]+(ns|us|µs|μs|ms|s|m|h))*$` // and more than nothing, which no pattern of editors can say
	shareForm     = `^0*(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)%$`
	referenceForm = `\$\{.+\}`
)

func anyOf(of ...schema) schema { return schema{"anyOf": of} }

// texts is a text of one of the forms, or one with a reference in it.
func texts(forms ...string) schema {
	return schema{"type": "string", "minLength": 1, "pattern": strings.Join(append(forms, referenceForm), "|")}
}
