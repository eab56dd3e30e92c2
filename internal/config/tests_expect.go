package config

import (
	"bytes"
	"encoding/json"
	"strings"

	"gopkg.in/yaml.v3"

	"pvetl/extract"
)

// testKinds are the types that a test may give a column.
var testKinds = map[string]extract.Kind{
	"text": extract.Text, "integer": extract.Integer, "decimal": extract.Decimal, "boolean": extract.Boolean, "date": extract.Date,
	"timestamp": extract.Timestamp, "instant": extract.Instant, "bytes": extract.Bytes, "array": extract.Array,
}

var kindNames = []string{"text", "integer", "decimal", "boolean", "date", "timestamp", "instant", "bytes", "array", "integer[]"}

// kindOf reads a column's type; an array of something is written with brackets, as integer[].
func kindOf(text string) (kind, elem extract.Kind, ok bool) {
	if element, isArray := strings.CutSuffix(text, "[]"); isArray {
		elem, ok = testKinds[element]
		return extract.Array, elem, ok && elem != extract.Array
	}
	kind, ok = testKinds[text]
	return kind, extract.Text, ok
}

// KindName is how a test writes the type of a column.
func KindName(column extract.Column) string {
	for name, kind := range testKinds {
		switch {
		case column.Kind == extract.Array && column.Elem == kind && kind != extract.Text:
			return name + "[]"
		case column.Kind != extract.Array && column.Kind == kind:
			return name
		}
	}
	return "array"
}

// types reads the kinds of columns: of those of one query below its name, and of all that have the name beside that.
func (r *testReader) types(at path, node *yaml.Node, test *Test) {
	if node.Kind != yaml.MappingNode {
		r.wrongKind(node, at, "a mapping from columns to types")
		return
	}
	for key, value := range pairs(node) {
		below := at.key(key.Value)
		r.stands(below, key, value)
		isRows := key.Value == GivenInteraction || key.Value == GivenComments || key.Value == GivenAttachments
		if value.Kind != yaml.MappingNode || !isRows {
			r.columnType(below, "", key.Value, value, test)
			continue
		}
		for column, kind := range pairs(value) {
			r.stands(below.key(column.Value), column, kind)
			r.columnType(below.key(column.Value), key.Value, column.Value, kind, test)
		}
	}
}

func (r *testReader) columnType(at path, rows, column string, node *yaml.Node, test *Test) {
	text := r.scalar(node, at, "a type: "+listed(kindNames))
	kind, elem, ok := kindOf(text)
	if !ok && text != "" {
		r.misnamed(at, text, "one of ", kindNames)
	}
	test.Types = append(test.Types, TestType{rows, extract.Column{Name: column, Kind: kind, Elem: elem, Type: text}, at})
}

func (r *testReader) expect(at path, node *yaml.Node, expect *Expectation) {
	parts := r.members(at, node, "interaction", "rejects")
	if parts == nil {
		return
	}
	if parts["interaction"] == nil && parts["rejects"] == nil {
		r.fault(at, "found neither interaction nor rejects, expected what is sent, or why it is not")
	}
	if interaction := parts["interaction"]; interaction != nil {
		if interaction.Kind != yaml.MappingNode {
			r.wrongKind(interaction, at.key("interaction"), "a mapping from fields to values")
		}
		expect.Interaction = jsonOf(interaction)
	}
	if rejects := parts["rejects"]; rejects != nil {
		r.rejects(at.key("rejects"), rejects, expect)
	}
}

func (r *testReader) rejects(at path, node *yaml.Node, expect *Expectation) {
	if node.Kind != yaml.SequenceNode {
		r.wrongKind(node, at, "a list of rejects")
		return
	}
	for i, item := range node.Content {
		below := at.index(i)
		r.put(below, item)
		reject := ExpectedReject{}
		for key, value := range r.members(below, item, RejectKeys...) {
			reject[key] = r.scalar(value, below.key(key), "a text")
		}
		if stream := reject["stream"]; stream != "" && stream != "interactions" && stream != "comments" && stream != "attachments" {
			r.misnamed(below.key("stream"), stream, "one of ", []string{"interactions", "comments", "attachments"})
		}
		expect.Rejects = append(expect.Rejects, reject)
	}
}

// jsonOf writes a node as JSON, in which a number keeps its digits. What is neither number, boolean nor null is text.
func jsonOf(node *yaml.Node) json.RawMessage {
	switch node.Kind {
	case yaml.MappingNode:
		var members [][]byte
		for key, value := range pairs(node) {
			members = append(members, append(append(jsonText(key.Value), ':'), jsonOf(value)...))
		}
		return wrapped('{', members, '}')
	case yaml.SequenceNode:
		items := make([][]byte, len(node.Content))
		for i, item := range node.Content {
			items[i] = jsonOf(item)
		}
		return wrapped('[', items, ']')
	}
	switch node.Tag {
	case "!!null":
		return json.RawMessage("null")
	case "!!bool":
		return json.RawMessage(strings.ToLower(node.Value))
	case "!!int", "!!float":
		if json.Valid([]byte(node.Value)) {
			return json.RawMessage(node.Value)
		}
	}
	return jsonText(node.Value)
}

func wrapped(opening byte, items [][]byte, closing byte) json.RawMessage {
	return append(append([]byte{opening}, bytes.Join(items, []byte(","))...), closing)
}

func jsonText(text string) []byte {
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string in a buffer: nothing that can go wrong
	return bytes.TrimSuffix(quoted.Bytes(), []byte("\n"))
}
