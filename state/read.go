package state

import (
	"context"
	"database/sql"
	"iter"
	"slices"
)

// read returns the rows of a query; into names where the columns of one go.
func read[T any](ctx context.Context, s *Store, into func(*T) []any, query string, args ...any) ([]T, error) {
	rows, err := s.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return collect(rows, into)
}

// readLocked is read in a transaction, until whose end the rows stay locked.
func readLocked[T any](ctx context.Context, w *writer, into func(*T) []any, query string, args ...any) ([]T, error) {
	rows, err := w.tx.QueryContext(ctx, w.rebind(query+w.forUpdate), args...)
	if err != nil {
		return nil, err
	}
	return collect(rows, into)
}

func collect[T any](rows *sql.Rows, into func(*T) []any) ([]T, error) {
	defer rows.Close()
	var found []T
	for rows.Next() {
		var row T
		if err := rows.Scan(into(&row)...); err != nil {
			return nil, err
		}
		found = append(found, row)
	}
	return found, rows.Err()
}

func (s *Store) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if kept := s.prepared.of(query); kept != nil { //nolint:sqlclosecheck // it is kept until the state is closed
		return kept.QueryContext(ctx, args...)
	}
	return s.db.QueryContext(ctx, s.rebind(query), args...)
}

// number returns the one number that a query gives.
func (s *Store) number(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = s.db.QueryRowContext(ctx, s.rebind(query), args...).Scan(&n)
	return n, err
}

// readIn is read for a query that ends in IN and takes values, however many, as the last of its arguments.
func readIn[T any](ctx context.Context, s *Store, into func(*T) []any, query string, values []string, args ...any) ([]T, error) {
	var found []T
	for part := range s.sets(values) {
		rows, err := read(ctx, s, into, query+" "+list(len(part)), append(slices.Clone(args), anys(part)...)...)
		if err != nil {
			return nil, err
		}
		found = append(found, rows...)
	}
	return found, nil
}

// sets cuts values into lists that fit into one statement. Where statements are kept a list is filled up with its last
// value, so that few lengths do for all.
func (d dialect) sets(values []string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for part := range slices.Chunk(values, maxIn) {
			if d.inSizes {
				size := 1
				for size < len(part) {
					size *= 2
				}
				size = min(size, maxIn)
				part = slices.Concat(part, slices.Repeat(part[len(part)-1:], size-len(part)))
			}
			if !yield(part) {
				return
			}
		}
	}
}

func anys[T any](typed []T) []any {
	values := make([]any, len(typed))
	for i, value := range typed {
		values[i] = value
	}
	return values
}

// ofJob is the condition for the rows of one job, of all where job is empty.
func ofJob(job string) (condition string, args []any) {
	if job == "" {
		return "1 = 1", nil
	}
	return "job = ?", []any{job}
}
