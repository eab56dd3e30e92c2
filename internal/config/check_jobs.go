package config

import (
	"time"

	"pvetl/extract"
	"pvetl/internal/schedule"
)

func (c *checker) checkJobs() {
	var sources, integrations []string
	for _, source := range c.config.Sources {
		sources = append(sources, source.Name)
	}
	for _, integration := range c.config.Integrations {
		integrations = append(integrations, integration.Key)
	}
	for _, job := range c.config.Jobs {
		at := path("jobs").key(job.Name)
		c.checkName(at, job.Name)
		c.checkTimezone(at.key("timezone"), job.Timezone)
		c.checkSchedule(at.key("schedule"), job)
		if _, ok := c.config.Source(job.Source); !ok && job.Source != "" && !c.unknown("sources") {
			c.misnamed(at.key("source"), job.Source, "the name of a source: ", sources)
		}
		if _, ok := c.config.Integration(job.Integration); !ok && job.Integration != "" && !c.unknown("integrations") {
			c.misnamed(at.key("integration"), job.Integration, "the key of an integration: ", integrations)
		}
		c.checkStreams(at, job)
		c.checkParents(at.key("extract"), job)
		c.checkMapping(at.key("mapping"), job)
		c.checkLoad(at, job)
		c.checkColumns(at, job)
	}
}

func (c *checker) checkSchedule(at path, job Job) {
	if job.Schedule == "" {
		return
	}
	if _, err := schedule.Parse(job.Schedule, time.UTC); err != nil { // its zone has a check of its own
		c.faultOrExpected(at, c.found(at)+", "+err.Error(), schedule.Forms)
	}
}

// faultOrExpected reports a parser's message, unless it would show the words that a variable holds.
func (c *checker) faultOrExpected(at path, message, what string) {
	if c.where(at).referring {
		c.expected(at, what)
		return
	}
	c.fault(at, message)
}

// checkStreams checks the queries, each for itself and together with the mapping of its rows.
func (c *checker) checkStreams(at path, job Job) {
	extractAt, mappingAt := at.key("extract"), at.key("mapping")
	interactions := extractAt.key("interactions")
	c.checkQuery(interactions, job.Extract.Interactions)
	c.checkCursor(interactions, job.Extract.Interactions)
	if job.Extract.Interactions.Parent != "" {
		c.expected(interactions.key("parent"), "none: an interaction belongs to nothing")
	}
	c.checkChildren(extractAt, "comments", job.Extract.Comments, mappingAt.key("comment"), job.Mapping.Comment != nil)
	c.checkChildren(extractAt, "attachments", job.Extract.Attachments, mappingAt.key("attachment"), job.Mapping.Attachment != nil)
	if job.Extract.Attachments != nil && job.Extract.Comments == nil && !c.unknown(extractAt.key("comments")) {
		c.fault(extractAt.key("attachments"), "found attachments without comments, expected extract.comments: a file belongs to a comment")
	}
}

// checkChildren checks a stream whose rows belong to those of another. Its query and its mapping need each other.
func (c *checker) checkChildren(extractAt path, stream string, query *extract.Query, rulesAt path, hasRules bool) {
	at := extractAt.key(stream)
	switch {
	case query == nil && hasRules && !c.unknown(at):
		c.fault(rulesAt, "found rules for rows that nothing reads, expected a query in extract."+stream)
	case query != nil && !hasRules:
		c.fault(rulesAt, "found nothing, expected rules for the rows of extract."+stream)
	}
	if query == nil {
		return
	}
	c.checkQuery(at, *query)
	if stream == "attachments" {
		c.checkUnused(at)
	} else {
		c.checkCursor(at, *query)
	}
	if query.Parent == "" {
		c.fault(at.key("parent"), "found nothing, expected the column that names what the row belongs to")
	}
}

// checkCursor checks how far a stream is read at once, and from where.
func (c *checker) checkCursor(at path, query extract.Query) {
	lagAt, startAt := at.key("lag"), at.key("start")
	if query.Cursor == "" && !c.unknown(at.key("cursor")) {
		c.needsCursor(lagAt, "lag", query.Lag.Set)
		c.needsCursor(startAt, "start", query.Start != "")
		return
	}
	_, isNumber := integer(query.Start)
	_, err := time.Parse(time.RFC3339Nano, query.Start)
	switch {
	case query.Start == "" || c.unknown(startAt):
	case !isNumber && err != nil:
		c.expected(startAt, "a time with its zone such as 2026-01-01T00:00:00Z, or a whole number for an integer cursor")
	case isNumber && query.Lag.Duration != 0:
		c.expected(lagAt, "a whole number: start is one")
	case !isNumber && query.Lag.Units != 0:
		c.expected(lagAt, "a duration such as 10m: start is a time")
	}
}

func (c *checker) needsCursor(at path, key string, given bool) {
	if given {
		c.fault(at, "found "+key+" without cursor, expected both or neither: without a cursor every run reads everything")
	}
}
