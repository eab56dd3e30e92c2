package maptest

import (
	"slices"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/load"
	"pvetl/mapping"
)

// class is what a column holds, as far as it matters to those whose data it is. Where a column feeds several fields, the
// greatest counts.
type class uint8

const (
	unused      class = iota
	kept              // numbers, times, and codes that a map or a schema names
	prose             // what people write
	fileName          // the name or path of a file
	person            // who wrote or handled something
	webAddress        // an URL
	fileContent       // the bytes of a file
	rowKey            // what names a row, or its parent
)

// treatment is what is done to the values of a column.
type treatment struct {
	class class
	known map[string]bool // values that stand in jobs.yaml itself
}

// treatments are those of a query's columns, by name.
type treatments map[string]treatment

func streamsOf(cfg config.Config, job config.Job, columns pipeline.Columns) streams {
	integration, _ := cfg.Integration(job.Integration)
	s := streams{
		interactions: stream{name: config.GivenInteraction, key: job.Extract.Interactions.Key},
		comments:     stream{name: config.GivenComments},
		attachments:  stream{name: config.GivenAttachments},
	}
	s.interactions.columns = interactionTreatments(job, integration).of(columns.Interactions)
	if job.Extract.Comments != nil && job.Mapping.Comment != nil {
		s.comments.columns = commentTreatments(*job.Extract.Comments, *job.Mapping.Comment).of(columns.Comments)
	}
	if job.Extract.Attachments != nil && job.Mapping.Attachment != nil {
		s.attachments.columns = attachmentTreatments(*job.Extract.Attachments, *job.Mapping.Attachment).of(columns.Attachments)
	}
	return s
}

// of returns the columns that are used.
func (t treatments) of(columns []extract.Column) []column {
	var all []column
	for i, c := range columns {
		if t[c.Name].class != unused {
			all = append(all, column{c, i, t[c.Name]})
		}
	}
	return all
}

func (t treatments) keys(query extract.Query) {
	t.add(query.Key, rowKey, nil)
	if query.Parent != "" {
		t.add(query.Parent, rowKey, nil)
	}
}

func (t treatments) add(name string, class class, known []string) {
	one := t[name]
	one.class = max(one.class, class)
	if one.known == nil {
		one.known = make(map[string]bool)
	}
	for _, value := range known {
		one.known[value] = true
	}
	t[name] = one
}

// rule adds the columns that a rule reads.
func (t treatments) rule(rule *mapping.Rule, class class, known ...string) {
	if rule == nil {
		return
	}
	for _, entry := range rule.Map {
		known = append(known, entry.From)
	}
	for _, use := range (mapping.Interaction{InteractionID: *rule}).Uses() {
		t.add(use.Column, class, known)
	}
}

func interactionTreatments(job config.Job, integration load.Integration) treatments {
	t := make(treatments)
	rules := job.Mapping.Interaction
	t.keys(job.Extract.Interactions)
	t.rule(&rules.InteractionID, kept)
	t.rule(rules.AssigneeID, person)
	for _, field := range rules.Metadata {
		at := slices.IndexFunc(integration.Metadata, func(f load.MetadataField) bool { return f.FieldID == field.Name })
		if at < 0 {
			continue
		}
		schema := integration.Metadata[at]
		isText := schema.Type == load.TypeString || schema.Type == load.TypeList
		isCode := len(schema.Allowed) > 0 || len(field.Rule.Map) > 0
		as := kept
		if isText && !isCode || field.Rule.Else != nil { // what else stands for may be anything
			as = prose
		}
		t.rule(&field.Rule, as, schema.Allowed...)
	}
	return t
}

func commentTreatments(query extract.Query, rules mapping.Comment) treatments {
	t := make(treatments)
	t.keys(query)
	t.rule(&rules.Body, prose)
	t.rule(&rules.Type, kept)
	t.rule(rules.AuthorID, person)
	t.rule(rules.AddedAt, kept)
	return t
}

func attachmentTreatments(query extract.Query, rules mapping.Attachment) treatments {
	t := make(treatments)
	t.keys(query)
	t.rule(rules.Name, fileName)
	t.rule(rules.ContentType, kept)
	t.rule(rules.Content, fileContent)
	t.rule(rules.URL, webAddress)
	t.rule(rules.Path, fileName)
	return t
}
