// Package maptest carries out the mapping tests that stand beside jobs.yaml, and records such tests from real rows with
// personal data masked. It uses the mapping of runs, and connects to nothing. cmd/pvetl calls it.
package maptest

import (
	"fmt"
	"slices"
	"strings"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/internal/pipeline"
)

// Result is how a test ended.
type Result struct {
	Name        string       `json:"name"`
	Job         string       `json:"job"`
	File        string       `json:"file"`
	Line        int          `json:"line"`
	Column      int          `json:"column"`
	Passed      bool         `json:"passed"`
	Differences []Difference `json:"differences"`
}

// Run carries out tests, which have been held against the jobs of the file.
func Run(file *config.File, tests *config.TestFile) ([]Result, error) {
	r := runner{config: file.Config, assemblies: make(map[string]*pipeline.Assembly)}
	results := make([]Result, len(tests.Tests))
	for i, test := range tests.Tests {
		got, err := r.assemble(test)
		if err != nil {
			return nil, fmt.Errorf("%s:%d:%d: test %s: %w", tests.Name, test.Line, test.Column, test.Name, err)
		}
		differences := compare(test.Expect, got)
		results[i] = Result{
			Name: test.Name, Job: test.Job, File: tests.Name, Line: test.Line, Column: test.Column,
			Passed: len(differences) == 0, Differences: differences,
		}
	}
	return results, nil
}

// runner compiles the mapping of a job once for all tests whose rows have the same columns.
type runner struct {
	config     config.Config
	assemblies map[string]*pipeline.Assembly
}

func (r *runner) assemble(test config.Test) (pipeline.Previewed, error) {
	columns := pipeline.Columns{
		Interactions: columnsOf(test, config.GivenInteraction, []config.TestRow{test.Given.Interaction}),
		Comments:     columnsOf(test, config.GivenComments, test.Given.Comments),
		Attachments:  columnsOf(test, config.GivenAttachments, test.Given.Attachments),
	}
	name := fmt.Sprintf("%q %+v", test.Job, columns)
	assembly, ok := r.assemblies[name]
	if !ok {
		job, _ := r.config.Job(test.Job)
		var err error
		if assembly, err = pipeline.NewAssembly(r.config, job, columns); err != nil {
			return pipeline.Previewed{}, err
		}
		r.assemblies[name] = assembly
	}
	return assembly.Assemble(pipeline.RowSet{
		Interaction: rowOf(columns.Interactions, test.Given.Interaction),
		Comments:    rowsOf(columns.Comments, test.Given.Comments),
		Attachments: rowsOf(columns.Attachments, test.Given.Attachments),
	}), nil
}

// columnsOf are all that one of the rows has, as text unless the test says otherwise.
func columnsOf(test config.Test, name string, rows []config.TestRow) []extract.Column {
	var columns []extract.Column
	for _, row := range rows {
		for _, cell := range row.Cells {
			if !slices.ContainsFunc(columns, func(c extract.Column) bool { return c.Name == cell.Column }) {
				columns = append(columns, columnOf(test, name, cell.Column))
			}
		}
	}
	return columns
}

// columnOf finds the type of a column: what is said of its own rows goes before what is said of all.
func columnOf(test config.Test, name, column string) extract.Column {
	found := extract.Column{Name: column, Type: "text"}
	for _, rows := range []string{"", name} {
		for _, t := range test.Types {
			if t.Rows == rows && t.Column.Name == column {
				found = t.Column
			}
		}
	}
	return found
}

func rowsOf(columns []extract.Column, rows []config.TestRow) []extract.Row {
	all := make([]extract.Row, len(rows))
	for i, row := range rows {
		all[i] = rowOf(columns, row)
	}
	return all
}

func rowOf(columns []extract.Column, given config.TestRow) extract.Row {
	row := make(extract.Row, len(columns))
	for _, cell := range given.Cells {
		i := slices.IndexFunc(columns, func(c extract.Column) bool { return c.Name == cell.Column })
		switch {
		case cell.Text == nil:
		case cell.List != nil && columns[i].Kind == extract.Array:
			row[i] = arrayText(cell.List)
		default:
			row[i] = extract.Cell(append([]byte{}, *cell.Text...))
		}
	}
	return row
}

// arrayText writes a list as Postgres writes an array.
func arrayText(list []*string) extract.Cell {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	items := make([]string, len(list))
	for i, item := range list {
		if items[i] = "NULL"; item != nil {
			items[i] = `"` + escape.Replace(*item) + `"`
		}
	}
	return extract.Cell("{" + strings.Join(items, ",") + "}")
}
