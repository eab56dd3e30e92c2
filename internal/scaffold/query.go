package scaffold

import (
	"fmt"
	"slices"
	"strings"

	"pvetl/extract"
)

// query is a SELECT in the making.
type query struct {
	dialect Dialect
	from    string
	items   []item
	joins   []string
	aliases []string
	where   []string
}

type item struct{ expr, name string }

func (d Dialect) query(t *table, alias string) *query {
	return &query{dialect: d, from: "FROM " + d.table(t) + " " + alias, aliases: []string{alias}}
}

// column writes a column of an alias.
func (q *query) column(alias, name string) string { return alias + "." + q.dialect.name(name) }

// pick selects an expression under a name that is free, and returns that.
func (q *query) pick(expr, name string) string {
	for _, i := range q.items {
		if i.expr == expr {
			return i.name
		}
	}
	free := name
	for n := 2; slices.ContainsFunc(q.items, func(i item) bool { return strings.EqualFold(i.name, free) }); n++ {
		free = fmt.Sprintf("%s_%d", name, n)
	}
	q.items = append(q.items, item{expr, free})
	return free
}

// keep selects a column as it is.
func (q *query) keep(alias, name string) string { return q.pick(q.column(alias, name), name) }

// key selects a column that names rows: bytes as text, because a key is one.
func (q *query) key(alias string, t *table, name, as string) string {
	expr := q.column(alias, name)
	if isBytes(t.column(name)) {
		return q.pick(q.dialect.hex(expr), as)
	}
	return q.pick(expr, as)
}

// join adds a table under an alias that begins as asked, on conditions about that alias.
func (q *query) join(how string, t *table, alias string, on func(alias string) string) string {
	free := alias
	for n := 2; slices.Contains(q.aliases, free); n++ {
		free = fmt.Sprintf("%s%d", alias, n)
	}
	line := how + " " + q.dialect.table(t) + " " + free + " ON " + on(free)
	q.aliases = append(q.aliases, free)
	q.joins = append(q.joins, line)
	return free
}

// follow joins the table that a column refers to.
func (q *query) follow(how, alias string, r ref, as string) string {
	return q.join(how, r.to, as, func(other string) string { return q.on(alias, r, other) })
}

func (q *query) on(alias string, r ref, other string) string {
	on := q.column(other, r.target) + " = " + q.column(alias, r.column)
	if r.kind != "" {
		on += " AND " + q.ofKind(alias, r)
	}
	return on
}

func (q *query) ofKind(alias string, r ref) string {
	return q.column(alias, r.kind) + " = " + q.dialect.text(r.value)
}

// lines are the statement's, as short as a line of SQL should be.
func (q *query) lines() []string {
	const width = 100
	var lines []string
	line := "SELECT "
	for i, it := range q.items {
		text := it.expr
		if _, plain, found := strings.Cut(it.expr, "."); !found || plain != q.dialect.name(it.name) {
			text += " AS " + q.dialect.name(it.name)
		}
		if i < len(q.items)-1 {
			text += ","
		}
		if len(line)+len(text) > width && strings.TrimSpace(line) != "SELECT" {
			lines = append(lines, strings.TrimRight(line, " "))
			line = "       "
		}
		line += text + " "
	}
	lines = append(lines, strings.TrimRight(line, " "), q.from)
	lines = append(lines, q.joins...)
	if len(q.where) > 0 {
		lines = append(lines, "WHERE "+strings.Join(q.where, " AND "))
	}
	return lines
}

// living says that a row was not deleted, if the table marks such rows.
func (q *query) living(t *table, alias string) (condition string, found bool) {
	column := t.column(first(t.ranked(deletedColumns, func(c extract.TableColumn) bool { return isClock(c) || isFlag(c) })))
	expr := q.column(alias, column.Name)
	switch {
	case column.Name == "":
		return "", false
	case isClock(column):
		condition = expr + " IS NULL"
	case column.Kind == extract.Boolean:
		condition = expr + " IS NOT TRUE"
	default:
		condition = "COALESCE(" + expr + ", 0) = 0"
	}
	q.where = append(q.where, condition)
	return condition, true
}
