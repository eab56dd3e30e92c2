package extract

import (
	"slices"
	"strings"
)

// tables are what a query reads from, by the names that its columns are qualified with.
type tables struct {
	named []tableName
	only  bool // whether they are all, and no other could own a column
}

type tableName struct {
	alias string
	real  string // empty for a subquery, a function, and a name that WITH defines
}

// withNames returns the names that WITH defines.
func withNames(tokens []token) []string {
	var names []string
	for i, t := range tokens {
		if t.is("AS") && i > 0 {
			if tokens[i-1].kind == groupToken && i > 1 {
				i--
			}
			names = append(names, tokens[i-1].name)
		}
	}
	return names
}

// tablesOf reads the FROM clause that the tokens begin with.
func tablesOf(tokens []token, with []string) tables {
	if len(tokens) == 0 || !tokens[0].is("FROM") {
		return tables{}
	}
	end := slices.IndexFunc(tokens, func(t token) bool {
		return t.is(";", "WHERE", "GROUP", "HAVING", "ORDER", "WINDOW", "LIMIT", "UNION", "EXCEPT", "INTERSECT")
	})
	if end < 0 {
		end = len(tokens)
	}
	if slices.ContainsFunc(tokens[end:], func(t token) bool { return t.is("UNION", "EXCEPT", "INTERSECT") }) {
		return tables{} // a column has values of several tables
	}
	found := tables{only: true}
	for i, t := range tokens[:end] {
		if t.is("FROM", ",", "JOIN", "STRAIGHT_JOIN") {
			found.add(tokens[i+1:end], with)
		}
	}
	return found
}

// add reads one table, or what stands in its place, and its alias.
func (t *tables) add(tokens []token, with []string) {
	for len(tokens) > 0 && tokens[0].is("ONLY", "LATERAL") {
		tokens = tokens[1:]
	}
	n := 0
	for n < len(tokens) && (n%2 == 0 && tokens[n].isName() || n%2 == 1 && tokens[n].is(".")) {
		n++
	}
	path, ok := pathOf(tokens[:n])
	name := tableName{}
	switch {
	case !ok && len(tokens) > 0 && tokens[0].kind == groupToken:
		n = 1
		t.only = false
	case !ok:
		t.only = false
		return
	case n < len(tokens) && tokens[n].kind == groupToken: // a function
		n++
		t.only = false
	default:
		name = tableName{path[len(path)-1], strings.Join(path, ".")}
		if len(path) == 1 && slices.ContainsFunc(with, func(defined string) bool { return strings.EqualFold(defined, path[0]) }) {
			name.real = ""
		}
	}
	if alias := aliasOf(tokens[n:]); alias != "" {
		name.alias = alias
	}
	t.named = append(t.named, name)
}

func aliasOf(tokens []token) string {
	switch {
	case len(tokens) > 1 && tokens[0].is("AS") && tokens[1].isName():
		return tokens[1].name
	case len(tokens) > 0 && tokens[0].isName() && !tokens[0].is(behindTable...):
		return tokens[0].name
	default:
		return ""
	}
}

// behindTable are the words that may follow a table that has no alias.
var behindTable = strings.Fields(`CROSS FETCH FOR FORCE FULL IGNORE INDEXED INNER INTO JOIN LEFT LOCK NATURAL NOT OFFSET ON OUTER PARTITION RIGHT
	STRAIGHT_JOIN TABLESAMPLE USE USING`)

// find returns the real name of the table that a column's qualifier names; none is that of the only table.
func (t tables) find(qualifier []string) (string, bool) {
	if len(qualifier) == 0 {
		if t.only && len(t.named) == 1 {
			return t.named[0].real, t.named[0].real != ""
		}
		return "", false
	}
	var found []tableName
	for _, name := range t.named {
		if len(qualifier) == 1 && strings.EqualFold(name.alias, qualifier[0]) || len(qualifier) > 1 && strings.EqualFold(name.real, strings.Join(qualifier, ".")) {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		return "", false
	}
	return found[0].real, found[0].real != ""
}
