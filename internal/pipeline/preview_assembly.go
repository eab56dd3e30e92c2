package pipeline

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/load"
	"pvetl/mapping"
)

// Uploaded stands for the address that Playvox gives a file when it is uploaded.
const Uploaded = "uploaded"

// Assembly makes interactions of rows, with their conversations and files, as a run does when it sends them first.
type Assembly struct {
	interactions *interactions
	comments     *comments    // nil for a job without
	attachments  *attachments // nil for a job without
	columns      Columns
	offline      bool // files that rows name by a path are not opened
}

// Columns are those of a job's queries.
type Columns struct {
	Interactions, Comments, Attachments []extract.Column
}

// RowSet is one interaction's row with the rows of its comments, and of their files.
type RowSet struct {
	Interaction extract.Row
	Comments    []extract.Row
	Attachments []extract.Row
}

// NewAssembly compiles the mapping of a job for rows with the given columns, without any connection. A stream without
// columns is one that has no rows.
func NewAssembly(cfg config.Config, job config.Job, columns Columns) (*Assembly, error) {
	settings, _ := cfg.Source(job.Source)
	zone, err := time.LoadLocation(settings.Timezone)
	if err != nil {
		return nil, fmt.Errorf("source %s: timezone: %w", job.Source, err)
	}
	integration, _ := cfg.Integration(job.Integration)
	a := &Assembly{columns: columns, offline: true, interactions: &interactions{key: cellOf(columns.Interactions, job.Extract.Interactions.Key)}}
	var errs [3]error
	a.interactions.mapper, errs[0] = mapping.CompileInteraction(job.Mapping.Interaction, integration.Metadata, columns.Interactions, zone)
	if query, rules := job.Extract.Comments, job.Mapping.Comment; query != nil && rules != nil && columns.Comments != nil {
		a.comments = &comments{key: cellOf(columns.Comments, query.Key), parent: cellOf(columns.Comments, query.Parent)}
		a.comments.mapper, errs[1] = mapping.CompileComment(*rules, columns.Comments, zone)
	}
	if query, rules := job.Extract.Attachments, job.Mapping.Attachment; query != nil && rules != nil && columns.Attachments != nil {
		a.attachments = &attachments{key: cellOf(columns.Attachments, query.Key), parent: cellOf(columns.Attachments, query.Parent)}
		a.attachments.mapper, errs[2] = mapping.CompileAttachment(*rules, columns.Attachments, zone)
	}
	return a, errors.Join(errs[:]...)
}

// cellOf returns what reads the text of one column; of a column that is not there, nothing.
func cellOf(columns []extract.Column, name string) func(extract.Row) string {
	i := slices.IndexFunc(columns, func(c extract.Column) bool { return c.Name == name })
	return func(row extract.Row) string {
		if i < 0 {
			return ""
		}
		return string(row[i])
	}
}

// assembly is what maps the rows of an open source.
func (s *Source) assembly() *Assembly {
	return &Assembly{interactions: s.interactions, comments: s.comments, attachments: s.attachments, columns: s.Columns()}
}

// Columns returns the columns of the job's queries.
func (s *Source) Columns() Columns {
	columns := Columns{Interactions: s.stream.Columns()}
	if s.comments != nil {
		columns.Comments = s.comments.stream.Columns()
	}
	if s.attachments != nil {
		if stream, ok := s.attachments.rows.(*extract.Stream); ok {
			columns.Attachments = stream.Columns()
		}
	}
	return columns
}

// Assemble maps the rows of one interaction.
func (a *Assembly) Assemble(rows RowSet) Previewed {
	p := a.prepare(rows.Interaction, rows.Comments)
	files := make(map[string][]*shownFile)
	if a.attachments != nil {
		for _, row := range rows.Attachments {
			parent := a.attachments.parent(row)
			files[parent] = append(files[parent], a.file(row, a.attachments.key(row), nil))
		}
	}
	return a.compose(p, files)
}

// parts is an interaction's row with its conversation, mapped.
type parts struct {
	row         extract.Row
	interaction load.Interaction
	fault       *mapping.Fault
	remarks     []*remark
	rows        map[string]extract.Row // of the remarks, by name
}

