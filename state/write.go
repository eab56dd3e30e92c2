package state

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
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
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	w := &writer{Store: s, tx: tx}
	if s.first != "" {
		if err := w.exec(ctx, s.first); err != nil {
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

func (w *writer) exec(ctx context.Context, query string, args ...any) error {
	_, err := w.tx.ExecContext(ctx, w.rebind(query), args...)
	return err
}

// change is exec for who has to know how many rows it changed.
func (w *writer) change(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := w.tx.ExecContext(ctx, w.rebind(query), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// execIn is exec for a statement that ends in IN and takes values, however many, as the last of its arguments.
func (w *writer) execIn(ctx context.Context, query string, values []string, args ...any) error {
	for part := range slices.Chunk(values, maxIn) {
		if err := w.exec(ctx, query+" "+list(len(part)), append(slices.Clone(args), anys(part)...)...); err != nil {
			return err
		}
	}
	return nil
}

// upsert describes how rows are written into a table: the values of a row stand in the order key, replace, keep.
type upsert struct {
	table   string
	key     []string // a unique index; all texts
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
	for len(rows) > 0 {
		n := fitting(rows)
		if err := w.exec(ctx, w.statement(u, n), slices.Concat(rows[:n]...)...); err != nil {
			return fmt.Errorf("%s: %w", u.table, err)
		}
		rows = rows[n:]
	}
	return nil
}

// lastOfEach leaves one row for each key, because a statement that brings a row twice is an error in one database and
// two updates in another. It sorts them, so that two transactions lock the rows they share in the same order, and cleans
// their texts.
func lastOfEach(u upsert, rows [][]any) ([][]any, error) {
	byKey := make(map[string][]any, len(rows))
	for _, row := range rows {
		for i, value := range row {
			text, ok := value.(string)
			if ok && i < len(u.key) && len(text) > MaxKey {
				return nil, fmt.Errorf("%s: the key %.40q… is %d bytes long, at most %d can be stored", u.table, text, len(text), MaxKey)
			}
			if ok {
				row[i] = clean(text)
			}
		}
		byKey[fmt.Sprintf("%q", row[:len(u.key)])] = row
	}
	kept := make([][]any, 0, len(byKey))
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		kept = append(kept, byKey[key])
	}
	return kept, nil
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

func (d dialect) statement(u upsert, rows int) string {
	columns := u.columns()
	values := strings.Repeat(", "+list(len(columns)), rows)[2:]
	assignments := make([]string, 0, len(u.replace)+1)
	for _, column := range u.replace {
		assignments = append(assignments, column+" = "+fmt.Sprintf(d.newValue, column))
	}
	if u.also != "" {
		assignments = append(assignments, u.also)
	}
	onKey := strings.ReplaceAll(d.onKey, "%s", strings.Join(u.key, ", "))
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES %s %s %s",
		u.table, strings.Join(columns, ", "), values, onKey, strings.Join(assignments, ", "))
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
