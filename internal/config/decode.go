package config

import (
	"reflect"

	"gopkg.in/yaml.v3"

	"pvetl/extract"
	"pvetl/internal/secret"
	"pvetl/load"
	"pvetl/mapping"
)

var (
	configType  = reflect.TypeFor[Config]()
	literalType = reflect.TypeFor[mapping.Literal]()
	secretType  = reflect.TypeFor[secret.Text]()
	lagType     = reflect.TypeFor[extract.Lag]()
	limitType   = reflect.TypeFor[load.Limit]()
)

// decoder fills the value types from the file's nodes, as their tags say.
type decoder struct {
	*document

	env Env
}

// value decodes a node that is given into a field's value.
func (d *decoder) value(node *yaml.Node, at path, spec field, into reflect.Value) {
	t := into.Type()
	switch {
	case node.Kind == yaml.AliasNode: // reported already
		d.doubt(at)
	case t == literalType:
		d.literal(node, at, into)
	case t.Kind() == reflect.Pointer:
		into.Set(reflect.New(t.Elem()))
		d.value(node, at, spec, into.Elem())
	case isObject(t):
		d.object(node, at, into)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		d.entries(node, at, spec, into)
	case t.Kind() == reflect.Slice:
		d.list(node, at, spec, into)
	default:
		d.scalar(node, at, spec, into)
	}
}

// isObject tells the structs that are written as mappings from those that are written as scalars.
func isObject(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != lagType && t != limitType && t != literalType
}

// member decodes a field of a struct from the node the file has for it, if any. An empty value is none.
func (d *decoder) member(node *yaml.Node, at path, spec field, into reflect.Value) {
	takesNull := into.Type() == literalType || into.Kind() == reflect.Pointer && into.Type().Elem() == literalType
	if node == nil || isNull(node) && !takesNull {
		d.missing(at, spec, into)
		return
	}
	d.value(node, at, spec, into)
}

// missing gives a field that the file leaves out its defaults.
func (d *decoder) missing(at path, spec field, into reflect.Value) {
	if spec.required {
		d.refuse(at, "found nothing, expected "+spec.meaning())
	}
	if spec.fallback != "" {
		assign(into, spec, spec.fallback)
	}
	if !isObject(into.Type()) {
		return
	}
	for _, f := range fieldsOf(into.Type()) {
		f.required = false // the struct is missing as a whole
		d.missing(at.key(f.name), f, into.Field(f.index))
	}
}

// object decodes a struct from a mapping, or its scalar field from a scalar.
func (d *decoder) object(node *yaml.Node, at path, into reflect.Value) {
	fields := fieldsOf(into.Type())
	short, hasShort := find(fields, func(f field) bool { return f.scalar })
	switch {
	case node.Kind == yaml.ScalarNode && !isNull(node) && hasShort:
		short.required = true
		d.scalar(node, at, short, into.Field(short.index))
	case node.Kind != yaml.MappingNode:
		d.wrongKind(node, at, keysOf(into.Type()))
		d.missing(at, field{}, into)
	default:
		d.members(node, at, fields, into)
	}
}

func (d *decoder) members(node *yaml.Node, at path, fields []field, into reflect.Value) {
	given := map[string]*yaml.Node{}
	meant := map[string]bool{} // what unknown keys are misspellings of: one fault is reported once
	cut := map[string]bool{}   // of texts whose end looks like more keys
	var before string
	for key, value := range pairs(node) {
		name := key.Value
		d.stands(at.key(name), key, value)
		_, isKnown := find(fields, func(f field) bool { return f.name == name && name != "" })
		switch {
		case isKnown:
			given[name] = value
			before = name
		case d.goesOn(node, key, value, given[before], fields):
			d.put(at.key(name), key)
			d.blameCut(at.key(name), before, cut)
		default:
			d.put(at.key(name), key)
			meant[d.unknownKey(at.key(name), name, value, fields, into.Type())] = true
		}
	}
	for _, f := range fields {
		if f.isKey || f.isValue {
			continue
		}
		if meant[f.name] && given[f.name] == nil {
			f.required = false
			d.doubt(at.key(f.name))
		}
		d.member(given[f.name], at.key(f.name), f, into.Field(f.index))
		if cut[f.name] {
			d.doubt(at.key(f.name))
		}
	}
}

