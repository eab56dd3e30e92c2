package mapping

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"pvetl/load"
)

// checkUse looks for rules that never change anything. What does no harm is a warning.
func (b binding) checkUse(all *problems) {
	rule := b.rule
	if why, fix := b.neverNull(); rule.Default != nil && why != "" {
		all.warn(b.path+".default", "default is never used: "+why, fix)
	}
	if rule.Value != nil && rule.Value.Null && b.to.required && rule.Default == nil {
		all.add(b.path+".value", "the value is null, and "+b.to.name+" is required", "")
	}
	b.checkUseOfEdits(all)
	if why := b.zoneUnused(); rule.Timezone != "" && why != "" {
		all.warn(b.path+".timezone", "timezone is never used: "+why, "remove timezone")
	}
	if rule.Split != nil && slices.ContainsFunc(rule.constants(), Literal.isList) {
		all.add(b.path+".split", "split cuts text, and the value is a list already", "remove split, or write the value as text")
	}
	for i, kind := range rule.Redact {
		if slices.Contains(rule.Redact[:i], kind) {
			all.warn(b.path+path(fmt.Sprintf(".redact[%d]", i)), "redact has "+kind+" already", "remove it")
		}
	}
	if b.to.longest > 0 && rule.Truncate > b.to.longest {
		all.warn(b.path+".truncate", fmt.Sprintf("truncate keeps more than the %d characters that %s may have", b.to.longest, b.to.name), "")
	}
}

// neverNull says why what the rule begins with is never NULL, empty where it may be, and what to do about a default.
func (b binding) neverNull() (why, fix string) {
	isColumn := func(p piece) bool { return p.isColumn }
	switch {
	case b.rule.Value != nil && !b.rule.Value.Null:
		return "a constant is not NULL", "remove default"
	case b.rule.Template != "":
		if pieces, _ := parseTemplate(b.rule.Template); !slices.ContainsFunc(pieces, isColumn) {
			return "a template without columns is not NULL", "remove default"
		}
	case b.rule.Expr != "":
		if e, _ := parseExpression(b.rule.Expr); e != nil && e.root.kinds&kindNull == 0 {
			return "the expression is never NULL", "remove default, or let the expression give nil where it is meant"
		}
	}
	return "", ""
}

// checkUseOfEdits finds edits of what jobs.yaml itself says: a constant, or what a map gives.
func (b binding) checkUseOfEdits(all *problems) {
	why := ""
	switch {
	case b.rule.Map != nil:
		why = "it comes after map, which gives only what is written here"
	case b.rule.Value != nil:
		why = "the value is a constant"
	default:
		return
	}
	for _, edit := range edits(b.rule) {
		all.warn(b.path.key(edit.rule), edit.rule+" has nothing to do: "+why, "write the text as it should be, and remove "+edit.rule)
	}
}

// zoneUnused says why no value without a zone is read, empty where one may be.
func (b binding) zoneUnused() string {
	switch {
	case b.to.typ == load.TypeDatetime:
		if b.rule.Value != nil && hasZone(b.rule.Value.Text) {
			return "the value names its own"
		}
	case b.rule.Column == "" || !plain(b.rule):
		return b.to.name + " is text, and only a column of times is read in a zone, where no other rule makes text of it"
	}
	return ""
}

func hasZone(text string) bool {
	_, rest, ok := readWall(unpadded([]byte(text)))
	return ok && len(rest) > 0
}

// constants returns what a row's value can become by value, map and else.
func (r Rule) constants() []Literal {
	var all []Literal
	for _, entry := range r.Map {
		all = append(all, entry.To)
	}
	if r.Else != nil {
		all = append(all, *r.Else)
	}
	if r.Value != nil && r.Map == nil {
		all = append(all, *r.Value)
	}
	return all
}

func (l Literal) isList() bool {
	return !l.Null && strings.HasPrefix(l.Text, "[") && json.Valid([]byte(l.Text))
}
