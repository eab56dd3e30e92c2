package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/internal/dsn"
	"pvetl/internal/pipeline"
	"pvetl/load"
	"pvetl/mapping"
)

// stream is one query of a job on an open source.
type stream struct {
	*source

	job   config.Job
	name  string // as under extract
	path  string // of the query's section
	query extract.Query
	uses  []mapping.Use
	times []*mapping.Rule // those that make a datetime
	rows  *extract.Stream
}

// checkJob reports on a job's queries, and where they are well on what becomes of its first rows.
func (c *checker) checkJob(ctx context.Context, s *source, job config.Job) {
	before := len(c.results)
	for _, stream := range c.streamsOf(s, job) {
		c.checkStream(ctx, stream)
	}
	if !c.worse(before) {
		c.checkSample(ctx, s, job)
	}
}

func (c *checker) streamsOf(s *source, job config.Job) []*stream {
	path := string(config.NeedJob(job.Name)) + ".extract."
	interactions := &stream{source: s, job: job, name: pipeline.StreamInteractions, query: job.Extract.Interactions, uses: job.Mapping.Interaction.Uses()}
	integration, _ := c.file.Config.Integration(job.Integration)
	for i, field := range job.Mapping.Interaction.Metadata {
		if typeOf(integration, field.Name) == load.TypeDatetime {
			interactions.times = append(interactions.times, &job.Mapping.Interaction.Metadata[i].Rule)
		}
	}
	streams := []*stream{interactions}
	if query, rules := job.Extract.Comments, job.Mapping.Comment; query != nil && rules != nil {
		comments := &stream{source: s, job: job, name: pipeline.StreamComments, query: *query, uses: rules.Uses()}
		if rules.AddedAt != nil {
			comments.times = []*mapping.Rule{rules.AddedAt}
		}
		streams = append(streams, comments)
	}
	if query, rules := job.Extract.Attachments, job.Mapping.Attachment; query != nil && rules != nil {
		streams = append(streams, &stream{source: s, job: job, name: pipeline.StreamAttachments, query: *query, uses: rules.Uses()})
	}
	for _, stream := range streams {
		stream.path = path + stream.name
	}
	return streams
}

func typeOf(integration load.Integration, field string) string {
	for _, f := range integration.Metadata {
		if f.FieldID == field {
			return f.Type
		}
	}
	return ""
}

// checkStream reports on one query.
func (c *checker) checkStream(ctx context.Context, s *stream) {
	before := len(c.results)
	rows, err := s.db.Stream(ctx, s.query)
	if err != nil {
		c.sayOfQuery(s, err)
		return
	}
	s.rows = rows
	c.checkColumns(s)
	c.checkKinds(s)
	c.checkZones(s)
	facts := c.checkKeyAndCursor(ctx, s)
	if !c.worse(before) {
		c.good("%s", s.name+": "+strings.Join(append([]string{fmt.Sprintf("%d columns", len(rows.Columns()))}, facts...), ", "))
	}
}

// sayOfQuery places what keeps a query from being read.
func (c *checker) sayOfQuery(s *stream, err error) {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range several.Unwrap() {
			c.sayOfQuery(s, one)
		}
		return
	}
	if missing, ok := errors.AsType[*extract.ColumnError](err); ok {
		c.say(config.SeverityError, s.path+"."+missing.Role, err.Error(), "name a column that the query returns, or let it return this one")
		return
	}
	offset := 0
	if failed, ok := errors.AsType[*extract.QueryError](err); ok {
		offset = failed.Offset
	}
	c.add(c.file.FindingIn(config.SeverityError, s.path+".query", offset, "the database does not take the query: "+err.Error(),
		"run it in the database's own client until it does"))
}

// checkColumns reports the columns that rules name and the query does not return.
func (c *checker) checkColumns(s *stream) {
	names := make(map[string]bool)
	var all []string
	for _, column := range s.rows.Columns() {
		names[column.Name] = true
		all = append(all, column.Name)
	}
	for _, use := range s.uses {
		if names[use.Column] {
			continue
		}
		suggestion := "it has " + strings.Join(all, ", ")
		for _, name := range all {
			if strings.EqualFold(name, use.Column) {
				suggestion = "did you mean " + name + "? Letters' case counts"
			}
		}
		c.add(c.file.FindingIn(config.SeverityError, s.mappingPath()+use.Path, use.Offset,
			fmt.Sprintf("the query %s has no column %q", s.name, use.Column), suggestion))
	}
}

func (s *stream) mappingPath() string { return string(config.NeedJob(s.job.Name)) + ".mapping." }

// checkZones warns of times that would be taken for UTC without anybody having said so.
func (c *checker) checkZones(s *stream) {
	if s.zoneGiven || s.kind == dsn.SQLite { // whose columns say nothing of their values
		return
	}
	for _, column := range s.rows.Columns() {
		if column.Kind != extract.Timestamp || !s.readsAsTime(column.Name) {
			continue
		}
		c.say(config.SeverityWarning, string(config.NeedSource(s.source.name)),
			fmt.Sprintf("the times in %s of job %s, %s, have no zone (%s) and are taken for UTC", column.Name, s.job.Name, s.name, column.Type),
			"say in which zone the application writes them: timezone: America/Bogota, or timezone: UTC")
		return // one line in jobs.yaml cures them all
	}
}

// readsAsTime reports whether a column is the cursor, or a rule makes a datetime of it without naming a zone.
func (s *stream) readsAsTime(column string) bool {
	return column == s.query.Cursor || slices.ContainsFunc(s.times, func(rule *mapping.Rule) bool { return rule.Column == column && rule.Timezone == "" })
}

func ruleOf(job config.Job, field string) *mapping.Rule {
	for i, f := range job.Mapping.Interaction.Metadata {
		if f.Name == field {
			return &job.Mapping.Interaction.Metadata[i].Rule
		}
	}
	return nil
}
