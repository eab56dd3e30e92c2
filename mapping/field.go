package mapping

import (
	"errors"
	"fmt"
	"time"

	"pvetl/extract"
	"pvetl/load"
)

// field is one compiled rule.
type field struct {
	target
	steps
	rule    Rule
	origin  string // the column, the template or the expression, for faults
	source  source
	columns []int          // that source reads
	column  extract.Column // what comes from there, behind the map; zero for plain text
	zone    *time.Location // of what has none, unless the rule says otherwise
	absent  []byte         // the JSON where the source is NULL: the default's; nil without one
}

// source returns the text that a rule begins with, nil where it is NULL.
type source func(extract.Row) ([]byte, *refusal)

// steps are what happens to a text that is not NULL, compiled from a rule and its target.
type steps struct {
	replace  map[string][]byte // nil: no map; a nil text is NULL
	fallback *[]byte           // what replace gives for a value it does not have; nil: a fault
	convert  convert
	check    check
	conceal  func([]byte) []byte // what a fault may show of a value; nil: all
}

// compileAll compiles every binding and joins what is wrong with any of them.
func compileAll(bindings []binding, columns []extract.Column, zone *time.Location) ([]*field, error) {
	if zone == nil {
		zone = time.UTC
	}
	fields := make([]*field, len(bindings))
	faults := make([]error, len(bindings))
	for i, b := range bindings {
		fields[i], faults[i] = b.compile(columns, zone)
	}
	return fields, errors.Join(faults...)
}

func (b binding) compile(columns []extract.Column, zone *time.Location) (*field, error) {
	if problems := b.problems(zone).errors(); len(problems) > 0 {
		return nil, fmt.Errorf("field %s: %w", b.to.name, problems)
	}
	f := &field{target: b.to, rule: b.rule, zone: zone}
	var err error
	if f.column, err = f.readFrom(b.rule, columns); err != nil {
		return nil, err
	}
	if b.rule.Map != nil {
		f.column = extract.Column{} // what a map gives is text
	}
	if f.steps, err = compileSteps(b.rule, b.to, f.column, zone); err != nil {
		return nil, fmt.Errorf("field %s: %w", b.to.name, err)
	}
	if b.rule.Default != nil && !b.rule.Default.Null {
		f.absent, _ = final(*b.rule.Default, b.rule, b.to, zone)
	}
	return f, nil
}

// readFrom sets the field's source and returns the type of what comes from there.
func (f *field) readFrom(rule Rule, columns []extract.Column) (extract.Column, error) {
	switch {
	case rule.Value != nil:
		constant := rule.Value.bytes()
		f.source = func(extract.Row) ([]byte, *refusal) { return constant, nil }
		return extract.Column{}, nil
	case rule.Template != "":
		return extract.Column{}, f.fill(rule.Template, columns)
	case rule.Expr != "":
		return extract.Column{}, f.evaluate(rule.Expr, columns)
	}
	i, err := f.find(columns, rule.Column)
	if err != nil {
		return extract.Column{}, err
	}
	f.origin = rule.Column
	f.source = func(row extract.Row) ([]byte, *refusal) { return row[i], nil }
	if f.typ == load.TypeDatetime || (f.typ == load.TypeString && isTime(columns[i].Kind) && plain(rule)) {
		f.source = func(row extract.Row) ([]byte, *refusal) { return withoutZeroDate(row[i]), nil }
	}
	return columns[i], nil
}

// plain reports whether nothing makes text of the column's value on its way.
func plain(rule Rule) bool {
	return rule.Map == nil && len(edits(rule)) == 0
}

func compileSteps(rule Rule, to target, column extract.Column, zone *time.Location) (steps, error) {
	zone, _ = rule.zone(zone)
	check, err := compileCheck(to, zone)
	s := steps{replace: replacements(rule.Map), convert: conversion(to.typ, rule.Split, edits(rule), column, zone), check: check}
	if rule.Else != nil {
		text := rule.Else.bytes()
		s.fallback = &text
	}
	if len(rule.Redact) > 0 {
		s.conceal = redaction(rule.Redact)
	}
	return s, err
}

func replacements(entries []MapEntry) map[string][]byte {
	if entries == nil {
		return nil
	}
	replace := make(map[string][]byte, len(entries))
	for _, entry := range entries {
		replace[entry.From] = entry.To.bytes()
	}
	return replace
}

// final converts a default: no other rule is applied to it.
func final(value Literal, rule Rule, to target, zone *time.Location) ([]byte, *refusal) {
	s, err := compileSteps(Rule{Timezone: rule.Timezone}, to, extract.Column{}, zone)
	if err != nil {
		return nil, nil // the integration's fault, not the default's
	}
	return s.apply(nil, []byte(value.Text))
}

// append appends the JSON of the row's value to dst. NULL appends nothing, unless the target says otherwise.
func (f *field) append(dst []byte, row extract.Row) ([]byte, *Fault) {
	text, refused := f.source(row)
	out := dst
	switch {
	case refused != nil:
	case text == nil:
		out = append(out, f.absent...)
	default:
		out, refused = f.apply(dst, text)
	}
	if refused != nil {
		return dst, f.fault(text, refused)
	}
	if len(out) > len(dst) {
		return out, nil
	}
	if f.required {
		return dst, f.fault(text, refuseNull)
	}
	return append(out, f.null...), nil
}

var refuseNull = &refusal{ruleRequired, "the field is required and the value is NULL"}

// apply replaces, converts and checks a text and appends its JSON, or nothing where the map makes NULL of it.
func (s *steps) apply(dst, text []byte) ([]byte, *refusal) {
	text, _, refused := s.mapped(text)
	if text == nil || refused != nil {
		return dst, refused
	}
	return s.finish(dst, text)
}

// mapped returns what the map makes of a text, nil where that is NULL, and the rule that it is due to.
func (s *steps) mapped(text []byte) (to []byte, rule string, refused *refusal) {
	if s.replace == nil {
		return text, "", nil
	}
	if to, ok := s.replace[string(text)]; ok {
		return to, ruleMap, nil
	}
	if s.fallback != nil {
		return *s.fallback, ruleElse, nil
	}
	return nil, "", refuseUnmapped
}

var refuseUnmapped = &refusal{ruleMap, "map has no entry for it, and there is no else"}

func (s *steps) finish(dst, text []byte) ([]byte, *refusal) {
	out, refused := s.convert(dst, text)
	if refused != nil {
		return dst, refused
	}
	if s.check != nil {
		if refused := s.check(out[len(dst):]); refused != nil {
			return dst, refused
		}
	}
	return out, nil
}

func (f *field) fault(text []byte, refused *refusal) *Fault {
	if f.conceal != nil {
		text = f.conceal(text)
	}
	return &Fault{
		Field:  f.name,
		Column: f.origin,
		Value:  valid(truncate(text, shownValue)),
		Rule:   refused.rule,
		Reason: refused.reason,
	}
}

// bytes returns the constant's text, nil where it is null.
func (l Literal) bytes() []byte {
	if l.Null {
		return nil
	}
	return []byte(l.Text)
}
