package mapping

import (
	"fmt"
	"slices"
	"time"

	"pvetl/extract"
	"pvetl/load"
)

// Check returns what is wrong with the rules, given the metadata of the integration they fill. Rules for metadata that
// is not in fields are left alone.
func (s Spec) Check(fields []load.MetadataField) []Problem {
	bindings := s.Interaction.bindings(fields)
	var all problems
	for _, name := range s.Interaction.unfilled(fields) {
		all.add("interaction.metadata", fmt.Sprintf("%s is required, and no rule fills it", name), "")
	}
	if s.Comment != nil {
		bindings = append(bindings, s.Comment.bindings()...)
	}
	if s.Attachment != nil {
		bindings = append(bindings, s.Attachment.bindings()...)
		if s.Attachment.places() != 1 {
			all.add("attachment", onePlace, "")
		}
	}
	for _, b := range bindings {
		all = append(all, b.problems(time.UTC)...)
	}
	return all
}

// problems returns what is wrong with the rule. Constants are judged by the code that converts rows.
func (b binding) problems(zone *time.Location) problems {
	var all problems
	b.checkOrigin(&all)
	b.checkSteps(&all)
	b.checkZone(&all)
	if len(all) == 0 {
		b.checkConstants(&all, zone)
		b.checkUse(&all)
	}
	return all
}

// checkOrigin looks at where the value comes from.
func (b binding) checkOrigin(all *problems) {
	origins := 0
	for _, given := range []bool{b.rule.Column != "", b.rule.Value != nil, b.rule.Template != "", b.rule.Expr != ""} {
		if given {
			origins++
		}
	}
	if origins != 1 {
		all.add(b.path, "a rule has exactly one of column, value, template and expr", "")
	}
	if _, wrong := parseTemplate(b.rule.Template); wrong != nil {
		all.addSlip(b.path+".template", wrong)
	}
	if b.rule.Expr != "" {
		b.checkExpression(all)
	}
}

func (b binding) checkExpression(all *problems) {
	e, slips := parseExpression(b.rule.Expr)
	for _, wrong := range slips {
		all.addSlip(b.path+".expr", wrong)
	}
	if len(slips) > 0 || b.rule.Map != nil {
		return
	}
	switch kinds := e.root.kinds &^ kindNull; {
	case kinds == 0:
	case b.rule.Split != nil && kinds == kindList:
		all.add(b.path+".split", "split needs text, and the expression gives a list", "remove split")
	case kinds&convertible(b.to.typ) == 0:
		all.add(b.path+".expr", fmt.Sprintf("the expression gives %s, and %s", kinds, b.isA()), "")
	}
}

// convertible returns what may be a value of a type.
func convertible(typ string) kinds {
	switch typ {
	case load.TypeInteger, load.TypeFloat:
		return kindText | kindNumber
	case load.TypeBoolean:
		return kindText | kindNumber | kindBoolean
	case load.TypeDatetime:
		return kindText
	case load.TypeList:
		return kindText | kindList
	}
	return kindAny
}

// checkSteps looks at what happens to the value on its way.
func (b binding) checkSteps(all *problems) {
	rule := b.rule
	b.checkMap(all)
	if rule.Split != nil && b.to.typ != load.TypeList {
		all.add(b.path+".split", "split makes a list, and "+b.isA(), "remove split, or make it a list")
	}
	if rule.Split != nil && *rule.Split == "" {
		all.add(b.path+".split", "split needs a separator", `such as ","`)
	}
	for i, kind := range rule.Redact {
		if !slices.Contains(redactKinds, kind) {
			all.add(b.path+path(fmt.Sprintf(".redact[%d]", i)), fmt.Sprintf("redact does not know %q", kind), didYouMean(kind, redactKinds))
		}
	}
	if rule.Truncate < 0 {
		all.add(b.path+".truncate", "truncate keeps at least 1 character", "")
	}
	if b.to.typ == load.TypeString || b.to.typ == load.TypeList {
		return
	}
	for _, step := range []struct {
		name  string
		given bool
	}{{"html_to_text", rule.HTMLToText}, {"redact", len(rule.Redact) > 0}, {"truncate", rule.Truncate > 0}} {
		if step.given {
			all.add(b.path.key(step.name), step.name+" makes text, and "+b.isA(), "remove "+step.name)
		}
	}
}

// isA says what the rule has to make.
func (b binding) isA() string {
	switch b.to.typ {
	case load.TypeInteger:
		return b.to.name + " is an integer"
	case typeBytes:
		return b.to.name + " is bytes"
	}
	return b.to.name + " is a " + b.to.typ
}

func (b binding) checkMap(all *problems) {
	if b.rule.Map == nil {
		if b.rule.Else != nil {
			all.add(b.path+".else", "else needs a map", "")
		}
		return
	}
	if len(b.rule.Map) == 0 {
		all.add(b.path+".map", "the map is empty", "")
	}
	seen := make(map[string]bool, len(b.rule.Map))
	for _, entry := range b.rule.Map {
		if seen[entry.From] {
			all.add(b.path.key("map").key(entry.From), fmt.Sprintf("map has more than one entry for %q", entry.From), "")
		}
		seen[entry.From] = true
	}
}

func (b binding) checkZone(all *problems) {
	if b.rule.Timezone == "" {
		return
	}
	at := b.path + ".timezone"
	if _, err := b.rule.zone(nil); err != nil {
		all.add(at, fmt.Sprintf("there is no time zone %q", b.rule.Timezone), "the names are those of the IANA, such as America/Bogota")
	}
	if b.to.typ != load.TypeDatetime && b.to.typ != load.TypeString {
		all.add(at, "timezone is for a date or time, and "+b.isA(), "remove timezone")
	}
}

// zone returns the rule's own time zone, or the given one if it has none.
func (r Rule) zone(otherwise *time.Location) (*time.Location, error) {
	switch r.Timezone {
	case "":
		return otherwise, nil
	case "Local":
		return nil, fmt.Errorf("time zone %q depends on the machine", r.Timezone)
	}
	return time.LoadLocation(r.Timezone)
}

// checkConstants converts every constant that the rule can yield.
func (b binding) checkConstants(all *problems, zone *time.Location) {
	s, err := compileSteps(b.rule, b.to, extract.Column{}, zone)
	if err != nil {
		return // the integration's fault, not the rule's
	}
	if b.rule.Value != nil {
		b.judge(all, b.path+".value", *b.rule.Value, s.apply)
	}
	for _, entry := range b.rule.Map {
		b.judge(all, b.path.key("map").key(entry.From), entry.To, s.finish)
	}
	if b.rule.Else != nil {
		b.judge(all, b.path+".else", *b.rule.Else, s.finish)
	}
	if b.rule.Default != nil {
		convert := func(_, _ []byte) ([]byte, *refusal) { return final(*b.rule.Default, b.rule, b.to, zone) }
		b.judge(all, b.path+".default", *b.rule.Default, convert)
	}
}

func (b binding) judge(all *problems, at path, value Literal, convert convert) {
	if value.Null {
		return
	}
	if _, refused := convert(nil, []byte(value.Text)); refused != nil {
		all.add(at, fmt.Sprintf("%q: %s", cut(value.Text), refused.reason), didYouMean(value.Text, b.to.allowed))
	}
}

func didYouMean(text string, names []string) string {
	like := closest(text, names)
	if like == "" || like == text {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", like)
}
