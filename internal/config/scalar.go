package config

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"pvetl/mapping"
)

// scalar decodes a text, a number, a duration and the like, whose references it replaces first.
func (d *decoder) scalar(node *yaml.Node, at path, spec field, into reflect.Value) {
	if node.Kind == yaml.AliasNode {
		d.value(node, at, spec, into)
		return
	}
	if node.Kind != yaml.ScalarNode || isNull(node) {
		d.wrongKind(node, at, expectation(into, spec))
		return
	}
	x, ok := d.text(node, at, into.Type() == secretType)
	switch {
	case !ok && into.Kind() == reflect.String:
		into.SetString(node.Value) // so that it counts as given
	case !ok:
		d.missing(at, field{fallback: spec.fallback}, into)
	case x.text == "" && len(x.held) > 0: // as if the file said nothing
		d.missing(at, spec, into)
	case x.text == "" && spec.required:
		d.refuse(at, d.found(at)+", expected "+spec.meaning())
	case assign(into, spec, x.text):
	case len(spec.enum) > 0:
		d.misnamed(at, x.text, "one of ", spec.enum)
		d.doubt(at)
	default:
		d.refuse(at, d.found(at)+", expected "+expectation(into, spec))
	}
}

// text expands a scalar's text and records what became of it. It returns false if the text is not known.
func (d *decoder) text(node *yaml.Node, at path, isSecret bool) (expansion, bool) {
	d.open[node] = !isSecret
	x, err := d.env.expand(node.Value)
	known := d.places[at]
	known.own, known.referring = x.own, len(x.held) > 0
	d.held = append(d.held, x.held...)
	switch {
	case isSecret:
		known.shown = "a text that is kept secret"
	case len(x.held) > 0: // what a variable holds may be a credential in the wrong place
		known.shown = cut(node.Value)
	}
	if err != nil {
		d.fault(at, err.Error())
	}
	for _, missing := range x.unset {
		d.blemish(at)
		d.unset = append(d.unset, Unset{missing.name, d.finding(SeverityHint, at, missing.reason, "")})
	}
	known.unknown = err != nil || len(x.unset) > 0
	d.places[at] = known
	return x, !known.unknown
}

// literal decodes a constant: the text of a scalar, NULL, or a list as JSON.
func (d *decoder) literal(node *yaml.Node, at path, into reflect.Value) {
	constant := into.Addr().Interface().(*mapping.Literal)
	switch {
	case isNull(node):
		constant.Null = true
	case node.Kind == yaml.ScalarNode:
		if x, ok := d.text(node, at, false); ok {
			constant.Text = x.text
		} else {
			constant.Text = node.Value
		}
	case node.Kind == yaml.SequenceNode:
		constant.Text = d.jsonArray(node, at)
	default:
		d.wrongKind(node, at, "a text, a number, true, false, null or a list of them")
	}
}

// jsonArray returns a list of scalars as JSON, in which numbers keep their digits.
func (d *decoder) jsonArray(node *yaml.Node, at path) string {
	items := make([]string, 0, len(node.Content))
	for i, item := range node.Content {
		below := at.index(i)
		d.put(below, item)
		if item.Kind != yaml.ScalarNode {
			d.wrongKind(item, below, "a text, a number, true, false or null")
			continue
		}
		x, _ := d.text(item, below, false)
		items = append(items, jsonScalar(item, x.text))
	}
	return "[" + strings.Join(items, ",") + "]"
}

func jsonScalar(node *yaml.Node, text string) string {
	if node.Tag != "!!str" && json.Valid([]byte(text)) {
		return text
	}
	if isNull(node) {
		return "null"
	}
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string in a buffer: nothing that can go wrong
	return strings.TrimSuffix(quoted.String(), "\n")
}
