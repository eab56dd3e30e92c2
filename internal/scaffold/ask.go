package scaffold

import (
	"context"
	"slices"
	"strings"
	"unicode"
)

// Asker runs a small query of one column, called k, and returns its values, which are not NULL. An error is no answer:
// the proposal does without.
type Asker func(ctx context.Context, sql string) ([]string, error)

// What a proposal asks of the rows: so many questions, and none any more once the database is too slow for that often.
const (
	mostQuestions = 20
	mostFailures  = 3
)

// longestKind is more than the name of any kind has.
const longestKind = 60

// recent is how many rows a question looks at, the latest ones by their key.
const recent = "2000"

type asker struct {
	ask     Asker
	dialect Dialect
	asked   int
	failed  int
	known   map[string][]string // answers, by their questions
}

func (a *asker) values(ctx context.Context, sql string) []string {
	if values, ok := a.known[sql]; ok {
		return values
	}
	if a.ask == nil || a.asked >= mostQuestions || a.failed >= mostFailures {
		return nil
	}
	a.asked++
	values, err := a.ask(ctx, sql)
	if err != nil {
		a.failed++
		return nil
	}
	a.known[sql] = slices.DeleteFunc(values, func(v string) bool {
		return len(v) > longestKind || strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsPrint(r) })
	})
	return a.known[sql]
}

// sample writes the rows that a question looks at.
func (a *asker) sample(t *table, columns ...string) string {
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = a.dialect.name(c)
	}
	sql := "SELECT " + strings.Join(quoted, ", ") + " FROM " + a.dialect.table(t)
	if t.key != "" {
		sql += " ORDER BY " + a.dialect.name(t.key) + " DESC"
	}
	return "(" + sql + " LIMIT " + recent + ") AS s"
}

// mostValues is how many different values a column of kinds has; one with more holds something else.
const mostValues = "25"

// distinct returns the values of a column of few values.
func (a *asker) distinct(ctx context.Context, t *table, column string) []string {
	name := a.dialect.name(column)
	return a.values(ctx, "SELECT DISTINCT "+a.dialect.asText(name)+" AS k FROM "+a.sample(t, column)+" WHERE "+name+" IS NOT NULL LIMIT "+mostValues)
}

// any reports whether one of the rows meets a condition on the given columns.
func (a *asker) any(ctx context.Context, t *table, condition string, columns ...string) bool {
	values := a.values(ctx, "SELECT COUNT(*) AS k FROM "+a.sample(t, columns...)+" WHERE "+condition)
	return len(values) == 1 && values[0] != "0"
}

func (d Dialect) table(t *table) string {
	if t.Schema == "" {
		return d.name(t.Name)
	}
	return d.name(t.Schema) + "." + d.name(t.Name)
}
