package extract

import (
	"context"
	"fmt"
	"regexp"
)

// Scan is how the database finds the rows of a page by the cursor.
type Scan struct {
	Cursor  Origin
	Problem string // why each page reads a whole table; empty where it does not
	Index   string // the statement that makes the index that would help; empty where there is one already
}

// WhyScan says what may stand in an index's way.
const WhyScan = "statistics may be old, or a function or a GROUP BY stands in the way"

// Scan finds out whether each page reads the whole table that the cursor is of; ok is false where that is a view's column,
// or one that is computed.
func (st *Stream) Scan(ctx context.Context, tables []Table) (scan Scan, ok bool, err error) {
	scan.Cursor, ok = st.Origin(st.query.Cursor, tables)
	table, column := scan.Cursor.Table, scan.Cursor.Column.Name
	switch {
	case !ok || table.View:
		return scan, false, nil
	case !table.SortedBy(column):
		scan.Problem = fmt.Sprintf("no index of %s begins with %s: each page of a run reads the whole table", table.FullName(), column)
		scan.Index = st.pageIndex(scan.Cursor, tables)
		return scan, true, nil
	}
	whole, err := st.ReadsWhole(ctx, table)
	if whole {
		scan.Problem = fmt.Sprintf("%s has an index on %s, and the database would read the whole table all the same", table.FullName(), column)
	}
	return scan, true, err
}

// pageIndex writes the index that pages want: by cursor, and by key where that is of the same table.
func (st *Stream) pageIndex(cursor Origin, tables []Table) string {
	s := st.source
	columns := s.Identifier(cursor.Column.Name)
	key, ok := st.Origin(st.query.Key, tables)
	if ok && key.Table.FullName() == cursor.Table.FullName() && key.Column.Name != cursor.Column.Name {
		columns += ", " + s.Identifier(key.Column.Name)
	}
	return fmt.Sprintf("%s %s ON %s (%s)", s.db.createIndex(), s.Identifier("pvetl_"+cursor.Column.Name), s.TableIdentifier(cursor.Table), columns)
}

// ScanWarning asks the database once how it would read a page, and says with the index that would help where each page
// would read a whole table; empty where all is well or nothing can be said.
func (st *Stream) ScanWarning(ctx context.Context) (string, error) {
	if st.query.Cursor == "" || st.NeedsParents() {
		return "", nil
	}
	if small, err := st.hasAtMost(ctx, SomeRows-1); small || err != nil {
		return "", err
	}
	tables, err := st.source.Tables(ctx)
	if err != nil {
		return "", err
	}
	scan, ok, err := st.Scan(ctx, tables)
	switch {
	case err != nil || !ok || scan.Problem == "":
		return "", err
	case scan.Index != "":
		return scan.Problem + "; what helps: " + scan.Index, nil
	default:
		return scan.Problem + ": " + WhyScan, nil
	}
}

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// Identifier writes a name as a statement needs it.
func (s *Source) Identifier(name string) string {
	if plainName.MatchString(name) {
		return name
	}
	return s.db.quote(name)
}

// TableIdentifier writes a table's name as a statement needs it, with its schema where names have to say it.
func (s *Source) TableIdentifier(t Table) string {
	if t.Schema == "" {
		return s.Identifier(t.Name)
	}
	return s.Identifier(t.Schema) + "." + s.Identifier(t.Name)
}
