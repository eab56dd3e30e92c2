package state

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	maxParameters = 6000    // of one statement: every database takes them
	maxStatement  = 1 << 20 // bytes of texts in one statement: well below what servers accept in one packet
	maxIn         = 1000    // values of one IN list
)

// writer is an open transaction.
type writer struct {
	*Store
	tx *sql.Tx
}

// write runs change in a transaction. It is the only way to write.
func (s *Store) write(ctx context.Context, doing string, change func(*writer) error) error {
	if s.readOnly {
		return s.explain(doing, ErrReadOnly)
	}
	return s.explain(doing, s.transact(ctx, change))
}

func (s *Store) transact(ctx context.Context, change func(*writer) error) error {
	s.prepared.ready(ctx, s.db)
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	w := &writer{Store: s, tx: tx}
	for _, statement := range []string{s.first, s.alone} {
		if err := w.prelude(ctx, statement); err != nil {
			return err
		}
	}
	if s.fence != nil {
		if err := s.fence.refuse(ctx, w); err != nil {
			return err
		}
	}
	if err := change(w); err != nil {
		return err
	}
	return tx.Commit()
}

// prelude begins a transaction with a statement that some databases do without.
func (w *writer) prelude(ctx context.Context, statement string) error {
	if statement == "" {
		return nil
	}
	return w.exec(ctx, statement)
}

func (w *writer) exec(ctx context.Context, query string, args ...any) error {
	_, err := w.result(ctx, query, args...)
	return err
}

func (w *writer) result(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if kept := w.prepared.of(query); kept != nil {
		return w.tx.StmtContext(ctx, kept).ExecContext(ctx, args...) //nolint:sqlclosecheck // the transaction's end closes it
	}
	return w.tx.ExecContext(ctx, w.rebind(query), args...)
}

// change is exec for who has to know how many rows it changed.
func (w *writer) change(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := w.result(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// execIn is exec for a statement that ends in IN and takes values, however many, as the last of its arguments.
func (w *writer) execIn(ctx context.Context, query string, values []string, args ...any) error {
	for part := range w.sets(values) {
		if err := w.exec(ctx, query+" "+list(len(part)), append(slices.Clone(args), anys(part)...)...); err != nil {
			return err
		}
	}
	return nil
}

// upsert describes how rows are written into a table: the values of a row stand in the order key, replace, keep.
type upsert struct {
	table   string
	key     []string // a unique index; texts and numbers (int64)
	replace []string // written over what is there
	keep    []string // written by the first insert only
	also    string   // an assignment beside replace
}

func (u upsert) columns() []string { return slices.Concat(u.key, u.replace, u.keep) }

// upsert writes rows in as few statements as it can. Of rows with the same key the last one counts.
func (w *writer) upsert(ctx context.Context, u upsert, rows ...[]any) error {
	rows, err := lastOfEach(u, rows)
	if err != nil {
		return err
	}
	return w.inSets(ctx, u, rows, u.onKey(w.dialect))
}

// insert is upsert for rows that nobody has written before; one that is there is an error.
func (w *writer) insert(ctx context.Context, u upsert, rows ...[]any) error {
	rows, err := lastOfEach(u, rows)
	if err != nil {
		return err
	}
	return w.inSets(ctx, u, rows, "")
}

func (w *writer) inSets(ctx context.Context, u upsert, rows [][]any, onKey string) error {
	for len(rows) > 0 {
		n := w.size(fitting(rows))
		if err := w.exec(ctx, u.statement(n)+onKey, slices.Concat(rows[:n]...)...); err != nil {
			return fmt.Errorf("%s: %w", u.table, err)
		}
		rows = rows[n:]
	}
	return nil
}

// size is how many of n rows go into one statement, so that few statements do for all sizes of sets.
func (d dialect) size(n int) int {
	if !d.inSizes {
		return n
	}
	size := 1
	for size*4 <= n {
		size *= 4
	}
	return size
}

// lastOfEach leaves one row for each key, because a statement that brings a row twice is an error in one database and
// two updates in another. It sorts them, so that two transactions lock the rows they share in the same order, and cleans
// their texts.
func lastOfEach(u upsert, rows [][]any) ([][]any, error) {
	for _, row := range rows {
		for i, value := range row {
			text, ok := value.(string)
			if ok && i < len(u.key) && len(text) > MaxKey {
				return nil, fmt.Errorf("%s: the key %.40q… is %d bytes long, at most %d can be stored", u.table, text, len(text), MaxKey)
			}
			if ok && !storable(text) {
				row[i] = clean(text)
			}
		}
	}
	compare := func(a, b []any) int { return compareKeys(a[:len(u.key)], b[:len(u.key)]) }
	if !slices.IsSortedFunc(rows, compare) {
		slices.SortStableFunc(rows, compare)
	}
	kept := rows[:0]
	for i, row := range rows {
		if i+1 == len(rows) || compare(row, rows[i+1]) != 0 {
			kept = append(kept, row)
		}
	}
	return kept, nil
}

// compareKeys orders keys, whose parts are texts or numbers.
func compareKeys(a, b []any) int {
	for i := range a {
		order := 0
		switch part := a[i].(type) {
		case string:
			order = strings.Compare(part, b[i].(string))
		case int64:
			order = cmp.Compare(part, b[i].(int64))
		}
		if order != 0 {
			return order
		}
	}
	return 0
}

// fitting returns how many of the rows, at least one, go into one statement.
func fitting(rows [][]any) int {
	bytes := 0
	for n, row := range rows {
		for _, value := range row {
			if text, ok := value.(string); ok {
				bytes += len(text)
			}
		}
		if n > 0 && (bytes > maxStatement || (n+1)*len(row) > maxParameters) {
			return n
		}
	}
	return len(rows)
}

// statement inserts so many rows.
func (u upsert) statement(rows int) string {
	columns := u.columns()
	return "INSERT INTO " + u.table + " (" + strings.Join(columns, ", ") + ") VALUES " + strings.Repeat(", "+list(len(columns)), rows)[2:]
}

// onKey ends the statement with what it does to a row that is there.
func (u upsert) onKey(d dialect) string {
	assignments := make([]string, 0, len(u.replace)+1)
	for _, column := range u.replace {
		assignments = append(assignments, column+" = "+strings.ReplaceAll(d.newValue, "%s", column))
	}
	if u.also != "" {
		assignments = append(assignments, u.also)
	}
	return " " + strings.ReplaceAll(d.onKey, "%s", strings.Join(u.key, ", ")) + " " + strings.Join(assignments, ", ")
}

// list returns n placeholders in parentheses.
func list(n int) string {
	return "(" + strings.Repeat(", ?", n)[2:] + ")"
}

// rebind numbers the placeholders where the database wants that. No statement holds a ? of another meaning.
func (d dialect) rebind(query string) string {
	if !d.numbered {
		return query
	}
	var numbered strings.Builder
	for n := 1; ; n++ {
		before, after, found := strings.Cut(query, "?")
		numbered.WriteString(before)
		if !found {
			return numbered.String()
		}
		numbered.WriteString("$" + strconv.Itoa(n))
		query = after
	}
}
