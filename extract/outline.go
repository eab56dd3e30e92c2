package extract

import (
	"slices"
	"strings"
)

// Outline is what the text of a query tells about its columns without asking a database.
type Outline struct {
	Columns  []OutlineColumn
	Complete bool // every column of the query is in Columns with its name; false behind a *, an expression without a name, or what cannot be made out
}

// OutlineColumn is one column of a query.
type OutlineColumn struct {
	Name   string // as the query names it, quotes taken off; empty where databases name it differently
	Offset int    // in bytes, of where it begins in the query's text
	Table  string // the table it is taken from as it stands, under its real name rather than its alias; empty where it is computed or unclear
	Column string // its name in that table
}

// OutlineOf reads the outermost list of columns of a query. It claims only what every kind of database would say: where
// they read the text differently, it is what both readings have in common.
func OutlineOf(sql string) Outline {
	plain, errPlain := outlineAs(sql, false)
	escaped, errEscaped := outlineAs(sql, true)
	switch {
	case errPlain != nil:
		return escaped
	case errEscaped != nil, plain.Complete == escaped.Complete && slices.Equal(plain.Columns, escaped.Columns):
		return plain
	default:
		return Outline{}
	}
}

// outlineAs reads a query with quotes as one family of databases does.
func outlineAs(sql string, backslash bool) (Outline, error) {
	if _, err := parseStatement(sql, backslash); err != nil {
		return Outline{}, err
	}
	tokens, err := tokensOf(sql, backslash)
	if err != nil {
		return Outline{}, err
	}
	tokens, ok := grouped(tokens)
	at := slices.IndexFunc(tokens, func(t token) bool { return t.is("SELECT") })
	if !ok || at < 0 {
		return Outline{}, nil
	}
	list := behindModifiers(tokens[at+1:])
	items, rest := itemsOf(list)
	tables := tablesOf(rest, withNames(tokens[:at]))
	outline := Outline{Complete: len(items) > 0}
	for _, item := range items {
		column, known := columnOf(item, tables)
		outline.Complete = outline.Complete && known && column.Name != ""
		if known {
			outline.Columns = append(outline.Columns, column)
		}
	}
	return outline, nil
}

// behindModifiers returns what follows DISTINCT, ALL and MySQL's hints.
func behindModifiers(tokens []token) []token {
	for len(tokens) > 1 {
		switch first := tokens[0]; {
		case first.is("DISTINCT") && tokens[1].is("ON") && len(tokens) > 2:
			tokens = tokens[3:]
		case first.is("DISTINCT", "ALL", "DISTINCTROW", "HIGH_PRIORITY", "STRAIGHT_JOIN"),
			first.kind == wordToken && strings.HasPrefix(first.upper, "SQL_") && tokens[1].startsOperand():
			tokens = tokens[1:]
		default:
			return tokens
		}
	}
	return tokens
}

// itemsOf cuts the list at its commas, up to the clause that ends it, and returns that clause and what follows.
func itemsOf(tokens []token) (items [][]token, rest []token) {
	start := 0
	for i, t := range tokens {
		switch {
		case t.is(","):
			items = append(items, tokens[start:i])
			start = i + 1
		case endsList(tokens, start, i):
			return append(items, tokens[start:i]), tokens[i:]
		}
	}
	return append(items, tokens[start:]), nil
}

// endsList reports whether the i-th token begins the clause behind a list whose last item begins at start.
func endsList(tokens []token, start, i int) bool {
	t := tokens[i]
	if i > 0 && tokens[i-1].is(".", "AS") {
		return false
	}
	switch {
	case t.is("FROM"):
		return i == start || !tokens[i-1].is("DISTINCT") // a IS DISTINCT FROM b
	case t.is("GROUP"):
		return i == start || !tokens[i-1].is("WITHIN")
	case t.is(";", "WHERE", "HAVING", "ORDER", "UNION", "EXCEPT", "INTERSECT", "INTO"):
		return true
	case t.is("WINDOW", "LIMIT", "OFFSET", "FETCH", "FOR", "LOCK", "PROCEDURE"): // a name in some databases
		return i > start
	default:
		return false
	}
}

// columnOf reads one item of the list; known is false for a *, which stands for any number of columns.
func columnOf(item []token, tables tables) (column OutlineColumn, known bool) {
	if len(item) == 0 || item[len(item)-1].is("*") && (len(item) == 1 || item[len(item)-2].is(".")) {
		return OutlineColumn{}, false
	}
	name, expression := named(item)
	column = OutlineColumn{Name: name, Offset: item[0].from}
	if path, ok := pathOf(expression); ok {
		if table, ok := tables.find(path[:len(path)-1]); ok {
			column.Table, column.Column = table, path[len(path)-1]
		}
	}
	return column, true
}

// named returns an item's name, empty where databases make one up, and what stands before it.
func named(item []token) (name string, expression []token) {
	last := len(item) - 1
	switch path, ok := pathOf(item); {
	case ok && item[last].is("ROWID", "_ROWID_", "OID"): // SQLite names the column that it stands for
		return "", nil
	case ok:
		return path[len(path)-1], item
	case slices.ContainsFunc(item, func(t token) bool { return t.is("AS") }):
		if last < 2 || !item[last-1].is("AS") || !item[last].isName() && item[last].kind != textToken {
			return "", nil
		}
		return item[last].name, item[:last-1]
	case slices.ContainsFunc(item, func(t token) bool { return t.is("::") }):
		return castName(item), nil
	case last >= 1 && item[last].isAlias() && item[last-1].endsOperand() && !slices.ContainsFunc(item, token.hidesAlias) && !inDoubt(item[:last], item[last]):
		return item[last].name, item[:last]
	default:
		return "", nil
	}
}

// inDoubt reports whether an expression may be something else: with its alias one text in two pieces, as MySQL reads
// "a" "b", or no SQL at all, where one name follows another.
func inDoubt(expression []token, alias token) bool {
	for i, t := range expression[1:] {
		if t.isName() && t.endsOperand() && expression[i].isName() && expression[i].endsOperand() {
			return true
		}
	}
	return len(expression) == 1 && expression[0].kind == quotedToken && alias.kind == quotedToken
}

// castName is the name of column::type, which only Postgres reads. Behind a second word nobody knows whether the type
// goes on or a name begins.
func castName(item []token) string {
	at := slices.IndexFunc(item, func(t token) bool { return t.is("::") })
	path, ok := pathOf(item[:at])
	if !ok || len(item) <= at+1 || item[at+1].kind != wordToken {
		return ""
	}
	for _, t := range item[at+2:] {
		if t.kind != groupToken {
			return ""
		}
	}
	return path[len(path)-1]
}

// pathOf reads names with points between them: column, table.column, schema.table.column.
func pathOf(tokens []token) ([]string, bool) {
	var path []string
	for i, t := range tokens {
		switch {
		case i%2 == 1 && t.is("."):
		case i%2 == 0 && t.isName() && (len(tokens) > 1 || !t.isValue()):
			path = append(path, t.name)
		default:
			return nil, false
		}
	}
	return path, len(tokens)%2 == 1
}
