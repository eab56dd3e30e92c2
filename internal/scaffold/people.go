package scaffold

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"pvetl/extract"
)

// author is a column that says who wrote a message.
type author struct {
	column string
	table  *table
	ref    ref
	kind   extract.TableColumn
}

// isSet is the condition that a row has such an author: some write 0 for none.
func (a author) isSet(q *query) string {
	expr := q.column("m", a.column)
	if isInteger(a.kind) {
		return "COALESCE(" + expr + ", 0) <> 0"
	}
	return expr + " IS NOT NULL"
}

// nameOf is the column by which a person is known to Playvox: best the e-mail.
func nameOf(people *table) string { return first(people.ranked(emailColumns, isText)) }

// personRef is the table of people that a column refers to. What refers to nothing by its name refers to the agents.
func (b *builder) personRef(t *table, column extract.TableColumn) (ref, bool) {
	if r, ok := t.ref(column.Name); ok {
		return r, b.isPeople(r.to)
	}
	if b.agents == nil || isText(column) || !b.comparable(column, b.agents.column(b.agents.key)) {
		return ref{}, false
	}
	return ref{column: column.Name, to: b.agents, target: b.agents.key}, true
}

// authors are the columns that say who wrote a message, one for each table of people.
func (b *builder) authors(ctx context.Context, t *table) []author {
	if all := b.authorsOfKinds(ctx, t); len(all) > 0 {
		return all
	}
	var all []author
	names := t.ranked(authorColumns, nil)
	if len(names) == 0 {
		names = t.refsTo(b.people...)
	}
	for _, name := range names {
		column := t.column(name)
		r, ok := b.personRef(t, column)
		if ok && !slices.ContainsFunc(all, func(a author) bool { return a.table == r.to }) {
			all = append(all, author{name, r.to, r, column})
		}
	}
	return all[:min(len(all), 2)]
}

// authorsOfKinds reads a pair such as sender_type and sender_id, which may be of any table of people.
func (b *builder) authorsOfKinds(ctx context.Context, t *table) []author {
	var all []author
	for _, people := range b.people {
		r, ok := b.manyFold(t, people)
		if !ok || authorColumns[strings.TrimSuffix(wordsOf(r.column).String(), "_id")] == 0 {
			continue
		}
		if named, rows := b.resolve(ctx, t, &r); named || !rows {
			all = append(all, author{r.column, people, r, t.column(r.column)})
		}
	}
	return all
}

// resolve finds out what the column of kinds holds for the table that is meant, and whether the rows say so. Without any
// rows it goes by the table's name.
func (b *builder) resolve(ctx context.Context, t *table, r *ref) (named, rows bool) {
	r.value = r.to.className()
	values := b.ask.distinct(ctx, t, r.kind)
	for _, value := range values {
		parts := strings.FieldsFunc(value, func(c rune) bool { return c == ':' || c == '\\' })
		if len(parts) == 0 {
			continue
		}
		kind := wordsOf(parts[len(parts)-1])
		initial := len(value) == 1 && strings.EqualFold(value, r.to.head()[:1])
		if initial || len(kind) > 0 && kind.head() == r.to.head() {
			r.value = value
			return true, true
		}
	}
	return false, len(values) > 0
}

// className is how an application calls what is in a table: ticket_articles are TicketArticle.
func (t *table) className() string {
	var name strings.Builder
	for _, word := range t.words {
		first, rest := utf8.DecodeRuneInString(word)
		name.WriteRune(unicode.ToUpper(first))
		name.WriteString(word[rest:])
	}
	return name.String()
}

// wrote selects who wrote a message: as Playvox knows agents, or else by whatever name there is.
func (b *builder) wrote(q *query, t *table, authors []author, side *table) string {
	var parts, from []string
	for _, a := range authors {
		labels, alias := a.table.ranked(emailColumns, isText)[:1], "a"
		if a.table != b.agents {
			labels, alias = a.table.ranked(emailColumns, isText), "c"
		}
		alias = q.follow("LEFT JOIN", "m", a.ref, alias)
		for _, label := range labels[:min(len(labels), 2)] {
			parts = append(parts, q.column(alias, label))
			from = append(from, a.table.Name+"."+label)
		}
	}
	if text := first(t.ranked(authorTexts, isText)); text != "" {
		parts, from = append(parts, q.column("m", text)), append(from, text)
	} else if side != nil {
		if text := first(side.ranked(authorTexts, isText)); text != "" {
			parts, from = append(parts, q.column("b", text)), append(from, side.Name+"."+text)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	b.guess(atComment+".author_id", strings.Join(from, ", else "), "an agent is best named by the e-mail that Playvox knows")
	if len(parts) == 1 {
		return q.pick(parts[0], "author")
	}
	return q.pick("COALESCE("+strings.Join(parts, ", ")+")", "author")
}

// findPeople finds the tables of people, the one of the agents before all.
func (s *schema) findPeople(c *cast) {
	score := func(t *table) int {
		n := 3 * peopleTables[t.words.String()]
		if t.isOfCustomers() {
			n -= 4
		}
		for _, column := range t.Columns {
			switch name := t.named[column.Name]; {
			case emailColumns[name.String()] == 3:
				n += 3
			case name.has("password") || name.has("passwd") || name.has("pw"):
				n += 4
			}
		}
		return n
	}
	for _, t := range s.tables {
		if peopleTables[t.head()] == 0 || t.key == "" || first(t.ranked(emailColumns, isText)) == "" {
			continue
		}
		c.people = append(c.people, t)
	}
	slices.SortStableFunc(c.people, func(a, b *table) int { return score(b) - score(a) })
	if len(c.people) > 0 {
		c.agents = c.people[0]
	}
}

func (c *cast) isPeople(t *table) bool { return slices.Contains(c.people, t) }
