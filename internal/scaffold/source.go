package scaffold

import (
	"context"

	"pvetl/extract"
)

// Ask asks an open database.
func Ask(source *extract.Source) Asker {
	return func(ctx context.Context, sql string) ([]string, error) {
		stream, err := source.Stream(ctx, extract.Query{SQL: sql, Key: "k", PageSize: 100})
		if err != nil {
			return nil, err
		}
		page, err := stream.Page(ctx, extract.Window{}, nil)
		if err != nil {
			return nil, err
		}
		values := make([]string, len(page.Rows))
		for i, row := range page.Rows {
			values[i] = stream.Key(row)
		}
		return values, nil
	}
}
