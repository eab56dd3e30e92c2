package config

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"pvetl/extract"
)

// TestFile is a file of mapping tests that has been read.
type TestFile struct {
	Name  string
	Tests []Test // in the order of the file

	doc    *document
	indent int // of the tests
}

// Test is one mapping test: the rows of an interaction, and what is to become of them.
type Test struct {
	Name   string
	Job    string
	Line   int // of its name
	Column int
	Types  []TestType
	Given  TestRows
	Expect Expectation

	at path
}

// The names of a test's rows.
const (
	GivenInteraction = "interaction"
	GivenComments    = "comments"
	GivenAttachments = "attachments"
)

// TestType says of which kind a column is, where it is not text.
type TestType struct {
	Rows   string // GivenInteraction, GivenComments or GivenAttachments; empty for all of them
	Column extract.Column

	at path
}

// TestRows are the rows that a test gives.
type TestRows struct {
	Interaction TestRow
	Comments    []TestRow
	Attachments []TestRow
}

// TestRow is one row, as the file writes it.
type TestRow struct {
	Cells []TestCell

	at path
}

// TestCell is one value of a row: the text as it is written, nil for null.
type TestCell struct {
	Column string
	Text   *string
	List   []*string // the elements, where the value is written as a list; Text is then that list as JSON
}

// Expectation is what is to become of a test's rows.
type Expectation struct {
	Interaction json.RawMessage // nil where the interaction is to be rejected
	Rejects     []ExpectedReject
}

// ExpectedReject holds what a test says about a reject: a text for some of the names in RejectKeys.
type ExpectedReject map[string]string

// RejectKeys are what a test may say about a reject.
var RejectKeys = []string{"stream", "key", "field", "column", "value", "rule", "reason"}

// TestsPath is where the tests of a configuration stand: jobs.test.yaml beside jobs.yaml.
func TestsPath(configPath string) string {
	extension := filepath.Ext(configPath)
	if extension != ".yaml" && extension != ".yml" {
		return configPath + ".test.yaml"
	}
	return strings.TrimSuffix(configPath, extension) + ".test" + extension
}

// ReadTests loads the tests of the file at path.
func ReadTests(path string) (*TestFile, error) {
	content, err := readCapped(path)
	if err != nil {
		return nil, err
	}
	return LoadTests(path, content)
}

// LoadTests reads content as the file of tests called name. The error is an *Error that lists all its faults.
func LoadTests(name string, content []byte) (*TestFile, error) {
	doc := newDocument(name, content)
	file := &TestFile{Name: name, doc: doc}
	if isEmpty(content) {
		doc.unreadable(1, 1, "the file is empty, expected tests:", recordHint)
	} else if root := doc.parse(content); root != nil {
		(&testReader{doc}).file(root, file)
	}
	return file, file.failed()
}

// isEmpty reports whether there is nothing but comments.
func isEmpty(content []byte) bool {
	for line := range bytes.Lines(content) {
		if text := bytes.TrimSpace(line); len(text) > 0 && text[0] != '#' && string(text) != "---" {
			return false
		}
	}
	return true
}

const recordHint = "pvetl test --record JOB writes some from real rows"

// failed returns what has been found wrong so far, nil for nothing.
func (f *TestFile) failed() error {
	slices.SortStableFunc(f.doc.findings, inFileOrder)
	return failed(f.doc.findings)
}

// testReader makes tests of a file's nodes.
type testReader struct{ *document }

func (r *testReader) file(root *yaml.Node, file *TestFile) {
	tests := r.members("", root, "tests")["tests"]
	if tests == nil {
		if _, empty := r.places["tests"]; !empty {
			r.fault("", "found no tests, expected tests:")
		}
		return
	}
	if tests.Kind != yaml.MappingNode {
		r.wrongKind(tests, "tests", "a mapping from names to tests")
		return
	}
	file.indent = tests.Column - 1
	for name, node := range pairs(tests) {
		at := path("tests").key(name.Value)
		test := Test{Name: name.Value, Line: name.Line, Column: name.Column, at: at}
		r.places[at] = place{line: name.Line, column: name.Column, shown: shown(node)}
		r.test(at, node, &test)
		file.Tests = append(file.Tests, test)
	}
}