// unknownKey reports a key that a struct does not have and returns the one that is probably meant. Excerpts may show its
// value where that one holds no credential.
func (d *decoder) unknownKey(at path, name string, value *yaml.Node, fields []field, t reflect.Type) string {
	known := names(fields)
	d.say(SeverityError, at, "unknown key, expected one of "+listed(known), didYouMean(name, known))
	meant := nearest(name, known)
	f, ok := find(fields, func(f field) bool { return f.name == meant && meant != "" })
	d.open[value] = ok && isOpenType(t.Field(f.index).Type)
	return meant
}

// goesOn reports whether what looks like a key is the rest of the text before it, cut off at a comma.
func (d *decoder) goesOn(node, key, value, before *yaml.Node, fields []field) bool {
	return node.Style&yaml.FlowStyle != 0 && key.Style == 0 && isNull(value) && value.Value == "" && nearest(key.Value, names(fields)) == "" &&
		before != nil && before.Kind == yaml.ScalarNode && before.Style == 0
}

// blameCut reports a text that is cut off at a comma, once.
func (d *decoder) blameCut(at path, text string, cut map[string]bool) {
	if !cut[text] {
		d.say(SeverityError, at, "found more of the text of "+text+" behind a comma, expected the whole text in quotes",
			"inside { } a comma ends what has no quotes")
	}
	cut[text] = true
}

// entries decodes a slice of structs from a mapping: its keys name them.
func (d *decoder) entries(node *yaml.Node, at path, spec field, into reflect.Value) {
	t := into.Type().Elem()
	fields := fieldsOf(t)
	key, _ := find(fields, func(f field) bool { return f.isKey })
	whole, hasWhole := find(fields, func(f field) bool { return f.isValue })
	if node.Kind != yaml.MappingNode {
		d.wrongKind(node, at, "a mapping from names to their values")
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), 0, len(node.Content)/2))
	for name, value := range pairs(node) {
		below := at.key(name.Value)
		d.stands(below, name, value)
		entry := reflect.New(t).Elem()
		entry.Field(key.index).SetString(name.Value)
		target := entry
		if hasWhole {
			target = entry.Field(whole.index)
		}
		d.value(value, below, whole, target)
		into.Set(reflect.Append(into, entry))
	}
	if into.Len() == 0 && spec.required {
		d.refuse(at, "found nothing, expected "+spec.meaning())
	}
}

// list decodes a slice of scalars.
func (d *decoder) list(node *yaml.Node, at path, spec field, into reflect.Value) {
	if node.Kind != yaml.SequenceNode {
		d.wrongKind(node, at, "a list")
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(node.Content), len(node.Content)))
	spec.required = false // is the list, not each element
	for i, item := range node.Content {
		d.put(at.index(i), item)
		d.scalar(item, at.index(i), spec, into.Index(i))
	}
}

// stands records where a value stands: a section and a value that is left empty at their key.
func (d *document) stands(at path, key, value *yaml.Node) {
	d.put(at, value)
	known := d.places[at]
	known.key = key
	if value.Kind != yaml.ScalarNode || isNull(value) {
		known.node, known.line, known.column = nil, key.Line, key.Column
	}
	d.places[at] = known
}

// wrongKind says which kind of value was found and never the value, which may be a credential out of place.
func (d *document) wrongKind(node *yaml.Node, at path, expected string) {
	kind := shown(node)
	if node.Kind == yaml.ScalarNode && !isNull(node) {
		kind = "text"
	}
	d.refuse(at, "found "+kind+", expected "+expected)
}
