package config

import (
	"fmt"
	"iter"

	"gopkg.in/yaml.v3"
)

const noAliases = "anchors and aliases (& and *) are not supported, expected the value itself, in quotes if it begins with & or *"

// sound reports what YAML allows and this format does not, everywhere below node, and takes it out where the rest can
// still be read. It returns false for a file that is nested too deeply to be looked at any further.
func (d *document) sound(at path, node *yaml.Node, depth int) bool {
	if depth > deepest {
		d.faultAt(at, node, fmt.Sprintf("found more than %d levels of nesting", deepest))
		return false
	}
	if node.Kind == yaml.AliasNode || node.Anchor != "" {
		d.refuseAliases(at, node)
	}
	if node.Style&yaml.TaggedStyle != 0 {
		d.faultAt(at, node, "tags (!) are not supported, expected the value alone, in quotes if it begins with !")
	}
	if node.Kind == yaml.MappingNode {
		return d.soundMapping(at, node, depth)
	}
	for i, item := range node.Content {
		if !d.sound(at.index(i), item, depth+1) {
			return false
		}
	}
	return true
}

func (d *document) soundMapping(at path, node *yaml.Node, depth int) bool {
	var kept []*yaml.Node
	lines := map[string]int{}
	for key, value := range pairs(node) {
		if !d.soundKey(at, key, lines) {
			continue
		}
		lines[key.Value] = key.Line
		kept = append(kept, key, value)
		if !d.sound(at.key(key.Value), value, depth+1) {
			return false
		}
	}
	node.Content = kept
	return true
}

func (d *document) soundKey(at path, key *yaml.Node, lines map[string]int) bool {
	switch first, given := lines[key.Value]; {
	case key.Kind == yaml.AliasNode || key.Anchor != "":
		d.refuseAliases(at, key)
	case key.Tag == "!!merge":
		d.faultAt(at, key, "merge keys (<<) are not supported, expected the keys themselves")
	case key.Kind != yaml.ScalarNode:
		d.faultAt(at, key, "found "+shown(key)+" as a key, expected text")
	case key.Style&yaml.TaggedStyle != 0:
		d.faultAt(at, key, "tags (!) are not supported, expected the key alone")
	case given:
		again := "found the key %s again, expected it once: it stands in line %d already"
		d.faultAt(at, key, fmt.Sprintf(again, quoted(key.Value), first))
	default:
		return true
	}
	return false
}

// refuseAliases reports the first of them: a file has none or is written with them.
func (d *document) refuseAliases(at path, node *yaml.Node) {
	if !d.aliases {
		d.faultAt(at, node, noAliases)
	}
	d.aliases = true
}

// faultAt reports what is wrong with a node rather than with the value at a path.
func (d *document) faultAt(at path, node *yaml.Node, message string) {
	d.findings = append(d.findings, Finding{
		Severity: SeverityError, File: d.name, Line: node.Line, Column: node.Column, Path: string(at), Message: message,
	})
}

// pairs yields the keys and values of a mapping in the order of the file.
func pairs(node *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if !yield(node.Content[i], node.Content[i+1]) {
				return
			}
		}
	}
}
