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
	comment := load.Comment{Key: key}
	json := []byte{'{'}
	for _, f := range m.fields {
		head := len(json)
		if head > 1 {
			json = append(json, ',')
		}
		json = append(appendString(json, []byte(f.name)), ':')
		start := len(json)
		out, fault := f.append(json, row)
		if fault != nil {
			return load.Comment{}, fault
		}
		if json = out; len(json) == start {
			json = json[:head]
			continue
		}
		if f.name == fieldAddedAt {
			comment.AddedAt = unquote(json[start:])
		}
	}
	json = append(json, '}')
	comment.JSON = json
	return comment, nil
}