func (r *testReader) test(at path, node *yaml.Node, test *Test) {
	parts := r.members(at, node, "job", "types", "given", "expect")
	if parts == nil {
		return
	}
	if job := parts["job"]; job == nil {
		r.fault(at, "found no job, expected the name of the job whose mapping is tested")
	} else {
		test.Job = r.scalar(job, at.key("job"), "the name of a job")
	}
	if parts["types"] != nil {
		r.types(at.key("types"), parts["types"], test)
	}
	if parts["given"] == nil {
		r.fault(at, "found no given, expected rows")
	} else {
		r.given(at.key("given"), parts["given"], &test.Given)
	}
	if parts["expect"] == nil {
		r.fault(at, "found no expect, expected what is to become of the rows")
	} else {
		r.expect(at.key("expect"), parts["expect"], &test.Expect)
	}
}

// members returns the values of a mapping by their keys, which have to be among the known ones; nil where it is none.
func (r *testReader) members(at path, node *yaml.Node, known ...string) map[string]*yaml.Node {
	if node.Kind != yaml.MappingNode {
		r.wrongKind(node, at, "a mapping with "+strings.Join(known, ", "))
		return nil
	}
	values := make(map[string]*yaml.Node)
	for key, value := range pairs(node) {
		r.stands(at.key(key.Value), key, value)
		if !slices.Contains(known, key.Value) {
			r.put(at.key(key.Value), key)
			r.say(SeverityError, at.key(key.Value), "unknown key, expected one of "+listed(known), didYouMean(key.Value, known))
			continue
		}
		if !isNull(value) {
			values[key.Value] = value
		}
	}
	return values
}

// scalar returns a text as it is written.
func (r *testReader) scalar(node *yaml.Node, at path, expected string) string {
	if node.Kind != yaml.ScalarNode || isNull(node) {
		r.wrongKind(node, at, expected)
		return ""
	}
	return node.Value
}

func (r *testReader) given(at path, node *yaml.Node, rows *TestRows) {
	parts := r.members(at, node, GivenInteraction, GivenComments, GivenAttachments)
	if parts == nil {
		return
	}
	if parts[GivenInteraction] == nil {
		r.fault(at, "found no interaction, expected the row of one")
	} else {
		rows.Interaction = r.row(at.key(GivenInteraction), parts[GivenInteraction])
	}
	rows.Comments = r.rows(at.key(GivenComments), parts[GivenComments])
	rows.Attachments = r.rows(at.key(GivenAttachments), parts[GivenAttachments])
}

func (r *testReader) rows(at path, node *yaml.Node) []TestRow {
	if node == nil {
		return nil
	}
	if node.Kind != yaml.SequenceNode {
		r.wrongKind(node, at, "a list of rows")
		return nil
	}
	var rows []TestRow
	for i, item := range node.Content {
		r.put(at.index(i), item)
		rows = append(rows, r.row(at.index(i), item))
	}
	return rows
}

func (r *testReader) row(at path, node *yaml.Node) TestRow {
	row := TestRow{at: at}
	if node.Kind != yaml.MappingNode {
		r.wrongKind(node, at, "a row: a mapping from columns to values")
		return row
	}
	for key, value := range pairs(node) {
		below := at.key(key.Value)
		r.stands(below, key, value)
		cell := TestCell{Column: key.Value}
		switch {
		case isNull(value):
		case value.Kind == yaml.ScalarNode:
			cell.Text = &value.Value
		case value.Kind == yaml.SequenceNode:
			cell.List = r.elements(below, value)
			text := string(jsonOf(value))
			cell.Text = &text
		default:
			r.wrongKind(value, below, "a text, a number, true, false, null or a list of them")
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

func (r *testReader) elements(at path, node *yaml.Node) []*string {
	list := make([]*string, len(node.Content))
	for i, item := range node.Content {
		r.put(at.index(i), item)
		switch {
		case isNull(item):
		case item.Kind == yaml.ScalarNode:
			list[i] = &item.Value
		default:
			r.wrongKind(item, at.index(i), "a text, a number, true, false or null")
		}
	}
	return list
}
