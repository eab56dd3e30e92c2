package maptest

import (
	"fmt"
	"slices"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/internal/pipeline"
)

// Record makes tests of rows: it masks what is personal in them, maps what is left as a run would, and takes what comes
// out for the expectation. Only columns that the mapping uses are recorded. Names in taken are not used again.
func Record(cfg config.Config, job config.Job, columns pipeline.Columns, rows []pipeline.RowSet, taken []string) ([]config.Test, error) {
	all := streamsOf(cfg, job, columns)
	m := newMasker()
	for _, set := range rows {
		m.learn(all, set)
	}
	r := runner{config: cfg, assemblies: make(map[string]*pipeline.Assembly)}
	var tests []config.Test
	for _, set := range rows {
		test := all.test(m, job, set)
		test.Name = freeName(fmt.Sprintf("%s %s", job.Name, all.interactions.keyOf(test.Given.Interaction)), taken)
		taken = append(taken, test.Name)
		got, err := r.assemble(test)
		if err != nil {
			return nil, err
		}
		test.Expect = expectationOf(got)
		tests = append(tests, test)
	}
	return tests, nil
}

// freeName is a name that no test has.
func freeName(name string, taken []string) string {
	free := name + " (recorded)"
	for n := 2; slices.Contains(taken, free); n++ {
		free = fmt.Sprintf("%s (recorded %d)", name, n)
	}
	return free
}

// expectationOf takes what came out for what is expected. Reasons are left out: their words may change.
func expectationOf(got pipeline.Previewed) config.Expectation {
	expect := config.Expectation{Interaction: got.Interaction}
	for _, reject := range got.Rejects {
		said := facts(reject)
		delete(said, "reason")
		for _, key := range []string{"column", "value"} {
			if said[key] == "" {
				delete(said, key)
			}
		}
		expect.Rejects = append(expect.Rejects, said)
	}
	return expect
}

// streams are the columns of a job's queries with what is done to each.
type streams struct{ interactions, comments, attachments stream }

type stream struct {
	name    string // as tests call its rows
	key     string
	columns []column // those that the mapping uses
}

// column is one that is recorded.
type column struct {
	extract.Column

	index int // in the rows of the query
	treatment
}

func (s streams) test(m *masker, job config.Job, set pipeline.RowSet) config.Test {
	test := config.Test{Job: job.Name}
	test.Given.Interaction = s.interactions.row(m, set.Interaction)
	test.Given.Comments = s.comments.rows(m, set.Comments)
	test.Given.Attachments = s.attachments.rows(m, set.Attachments)
	test.Types = s.interactions.types()
	if len(set.Comments) > 0 {
		test.Types = append(test.Types, s.comments.types()...)
	}
	if len(set.Attachments) > 0 {
		test.Types = append(test.Types, s.attachments.types()...)
	}
	return test
}

func (s stream) rows(m *masker, rows []extract.Row) []config.TestRow {
	var all []config.TestRow
	for _, row := range rows {
		all = append(all, s.row(m, row))
	}
	return all
}

func (s stream) row(m *masker, row extract.Row) config.TestRow {
	var masked config.TestRow
	for _, c := range s.columns {
		cell := config.TestCell{Column: c.Name}
		if text := row[c.index]; !text.IsNull() {
			shown := m.mask(c, string(text))
			cell.Text = &shown
		}
		masked.Cells = append(masked.Cells, cell)
	}
	return masked
}

// types names the columns that are not text, so that the test maps them as the run does.
func (s stream) types() []config.TestType {
	var types []config.TestType
	for _, c := range s.columns {
		if c.Kind == extract.Text {
			continue
		}
		kind := extract.Column{Name: c.Name, Kind: c.Kind, Elem: c.Elem}
		kind.Type = config.KindName(kind)
		types = append(types, config.TestType{Rows: s.name, Column: kind})
	}
	return types
}

func (s stream) keyOf(row config.TestRow) string {
	for _, cell := range row.Cells {
		if cell.Column == s.key && cell.Text != nil {
			return *cell.Text
		}
	}
	return ""
}
