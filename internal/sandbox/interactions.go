package sandbox

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// maxInteractionID is the most characters an interaction_id may have.
const maxInteractionID = 68

// Interaction is one interaction as the sandbox holds it.
type Interaction struct {
	ID            string // _id
	IntegrationID string
	InteractionID string
	Fields        Fields // interaction_id, assignee_id and metadata, without those that are null
	Comments      []Comment
	Creates       int // creates accepted for it: more than 1 where duplicates are merged
	Updates       int
	CreatedAt     time.Time // whole seconds, UTC
	UpdatedAt     time.Time

	arrival int
}

func (s *Server) listInteractions(r *http.Request, _ []byte) (any, error) {
	integration, err := s.integration(r.PathValue("integration"))
	if err != nil {
		return nil, err
	}
	listing, err := s.readListing(r, append(integration.fieldNames(), "_id", "integration_id", "is_deleted", "created_at", "updated_at")...)
	if err != nil {
		return nil, err
	}
	held := s.store.shelves[integration.ID]
	if ids, ok := listing.filter["interaction_id"]; ok {
		return list(listing, held.find(ids)), nil
	}
	return list(listing, held.all), nil
}

func (s *Server) createInteraction(r *http.Request, body []byte) (any, error) {
	integration, err := s.integration(r.PathValue("integration"))
	if err != nil {
		return nil, err
	}
	interaction, err := s.accept(integration, body)
	if err != nil {
		return nil, err
	}
	return interaction.object(true), nil
}

func (s *Server) updateInteraction(r *http.Request, body []byte) (any, error) {
	integration, interaction, err := s.interactionOf(r)
	if err != nil {
		return nil, err
	}
	fields, err := readObject(body)
	if err != nil {
		return nil, err
	}
	if _, ok := fields["comments"]; ok {
		return nil, refuse("comments: cannot be updated with the interaction; use interactions/%s/comments", interaction.ID)
	}
	if err := integration.checkFields(fields); err != nil {
		return nil, err
	}
	if _, ok := fields["interaction_id"]; ok && fields.text("interaction_id") != interaction.InteractionID {
		return nil, refuse("interaction_id: %q cannot be changed to %q", interaction.InteractionID, fields.text("interaction_id"))
	}
	s.store.record(Updated, InteractionChange, interaction.ID, integration.ID, fields)
	return interaction.object(true), nil
}

func (s *Server) deleteInteraction(r *http.Request, _ []byte) (any, error) {
	integration, interaction, err := s.interactionOf(r)
	if err != nil {
		return nil, err
	}
	s.store.record(Deleted, InteractionChange, interaction.ID, integration.ID, nil)
	return identified{interaction.ID}, nil
}

// interactionOf finds what the path names.
func (s *Server) interactionOf(r *http.Request) (*Integration, *Interaction, error) {
	integration, err := s.integration(r.PathValue("integration"))
	if err != nil {
		return nil, nil, err
	}
	id := r.PathValue("interaction")
	interaction, ok := s.store.interactions[id]
	if !ok || interaction.IntegrationID != integration.ID {
		return nil, nil, missing("interaction", id)
	}
	return integration, interaction, nil
}

// accept stores a new interaction with its comments, as the policy for duplicates says.
func (s *Server) accept(integration *Integration, raw json.RawMessage) (*Interaction, error) {
	fields, comments, err := integration.readInteraction(raw)
	if err != nil {
		return nil, err
	}
	action, id := Created, newID()
	if held := s.store.shelves[integration.ID].byID[fields.text("interaction_id")]; len(held) > 0 {
		switch s.options.Duplicates {
		case RefuseDuplicates:
			return nil, refuse("interaction_id %s already exists", fields.text("interaction_id"))
		case MergeDuplicates:
			action, id = Merged, held[0].ID
		}
	}
	s.store.record(action, InteractionChange, id, integration.ID, fields)
	s.dropInfected(comments)
	for _, comment := range comments {
		s.store.record(Created, CommentChange, newID(), id, comment)
	}
	return s.store.interactions[id], s.store.broken
}

