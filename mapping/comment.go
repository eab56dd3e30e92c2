package mapping

import (
	"time"

	"pvetl/extract"
	"pvetl/load"
)

// CommentMapper makes comments of the rows of one query. It is safe for concurrent use.
type CommentMapper struct {
	fields []*field
}

// CompileComment prepares the rules of spec for rows with these columns, as CompileInteraction does.
func CompileComment(spec Comment, columns []extract.Column, zone *time.Location) (*CommentMapper, error) {
	fields, err := compileAll(spec.bindings(), columns, zone)
	if err != nil {
		return nil, err
	}
	return &CommentMapper{fields}, nil
}

// Map returns the comment that the row holds under the given key, or what is wrong with the first field that is. A body
// that is NULL is empty; an author or a time that is NULL is left out.
func (m *CommentMapper) Map(key string, row extract.Row) (load.Comment, *Fault) {
	comment := load.Comment{Key: key, Fields: make([]load.Field, 0, len(m.fields))}
	var values []byte
	for _, f := range m.fields {
		start := len(values)
		out, fault := f.append(values, row)
		if fault != nil {
			return load.Comment{}, fault
		}
		if values = out; len(values) == start {
			continue
		}
		value := values[start:len(values):len(values)]
		comment.Fields = append(comment.Fields, load.Field{Name: f.name, Value: value})
		if f.name == fieldAddedAt {
			comment.AddedAt = unquote(value)
		}
	}
	share(values, comment.Fields)
	return comment, nil
}
