package mapping

import (
	"errors"
	"time"

	"pvetl/extract"
)

// AttachmentFile is one file of a comment: its bytes, an URL to pass on, or the path of a file to upload. One of the
// three is set; Content is nil where it is not the one, and shares the row's memory where it is.
type AttachmentFile struct {
	Name        string
	ContentType string
	URL         string
	Path        string
	Content     []byte
}

// AttachmentMapper makes attachments of the rows of one query. It is safe for concurrent use.
type AttachmentMapper struct {
	fields []*field
}

// CompileAttachment prepares the rules of spec for rows with these columns, as CompileInteraction does. Exactly one of
// content, url and path must have a rule.
func CompileAttachment(spec Attachment, columns []extract.Column, zone *time.Location) (*AttachmentMapper, error) {
	fields, err := compileAll(spec.bindings(), columns, zone)
	if spec.places() != 1 {
		err = errors.Join(err, errors.New(onePlace))
	}
	if err != nil {
		return nil, err
	}
	return &AttachmentMapper{fields}, nil
}

const onePlace = "an attachment has exactly one of content, url and path"

// Map returns the attachment that the row holds, or what is wrong with the first field that is. A name or a type that
// is NULL is empty; a content that is NULL, or an URL or path that is NULL or empty, is a fault.
func (m *AttachmentMapper) Map(row extract.Row) (AttachmentFile, *Fault) {
	var file AttachmentFile
	for _, f := range m.fields {
		out, fault := f.append(nil, row)
		if fault != nil {
			return AttachmentFile{}, fault
		}
		switch f.name {
		case fieldName:
			file.Name = unquote(out)
		case fieldContentType:
			file.ContentType = unquote(out)
		case fieldURL:
			file.URL = unquote(out)
		case fieldPath:
			file.Path = unquote(out)
		case fieldContent:
			if out == nil {
				return AttachmentFile{}, f.fault(nil, refuseNull)
			}
			file.Content = out
		}
	}
	return file, nil
}

// places counts the rules that say where the content is.
func (a Attachment) places() int {
	n := 0
	for _, rule := range []*Rule{a.Content, a.URL, a.Path} {
		if rule != nil {
			n++
		}
	}
	return n
}
