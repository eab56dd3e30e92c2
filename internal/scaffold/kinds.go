package scaffold

import (
	"context"
	"slices"
	"strings"

	"pvetl/extract"
)

// The words by which the values of a column tell who speaks.
var (
	customerWords = vocabularyOf("customer client contact enduser requester visitor cliente contacto solicitante incoming inbound in entrante received kunde web_user c")
	agentWords    = vocabularyOf("agent staff operator admin administrator employee support technician outgoing outbound out saliente sent reply response agente operador tecnico asesor soporte bearbeiter a")
	noteWords     = vocabularyOf("note internal private nota interna interno intern system sistema activity event lineitem bot auto n")
)

// kindOf reads one value; others are those of the same column. What says nothing is empty.
func kindOf(value string, others []string) string {
	all := wordsOf(value)
	says := func(v vocabulary) bool {
		return slices.ContainsFunc(all, func(word string) bool { return v[word] > 0 })
	}
	switch {
	case says(noteWords):
		return aNote
	case says(customerWords):
		return byCustomer
	case says(agentWords):
		return byAgent
	case all.has("user") || all.has("usuario"):
		if slices.ContainsFunc(others, func(other string) bool { return customerWords[wordsOf(other).String()] > 0 }) {
			return byAgent
		}
		return byCustomer
	}
	return ""
}

// voice is what tells of a message who speaks: an expression and what its values become.
type voice struct {
	column  string   // of the message; empty where it is not one column that tells
	label   string   // of the table that the column refers to
	when    []string // WHEN … THEN …
	other   string   // without any of them
	entries []entry
	unknown []string // values that say nothing
	null    bool     // whether the column may be NULL
	coded   bool     // whether the values are numbers
	guess   string
	why     string
}

// expr is the whole expression.
func (v voice) expr() string {
	if len(v.when) == 0 {
		return v.other
	}
	return "CASE " + strings.Join(v.when, " ") + " ELSE " + v.other + " END"
}

// kinds counts the different types that the entries tell apart.
func (v voice) kinds() int {
	n := 0
	for _, kind := range []string{byCustomer, byAgent, aNote} {
		if slices.ContainsFunc(v.entries, func(e entry) bool { return e.to == kind }) {
			n++
		}
	}
	return n
}

func (v voice) tells(kind string) bool {
	return slices.ContainsFunc(v.entries, func(e entry) bool { return e.to == kind })
}

// voices looks at the columns that may tell who speaks, by what they hold.
func (b *builder) voices(ctx context.Context, t *table) []voice {
	const most = 4
	var all []voice
	for _, name := range t.ranked(kindColumns, nil) {
		if codes := b.codesOf(t, name); codes != nil {
			guess := name + " tells who speaks"
			column := t.column(name)
			return []voice{{
				column: name, entries: codes, coded: isInteger(column), null: column.Nullable, guess: guess, why: "as in " + b.product.name,
			}}
		}
		if v, ok := b.voiceOf(ctx, t, name); ok && len(all) < most {
			all = append(all, v)
		}
	}
	return all
}

func (b *builder) voiceOf(ctx context.Context, t *table, name string) (voice, bool) {
	column := t.column(name)
	r, isRef := t.ref(name)
	switch {
	case isRef && !b.isPeople(r.to):
		label := first(r.to.ranked(labelColumns, isText))
		if label == "" {
			return voice{}, false
		}
		v := readVoice(b.ask.distinct(ctx, r.to, label))
		v.column, v.label, v.null, v.guess = name, label, column.Nullable, r.to.Name+"."+label+" tells who speaks"
		return v, true
	case !isRef && isText(column):
		v := readVoice(b.ask.distinct(ctx, t, name))
		v.column, v.null, v.guess = name, column.Nullable, name+" tells who speaks"
		return v, true
	}
	return voice{}, false
}

// readVoice makes entries of values.
func readVoice(values []string) voice {
	v := voice{why: "by its values"}
	slices.Sort(values)
	for _, value := range values {
		if kind := kindOf(value, values); kind != "" {
			v.entries = append(v.entries, entry{value, kind})
		} else {
			v.unknown = append(v.unknown, value)
		}
	}
	return v
}

