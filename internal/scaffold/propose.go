package scaffold

import (
	"context"
	"strings"

	"pvetl/extract"
)

// Proposal is a jobs.yaml with what is guessed in it.
type Proposal struct {
	YAML    string
	Guesses []Guess
	Looked  bool   // whether there were tables to look at
	Found   bool   // whether one of them looks like tickets; else YAML is the template
	Product string // the help desk whose tables these are; empty where that is not known
}

// Propose writes a jobs.yaml that reads the tickets of a database with these tables. Variable is the name of the one that
// holds the database's address. Without ask it goes by names and types alone.
func Propose(ctx context.Context, tables []extract.Table, dialect Dialect, variable string, ask Asker) Proposal {
	s := newSchema(tables, dialect)
	b := &builder{schema: s, ask: &asker{ask: ask, dialect: dialect, known: map[string][]string{}}, times: map[string]moment{}}
	b.cast = b.assign(ctx)
	if b.tickets.table == nil {
		return Proposal{YAML: listed(s) + Template(), Guesses: []Guess{}, Looked: true}
	}
	interactions, fields := b.interactions(ctx)
	comments := b.comments(ctx)
	files := b.attachments(ctx)
	if len(b.zoneless) > 0 {
		b.guess(atSource+".timezone", "UTC", strings.Join(b.zoneless[:min(len(b.zoneless), 3)], ", ")+
			" say nothing of their zone: many applications write UTC, others the time of their server, such as America/Bogota")
	}
	w := &writer{guesses: b.guesses}
	w.head(s.product.name, variable, len(b.zoneless) > 0)
	w.integration(fields)
	w.job(interactions, fields, comments, files)
	return Proposal{YAML: w.text.String(), Guesses: b.guesses, Looked: true, Found: true, Product: s.product.name}
}

// listed names the tables as comments, for whoever knows which of them are which.
func listed(s *schema) string {
	const most = 200
	w := &writer{}
	w.comment(0, "No table of the database looks like one of tickets, so this is the example, which explains everything. The tables there are:")
	for i, t := range s.tables {
		if i == most {
			w.comment(0, "… and more")
			break
		}
		var names []string
		for _, c := range t.Columns {
			names = append(names, c.Name)
		}
		w.comment(0, t.Name+" ("+strings.Join(names, ", ")+")")
	}
	w.line(0, "")
	return w.text.String()
}

const head = `# Proposed by pvetl init from the tables of the database. What it could not know it guessed: each "guess" says what and why.
# Read those, correct what is wrong, and delete the comments. Then
#
#   pvetl validate           checks this file, offline
#   pvetl preview tickets    shows rows, and what would become of them; sends nothing
#   pvetl check              asks the database and Playvox whether it can work
#   pvetl apply              creates the integration and its fields in Playvox
#   pvetl run tickets        reads what changed since the last run, and sends it
#
# pvetl init without --source writes a jobs.yaml that explains every key.
`

const account = `
version: 1

playvox:
  base_url: ${PLAYVOX_BASE_URL}   # https://SUBDOMAIN.playvox.com/api/v1
  uid: ${PLAYVOX_UID}             # an admin makes uid and key under Settings > API Keys
  api_key: ${PLAYVOX_API_KEY}

state: ${PVETL_STATE:-sqlite:pvetl.db}

sources:
  helpdesk:
`

func (w *writer) head(product, variable string, zoneless bool) {
	w.text.WriteString(head)
	if product != "" {
		w.line(0, "#")
		w.comment(0, "These look like the tables of "+product+": examples/"+strings.ToLower(product)+"/jobs.yaml is made for it.")
	}
	w.text.WriteString(account)
	w.line(4, "dsn: ${%s}", variable)
	if zoneless {
		w.at(4, atSource+".timezone")
		w.line(4, "timezone: UTC")
	}
}

func (w *writer) integration(fields []rule) {
	w.line(0, "")
	w.line(0, "integrations:")
	w.line(2, "helpdesk:")
	w.line(4, "name: Help desk                # as people see it in Playvox")
	w.line(4, "data_storage_minutes: 129600   # 90 days, the most there is")
	w.line(4, "metadata:")
	for _, f := range fields {
		if f.typ != "" {
			w.line(6, "%s: {type: %s, available_in: [%s]}", f.field, f.typ, f.available)
		}
	}
}

func (w *writer) job(interactions stream, fields []rule, comments *talk, files *shelf) {
	w.line(0, "")
	w.line(0, "jobs:")
	w.line(2, "tickets:")
	w.line(4, `schedule: "15 2 * * *"   # every night; none: runs only by hand`)
	w.line(4, "source: helpdesk")
	w.line(4, "integration: helpdesk")
	w.line(0, "")
	w.line(4, "extract:")
	w.stream("interactions", atInteractions, interactions)
	w.start(interactions)
	if comments != nil {
		w.line(0, "")
		w.stream("comments", atComments, comments.stream)
	} else {
		w.at(6, atComments)
	}
	if files != nil {
		w.line(0, "")
		w.stream("attachments", atAttachments, files.stream)
	} else if comments != nil {
		w.at(6, atAttachments)
	}
	w.line(0, "")
	w.line(4, "mapping:")
	w.mapping(interactions, fields, comments, files)
	w.line(0, "")
	w.line(4, "load:")
	if files != nil && files.root {
		w.at(6, atJob+".load.files_root")
		w.line(6, "files_root: files")
	}
	w.line(6, "max_rejects: 100")
}

// start shows how to leave history out.
func (w *writer) start(s stream) {
	switch {
	case s.cursor == "":
	case s.start != "":
		w.line(8, "# start: %s   # where the first run begins; without, at the beginning", s.start)
	default:
		w.line(8, "# start: 2026-01-01T00:00:00Z   # where the first run begins; without, at the beginning")
	}
}

func (w *writer) mapping(interactions stream, fields []rule, comments *talk, files *shelf) {
	w.line(6, "interaction:")
	w.line(8, "interaction_id: %s", scalar(interactions.key))
	w.rules(8, atInteraction, fields[:1])
	w.line(8, "metadata:")
	w.rules(10, atInteraction+".metadata", fields[1:])
	if comments != nil {
		w.line(6, "comment:")
		w.rules(8, atComment, comments.rules)
	}
	if files != nil {
		w.line(6, "attachment:")
		w.rules(8, atAttachment, files.rules)
	}
}
