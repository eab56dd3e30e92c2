package scaffold

import (
	"context"
	"slices"
)

// cast is which table plays which role; nil where none does.
type cast struct {
	tickets  candidate
	messages conversation
	also     []string // other tables that may be the tickets
	agents   *table
	people   []*table
}

// candidate is a table that may hold the tickets.
type candidate struct {
	table *table
	score int
	why   []string
}

// enough is the least score of tables that play their roles.
const (
	enoughTickets  = 16
	enoughMessages = 13
)

// assign finds the table of the tickets together with that of the messages: each is the surer for the other.
func (b *builder) assign(ctx context.Context) cast {
	var all []candidate
	for _, t := range b.tables {
		if c := b.judgeTickets(t); c.score > 0 {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return b.score - a.score })
	const finalists = 8
	var result cast
	best := 0
	for _, c := range all[:min(len(all), finalists)] {
		m := b.findMessages(ctx, c.table)
		total := c.score + m.score
		if total >= enoughTickets && total > best {
			if result.tickets.table != nil {
				result.also = append(result.also, result.tickets.table.Name)
			}
			best, result.tickets, result.messages = total, c, m
			if m.table != nil {
				result.tickets.why = append(slices.Clone(c.why), "messages that belong to it")
			}
		} else if c.score >= enoughTickets {
			result.also = append(result.also, c.table.Name)
		}
	}
	if len(result.also) > 2 {
		result.also = result.also[:2]
	}
	b.findPeople(&result)
	return result
}

// judgeTickets says how much a table looks like one of tickets, and by what.
func (s *schema) judgeTickets(t *table) candidate {
	c := candidate{table: t}
	if t.key == "" || peopleTables[t.head()] > 0 {
		return c
	}
	add := func(score int, why string) {
		c.score += score
		c.why = append(c.why, why)
	}
	if weight := ticketTables[t.head()]; weight > 0 {
		add(4*weight, "its name")
	}
	for _, word := range t.words {
		if sideTables[word] > 0 {
			c.score -= 6
		}
	}
	for _, sign := range []struct {
		columns vocabulary
		score   int
		why     string
	}{
		{subjectColumns, 2, "a subject"},
		{statusColumns, 3, "a status"},
		{priorityColumns, 2, "a priority"},
		{assigneeColumns, 2, "an assignee"},
		{customerColumns, 2, "a customer"},
	} {
		if len(t.ranked(sign.columns, nil)) > 0 {
			add(sign.score, sign.why)
		}
	}
	for _, times := range []vocabulary{createdColumns, updatedColumns, closedColumns} {
		if column := first(t.ranked(times, s.mayBeTime)); column != "" {
			add(2, column)
		}
	}
	return c
}
