package config

import (
	"cmp"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// mark is where a key or a value of the file begins. What follows belongs to it, up to the next one.
type mark struct {
	line, column int
	node         *yaml.Node // nil in a file that is no YAML
	open         bool       // may be shown, whatever it is
}

func inOrder(a, b mark) int {
	return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
}

// markNodes remembers where everything below a node begins: before anything is taken out of it.
func (d *document) markNodes(node *yaml.Node, isKey bool) {
	if node.Kind != yaml.DocumentNode {
		structure := node.Kind == yaml.MappingNode || node.Kind == yaml.SequenceNode
		d.marks = append(d.marks, mark{node.Line, node.Column, node, structure || isKey && !mayHoldCredential(node.Value)})
	}
	for i, below := range node.Content {
		d.markNodes(below, node.Kind == yaml.MappingNode && i%2 == 0)
	}
}

var (
	keyInText       = regexp.MustCompile(`([\pL\pN_-]+)["']?[ \t]*:(?:[ \t]|$)`)
	referenceInText = regexp.MustCompile(`^["']?` + wholeReference + `["']?[ \t,\]}]*(?:#.*)?$`)
)

// markText does the same by the look of the text alone, for a file that cannot be parsed.
func (d *document) markText() {
	known := openKeys()
	d.marks = nil
	for i, text := range d.source.lines {
		keys := keyInText.FindAllStringSubmatchIndex(text, -1)
		for j, key := range keys {
			end := len(text)
			if j+1 < len(keys) {
				end = keys[j+1][0]
			}
			isOpen := known[text[key[2]:key[3]]] || referenceInText.MatchString(text[key[1]:end])
			d.marks = append(d.marks,
				mark{line: i + 1, column: 1 + utf8.RuneCountInString(text[:key[0]]), open: true},
				mark{line: i + 1, column: 1 + utf8.RuneCountInString(text[:key[1]]), open: isOpen})
		}
	}
}

// openKeys are the keys whose values are no credentials, wherever they stand. The key of a query is not among them: who
// means api_key may write key.
var openKeys = sync.OnceValue(func() map[string]bool {
	keys := map[string]bool{}
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		if t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if !isObject(t) {
			return
		}
		for _, f := range fieldsOf(t) {
			of := t.Field(f.index).Type
			keys[f.name] = keys[f.name] || isOpenType(of) && f.name != "key"
			visit(of)
		}
	}
	visit(configType)
	return keys
})

// isOpenType reports whether values of a type may be shown as they stand: scalars that are no credentials.
func isOpenType(t reflect.Type) bool {
	return t != secretType && !isObject(t) && t.Kind() != reflect.Slice && t.Kind() != reflect.Pointer
}

// wholeReference is a value that is no credential, whatever it stands for.
const wholeReference = `\$\{(?:[A-Za-z_][A-Za-z0-9_]*|file:[^}:]+)\}`

var onlyReference = regexp.MustCompile(`^` + wholeReference + `$`)

// isOpen reports whether an excerpt may show what belongs to a mark: keys, and the values that the file's own format
// takes for something other than a credential. What nobody asked for may be one out of place.
func (d *document) isOpen(m mark) bool {
	if m.open || m.node == nil {
		return m.open
	}
	return isNull(m.node) || m.node.Kind == yaml.ScalarNode && onlyReference.MatchString(m.node.Value) ||
		d.open[m.node] && (strings.ContainsFunc(m.node.Value, unicode.IsSpace) || !mayHoldCredential(m.node.Value))
}

const (
	structureOnly = " \t,[]{}-:?|>"
	structureEnd  = " \t,[]{}"
)

// written are the forms in which a password stands inside a text of any kind.
var written = []*regexp.Regexp{
	keyPassword,
	regexp.MustCompile(`://[^\s/:@'"]*:([^'"]*)@`),
	regexp.MustCompile(`[^\s:'"]+:([^\s'"]+)@[a-z]+\(`),
}

// hidden tells for each character of a line whether it has to be hidden.
func (d *document) hidden(number int, text string) []bool {
	runes := []rune(text)
	hidden := make([]bool, len(runes))
	after := func(m mark, line int) int { return cmp.Compare(m.line, line) }
	first, _ := slices.BinarySearchFunc(d.marks, number, after)
	owner, from := mark{open: len(d.marks) > 0}, 0
	if first > 0 {
		owner = d.marks[first-1]
	}
	for _, m := range d.marks[first:] {
		if m.line > number {
			break
		}
		to := min(max(m.column-1, from), len(runes))
		d.hide(owner, runes[from:to], hidden[from:to])
		owner, from = m, to
	}
	d.hide(owner, runes[from:], hidden[from:])
	for _, form := range written {
		for _, found := range form.FindAllStringSubmatchIndex(text, -1) {
			for i := len([]rune(text[:found[2]])); i < len([]rune(text[:found[3]])); i++ {
				hidden[i] = true
			}
		}
	}
	return hidden
}

// hide hides a value less the blanks and brackets around it.
func (d *document) hide(owner mark, runes []rune, hidden []bool) {
	text := string(runes)
	if d.isOpen(owner) || strings.Trim(text, structureOnly) == "" {
		return
	}
	from := len(runes) - len([]rune(strings.TrimLeft(text, " \t")))
	to := len([]rune(strings.TrimRight(text, structureEnd)))
	for i := from; i < to; i++ {
		hidden[i] = true
	}
}
