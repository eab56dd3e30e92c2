package mapping

import "pvetl/load"

// The names of the fields that every interaction, comment and attachment has.
const (
	fieldInteractionID = "interaction_id"
	fieldAssigneeID    = "assignee_id"
	fieldBody          = "body"
	fieldType          = "type"
	fieldAuthorID      = "author_id"
	fieldAddedAt       = "added_at"
	fieldName          = "name"
	fieldContentType   = "content_type"
	fieldContent       = "content"
	fieldURL           = "url"
	fieldPath          = "path"
)

// typeBytes is the type of an attachment's content, beside those that metadata has.
const typeBytes = "bytes"

// commentTypes are the types of a comment that Playvox knows.
var commentTypes = []string{"customer_comment", "agent_comment", "internal_note"}

// target is what a rule has to make.
type target struct {
	name     string
	typ      string   // one of load's types, or typeBytes
	allowed  []string // empty: any value
	refusal  string   // the name of the rule that allowed stands for
	required bool     // NULL is a fault
	filled   bool     // empty text is a fault too
	longest  int      // in characters; 0: any length
	null     string   // the JSON for NULL; empty: left out
}

// binding is a rule, what it fills, and its place below the mapping of a job.
type binding struct {
	path path
	to   target
	rule Rule
}

// maxID is the most characters of an interaction_id.
const maxID = 68

// bindings returns the rules in the order in which fields are sent: the metadata in the order of the schema, whatever
// the order of the rules is, so that the same row always gives the same JSON.
func (i Interaction) bindings(fields []load.MetadataField) []binding {
	id := target{name: fieldInteractionID, typ: load.TypeString, required: true, filled: true, longest: maxID}
	all := []binding{{"interaction.interaction_id", id, i.InteractionID}}
	all = bind(all, "interaction", target{name: fieldAssigneeID, typ: load.TypeString}, i.AssigneeID)
	for _, field := range fields {
		rule, ok := i.rule(field.FieldID)
		if !ok {
			continue
		}
		to := target{
			name: field.FieldID, typ: field.Type, allowed: field.Allowed, refusal: ruleAllowed, required: field.Required,
		}
		all = bind(all, "interaction.metadata", to, &rule)
	}
	return all
}

func (c Comment) bindings() []binding {
	kind := target{name: fieldType, typ: load.TypeString, allowed: commentTypes, refusal: ruleCommentType, required: true}
	all := bind(nil, "comment", target{name: fieldBody, typ: load.TypeString, null: `""`}, &c.Body)
	all = bind(all, "comment", kind, &c.Type)
	all = bind(all, "comment", target{name: fieldAuthorID, typ: load.TypeString}, c.AuthorID)
	return bind(all, "comment", target{name: fieldAddedAt, typ: load.TypeDatetime}, c.AddedAt)
}

func (a Attachment) bindings() []binding {
	all := bind(nil, "attachment", target{name: fieldName, typ: load.TypeString}, a.Name)
	all = bind(all, "attachment", target{name: fieldContentType, typ: load.TypeString}, a.ContentType)
	all = bind(all, "attachment", target{name: fieldContent, typ: typeBytes}, a.Content)
	all = bind(all, "attachment", target{name: fieldURL, typ: load.TypeString, required: true, filled: true}, a.URL)
	return bind(all, "attachment", target{name: fieldPath, typ: load.TypeString, required: true, filled: true}, a.Path)
}

// bind adds the rule unless there is none.
func bind(all []binding, section path, to target, rule *Rule) []binding {
	if rule == nil {
		return all
	}
	return append(all, binding{section.key(to.name), to, *rule})
}