func (a *Assembly) prepare(row extract.Row, conversation []extract.Row) parts {
	p := parts{row: row}
	if p.fault = tooLong(a.interactions.key(row)); p.fault == nil {
		p.interaction, p.fault = a.interactions.mapper.Map(row)
	}
	if p.fault != nil || a.comments == nil {
		return p // the comments of an interaction that is not there wait for it
	}
	p.remarks = slices.DeleteFunc(a.comments.read(conversation), func(m *remark) bool { return m.again })
	p.rows = make(map[string]extract.Row, len(conversation))
	for _, row := range conversation {
		p.rows[nameOfComment(a.comments.parent(row), a.comments.key(row))] = row
	}
	return p
}

// parents returns the keys of the comments whose files are wanted.
func (p parts) parents() []string {
	var keys []string
	for _, m := range p.remarks {
		if m.fault == nil {
			keys = append(keys, m.key)
		}
	}
	return keys
}

// compose puts together what would be sent, and what would stay behind.
func (a *Assembly) compose(parts parts, files map[string][]*shownFile) Previewed {
	p := Previewed{
		Key: a.interactions.key(parts.row), Row: previewedCells(a.columns.Interactions, parts.row), Rejects: []PreviewReject{},
		Fields: previewedFields(a.interactions.mapper.Trace(parts.row)), Comments: []PreviewedComment{}, Attachments: []PreviewedFile{},
	}
	if parts.fault != nil {
		p.reject(StreamInteractions, p.Key, parts.fault)
		return p
	}
	interaction := parts.interaction
	for _, m := range parts.remarks {
		comment := PreviewedComment{Key: m.key, Sent: m.fault == nil, Fields: []PreviewedField{}}
		if row, ok := parts.rows[m.name()]; ok {
			comment.Fields = previewedFields(a.comments.mapper.Trace(row))
		}
		p.Comments = append(p.Comments, comment)
		if m.fault != nil {
			p.reject(StreamComments, m.key, m.fault)
			continue
		}
		p.attach(m, files[m.key])
		interaction.Comments = append(interaction.Comments, m.comment)
	}
	slices.SortStableFunc(p.Comments, func(a, b PreviewedComment) int { return last(a) - last(b) })
	p.Interaction = load.AppendInteraction(nil, interaction)
	p.Bytes = len(p.Interaction)
	return p
}

// last puts the comments that are rejected behind the conversation.
func last(c PreviewedComment) int {
	if c.Sent {
		return 0
	}
	return 1
}

// attach gives a comment its files as a run does.
func (p *Previewed) attach(m *remark, files []*shownFile) {
	m.files, m.comment.Attachments = nil, nil
	shown := make(map[*file]PreviewedFile, len(files))
	for _, f := range files {
		one := f.file
		m.files = append(m.files, &one)
		shown[&one] = f.shown
	}
	m.addFiles()
	for _, f := range m.files {
		if f.fault != nil {
			p.reject(StreamAttachments, f.key, f.fault)
			continue
		}
		one := shown[f]
		one.Comment = m.key
		p.Attachments = append(p.Attachments, one)
	}
}

// shownFile is a file without its content.
type shownFile struct {
	file  file
	shown PreviewedFile
}

func (a *Assembly) file(row extract.Row, key string, fault *mapping.Fault) *shownFile {
	f := file{key: key, fault: fault}
	if long := tooLong(key); long != nil {
		f.key, f.fault = long.Value, long
	}
	var mapped mapping.AttachmentFile
	size := int64(-1)
	if a.offline && f.fault == nil {
		mapped, size = a.unopened(&f, row)
	} else {
		mapped = a.attachments.recognise(&f, row)
		size = int64(len(mapped.Content))
	}
	shown := PreviewedFile{Key: f.key, Name: f.name, Type: mapped.ContentType, URL: f.url}
	if f.fault == nil && f.url == "" {
		f.url = Uploaded
		if size >= 0 {
			shown.Size = &size
		}
	}
	return &shownFile{f, shown}
}

// unopened does what recognise does, but leaves a file that is named by a path where it is.
func (a *Assembly) unopened(f *file, row extract.Row) (mapped mapping.AttachmentFile, size int64) {
	if mapped, f.fault = a.attachments.mapper.Map(row); f.fault != nil {
		return mapped, -1
	}
	if mapped.URL != "" || mapped.Path == "" {
		mapped = a.attachments.recognise(f, row)
		return mapped, int64(len(mapped.Content))
	}
	f.name, f.identity = cmp.Or(mapped.Name, filepath.Base(mapped.Path)), "path:"+mapped.Path
	return mapped, -1
}
