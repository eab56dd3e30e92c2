package scaffold

import (
	"context"
	"slices"
	"strings"

	"pvetl/extract"
)

// talk is what the file says of messages.
type talk struct {
	stream

	rules []rule
}

// comments writes the query of the messages and the rules of their fields; nil where there are none.
func (b *builder) comments(ctx context.Context) *talk {
	m := b.messages
	if m.table == nil {
		b.guess(atComments, "none", "no table has texts that belong to "+b.tickets.table.Name)
		return nil
	}
	t := m.table
	q := b.dialect.query(t, "m")
	c := talk{stream: stream{key: q.key("m", t, t.key, t.key)}}
	why := "their text is " + m.body + ", and they belong to tickets by " + m.path.words()
	b.guess(atComments+".query", t.Name+" holds the messages", why, m.also...)
	if own := first(b.tickets.table.ranked(bodyColumns, isLong)); own != "" {
		b.guess(atComments+".query", b.tickets.table.Name+"."+own+" is left out", "where it is the first message of a ticket, add it with UNION ALL under a key of its own")
	}
	c.parent = b.belong(q)
	bodies, alias := t, "m"
	if m.side != nil {
		bodies = m.side
		r, _ := refTo(m.side, t)
		alias = q.join("JOIN", m.side, "b", func(side string) string { return q.on(side, r, "m") })
	}
	c.add("body", b.body(ctx, q, bodies, alias))
	authors := b.authors(ctx, t)
	c.add("type", b.kind(q, b.speaker(ctx, q, t, authors)))
	if author := b.wrote(q, t, authors, m.side); author != "" {
		c.add("author_id", scalar(author))
	}
	if created, also := b.timeIn(ctx, t, createdColumns); created.is {
		b.guess(atComment+".added_at", created.column, "its name and type", also...)
		c.add("added_at", scalar(b.datetime(q, t, "m", created, "added_at")))
	}
	if condition, ok := q.living(t, "m"); ok {
		b.guess(atComments+".query", "messages that were deleted are left out", condition)
	}
	b.cursor(ctx, q, t, "m", &c.stream, atComments)
	c.query = q.lines()
	return &c
}

func (c *talk) add(field, text string) {
	c.rules = append(c.rules, rule{field: field, text: text})
}

func (p path) words() string {
	if p.second == nil {
		return p.first.column
	}
	return p.first.column + " and " + p.first.to.Name + "." + p.second.column
}

// belong selects the key of the ticket that a message belongs to, over one table between if it takes that.
func (b *builder) belong(q *query) string {
	tickets, last, alias := b.tickets.table, b.messages.path.first, "m"
	if second := b.messages.path.second; second != nil {
		alias = q.follow("JOIN", "m", last, "h")
		last = *second
	}
	if last.kind != "" {
		b.guess(atComments+".query", last.kind+" is '"+last.value+"' where it is of a ticket", "the column tells of which table "+last.column+" is a key")
		q.where = append(q.where, q.ofKind(alias, last))
	}
	b.parentExpr = q.column(alias, last.column)
	if last.target != tickets.key {
		return q.key(b.joinTickets(q), tickets, tickets.key, tickets.key)
	}
	name := last.column
	if last.column == b.messages.table.key || last.kind != "" {
		name = tickets.head() + "_id"
	}
	owner := b.messages.table
	if b.messages.path.second != nil {
		owner = b.messages.path.first.to
	}
	return q.key(alias, owner, last.column, name)
}

// joinTickets adds the messages' tickets to their query.
func (b *builder) joinTickets(q *query) string {
	if slices.Contains(q.aliases, "t") {
		return "t"
	}
	target := b.messages.path.first.target
	if b.messages.path.second != nil {
		target = b.messages.path.second.target
	}
	return q.join("JOIN", b.tickets.table, "t", func(alias string) string { return q.column(alias, target) + " = " + b.parentExpr })
}

// body selects the text of a message. Where some are HTML and some are not, it makes HTML of the others, so that
// html_to_text loses nothing of them.
func (b *builder) body(ctx context.Context, q *query, t *table, alias string) string {
	column := b.messages.body
	expr := q.column(alias, column)
	format := first(t.ranked(formatColumns, func(c extract.TableColumn) bool { return isText(c) && c.Name != column }))
	isHTML := func(value string) bool { return strings.Contains(strings.ToLower(value), "html") }
	if format != "" {
		formats := b.ask.distinct(ctx, t, format)
		switch html := slices.ContainsFunc(formats, isHTML); {
		case html && slices.ContainsFunc(formats, func(s string) bool { return !isHTML(s) }):
			b.guess(atComment+".body", column+", HTML where "+format+" says so", "plain text is made HTML first, so that it loses no < and no line breaks")
			picked := q.pick("CASE WHEN LOWER("+q.column(alias, format)+") LIKE '%html%' THEN "+expr+" ELSE "+b.dialect.escaped(expr)+" END", "body")
			return "{column: " + picked + ", html_to_text: true}"
		case html:
			b.guess(atComment+".body", column+" is HTML", format+" says so in all rows that were looked at")
			return "{column: " + scalar(q.keep(alias, column)) + ", html_to_text: true}"
		}
	}
	picked := q.keep(alias, column)
	name := b.dialect.name(column)
	tags := []string{"%</%>%", "%<br%>%", "%<p>%", "%&nbsp;%"}
	for i, tag := range tags {
		tags[i] = name + " LIKE '" + tag + "'"
	}
	if wordsOf(column).has("html") || b.ask.any(ctx, t, strings.Join(tags, " OR "), column) {
		b.guess(atComment+".body", column+" is HTML", "rows have tags")
		return "{column: " + scalar(picked) + ", html_to_text: true}"
	}
	b.guess(atComment+".body", column+" is plain text", "no row that was looked at has tags; otherwise {column: "+picked+", html_to_text: true}")
	return scalar(picked)
}

// kind writes the rule for a comment's type.
func (b *builder) kind(q *query, v voice) string {
	why := v.why
	if len(v.unknown) > 0 {
		const most = 8
		why += "; what " + strings.Join(quotedAll(v.unknown[:min(len(v.unknown), most)]), ", ") + " means is not clear and counts as a note"
	}
	if v.column != "" {
		why += "; a value that is not here rejects the message"
	}
	b.guess(atComment+".type", v.guess, why)
	entries := v.entries
	for _, value := range v.unknown {
		entries = append(entries, entry{value, aNote})
	}
	if len(v.when) == 0 && len(entries) == 1 && v.column == "" {
		return "{value: " + entries[0].to + "}"
	}
	name := "kind"
	if len(v.when) == 0 && v.label == "" {
		name = v.column
	}
	text := "{column: " + scalar(q.pick(v.expr(), name)) + ", map: " + flow(entries)
	if v.null {
		text += ", default: " + aNote
	}
	return text + "}"
}
