package mapping

import (
	"bytes"
	"encoding/json"

	"pvetl/extract"
	"pvetl/load"
)

// Traced is how one field of one row got its value.
type Traced struct {
	Field  string          // as jobs.yaml names it
	Origin string          // the column, or the text of the template or expression; empty for a constant
	From   []byte          // what it begins with, as text; nil where that is NULL
	Value  json.RawMessage // as it is sent; nil where the field is left out
	Rules  []string        // the rules that changed the value, in their order: map, else, split, html_to_text, redact, truncate, timezone, default, or the type
	Fault  *Fault          // why it has no value; nil where it has
}

// Trace returns how every field of the row gets its value, in the order in which they are sent, those behind a fault included.
func (m *InteractionMapper) Trace(row extract.Row) []Traced { return trace(m.fields, row) }

// Trace returns how every field of the row gets its value.
func (m *CommentMapper) Trace(row extract.Row) []Traced { return trace(m.fields, row) }

func trace(fields []*field, row extract.Row) []Traced {
	all := make([]Traced, len(fields))
	for i, f := range fields {
		all[i] = f.trace(row)
	}
	return all
}

func (f *field) trace(row extract.Row) Traced {
	text, refused := f.source(row)
	value, fault := f.append(nil, row)
	t := Traced{Field: f.name, Origin: f.origin, Value: value, Fault: fault}
	switch {
	case refused != nil: // text is for the fault
	case text != nil:
		t.From, t.Rules = bytes.Clone(text), f.changes(text, value)
	case len(f.absent) > 0:
		t.Rules = []string{ruleDefault}
	}
	return t
}

// changes names the rules that make something else of the text, up to the one that refuses it. It converts the text
// with none of the edits, with the first, with the first two, and so on, and compares what comes out.
func (f *field) changes(from, value []byte) []string {
	text, rule, refused := f.mapped(from)
	var rules []string
	if rule != "" && !same(text, from) {
		rules = append(rules, rule)
	}
	if text == nil || refused != nil {
		return rules
	}
	all := edits(f.rule)
	column := f.column
	if f.typ == load.TypeString && len(all) > 0 {
		column = extract.Column{} // an edit makes text of a time
	}
	zone, _ := f.rule.zone(f.zone)
	var before []byte
	for n := range len(all) + 1 {
		after, refused := conversion(f.typ, f.rule.Split, all[:n], column, zone)(nil, text)
		switch {
		case refused != nil:
			return rules
		case n > 0 && !same(before, after):
			rules = append(rules, all[n-1].rule)
		case n == 0 && !same(spelled(after), text):
			rules = append(rules, f.conversionRule())
		}
		before = after
	}
	if f.rule.Timezone != "" && value != nil {
		if without, _ := conversion(f.typ, f.rule.Split, all, f.column, f.zone)(nil, text); !same(without, value) {
			rules = append(rules, ruleTimezone)
		}
	}
	return rules
}

func same(a, b []byte) bool { return bytes.Equal(a, b) && (a == nil) == (b == nil) }

// conversionRule is the name of what makes JSON of a text.
func (f *field) conversionRule() string {
	switch {
	case f.rule.Split != nil:
		return ruleSplit
	case f.typ == load.TypeString && isTime(f.column.Kind):
		return load.TypeDatetime
	}
	return f.typ
}

// spelled returns the text of a JSON string, and the JSON of everything else.
func spelled(json []byte) []byte {
	if len(json) > 0 && json[0] == '"' {
		return []byte(unquote(json))
	}
	return json
}
