package pipeline

import (
	"encoding/json"

	"pvetl/extract"
	"pvetl/load"
	"pvetl/mapping"
)

// Previewed is one row as it comes and the interaction as it would be sent, or why it would not.
type Previewed struct {
	Key         string             `json:"key"`
	Row         []PreviewedCell    `json:"row"`
	Interaction json.RawMessage    `json:"interaction"` // with its comments; null where the row is rejected
	Rejects     []PreviewReject    `json:"rejects"`
	Fields      []PreviewedField   `json:"fields"` // also those that a rejected row would have had
	Comments    []PreviewedComment `json:"comments"`
	Attachments []PreviewedFile    `json:"attachments"`
	Bytes       int                `json:"bytes"` // of the interaction
}

// PreviewedCell is one value of a row; Text is nil where it is NULL.
type PreviewedCell struct {
	Column string  `json:"column"`
	Type   string  `json:"type"`
	Text   *string `json:"text"`
}

// PreviewedField is one field, where its value comes from and what changed it on its way.
type PreviewedField struct {
	Field  string          `json:"field"`
	Column string          `json:"column"` // or the text of a template or an expression; empty for a constant
	From   *string         `json:"from"`
	Value  json.RawMessage `json:"value"` // null where the field is left out
	Rules  []string        `json:"rules"`
	Fault  *string         `json:"fault"` // why it has no value
}

// PreviewedComment is one comment of the conversation, in its order; those that are rejected stand last.
type PreviewedComment struct {
	Key    string           `json:"key"`
	Fields []PreviewedField `json:"fields"`
	Sent   bool             `json:"sent"`
}

// PreviewedFile is one file of a comment. Its content is never shown.
type PreviewedFile struct {
	Comment string `json:"comment"` // its key
	Key     string `json:"key"`
	Name    string `json:"name"`
	Type    string `json:"type"`
	Size    *int64 `json:"size"` // nil where the file is an address
	URL     string `json:"url"`
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

func (p *Previewed) reject(stream, key string, fault *mapping.Fault) {
	p.Rejects = append(p.Rejects, PreviewReject{
		Stream: stream, Key: key, Field: fault.Field, Column: fault.Column, Value: fault.Value, Rule: fault.Rule, Reason: fault.Reason,
	})
}

func previewedCells(columns []extract.Column, row extract.Row) []PreviewedCell {
	cells := make([]PreviewedCell, len(columns))
	for i, column := range columns {
		cells[i] = PreviewedCell{Column: column.Name, Type: column.Type, Text: textOf(row[i])}
	}
	return cells
}

// textOf is nil for NULL.
func textOf(cell []byte) *string {
	if cell == nil {
		return nil
	}
	text := string(cell)
	return &text
}

func previewedFields(trace []mapping.Traced) []PreviewedField {
	fields := make([]PreviewedField, len(trace))
	for i, t := range trace {
		fields[i] = PreviewedField{Field: t.Field, Column: t.Origin, From: textOf(t.From), Value: t.Value, Rules: append([]string{}, t.Rules...)}
		if len(t.Value) == 0 {
			fields[i].Value = json.RawMessage("null")
		}
		if t.Fault != nil {
			fields[i].Fault = &t.Fault.Reason
		}
	}
	return fields
}

// requestBytes is how long the bulk requests for some rows would be: a JSON array of at most MaxBatch each.
func requestBytes(rows []Previewed) int {
	sent, bytes := 0, 0
	for _, row := range rows {
		if row.Interaction != nil {
			sent++
			bytes += row.Bytes + len(",")
		}
	}
	requests := (sent + load.MaxBatch - 1) / load.MaxBatch
	return bytes + requests*(len("[]")-len(","))
}
