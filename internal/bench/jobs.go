package main

import "fmt"

// shape is what is loaded of a desk.
type shape struct {
	name     string
	comments string // the query's further lines in jobs.yaml; empty: none are loaded
}

var (
	bare     = shape{name: "none"}
	nested   = shape{"3", "{query: SELECT * FROM messages, key: id, parent: ticket_id}"}
	byCursor = shape{"3 by cursor", "{query: SELECT * FROM messages, key: id, parent: ticket_id, cursor: updated_at, lag: 36500d}"}
)

// perTicket is how many comments of each ticket are loaded.
func (s shape) perTicket(d desk) int {
	if s.comments == "" {
		return 0
	}
	return d.perTicket
}

const integrationName = "Bench"

// A lag of a century has every run read everything.
const jobsYAML = `version: 1
playvox: {base_url: "${BENCH_URL}", uid: "${BENCH_UID}", api_key: "${BENCH_KEY}", requests_per_minute: 600000, max_in_flight: %d}
state: ${BENCH_STATE}
sources: {desk: {dsn: "${BENCH_DSN}"}}
integrations:
  desk:
    name: ` + integrationName + `
    metadata:
      subject: {type: string}
      status: {type: string, allowed: [open, pending, solved]}
      channel: {type: string}
      csat: {type: float}
      tag_names: {type: list}
      opened_date: {type: datetime, required: true}
      solved_date: {type: datetime}
      updated_date: {type: datetime}
      ticket_link: {type: string}
jobs:
  tickets:
    source: desk
    integration: desk
    extract:
      interactions: {query: SELECT * FROM tickets, key: id, cursor: updated_at, lag: 36500d}
%s
    mapping:
      interaction:
        interaction_id: id
        assignee_id: {column: agent_email, default: unassigned}
        metadata:
          subject: subject
          status: {column: status_code, map: {1: open, 2: pending, 3: solved}}
          channel: channel
          csat: csat
          tag_names: {column: tags, split: ","}
          opened_date: opened_at
          solved_date: solved_at
          updated_date: updated_at
          ticket_link: {template: "https://help.acme.example/tickets/{id}"}
%s
`

const commentMapping = `      comment:
        body: {column: body_html, html_to_text: true}
        type: {column: kind, map: {in: customer_comment, out: agent_comment, note: internal_note}}
        author_id: author
        added_at: created_at`

func (s shape) jobs(inFlight int) string {
	if s.comments == "" {
		return fmt.Sprintf(jobsYAML, inFlight, "", "")
	}
	return fmt.Sprintf(jobsYAML, inFlight, "      comments: "+s.comments, commentMapping)
}