// readInteraction checks a new interaction against the schema and takes it apart. Fields that are null are left out.
func (i *Integration) readInteraction(raw json.RawMessage) (Fields, []Comment, error) {
	if err := i.checkSchema(); err != nil {
		return nil, nil, err
	}
	fields, err := readObject(raw)
	if err != nil {
		return nil, nil, err
	}
	comments, err := readComments(fields["comments"])
	if err != nil {
		return nil, nil, err
	}
	delete(fields, "comments")
	if err := fields.need("interaction_id"); err != nil {
		return nil, nil, err
	}
	for _, field := range i.Metadata {
		if field.Required {
			if err := fields.need(field.FieldID); err != nil {
				return nil, nil, err
			}
		}
	}
	if err := i.checkFields(fields); err != nil {
		return nil, nil, err
	}
	maps.DeleteFunc(fields, func(_ string, value json.RawMessage) bool { return isNull(value) })
	return fields, comments, nil
}

// checkSchema refuses interactions as long as the schema is not one.
func (i *Integration) checkSchema() error {
	if !slices.ContainsFunc(i.Metadata, func(m Metadata) bool { return m.Type == "datetime" }) {
		return refuse("metadata: the integration %q has no datetime field; at least one is required before interactions are sent", i.Name)
	}
	return nil
}

// checkFields checks the fields that are there, in the order of their names.
func (i *Integration) checkFields(fields Fields) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if err := i.checkOne(name, fields[name]); err != nil {
			return err
		}
	}
	return nil
}

func (i *Integration) checkOne(name string, raw json.RawMessage) error {
	switch name {
	case "interaction_id":
		return within(name, checkInteractionID(raw))
	case "assignee_id":
		if isNull(raw) {
			return nil
		}
		return within(name, checkString(raw))
	}
	at := slices.IndexFunc(i.Metadata, func(m Metadata) bool { return m.FieldID == name })
	switch {
	case at < 0:
		return refuse("%s: unknown field; known here: %s", name, strings.Join(i.fieldNames(), ", "))
	case !isNull(raw):
		return i.Metadata[at].check(raw)
	case i.Metadata[at].Required:
		return refuse("%s: required, so it cannot be null", name)
	}
	return nil
}

func checkInteractionID(raw json.RawMessage) error {
	var id string
	if err := readText(&id)(raw); err != nil {
		return err
	}
	if length := utf8.RuneCountInString(id); length < 1 || length > maxInteractionID {
		return refuse("%s has %d characters; 1 to %d are allowed", excerpt(raw), length, maxInteractionID)
	}
	return nil
}

// fieldNames are the fields an interaction may have, in the order of the schema.
func (i *Integration) fieldNames() []string {
	names := []string{"interaction_id", "assignee_id"}
	for _, field := range i.Metadata {
		names = append(names, field.FieldID)
	}
	return append(names, "comments")
}

// field is one field as a listing shows it, nil where there is none.
func (i *Interaction) field(name string) json.RawMessage {
	if value, ok := i.Fields[name]; ok {
		return value
	}
	return i.object(false)[name]
}

// object is the interaction as the API shows it.
func (i *Interaction) object(withComments bool) Fields {
	object := Fields{
		"_id":            quote(i.ID),
		"integration_id": quote(i.IntegrationID),
		"is_deleted":     json.RawMessage("false"),
		"created_at":     quote(i.CreatedAt.Format(datetime)),
		"updated_at":     quote(i.UpdatedAt.Format(datetime)),
	}
	maps.Copy(object, i.Fields)
	if withComments {
		object["comments"], _ = encode(append([]Comment{}, i.Comments...))
	}
	return object
}

// quote makes JSON of a text that needs no escaping.
func quote(text string) json.RawMessage { return json.RawMessage(`"` + text + `"`) }