// speaker finds out how to tell who speaks, and adds to the query what it takes.
func (b *builder) speaker(ctx context.Context, q *query, t *table, authors []author) voice {
	voices := b.voices(ctx, t)
	var best voice
	for _, v := range voices {
		better := v.kinds() > best.kinds() || v.kinds() == best.kinds() && len(v.unknown) < len(best.unknown)
		if v.tells(byCustomer) && v.tells(byAgent) && (best.column == "" || better) {
			best = v
		}
	}
	if best.column == "" {
		best = b.byAuthor(q, authors)
	} else {
		best.other = b.columnOf(q, t, best)
	}
	flag, name := b.noteFlag(q, t)
	if flag == "" && !best.tells(aNote) {
		flag, name = b.noteValue(q, t, voices)
	}
	if flag == "" {
		return best
	}
	if best.coded {
		best.other = b.dialect.asText(best.other) // the branches of a CASE are of one type
	}
	best.when = append([]string{"WHEN " + flag + " THEN 'note'"}, best.when...)
	best.guess += "; " + name + " tells what is internal"
	if !slices.ContainsFunc(best.entries, func(e entry) bool { return e.from == "note" }) {
		best.entries = append(best.entries, entry{"note", aNote})
	}
	return best
}

// columnOf writes the column of a voice, of another table where it only refers to it.
func (b *builder) columnOf(q *query, t *table, v voice) string {
	if v.label == "" {
		return q.column("m", v.column)
	}
	r, _ := t.ref(v.column)
	return q.column(q.follow("LEFT JOIN", "m", r, "k"), v.label)
}

// noteFlag is the condition under which a message is internal, by a column that says just that.
func (b *builder) noteFlag(q *query, t *table) (condition, name string) {
	if name = first(t.ranked(flagColumns, isFlag)); name != "" {
		return truth(q, t, name, true), name
	}
	if name = first(t.ranked(openColumns, isFlag)); name != "" {
		return truth(q, t, name, false), name
	}
	return "", ""
}

func truth(q *query, t *table, name string, wanted bool) string {
	expr := q.column("m", name)
	switch boolean := t.column(name).Kind == extract.Boolean; {
	case boolean && wanted:
		return expr
	case boolean:
		return "NOT " + expr
	case wanted:
		return expr + " <> 0"
	default:
		return expr + " = 0"
	}
}

// noteValue is the condition under which a message is internal, by one value of a column that tells more.
func (b *builder) noteValue(q *query, t *table, voices []voice) (condition, name string) {
	for _, v := range voices {
		for _, e := range v.entries {
			if e.to == aNote {
				return b.columnOf(q, t, v) + " = " + b.dialect.text(e.from), v.column
			}
		}
	}
	return "", ""
}

// byAuthor tells who speaks by who wrote: an agent or a customer of tables of their own, or whoever the ticket is of.
func (b *builder) byAuthor(q *query, authors []author) voice {
	v := voice{other: "'agent'", entries: []entry{{"customer", byCustomer}, {"agent", byAgent}}}
	customer := b.customerColumn()
	agent := slices.IndexFunc(authors, func(a author) bool { return a.table == b.agents })
	switch {
	case agent >= 0 && len(authors) > 1:
		v.other, v.when = "'customer'", []string{"WHEN " + authors[agent].isSet(q) + " THEN 'agent'"}
		v.guess, v.why = "an agent's messages have a "+authors[agent].column, "agents and customers have tables of their own"
	case agent >= 0 && customer == "":
		v.other, v.when = "'customer'", []string{"WHEN " + authors[agent].isSet(q) + " THEN 'agent'"}
		v.guess, v.why = "an agent's messages have a "+authors[agent].column, "customers are nowhere referred to"
	case len(authors) > 0 && customer != "":
		alias := b.joinTickets(q)
		v.when = []string{"WHEN " + q.column("m", authors[0].column) + " = " + q.column(alias, customer) + " THEN 'customer'"}
		v.guess, v.why = "a customer's messages are by the ticket's "+customer, "no column says who speaks"
	default:
		v.other, v.entries = "'customer'", v.entries[:1]
		v.guess, v.why = "everything counts as the customer's", "no column tells who speaks"
	}
	return v
}

// customerColumn is the ticket's column for whom it is of.
func (b *builder) customerColumn() string {
	t := b.tickets.table
	for _, name := range t.ranked(customerColumns, nil) {
		if r, ok := t.ref(name); name != b.assignee && (!ok || b.isPeople(r.to)) {
			return name
		}
	}
	return ""
}
