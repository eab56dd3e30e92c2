package scaffold

import (
	"context"

	"pvetl/extract"
)

// shelf is what the file says of attachments.
type shelf struct {
	stream

	rules []rule
	root  bool // whether files are named by their paths
}

// attachments writes the query of the files; nil where no table has them with their content, their path or their URL.
func (b *builder) attachments(ctx context.Context) *shelf {
	if b.messages.table == nil {
		return nil
	}
	var best *table
	var belongs ref
	most := 0
	var also []string
	for _, t := range b.tables {
		score := 3 * fileTables[t.head()]
		if score == 0 || t.key == "" || t == b.messages.table {
			continue
		}
		also = append(also, t.Name)
		r, ok := refTo(t, b.messages.table)
		if !ok {
			if r, ok = b.manyFold(t, b.messages.table); ok {
				ok, _ = b.resolve(ctx, t, &r)
			}
		}
		if where := contentOf(t); ok && where != "" && score > most {
			best, belongs, most = t, r, score
		}
	}
	if best == nil {
		if len(also) > 0 {
			b.guess(atAttachments, "none", "no table has files that belong to "+b.messages.table.Name+" together with their content", also[:min(len(also), 3)]...)
		}
		return nil
	}
	return b.filesOf(best, belongs, also)
}

// contentOf is the kind of place at which the table has its files: content, url or path.
func contentOf(t *table) string {
	switch {
	case first(t.ranked(contentColumns, isBytes)) != "":
		return "content"
	case first(t.ranked(urlColumns, isText)) != "":
		return "url"
	case first(t.ranked(pathColumns, isText)) != "":
		return "path"
	}
	return ""
}

func (b *builder) filesOf(t *table, belongs ref, tables []string) *shelf {
	q := b.dialect.query(t, "f")
	var also []string
	for _, name := range tables {
		if name != t.Name && len(also) < 3 {
			also = append(also, name)
		}
	}
	b.guess(atAttachments+".query", t.Name+" holds the files", "its name, and "+belongs.column+" is of "+b.messages.table.Name, also...)
	s := shelf{stream: stream{key: q.key("f", t, t.key, t.key), parent: q.key("f", t, belongs.column, belongs.column)}}
	if belongs.kind != "" {
		q.where = append(q.where, q.ofKind("f", belongs))
	}
	name := first(t.ranked(nameColumns, isText))
	if name != "" {
		s.rules = append(s.rules, rule{field: "name", text: scalar(q.keep("f", name))})
	}
	if mime := first(t.ranked(mimeColumns, func(c extract.TableColumn) bool { return isText(c) && c.Name != name })); mime != "" {
		s.rules = append(s.rules, rule{field: "content_type", text: scalar(q.keep("f", mime))})
	}
	s.place(b, q, t, name)
	s.query = q.lines()
	return &s
}

// place selects where a file is.
func (s *shelf) place(b *builder, q *query, t *table, name string) {
	where := contentOf(t)
	var picked string
	switch where {
	case "content":
		picked = q.keep("f", first(t.ranked(contentColumns, isBytes)))
		b.guess(atAttachment+"."+where, picked, "it holds bytes")
	case "url":
		column := first(t.ranked(urlColumns, isText))
		picked = q.keep("f", column)
		q.where = append(q.where, q.column("f", column)+" <> ''")
		b.guess(atAttachment+"."+where, picked, "files without one are left out")
	case "path":
		column := first(t.ranked(pathColumns, isText))
		s.root = true
		if words := wordsOf(column); name != "" && (words.has("dir") || words.has("directory")) {
			picked = q.pick(b.dialect.joinPath(q.column("f", column), q.column("f", name)), "path")
			b.guess(atAttachment+"."+where, column+" and "+name, "below load.files_root")
			break
		}
		picked = q.keep("f", column)
		b.guess(atAttachment+"."+where, picked, "below load.files_root")
	}
	s.rules = append(s.rules, rule{field: where, text: scalar(picked)})
	if s.root {
		b.guess(atJob+".load.files_root", "files", "the directory at which the paths of "+t.Name+" begin")
	}
}
