package config

import (
	"slices"
	"strings"

	"pvetl/extract"
	"pvetl/mapping"
)

// checkColumns compares the columns that a job's streams need with those that their queries return, as far as the text
// of a query tells. It comes last: where something is wrong with the rules, what they need is not known.
func (c *checker) checkColumns(at path, job Job) {
	extractAt, mappingAt := at.key("extract"), at.key("mapping")
	c.checkStreamColumns(extractAt.key("interactions"), job.Extract.Interactions, mappingAt, "interaction", job.Mapping.Interaction.Uses())
	if query, rules := job.Extract.Comments, job.Mapping.Comment; query != nil && rules != nil {
		c.checkStreamColumns(extractAt.key("comments"), *query, mappingAt, "comment", rules.Uses())
	}
	if query, rules := job.Extract.Attachments, job.Mapping.Attachment; query != nil && rules != nil {
		c.checkStreamColumns(extractAt.key("attachments"), *query, mappingAt, "attachment", rules.Uses())
	}
}

func (c *checker) checkStreamColumns(at path, query extract.Query, mappingAt path, rules string, uses []mapping.Use) {
	sqlAt := at.key("query")
	if c.blemished[sqlAt] || c.unknown(sqlAt) {
		return
	}
	columns, complete := c.columns(sqlAt, query.SQL)
	c.checkTwice(sqlAt, columns)
	if complete {
		c.checkMissing(at, query, columns, mappingAt, uses)
	}
	if !c.blemished[mappingAt.key(rules)] && !c.blemished[at] {
		c.checkIdle(sqlAt, query, columns, uses)
	}
}

// columns returns the columns of a query whose names stand in the file itself, and whether those are all.
func (c *checker) columns(at path, sql string) ([]extract.OutlineColumn, bool) {
	outline := extract.OutlineOf(sql)
	if c.where(at).referring {
		own := extract.OutlineOf(c.where(at).own)
		if !slices.Equal(columnNames(own.Columns), columnNames(outline.Columns)) {
			return nil, false
		}
	}
	return outline.Columns, outline.Complete
}

func columnNames(columns []extract.OutlineColumn) []string {
	var names []string
	for _, column := range columns {
		if column.Name != "" {
			names = append(names, column.Name)
		}
	}
	return names
}

func (c *checker) checkTwice(at path, columns []extract.OutlineColumn) {
	seen := map[string]bool{}
	for _, column := range columns {
		if column.Name != "" && seen[column.Name] {
			c.sayIn(SeverityError, at, column.Offset, "found the column "+quoted(column.Name)+" again, expected it once",
				"name one of them otherwise: … AS "+column.Name+"_2")
		}
		seen[column.Name] = true
	}
}

// checkMissing finds what the query does not return. A difference of letter case alone is left to the database, which
// may know no such difference.
func (c *checker) checkMissing(at path, query extract.Query, columns []extract.OutlineColumn, mappingAt path, uses []mapping.Use) {
	names := columnNames(columns)
	returned := folded(names)
	need := func(at path, offset int, column string) {
		if column == "" || returned[strings.ToLower(column)] || c.blemished[at] {
			return
		}
		found := quoted(column)
		if c.where(at).referring {
			found = c.where(at).shown
		}
		c.sayIn(SeverityError, at, offset, "found "+found+", which the query does not return, expected one of "+listed(names), didYouMean(column, names))
	}
	need(at.key("key"), 0, query.Key)
	need(at.key("parent"), 0, query.Parent)
	need(at.key("cursor"), 0, query.Cursor)
	for _, use := range uses {
		need(c.asWritten(mappingAt+"."+path(use.Path)), use.Offset, use.Column)
	}
}

// asWritten returns the path of a rule that is nothing but its column, where the file has it so.
func (c *checker) asWritten(at path) path {
	rule, isColumn := strings.CutSuffix(string(at), ".column")
	if _, given := c.places[at]; isColumn && !given {
		return path(rule)
	}
	return at
}

// checkIdle finds what the query returns and nothing uses.
func (c *checker) checkIdle(at path, query extract.Query, columns []extract.OutlineColumn, uses []mapping.Use) {
	names := []string{query.Key, query.Parent, query.Cursor}
	for _, use := range uses {
		names = append(names, use.Column)
	}
	needed := folded(names)
	for _, column := range columns {
		if column.Name != "" && !needed[strings.ToLower(column.Name)] {
			c.sayIn(SeverityHint, at, column.Offset, "found the column "+quoted(column.Name)+", which no rule uses", "")
		}
	}
}

// folded is a set of names without regard to letter case.
func folded(names []string) map[string]bool {
	set := map[string]bool{}
	for _, name := range names {
		set[strings.ToLower(name)] = true
	}
	return set
}
