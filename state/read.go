package state

import (
	"context"
	"slices"
)

// read returns the rows of a query; into names where the columns of one go.
func read[T any](ctx context.Context, s *Store, into func(*T) []any, query string, args ...any) ([]T, error) {
	rows, err := s.db.QueryContext(ctx, s.rebind(query), args...)
	if err != nil {
		return nil, err
	}
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

// number returns the one number that a query gives.
func (s *Store) number(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = s.db.QueryRowContext(ctx, s.rebind(query), args...).Scan(&n)
	return n, err
}

// readIn is read for a query that ends in IN and takes values, however many, as the last of its arguments.
func readIn[T any](ctx context.Context, s *Store, into func(*T) []any, query string, values []string, args ...any) ([]T, error) {
	var found []T
	for part := range slices.Chunk(values, maxIn) {
		rows, err := read(ctx, s, into, query+" "+list(len(part)), append(slices.Clone(args), anys(part)...)...)
		if err != nil {
			return nil, err
		}
		found = append(found, rows...)
	}
	return found, nil
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
