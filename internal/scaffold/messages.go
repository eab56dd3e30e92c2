package scaffold

import (
	"context"
	"slices"
	"strings"

	"pvetl/extract"
)

// conversation is a table that may hold the messages of one with the tickets.
type conversation struct {
	table *table
	side  *table // holds the texts of the messages, where they have a table of their own
	path  path
	body  string
	score int
	also  []string
}

// path leads from a table to that of the tickets, perhaps over one between.
type path struct {
	first  ref
	second *ref
}

// findMessages finds the table whose rows have a text and belong to a ticket.
func (b *builder) findMessages(ctx context.Context, tickets *table) conversation {
	var best conversation
	var also []string
	for _, t := range b.tables {
		m := b.judgeMessages(t, tickets)
		if m.score >= enoughMessages {
			m.score += b.confirm(ctx, &m)
		}
		switch {
		case m.score < enoughMessages:
		case m.score > best.score:
			if best.table != nil {
				also = append([]string{best.table.Name}, also...)
			}
			best = m
		default:
			also = append(also, t.Name)
		}
	}
	best.also = also[:min(len(also), 2)]
	return best
}

// confirm asks the rows whether a column that tells of which table they are names that of the tickets.
func (b *builder) confirm(ctx context.Context, m *conversation) int {
	owner, last := m.table, &m.path.first
	if last.kind == "" && m.path.second != nil {
		owner, last = m.path.first.to, m.path.second
	}
	if last.kind == "" {
		return 0
	}
	if b.ask.asked >= mostQuestions/2 { // the others are for the tables that are chosen
		last.value = last.to.className()
		return 0
	}
	const certain, never = 6, -100
	switch named, rows := b.resolve(ctx, owner, last); {
	case named:
		return certain
	case rows:
		return never
	default:
		return 0
	}
}

func (s *schema) judgeMessages(t, tickets *table) conversation {
	m := conversation{table: t}
	if t == tickets || t.key == "" {
		return m
	}
	var near int
	if m.path, near = s.pathTo(t, tickets); near == 0 {
		return m
	}
	bodies := t.ranked(bodyColumns, isLong)
	if len(bodies) == 0 {
		if m.side = s.sideOf(t, bodyColumns, true); m.side == nil {
			return m
		}
		bodies = m.side.ranked(bodyColumns, isLong)
	}
	m.body = bodies[0]
	m.score = near + 3*messageTables[t.head()] + 3
	if weight := bodyColumns[wordsOf(m.body).String()]; weight == 2 {
		m.score += 3
	}
	for _, sign := range []vocabulary{createdColumns, authorColumns, kindColumns} {
		if len(t.ranked(sign, nil)) > 0 {
			m.score++
		}
	}
	if len(t.ranked(flagColumns, isFlag))+len(t.ranked(openColumns, isFlag)) > 0 {
		m.score += 2
	}
	for _, word := range t.words {
		if sideTables[word] > 0 {
			m.score -= 6
		}
	}
	return m
}

// sideOf is the table that holds more columns of a table's rows, some of which stand in the vocabulary: one row for each
// by its key, or at least by its name.
func (s *schema) sideOf(t *table, v vocabulary, byName bool) *table {
	var best *table
	for _, side := range s.tables {
		r, ok := refTo(side, t)
		oneToOne := side.key == r.column
		named := byName && len(side.words) > len(t.words) && slices.Equal(side.words[:len(t.words)], t.words) && messageTables[side.head()] == 0
		if !ok || !oneToOne && !named || len(side.ranked(v, isText)) == 0 {
			continue
		}
		if best == nil || len(side.words) < len(best.words) {
			best = side
		}
	}
	return best
}

// refTo is the column by which a table's rows belong to those of another one: best the one that is called after it.
func refTo(t, to *table) (ref, bool) {
	var best ref
	found := false
	for _, r := range t.refs {
		base, role, _ := t.named[r.column].withoutID()
		if r.to == to && (!found || base.endsWith(to.words) && len(role) == 0) {
			best, found = r, true
		}
	}
	return best, found
}

// pathTo says how a table's rows belong to those of another one, and how sure that is.
func (s *schema) pathTo(t, to *table) (path, int) {
	if r, ok := refTo(t, to); ok {
		if r.declared {
			return path{first: r}, 5
		}
		return path{first: r}, 4
	}
	if r, ok := s.manyFold(t, to); ok {
		return path{first: r}, 3
	}
	for _, r := range t.refs {
		if r.to == to || r.to == t || peopleTables[r.to.head()] > 0 {
			continue
		}
		second, ok := refTo(r.to, to)
		if !ok {
			second, ok = s.manyFold(r.to, to)
		}
		if ok {
			return path{first: r, second: &second}, 3
		}
	}
	if messageTables[t.head()] > 0 {
		fits := func(c extract.TableColumn) bool { return s.comparable(c, to.column(to.key)) }
		if name := first(t.ranked(linkColumns, fits)); name != "" {
			return path{first: ref{column: name, to: to, target: to.key}}, 2 // replies say what they reply to
		}
	}
	return path{}, 0
}

// manyFold finds a pair of columns such as object_type and object_id, which may refer to any table: to the given one too
// if it has no better way. What the type holds then is a guess, until the rows are asked.
func (s *schema) manyFold(t, to *table) (ref, bool) {
	for _, kind := range t.Columns {
		if !isText(kind) {
			continue
		}
		stem, ok := strings.CutSuffix(t.named[kind.Name].String(), "type")
		if stem = strings.Trim(stem, "_"); !ok || stem == "" {
			continue
		}
		for _, id := range t.Columns {
			if name := t.named[id.Name].String(); (name == stem+"_id" || name == stem+"id") && s.comparable(id, to.column(to.key)) {
				return ref{column: id.Name, to: to, target: to.key, kind: kind.Name}, true
			}
		}
	}
	return ref{}, false
}
