package maptest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
)

// Difference is one place at which what came out is not what a test expects. A value that is not there is null.
type Difference struct {
	Path     string          `json:"path"` // such as status, comments[0].body or rejects[1]
	Expected json.RawMessage `json:"expected"`
	Got      json.RawMessage `json:"got"`
	Detail   string          `json:"detail"` // where the value comes from; why a row is rejected
}

// String returns the difference in one line: status: expected "solved", got "open" (from status_code, value "1", rule map).
func (d Difference) String() string {
	text := fmt.Sprintf("%s: expected %s, got %s", d.Path, shown(d.Expected), shown(d.Got))
	if d.Detail != "" {
		text += " (" + d.Detail + ")"
	}
	return text
}

func shown(value json.RawMessage) string {
	if len(value) == 0 || string(value) == "null" {
		return "nothing"
	}
	return string(value)
}

// compare returns every difference, in the order in which fields are sent.
func compare(expect config.Expectation, got pipeline.Previewed) []Difference {
	c := &comparison{differences: []Difference{}}
	rejects := got.Rejects
	switch {
	case expect.Interaction != nil && got.Interaction == nil:
		var why string
		if len(rejects) > 0 {
			why, rejects = "it is rejected: "+words(rejects[0]), rejects[1:]
		}
		c.differ("interaction", expect.Interaction, nil, why)
	case expect.Interaction == nil && got.Interaction != nil:
		c.differ("interaction", nil, got.Interaction, "no interaction is expected, which means that the row is rejected")
	case expect.Interaction != nil:
		c.interaction(decoded(expect.Interaction), decoded(got.Interaction), got)
	}
	c.rejects(expect.Rejects, rejects)
	return c.differences
}

type comparison struct{ differences []Difference }

func (c *comparison) differ(path string, expected, got any, detail string) {
	c.differences = append(c.differences, Difference{Path: path, Expected: encoded(expected), Got: encoded(got), Detail: detail})
}

// interaction compares all fields. The conversation is compared unless the test does not mention it.
func (c *comparison) interaction(expected, got any, p pipeline.Previewed) {
	want, _ := expected.(map[string]any)
	has, _ := got.(map[string]any)
	for _, name := range fieldOrder(p.Fields, want, has) {
		if name != "comments" {
			c.value(name, want[name], has[name], origin(p.Fields, name))
		}
	}
	comments, given := want["comments"]
	if !given {
		return
	}
	sent := slices.DeleteFunc(slices.Clone(p.Comments), func(comment pipeline.PreviewedComment) bool { return !comment.Sent })
	wanted, _ := comments.([]any)
	there, _ := has["comments"].([]any)
	for i := range max(len(wanted), len(there)) {
		path := fmt.Sprintf("comments[%d]", i)
		if i >= len(wanted) || i >= len(there) {
			c.differ(path, at(wanted, i), at(there, i), fmt.Sprintf("expected %d in all, got %d", len(wanted), len(there)))
			continue
		}
		c.comment(path, wanted[i], there[i], sent[i])
	}
}

func (c *comparison) comment(path string, expected, got any, p pipeline.PreviewedComment) {
	want, ok := expected.(map[string]any)
	has, _ := got.(map[string]any)
	if !ok {
		c.differ(path, expected, got, "")
		return
	}
	for _, name := range fieldOrder(p.Fields, want, has) {
		c.value(path+"."+name, want[name], has[name], "key "+p.Key+comma(origin(p.Fields, name)))
	}
}

func comma(text string) string {
	if text == "" {
		return ""
	}
	return ", " + text
}

// value compares down to the innermost values, in which numbers count by what they are worth, to the last digit.
func (c *comparison) value(path string, expected, got any, detail string) {
	want, isMap := expected.(map[string]any)
	has, alsoMap := got.(map[string]any)
	if isMap && alsoMap {
		for _, name := range fieldOrder(nil, want, has) {
			c.value(path+"."+name, want[name], has[name], detail)
		}
		return
	}
	if !equal(expected, got) {
		c.differ(path, expected, got, detail)
	}
}

func equal(a, b any) bool {
	x, isNumber := a.(json.Number)
	y, alsoNumber := b.(json.Number)
	if isNumber && alsoNumber {
		return x == y || worth(x) != nil && worth(y) != nil && worth(x).Cmp(worth(y)) == 0
	}
	listA, isList := a.([]any)
	listB, alsoList := b.([]any)
	if isList && alsoList {
		return slices.EqualFunc(listA, listB, equal)
	}
	mapA, isMap := a.(map[string]any)
	mapB, alsoMap := b.(map[string]any)
	if isMap && alsoMap {
		return maps.EqualFunc(mapA, mapB, equal)
	}
	return !isNumber && !isList && !isMap && !alsoNumber && !alsoList && !alsoMap && a == b
}

// worth is nil for a number with an exponent, which could be as large as memory.
func worth(n json.Number) *big.Rat {
	if len(n) > 100 || strings.ContainsAny(string(n), "eE") {
		return nil
	}
	value, _ := new(big.Rat).SetString(string(n))
	return value
}

func at(list []any, i int) any {
	if i >= len(list) {
		return nil
	}
	return list[i]
}

// fieldOrder names the fields in the order in which they are sent, and then all others.
func fieldOrder(fields []pipeline.PreviewedField, want, has map[string]any) []string {
	var names []string
	for _, f := range fields {
		names = append(names, f.Field)
	}
	for _, name := range slices.Concat(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(has))) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// origin says where a field's value comes from.
func origin(fields []pipeline.PreviewedField, name string) string {
	i := slices.IndexFunc(fields, func(f pipeline.PreviewedField) bool { return f.Field == name })
	if i < 0 {
		return ""
	}
	f := fields[i]
	var parts []string
	if f.Column != "" {
		parts = append(parts, "from "+f.Column)
		if f.From == nil {
			parts = append(parts, "NULL")
		} else {
			parts = append(parts, fmt.Sprintf("value %q", cut(*f.From)))
		}
	}
	if len(f.Rules) > 0 {
		parts = append(parts, "rule "+strings.Join(f.Rules, " + "))
	}
	return strings.Join(parts, ", ")
}

// cut keeps a line readable.
func cut(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

func decoded(value json.RawMessage) any {
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	var all any
	_ = decoder.Decode(&all) // ours, or made of YAML that has been read
	return all
}

func encoded(value any) json.RawMessage {
	if raw, ok := value.(json.RawMessage); ok && raw == nil {
		return json.RawMessage("null")
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // what has been decoded from JSON
	return bytes.TrimSpace(out.Bytes())
}
