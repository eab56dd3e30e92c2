package config

import (
	"fmt"
	"slices"
	"strings"

	"pvetl/extract"
	"pvetl/mapping"
)

// Check holds the tests against the jobs that they are about. The error is an *Error that lists all that does not fit.
func (f *TestFile) Check(file *File) error {
	for _, test := range f.Tests {
		job, ok := file.Config.Job(test.Job)
		if !ok {
			names := file.Config.NamesBut(nil)
			f.doc.misnamed(test.at.key("job"), test.Job, "a job of "+file.doc.name+": ", names)
			continue
		}
		f.checkRows(test, job)
	}
	return f.failed()
}

// MappingNeeds are the parts of a file without which a job's rows cannot be mapped.
func MappingNeeds(job Job) []Need {
	return []Need{
		Need(path(NeedJob(job.Name)).key("mapping")), Need(path(NeedIntegration(job.Integration)).key("metadata")),
		Need(path(NeedSource(job.Source)).key("timezone")),
	}
}

// testStream is what a test's rows have to fit.
type testStream struct {
	name  string // of the rows
	rows  []TestRow
	query *extract.Query // nil where the job has no such query, or no rules for it
	uses  []mapping.Use
}

func (f *TestFile) checkRows(test Test, job Job) {
	streams := streamsOf(test, job)
	for _, s := range streams {
		if len(s.rows) > 0 && s.query == nil {
			f.doc.fault(test.at.key("given").key(s.name), fmt.Sprintf("found %s, and job %s has no query and mapping for them", s.name, job.Name))
			continue
		}
		for _, row := range s.rows {
			f.checkRow(row, s)
		}
	}
	f.checkParents(streams[1], job.Extract.Interactions.Key, streams[0].rows, "the interaction")
	if streams[1].query != nil {
		f.checkParents(streams[2], streams[1].query.Key, streams[1].rows, "a comment")
	}
	for _, t := range test.Types {
		f.checkType(t, streams)
	}
}

func streamsOf(test Test, job Job) [3]testStream {
	streams := [3]testStream{
		{GivenInteraction, []TestRow{test.Given.Interaction}, &job.Extract.Interactions, job.Mapping.Interaction.Uses()},
		{name: GivenComments, rows: test.Given.Comments},
		{name: GivenAttachments, rows: test.Given.Attachments},
	}
	if job.Extract.Comments != nil && job.Mapping.Comment != nil {
		streams[1].query, streams[1].uses = job.Extract.Comments, job.Mapping.Comment.Uses()
	}
	if job.Extract.Attachments != nil && job.Mapping.Attachment != nil {
		streams[2].query, streams[2].uses = job.Extract.Attachments, job.Mapping.Attachment.Uses()
	}
	return streams
}

// checkRow reports the columns that the job needs and the row lacks: they have to be given, if only as null.
func (f *TestFile) checkRow(row TestRow, s testStream) {
	given := make([]string, len(row.Cells))
	for i, cell := range row.Cells {
		given[i] = cell.Column
	}
	var told []string
	missing := func(column, why string) {
		if column == "" || slices.Contains(given, column) || slices.Contains(told, column) {
			return
		}
		told = append(told, column)
		spare := slices.DeleteFunc(slices.Clone(given), s.names)
		suggestion := "give it a value, or null"
		if like := nearest(column, spare); like != "" {
			suggestion = "did you write " + like + " for it?"
		}
		f.doc.say(SeverityError, row.at, "found no column "+column+", expected it: "+why, suggestion)
	}
	missing(s.query.Key, "it is the key of the "+streamName(s.name))
	if s.name != GivenInteraction {
		missing(s.query.Parent, "it is the parent of the "+s.name)
	}
	for _, use := range s.uses {
		missing(use.Column, "mapping."+strings.TrimSuffix(use.Path, ".column")+" names it")
	}
}

func streamName(rows string) string {
	if rows == GivenInteraction {
		return "interactions"
	}
	return rows
}

// names reports whether the job names the column.
func (s testStream) names(column string) bool {
	return column == s.query.Key || column == s.query.Parent || slices.ContainsFunc(s.uses, func(u mapping.Use) bool { return u.Column == column })
}

// checkParents reports rows that a run would not read with the interaction.
func (f *TestFile) checkParents(s testStream, key string, parents []TestRow, what string) {
	if s.query == nil {
		return
	}
	keys := make([]string, 0, len(parents))
	for _, row := range parents {
		if text, ok := row.text(key); ok {
			keys = append(keys, text)
		}
	}
	for _, row := range s.rows {
		if parent, ok := row.text(s.query.Parent); ok && !slices.Contains(keys, parent) && len(keys) == len(parents) {
			f.doc.fault(row.at.key(s.query.Parent), "found "+quoted(parent)+", expected the key of "+what+" of this test: "+listed(keys))
		}
	}
}

// text returns a column's text, if there is one.
func (row TestRow) text(column string) (string, bool) {
	cell, ok := find(row.Cells, func(c TestCell) bool { return c.Column == column })
	if !ok || cell.Text == nil {
		return "", false
	}
	return *cell.Text, true
}

// checkType reports the type of a column that no row has.
func (f *TestFile) checkType(t TestType, streams [3]testStream) {
	var columns []string
	for _, s := range streams {
		if t.Rows != "" && t.Rows != s.name {
			continue
		}
		for _, row := range s.rows {
			for _, cell := range row.Cells {
				if !slices.Contains(columns, cell.Column) {
					columns = append(columns, cell.Column)
				}
			}
		}
	}
	if !slices.Contains(columns, t.Column.Name) {
		f.doc.say(SeverityError, t.at, "found a type for a column that is not given", didYouMean(t.Column.Name, columns))
	}
}
