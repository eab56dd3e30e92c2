package config

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// testNode writes a test as YAML that reads back as the same test.
func testNode(test Test) (*yaml.Node, error) {
	node := mappingNode()
	addTo(node, "job", textNode(test.Job))
	if len(test.Types) > 0 {
		addTo(node, "types", typesNode(test.Types))
	}
	given := mappingNode()
	addTo(given, GivenInteraction, rowNode(test.Given.Interaction))
	addRows(given, GivenComments, test.Given.Comments)
	addRows(given, GivenAttachments, test.Given.Attachments)
	addTo(node, "given", given)
	expect := mappingNode()
	if test.Expect.Interaction != nil {
		interaction, err := jsonNode(test.Expect.Interaction)
		if err != nil {
			return nil, err
		}
		addTo(expect, "interaction", interaction)
	}
	if len(test.Expect.Rejects) > 0 {
		addTo(expect, "rejects", rejectsNode(test.Expect.Rejects))
	}
	addTo(node, "expect", expect)
	return node, nil
}

func mappingNode() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

func addTo(mapping *yaml.Node, key string, value *yaml.Node) {
	name := textNode(key)
	if name.Style == yaml.LiteralStyle { // keys stand in one line
		name.Style = yaml.DoubleQuotedStyle
	}
	mapping.Content = append(mapping.Content, name, value)
}

func typesNode(types []TestType) *yaml.Node {
	node := mappingNode()
	for _, rows := range []string{"", GivenInteraction, GivenComments, GivenAttachments} {
		below := mappingNode()
		if below.Style = yaml.FlowStyle; rows == "" {
			below = node
		}
		for _, t := range types {
			if t.Rows == rows {
				addTo(below, t.Column.Name, textNode(KindName(t.Column)))
			}
		}
		if rows != "" && len(below.Content) > 0 {
			addTo(node, rows, below)
		}
	}
	return node
}

func addRows(given *yaml.Node, name string, rows []TestRow) {
	if len(rows) == 0 {
		return
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, row := range rows {
		list.Content = append(list.Content, rowNode(row))
	}
	addTo(given, name, list)
}

func rowNode(row TestRow) *yaml.Node {
	node := mappingNode()
	for _, cell := range row.Cells {
		value := nullNode()
		if cell.Text != nil {
			value = cellNode(*cell.Text)
		}
		addTo(node, cell.Column, value)
	}
	return node
}

func rejectsNode(rejects []ExpectedReject) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, reject := range rejects {
		node := mappingNode()
		node.Style = yaml.FlowStyle
		for _, key := range RejectKeys {
			if text, ok := reject[key]; ok {
				value := textNode(text)
				if text != "" {
					value = cellNode(text)
				}
				addTo(node, key, value)
			}
		}
		list.Content = append(list.Content, node)
	}
	return list
}

func nullNode() *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"} }

var (
	// plainText is text for YAML, whatever the words are: nothing that begins a number, a time or a symbol.
	plainText = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.@/()-]*( [A-Za-z0-9_.@/()-]+)*$`)
	// plainCell reads back as it is written, although YAML may call it a number or a time.
	plainCell = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.@/+-]*( [A-Za-z0-9_.@/+-]+)*( [0-9][0-9:.]*[0-9])?$`)
	// ambiguous are the texts that some version of YAML takes for something else.
	ambiguous = []string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
)

// textNode is a text that stays one.
func textNode(text string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	switch {
	case plainText.MatchString(text) && !slices.Contains(ambiguous, strings.ToLower(text)):
	case takesBlock(text):
		node.Style = yaml.LiteralStyle
	default:
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}

// cellNode is a value of a row: only its text counts, so that numbers and times need no quotes.
func cellNode(text string) *yaml.Node {
	if plainCell.MatchString(text) && !strings.EqualFold(text, "null") {
		return &yaml.Node{Kind: yaml.ScalarNode, Value: text}
	}
	return textNode(text)
}

// takesBlock reports whether a text of several lines can be written as it is.
func takesBlock(text string) bool {
	if !strings.Contains(text, "\n") || strings.TrimSpace(text) != text {
		return false
	}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimRight(line, " ") != line || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) || r > 0xffff }) {
			return false
		}
	}
	return true
}

// jsonNode writes JSON as YAML, in the same order.
func jsonNode(value json.RawMessage) (*yaml.Node, error) {
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	return nextNode(decoder)
}

func nextNode(decoder *json.Decoder) (*yaml.Node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		return structureNode(decoder, token)
	case string:
		return textNode(token), nil
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: token.String()}, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: map[bool]string{true: "true", false: "false"}[token]}, nil
	default:
		return nullNode(), nil
	}
}

func structureNode(decoder *json.Decoder, opening json.Delim) (*yaml.Node, error) {
	node := &yaml.Node{Kind: yaml.SequenceNode}
	if opening == '{' {
		node = mappingNode()
	}
	scalars := true
	for decoder.More() {
		item, err := nextNode(decoder)
		if err != nil {
			return nil, err
		}
		scalars = scalars && item.Kind == yaml.ScalarNode && item.Style != yaml.LiteralStyle
		node.Content = append(node.Content, item)
	}
	if opening == '[' && scalars {
		node.Style = yaml.FlowStyle
	}
	_, err := decoder.Token() // what closes it
	return node, err
}
