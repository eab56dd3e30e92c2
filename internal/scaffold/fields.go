package scaffold

import (
	"context"
	"slices"
	"strings"

	"pvetl/extract"
)

// place is a column of the tickets, or of the table that holds more columns of theirs.
type place struct {
	alias string
	table *table
	name  string
	also  []string
}

// metadataField is a field that tickets are likely to have.
type metadataField struct {
	name      string
	columns   vocabulary
	available string
	fill      func(b *builder, ctx context.Context, q *query, places []*table, f metadataField) (rule, bool)
}

var fields = []metadataField{
	{"created_date", createdColumns, "filters, display", (*builder).timeField},
	{"solved_date", closedColumns, "filters, display", (*builder).timeField},
	{"status", statusColumns, "filters, display", (*builder).nameField},
	{"priority", priorityColumns, "filters, display", (*builder).nameField},
	{"channel", channelColumns, "filters, display", (*builder).nameField},
	{"queue", queueColumns, "filters, display", (*builder).nameField},
	{"subject", subjectColumns, "display", (*builder).textField},
	{"ticket_number", numberColumns, "display", (*builder).textField},
	{"csat", csatColumns, "filters, display", (*builder).scoreField},
	{"tag_names", tagColumns, "filters", (*builder).tagField},
}

func (f metadataField) at() string { return atInteraction + ".metadata." + f.name }

// place finds the column that most likely fills the field.
func (b *builder) place(places []*table, f metadataField, fits func(*table, extract.TableColumn) bool) (place, bool) {
	for i, t := range places {
		if t == nil {
			continue
		}
		names := t.ranked(f.columns, func(c extract.TableColumn) bool { return c.Name != t.key && c.Name != b.assignee && fits(t, c) })
		if len(names) > 0 {
			return place{[]string{"t", sideAlias}[i], t, names[0], rest(names)}, true
		}
	}
	return place{}, false
}

// column selects what stands at the place, and joins its table if that is not the one of the tickets.
func (b *builder) columnAt(q *query, p place) string {
	if p.alias == sideAlias && !slices.Contains(q.aliases, sideAlias) {
		b.joinSide(q, p.table)
	}
	return q.column(p.alias, p.name)
}

// sideAlias is that of the table which holds more columns of the tickets.
const sideAlias = "extra"

func (b *builder) joinSide(q *query, side *table) {
	r, _ := refTo(side, b.tickets.table)
	q.join("LEFT JOIN", side, sideAlias, func(alias string) string { return q.column(alias, r.column) + " = " + q.column("t", r.target) })
}

func (b *builder) timeField(ctx context.Context, q *query, places []*table, f metadataField) (rule, bool) {
	t := places[0]
	m, also := b.timeIn(ctx, t, f.columns)
	if !m.is {
		return rule{}, false
	}
	b.guess(f.at(), m.column, "its name and type", also...)
	return rule{f.name, "datetime", f.available, scalar(b.datetime(q, t, "t", m, f.name))}, true
}

// nameField is the name of one of few things, such as a status: as a text, by a table of them, or by a number.
func (b *builder) nameField(ctx context.Context, q *query, places []*table, f metadataField) (rule, bool) {
	p, ok := b.place(places, f, func(t *table, c extract.TableColumn) bool {
		r, isRef := t.ref(c.Name)
		named := isRef && first(r.to.ranked(labelColumns, isText)) != "" && !b.isPeople(r.to)
		number := isInteger(c) && !isRef && (f.name == "status" || f.name == "priority")
		return named || isText(c) || number || c.Kind == extract.Array
	})
	if !ok || p.table.column(p.name).Kind == extract.Array {
		return rule{}, false
	}
	if r, isRef := p.table.ref(p.name); isRef {
		label := first(r.to.ranked(labelColumns, isText))
		b.columnAt(q, p)
		b.guess(f.at(), r.to.Name+"."+label, "the table that "+p.name+" refers to", p.also...)
		alias := q.follow("LEFT JOIN", p.alias, r, f.name[:1])
		return rule{f.name, "string", f.available, scalar(q.pick(q.column(alias, label), f.name))}, true
	}
	column := q.pick(b.columnAt(q, p), p.name)
	if codes := b.codesOf(p.table, p.name); codes != nil {
		b.guess(f.at(), p.name, "what its numbers mean as in "+b.product.name, p.also...)
		return rule{f.name, "string", f.available, "{column: " + scalar(column) + ", map: " + flow(codes) + "}"}, true
	}
	b.guess(f.at(), p.name, b.valuesSeen(ctx, p), p.also...)
	return rule{f.name, "string", f.available, scalar(column)}, true
}

