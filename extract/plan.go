package extract

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// ReadsWhole asks the database how it would read the next page of an incremental run, and reports whether it would read
// all of a table for it. Nothing is read but the plan.
func (st *Stream) ReadsWhole(ctx context.Context, table Table) (bool, error) {
	w, err := st.Window(ctx, nil)
	if err != nil || w.Empty || st.NeedsParents() {
		return false, err
	}
	key, class := st.source.db.extreme(st.columns[st.key], false)
	after := Position{Cursor: w.Until, Key: key, Type: w.untilClass + "," + class}
	page := st.pageQuery(w, &after)
	prefix, columns := st.source.db.explain()
	rows, err := st.source.rows(ctx, columns, prefix+page.sql.String(), page.args...)
	if err != nil {
		return false, err
	}
	names := st.namesOf(table)
	for _, row := range rows {
		for _, scanned := range st.source.db.scans(string(row[columns-1])) {
			if slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, scanned) }) {
				return true, nil
			}
		}
	}
	return false, nil
}

// namesOf returns what a plan may call a table: its name, and its aliases in the query.
func (st *Stream) namesOf(table Table) []string {
	names := []string{table.Name}
	backslash := st.source.db.backslash()
	tokens, err := tokensOf(st.query.SQL, backslash)
	if err != nil {
		return names
	}
	tokens, _ = grouped(tokens)
	at := slices.IndexFunc(tokens, func(t token) bool { return t.is("FROM") })
	if at < 0 {
		return names
	}
	for _, found := range tablesOf(tokens[at:], nil).named {
		if table.isNamed(found.real) {
			names = append(names, found.alias)
		}
	}
	return names
}

// scansIn finds, anywhere in a plan in JSON, the tables that are read in whole.
func scansIn(plan string, isScan func(node map[string]any) (table string, ok bool)) []string {
	var root any
	if json.Unmarshal([]byte(plan), &root) != nil {
		return nil
	}
	var names []string
	var visit func(any)
	visit = func(node any) {
		switch node := node.(type) {
		case []any:
			for _, child := range node {
				visit(child)
			}
		case map[string]any:
			if name, ok := isScan(node); ok {
				names = append(names, name)
			}
			for _, child := range node {
				visit(child)
			}
		}
	}
	visit(root)
	return names
}
