package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// testsHeading begins a file of tests.
const testsHeading = `# Mapping tests: rows as the queries return them, and the interactions that they become. pvetl test runs them.
tests:
`

// errAppend refuses a file whose end is not the end of its tests.
var errAppend = errors.New("tests cannot be appended to this file: let tests: be its last key, one test below the other")

// AppendTests returns the file of tests called name with more of them at its end. What is there stays as it is, byte for
// byte; a file to which nothing can be appended so is refused.
func AppendTests(name string, content []byte, tests []Test) ([]byte, error) {
	before, indent := &TestFile{}, 2
	if len(bytes.TrimSpace(content)) == 0 {
		content = []byte(testsHeading)
	} else {
		var err error
		if before, err = LoadTests(name, content); err != nil {
			return nil, err
		}
		if len(before.Tests) > 0 {
			indent = before.indent
		}
	}
	added, err := encodeTests(tests, indent)
	if err != nil {
		return nil, err
	}
	whole := bytes.Clone(content)
	if !bytes.HasSuffix(whole, []byte("\n")) {
		whole = append(whole, '\n')
	}
	whole = append(whole, added...)
	if len(whole) > MaxSize {
		return nil, fmt.Errorf("%s would be larger than 1 MiB: name another file", name)
	}
	after, err := LoadTests(name, whole)
	if err != nil || !sameTests(after.Tests, slices.Concat(before.Tests, tests)) {
		return nil, fmt.Errorf("%s: %w", name, errAppend)
	}
	return whole, nil
}

// sameTests compares tests without regard to where they stand.
func sameTests(a, b []Test) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !reflect.DeepEqual(anywhere(a[i]), anywhere(b[i])) {
			return false
		}
	}
	return true
}

func anywhere(t Test) Test {
	t.Line, t.Column, t.at = 0, 0, ""
	types := make([]TestType, len(t.Types))
	for i, one := range t.Types {
		types[i] = TestType{Rows: one.Rows, Column: one.Column}
		types[i].Column.Type = KindName(one.Column)
	}
	t.Types = types
	if node, err := jsonNode(t.Expect.Interaction); err == nil { // one spelling of texts
		t.Expect.Interaction = jsonOf(node)
	}
	t.Given.Interaction.at = ""
	t.Given.Comments, t.Given.Attachments = rowsAnywhere(t.Given.Comments), rowsAnywhere(t.Given.Attachments)
	return t
}

func rowsAnywhere(rows []TestRow) []TestRow {
	bare := make([]TestRow, len(rows))
	for i, row := range rows {
		bare[i] = TestRow{Cells: row.Cells}
	}
	return bare
}

// encodeTests writes tests as entries of a mapping that is indented.
func encodeTests(tests []Test, indent int) ([]byte, error) {
	all := mappingNode()
	for _, test := range tests {
		node, err := testNode(test)
		if err != nil {
			return nil, err
		}
		addTo(all, test.Name, node)
	}
	var plain bytes.Buffer
	encoder := yaml.NewEncoder(&plain)
	encoder.SetIndent(2)
	if err := errors.Join(encoder.Encode(all), encoder.Close()); err != nil {
		return nil, err
	}
	var indented bytes.Buffer
	for line := range strings.Lines(plain.String()) {
		if strings.TrimSpace(line) != "" {
			indented.WriteString(strings.Repeat(" ", indent))
		}
		indented.WriteString(line)
	}
	return indented.Bytes(), nil
}
