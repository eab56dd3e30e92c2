package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"pvetl/extract"
)

// find returns the index of the column that the field reads. The error names the columns there are.
func (f *field) find(columns []extract.Column, name string) (int, error) {
	i, err := index(columns, name)
	if err != nil {
		return 0, fmt.Errorf("field %s: %w", f.name, err)
	}
	f.columns = append(f.columns, i)
	return i, nil
}

func index(columns []extract.Column, name string) (int, error) {
	named := func(c extract.Column) bool { return c.Name == name }
	first := slices.IndexFunc(columns, named)
	if first < 0 {
		return 0, missing(name, columns)
	}
	if slices.ContainsFunc(columns[first+1:], named) {
		return 0, fmt.Errorf("the query has more than one column called %q", name)
	}
	return first, nil
}

func missing(name string, columns []extract.Column) error {
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = column.Name
	}
	hint := ""
	if like := closest(name, names); like != "" {
		hint = fmt.Sprintf(" (did you mean %q?)", like)
	}
	return fmt.Errorf("the query has no column %q%s; it has %s", name, hint, strings.Join(names, ", "))
}

// closest returns the name most like the given one, empty if none is like it. Letter case does not count.
func closest(name string, names []string) string {
	best, nearest := max(1, min(3, len(name)/2))+1, ""
	for _, candidate := range names {
		if d := levenshtein.Distance(strings.ToLower(name), strings.ToLower(candidate), nil); d < best {
			best, nearest = d, candidate
		}
	}
	return nearest
}
