package pipeline

import (
	"context"
	"fmt"
	"slices"

	"pvetl/extract"
	"pvetl/mapping"
)

// Sample reads rows as Preview does and returns them as they come, each interaction with the rows of its comments and of
// their files. Files come without their content, and one that is too large does not come at all.
func (s *Source) Sample(ctx context.Context, options PreviewOptions) ([]RowSet, error) {
	var sets []RowSet
	err := s.previewRows(ctx, options, func(rows []extract.Row) (bool, error) {
		conversations, err := s.conversations(ctx, rows)
		if err != nil {
			return false, fmt.Errorf("reading %s: %w", StreamComments, err)
		}
		for _, row := range rows[:min(len(rows), options.most()-len(sets))] {
			set := RowSet{Interaction: row, Comments: conversations[s.interactions.key(row)]}
			if set.Attachments, err = s.sampleFiles(ctx, set.Comments); err != nil {
				return false, err
			}
			sets = append(sets, set)
		}
		return len(sets) < options.most(), nil
	})
	return sets, err
}

func (s *Source) sampleFiles(ctx context.Context, conversation []extract.Row) ([]extract.Row, error) {
	if s.attachments == nil || len(conversation) == 0 {
		return nil, nil
	}
	parents := make([]string, len(conversation))
	for i, row := range conversation {
		parents[i] = s.comments.key(row)
	}
	content := slices.IndexFunc(s.Columns().Attachments, func(c extract.Column) bool { return c.Name == s.attachments.content })
	var rows []extract.Row
	err := s.attachments.each(ctx, parents, func(row extract.Row, _, _ string, fault *mapping.Fault) error {
		if content >= 0 && fault == nil && len(row[content]) > 0 {
			row[content] = extract.Cell("x")
		}
		if fault == nil {
			rows = append(rows, row)
		}
		return nil
	})
	return rows, err
}