// valuesSeen tells what a column holds, for whoever gives names to numbers, or a list of what is allowed to the field.
func (b *builder) valuesSeen(ctx context.Context, p place) string {
	const most = 8
	values := b.ask.distinct(ctx, p.table, p.name)
	lookup := b.lookupLike(p)
	switch {
	case lookup != "":
		return "its name; join " + lookup + " if it holds keys of that"
	case len(values) == 0 || len(values) > most:
		return "its name"
	case isInteger(p.table.column(p.name)):
		return "it holds " + strings.Join(quotedAll(values), ", ") + ": give them names with map: {" + scalar(values[0]) + ": …}"
	default:
		return "it holds " + strings.Join(quotedAll(values), ", ")
	}
}

// lookupLike is a table that is called like a column of the tickets, although nothing says that the one refers to the other.
func (b *builder) lookupLike(p place) string {
	name := slices.Concat(b.tickets.table.words, p.table.stem(p.name))
	for _, t := range b.tables {
		if slices.Equal(t.words, name) {
			return t.Name
		}
	}
	return ""
}

func (b *builder) textField(_ context.Context, q *query, places []*table, f metadataField) (rule, bool) {
	p, ok := b.place(places, f, func(t *table, c extract.TableColumn) bool {
		_, isRef := t.ref(c.Name)
		return !isRef && (isText(c) || f.name == "ticket_number" && isInteger(c))
	})
	if !ok {
		return rule{}, false
	}
	column := q.pick(b.columnAt(q, p), p.name)
	b.guess(f.at(), p.name, "its name", p.also...)
	return rule{f.name, "string", f.available, scalar(column)}, true
}

// scoreField is the customer's rating: a column of the tickets, or of a table of answers that belong to them.
func (b *builder) scoreField(_ context.Context, q *query, places []*table, f metadataField) (rule, bool) {
	isNumber := func(c extract.TableColumn) bool { return isInteger(c) || isDecimal(c) }
	if p, ok := b.place(places, f, func(_ *table, c extract.TableColumn) bool { return isNumber(c) }); ok {
		column := q.pick(b.columnAt(q, p), p.name)
		b.guess(f.at(), p.name, "its name and type", p.also...)
		return rule{f.name, numberType(p.table.column(p.name)), f.available, scalar(column)}, true
	}
	for _, survey := range b.tables {
		r, belongs := refTo(survey, places[0])
		score := first(survey.ranked(f.columns, isNumber))
		if !belongs || score == "" || survey == b.messages.table {
			continue
		}
		expr := "(SELECT MAX(r." + b.dialect.name(score) + ") FROM " + b.dialect.table(survey) + " r WHERE r." + b.dialect.name(r.column) + " = " + q.column("t", r.target) + ")"
		b.guess(f.at(), survey.Name+"."+score, "its name and type, the best of several answers")
		return rule{f.name, numberType(survey.column(score)), f.available, scalar(q.pick(expr, "csat"))}, true
	}
	return rule{}, false
}

func numberType(c extract.TableColumn) string {
	if isInteger(c) {
		return "integer"
	}
	return "float"
}

func (b *builder) tagField(_ context.Context, q *query, places []*table, f metadataField) (rule, bool) {
	p, ok := b.place(places, f, func(_ *table, c extract.TableColumn) bool { return isText(c) || c.Kind == extract.Array })
	if !ok {
		return rule{}, false
	}
	column, kind := q.pick(b.columnAt(q, p), p.name), p.table.column(p.name)
	b.guess(f.at(), p.name, "its name", p.also...)
	if kind.Kind == extract.Array || strings.Contains(strings.ToLower(kind.Type), "json") {
		return rule{f.name, "list", f.available, scalar(column)}, true
	}
	return rule{f.name, "list", f.available, "{column: " + scalar(column) + `, split: ","}`}, true
}
