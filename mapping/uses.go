package mapping

// Use is a place in the rules that names a column.
type Use struct {
	Path   string // below the mapping of the job, such as interaction.metadata.status.column
	Column string
	Offset int // in bytes, of where the column begins in the text of that value
}

// Uses returns every place in the rules of interactions that names a column, in the order of jobs.yaml, whether the
// integration has such metadata or not. A rule that is nothing but a column's name has the path it would have as an object.
func (i Interaction) Uses() []Use {
	all := bind(nil, "interaction", target{name: fieldInteractionID}, &i.InteractionID)
	all = bind(all, "interaction", target{name: fieldAssigneeID}, i.AssigneeID)
	for _, field := range i.Metadata {
		all = bind(all, "interaction.metadata", target{name: field.Name}, &field.Rule)
	}
	return uses(all)
}

// Uses returns every place in the rules of comments that names a column.
func (c Comment) Uses() []Use { return uses(c.bindings()) }

// Uses returns every place in the rules of attachments that names a column.
func (a Attachment) Uses() []Use { return uses(a.bindings()) }

// uses returns the columns that the rules name. What cannot be read names none: Check says so.
func uses(bindings []binding) []Use {
	var uses []Use
	for _, b := range bindings {
		if b.rule.Column != "" {
			uses = append(uses, Use{Path: string(b.path + ".column"), Column: b.rule.Column})
		}
		pieces, _ := parseTemplate(b.rule.Template)
		for _, p := range pieces {
			if p.isColumn {
				uses = append(uses, Use{Path: string(b.path + ".template"), Column: p.text, Offset: p.offset})
			}
		}
		if e, _ := parseExpression(b.rule.Expr); e != nil {
			for _, column := range e.columns {
				uses = append(uses, Use{Path: string(b.path + ".expr"), Column: column.name, Offset: column.offset})
			}
		}
	}
	return uses
}
