package pipeline

import (
	"context"
	"encoding/json"
	"fmt"

	"pvetl/extract"
	"pvetl/load"
	"pvetl/mapping"
)

// Previewed is one row as it comes and the interaction as it would be sent, or why it would not.
type Previewed struct {
	Key         string          `json:"key"`
	Row         []PreviewedCell `json:"row"`
	Interaction json.RawMessage `json:"interaction"` // with its comments; null where the row is rejected
	Rejects     []PreviewReject `json:"rejects"`
}

// PreviewedCell is one value of a row; Text is nil where it is NULL.
type PreviewedCell struct {
	Column string  `json:"column"`
	Type   string  `json:"type"`
	Text   *string `json:"text"`
}

// PreviewReject is a row that would stay behind.
type PreviewReject struct {
	Stream string `json:"stream"`
	Key    string `json:"key"`
	Field  string `json:"field"`
	Column string `json:"column"`
	Value  string `json:"value"`
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

// Preview reads the first rows of a job, or those with the given keys, and maps them with their comments. It sends
// nothing and needs neither state nor credentials.
func (s *Source) Preview(ctx context.Context, limit int, keys []string) ([]Previewed, error) {
	page, err := s.previewRows(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", StreamInteractions, err)
	}
	rows := page.Rows[:min(limit, len(page.Rows))]
	conversations, err := s.conversations(ctx, rows)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", StreamComments, err)
	}
	previewed := make([]Previewed, len(rows))
	for i, row := range rows {
		previewed[i] = s.preview(row, conversations[s.interactions.key(row)])
	}
	return previewed, nil
}

func (s *Source) previewRows(ctx context.Context, keys []string) (extract.Page, error) {
	if len(keys) > 0 {
		return s.stream.Rows(ctx, keys)
	}
	window, err := s.stream.Window(ctx, nil)
	if err != nil {
		return extract.Page{}, err
	}
	return s.stream.Page(ctx, window, nil)
}

func (s *Source) conversations(ctx context.Context, rows []extract.Row) (map[string][]extract.Row, error) {
	if s.comments == nil || len(rows) == 0 {
		return nil, nil
	}
	keys := make([]string, len(rows))
	for i, row := range rows {
		keys[i] = s.interactions.key(row)
	}
	page, err := s.comments.children.Children(ctx, keys)
	byParent := make(map[string][]extract.Row)
	for _, row := range page.Rows {
		parent := s.comments.parent(row)
		byParent[parent] = append(byParent[parent], row)
	}
	return byParent, err
}

func (s *Source) preview(row extract.Row, conversation []extract.Row) Previewed {
	p := Previewed{Key: s.interactions.key(row), Rejects: []PreviewReject{}}
	for i, column := range s.stream.Columns() {
		cell := PreviewedCell{Column: column.Name, Type: column.Type}
		if !row[i].IsNull() {
			text := string(row[i])
			cell.Text = &text
		}
		p.Row = append(p.Row, cell)
	}
	interaction, fault := s.interactions.mapper.Map(row)
	if fault != nil {
		p.reject(StreamInteractions, p.Key, fault)
		return p
	}
	for _, m := range s.comments.read(conversation) {
		if m.again {
			continue
		}
		if m.fault != nil {
			p.reject(StreamComments, m.key, m.fault)
			continue
		}
		interaction.Comments = append(interaction.Comments, m.comment)
	}
	p.Interaction = load.AppendInteraction(nil, interaction)
	return p
}

func (p *Previewed) reject(stream, key string, fault *mapping.Fault) {
	p.Rejects = append(p.Rejects, PreviewReject{
		Stream: stream, Key: key, Field: fault.Field, Column: fault.Column, Value: fault.Value, Rule: fault.Rule, Reason: fault.Reason,
	})
}
