package config

import "gopkg.in/yaml.v3"

// Finding places something to say about the value at a path, such as jobs.tickets.extract.interactions.query. Where the
// file has no such value, it is placed at what encloses it most closely.
func (f *File) Finding(severity Severity, at, message, suggestion string) Finding {
	return f.doc.finding(severity, path(at), message, suggestion)
}

// FindingIn places something to say about one part of the value at a path: the byte of its text that offset counts.
// Where that byte cannot be told in the file, behind a reference for example, it is placed at the value.
func (f *File) FindingIn(severity Severity, at string, offset int, message, suggestion string) Finding {
	return f.doc.findingIn(severity, path(at), offset, message, suggestion)
}

func (d *document) findingIn(severity Severity, at path, offset int, message, suggestion string) Finding {
	finding := d.finding(severity, at, message, suggestion)
	where := d.where(at)
	if where.node == nil || offset == 0 && !standsBelow(where.node) || beginsReference(where.node.Value, offset) {
		return finding
	}
	if line, column, ok := d.source.within(where.node, offset); ok {
		finding.Line, finding.Column = line, column
	}
	return finding
}

// standsBelow reports whether a scalar is written below its key, behind | or >.
func standsBelow(node *yaml.Node) bool { return node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 }
