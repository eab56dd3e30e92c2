package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// deepest is far more nesting than the format has, and far less than what makes a parser slow.
const deepest = 64

// parse returns the root of the file's only document, or nil after reporting why there is none.
func (d *document) parse(content []byte) *yaml.Node {
	if len(content) > MaxSize {
		d.unreadable(1, 1, "found a file of more than 1 MiB, expected less", "")
		return nil
	}
	if valid := validPrefix(content); valid < len(content) {
		begin := bytes.LastIndexByte(content[:valid], '\n') + 1
		d.unreadable(1+bytes.Count(content[:valid], []byte("\n")), 1+utf8.RuneCount(content[begin:valid]),
			"found bytes that are no UTF-8, expected text in UTF-8", "")
		return nil
	}
	found, err := documents(content)
	if err != nil {
		d.syntaxFault(content, err)
		return nil
	}
	for _, node := range found {
		d.markNodes(node, false)
	}
	slices.SortStableFunc(d.marks, inOrder)
	if len(found) == 0 || isNull(found[0].Content[0]) {
		d.unreadable(1, 1, "the file is empty, expected "+keysOf(configType), "")
		return nil
	}
	if len(found) > 1 {
		d.faultAt("", found[1].Content[0], "found a second document, expected one: remove what follows the line ---")
	}
	root := found[0].Content[0]
	d.put("", root)
	if root.Kind == yaml.AliasNode || !d.sound("", root, 0) {
		return nil
	}
	return root
}

// documents parses the first two documents: the second is needed only to refuse it.
func documents(content []byte) (found []*yaml.Node, err error) {
	defer func() {
		if cause := recover(); cause != nil { // the parser's own defects must not end the program
			found, err = nil, errors.New("yaml: this cannot be read as YAML")
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	for range 2 {
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		found = append(found, &node)
	}
	return found, nil
}

var parserLine = regexp.MustCompile(`^yaml: (line \d+: )?`)

func (d *document) syntaxFault(content []byte, err error) {
	message := parserLine.ReplaceAllString(err.Error(), "")
	if strings.Contains(message, "unknown anchor") { // names what may be a password without its quotes
		message = noAliases
	}
	line := faultyLine(content, err)
	text, _ := d.source.line(line)
	column, advice := slipIn(text, message)
	if above, ok := d.source.line(line - 1); ok && strings.Contains(message, "mapping values") && lacksColon(above, text) {
		line, message = line-1, "found a line without a key"
		column, _ = slipIn(above, "")
		advice = "a key is followed by a colon and a blank"
	}
	d.unreadable(line, column, "no valid YAML: "+message, advice)
}

// faultyLine returns the line at which the parser gives up: the last of the fewest lines that make the same error. The
// parser itself often names the line where the enclosing block begins, one line less, or none.
func faultyLine(content []byte, err error) int {
	lines := bytes.SplitAfter(content, []byte("\n"))
	ends := make([]int, len(lines))
	end := 0
	for i, line := range lines {
		end += len(line)
		ends[i] = end
	}
	return 1 + sort.Search(len(lines)-1, func(i int) bool {
		_, other := documents(content[:ends[i]])
		return other != nil && other.Error() == err.Error()
	})
}

// unreadable reports why nothing can be said about the rest of the file.
func (d *document) unreadable(line, column int, message, suggestion string) {
	d.markText()
	d.findings = append(d.findings, Finding{
		Severity: SeverityError, File: d.name, Line: line, Column: column, Message: message, Suggestion: suggestion,
	})
}

func validPrefix(content []byte) int {
	for i := 0; i < len(content); {
		r, size := utf8.DecodeRune(content[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(content)
}

func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.Tag == "!!null" }
