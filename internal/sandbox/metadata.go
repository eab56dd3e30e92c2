package sandbox

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Metadata is one typed field of an integration's schema.
type Metadata struct {
	ID          string            `json:"_id,omitzero"`
	FieldID     string            `json:"field_id"`
	Type        string            `json:"type"`
	Allowed     []json.RawMessage `json:"allowed"` // empty: any
	Required    bool              `json:"required"`
	AvailableIn []string          `json:"available_in"`
}

// typeChecks holds what makes a value one of each type.
var typeChecks = map[string]func(json.RawMessage) error{
	"string":   checkString,
	"integer":  checkInteger,
	"float":    checkNumber,
	"list":     checkList,
	"boolean":  checkBoolean,
	"datetime": checkDatetime,
}

var (
	typeNames   = []string{"string", "integer", "float", "list", "boolean", "datetime"}
	fieldIDForm = regexp.MustCompile(`^[a-z_]{3,30}$`)

	// An interaction's metadata stand flat among these, so a metadata field cannot have their names.
	ownFields = []string{"_id", "integration_id", "interaction_id", "assignee_id", "comments"}
)

func (s *Server) createMetadata(r *http.Request, body []byte) (any, error) {
	integration, err := s.integration(r.PathValue("integration"))
	if err != nil {
		return nil, err
	}
	field := Metadata{Allowed: []json.RawMessage{}, AvailableIn: []string{}}
	fields, err := field.read(body)
	if err != nil {
		return nil, err
	}
	if err := fields.need("field_id", "type"); err != nil {
		return nil, err
	}
	if err := integration.checkField(field); err != nil {
		return nil, err
	}
	s.store.record(Created, MetadataChange, newID(), integration.ID, field)
	return integration, nil
}

func (s *Server) updateMetadata(r *http.Request, body []byte) (any, error) {
	integration, field, err := s.metadata(r)
	if err != nil {
		return nil, err
	}
	after := *field
	fields, err := after.read(body)
	if err != nil {
		return nil, err
	}
	if err := integration.checkField(after); err != nil {
		return nil, err
	}
	s.store.record(Updated, MetadataChange, field.ID, integration.ID, fields)
	return integration, nil
}

func (s *Server) deleteMetadata(r *http.Request, _ []byte) (any, error) {
	integration, field, err := s.metadata(r)
	if err != nil {
		return nil, err
	}
	s.store.record(Deleted, MetadataChange, field.ID, integration.ID, nil)
	return integration, nil
}

// metadata finds what the path names.
func (s *Server) metadata(r *http.Request) (*Integration, *Metadata, error) {
	integration, err := s.integration(r.PathValue("integration"))
	if err != nil {
		return nil, nil, err
	}
	id := r.PathValue("metadata")
	at := slices.IndexFunc(integration.Metadata, func(m Metadata) bool { return m.ID == id })
	if at < 0 {
		return nil, nil, missing("metadata", id)
	}
	return integration, &integration.Metadata[at], nil
}

// read takes over the fields of a request and returns them.
func (m *Metadata) read(body []byte) (Fields, error) {
	fields, err := readObject(body)
	if err != nil {
		return nil, err
	}
	return fields, fields.read(map[string]reader{
		"field_id":     readText(&m.FieldID),
		"type":         readChoice(&m.Type, typeNames...),
		"allowed":      m.readAllowed,
		"required":     readBool(&m.Required),
		"available_in": readChoices(&m.AvailableIn, "filters", "display"),
	})
}

func (m *Metadata) readAllowed(raw json.RawMessage) error {
	elements, err := readArray(raw)
	m.Allowed = elements
	return err
}

// checkField reports whether the field can stand in the integration's schema.
func (i *Integration) checkField(field Metadata) error {
	if !fieldIDForm.MatchString(field.FieldID) {
		return refuse("field_id: %q must be 3 to 30 characters of a-z and _", field.FieldID)
	}
	if slices.Contains(ownFields, field.FieldID) {
		return refuse("field_id: %q is a field that every interaction has", field.FieldID)
	}
	if field.Type == "datetime" && (field.FieldID == "created_at" || field.FieldID == "updated_at") {
		return refuse("field_id: %q is reserved and cannot be a datetime field", field.FieldID)
	}
	for _, other := range i.Metadata {
		if other.FieldID == field.FieldID && other.ID != field.ID {
			return refuse("field_id: %q already exists", field.FieldID)
		}
	}
	return field.checkAllowed()
}

// checkAllowed reports whether the allowed values are of the field's type, for a list: of its elements'.
func (m *Metadata) checkAllowed() error {
	for _, value := range m.Allowed {
		check := typeChecks[m.Type]
		if m.Type == "list" {
			check = func(raw json.RawMessage) error { return checkList(slices.Concat([]byte("["), raw, []byte("]"))) }
		}
		if err := check(value); err != nil {
			return within("allowed", err)
		}
	}
	return nil
}

// check reports whether the field takes the value, which is not null.
func (m *Metadata) check(raw json.RawMessage) error {
	if err := typeChecks[m.Type](raw); err != nil {
		return within(m.FieldID, err)
	}
	if len(m.Allowed) == 0 {
		return nil
	}
	values := []json.RawMessage{raw}
	if m.Type == "list" {
		values, _ = readArray(raw)
	}
	for _, value := range values {
		if !slices.ContainsFunc(m.Allowed, func(allowed json.RawMessage) bool { return same(allowed, value) }) {
			return refuse("%s: %s is not among the allowed values %s", m.FieldID, excerpt(value), join(m.Allowed))
		}
	}
	return nil
}

func join(values []json.RawMessage) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	return excerpt([]byte(strings.Join(texts, ", ")))
}
