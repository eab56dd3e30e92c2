package scaffold

import (
	"context"
	"strings"
)

// interactions writes the query of the tickets and the rules of their fields.
func (b *builder) interactions(ctx context.Context) (stream, []rule) {
	t := b.tickets.table
	q := b.dialect.query(t, "t")
	s := stream{key: q.key("t", t, t.key, t.key)}
	b.guess(atInteractions+".query", t.Name+" holds the tickets", strings.Join(b.tickets.why, ", "), b.also...)
	if len(t.PrimaryKey) != 1 {
		b.guess(atInteractions+".key", t.key, "the table has no primary key of one column; this one has to be unique and never NULL")
	}
	rules := b.assigneeRule(q, t)
	places := []*table{t, b.sideOf(t, subjectColumns, false)}
	for _, f := range fields {
		if r, ok := f.fill(b, ctx, q, places, f); ok {
			rules = append(rules, r)
		}
	}
	if condition, ok := q.living(t, "t"); ok {
		b.guess(atInteractions+".query", "tickets that were deleted are left out", condition)
	}
	b.cursor(ctx, q, t, "t", &s, atInteractions)
	s.query = q.lines()
	return s, b.withDatetime(rules)
}

// withDatetime adds a field of type datetime where there is none: Playvox requires one.
func (b *builder) withDatetime(rules []rule) []rule {
	for _, r := range rules {
		if r.typ == "datetime" {
			return rules
		}
	}
	b.guess(atInteraction+".metadata.created_date", "a constant", "Playvox requires a datetime, and no column seems to be one: put yours here")
	return append(rules, rule{"created_date", "datetime", "filters, display", `{value: "2026-01-01T00:00:00Z"}`})
}

// assigneeRule says who handled a ticket.
func (b *builder) assigneeRule(q *query, t *table) []rule {
	const at = atInteraction + ".assignee_id"
	names := t.ranked(assigneeColumns, nil)
	if only := t.refsTo(b.agents); len(names) == 0 && len(only) == 1 {
		names = only
	}
	for i, name := range names {
		column := t.column(name)
		r, ok := b.personRef(t, column)
		switch {
		case ok && !r.to.isOfCustomers():
			label := nameOf(r.to)
			b.assignee = name
			b.guess(at, name+", as "+r.to.Name+"."+label, "best the e-mail of a user in Playvox", rest(names[i:])...)
			picked := q.pick(q.column(q.follow("LEFT JOIN", "t", r, "a"), label), "agent_"+label)
			return []rule{{"assignee_id", "", "", "{column: " + scalar(picked) + ", default: unassigned}"}}
		case isText(column):
			b.assignee = name
			b.guess(at, name, "best the e-mail of a user in Playvox", rest(names[i:])...)
			return []rule{{"assignee_id", "", "", "{column: " + scalar(q.keep("t", name)) + ", default: unassigned}"}}
		}
	}
	why := "no column of " + t.Name + " says who handles a ticket"
	if between := b.linkOf(t); between != "" {
		why += "; join " + between + " if it does"
	}
	b.guess(at, "unassigned", why)
	return []rule{{"assignee_id", "", "", "{value: unassigned}"}}
}

// linkOf is a table that links tickets with agents.
func (b *builder) linkOf(t *table) string {
	for _, link := range b.tables {
		if _, ok := refTo(link, t); ok && b.agents != nil && len(link.Columns) <= 10 {
			if _, ok := refTo(link, b.agents); ok && link.words.has(b.agents.head()) {
				return link.Name
			}
		}
	}
	return ""
}
