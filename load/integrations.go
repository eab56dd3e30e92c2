package load

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// RemoteIntegration is an integration as Playvox describes it. What Playvox does not show is nil: nothing is known of it.
type RemoteIntegration struct {
	ID                 string
	Name               string
	Description        *string
	DataStorageMinutes *int
	Metadata           []RemoteField
	ShowsMetadata      bool // where it is false, no metadata does not mean that there are none

	onlyNonAudited json.RawMessage // the other setting that is known, delete_only_non_audited_interactions
}

// RemoteField is a metadata field as Playvox describes it. What Playvox does not show is empty or nil.
type RemoteField struct {
	ID          string // _id
	FieldID     string
	Type        string
	Required    *bool
	Allowed     []string // empty, but not nil: any value
	AvailableIn []string // empty, but not nil: nowhere
}

// Field returns the metadata field of that name.
func (i RemoteIntegration) Field(name string) (RemoteField, bool) {
	for _, field := range i.Metadata {
		if field.FieldID == name {
			return field, true
		}
	}
	return RemoteField{}, false
}

// Integrations lists the account's integrations.
func (c *Client) Integrations(ctx context.Context) ([]RemoteIntegration, error) {
	var all []RemoteIntegration
	for page, err := range c.pages(ctx, "integrations", nil) {
		if err != nil {
			return nil, err
		}
		for _, item := range page {
			all = append(all, integrationOf(item))
		}
	}
	return all, nil
}

func integrationOf(item json.RawMessage) RemoteIntegration {
	var shown struct {
		ID          json.RawMessage `json:"_id"`
		Name        json.RawMessage `json:"name"`
		Description json.RawMessage `json:"description"`
		Settings    json.RawMessage `json:"settings"`
		Metadata    json.RawMessage `json:"metadata"`
	}
	_ = json.Unmarshal(item, &shown) // of what is no object nothing is told
	var settings struct {
		Minutes        json.RawMessage `json:"data_storage_minutes"`
		OnlyNonAudited json.RawMessage `json:"delete_only_non_audited_interactions"`
	}
	_ = json.Unmarshal(shown.Settings, &settings) // likewise
	fields := list(shown.Metadata)
	i := RemoteIntegration{
		ID: scalar(shown.ID), Name: scalar(shown.Name), onlyNonAudited: settings.OnlyNonAudited,
		ShowsMetadata: fields != nil || string(shown.Metadata) == "null",
	}
	if shown.Description != nil {
		description := scalar(shown.Description)
		i.Description = &description
	}
	if minutes := count(settings.Minutes); minutes > 0 {
		i.DataStorageMinutes = &minutes
	}
	for _, field := range fields {
		i.Metadata = append(i.Metadata, fieldOf(field))
	}
	return i
}

// fieldOf reads a metadata field. A null is shown: it stands for an empty list, and for false.
func fieldOf(item json.RawMessage) RemoteField {
	var shown struct {
		ID          json.RawMessage `json:"_id"`
		FieldID     json.RawMessage `json:"field_id"`
		Type        json.RawMessage `json:"type"`
		Allowed     json.RawMessage `json:"allowed"`
		Required    json.RawMessage `json:"required"`
		AvailableIn json.RawMessage `json:"available_in"`
	}
	_ = json.Unmarshal(item, &shown) // of what is no object nothing is told
	field := RemoteField{
		ID: scalar(shown.ID), FieldID: scalar(shown.FieldID), Type: strings.ToLower(scalar(shown.Type)),
		Allowed: textsOf(shown.Allowed), AvailableIn: textsOf(shown.AvailableIn),
	}
	if shown.Required != nil {
		required := isTrue(shown.Required)
		field.Required = &required
	}
	return field
}

// textsOf reads a list of scalars, nil where it is something else.
func textsOf(raw json.RawMessage) []string {
	items := list(raw)
	if items == nil && string(raw) != "null" {
		return nil
	}
	texts := make([]string, len(items))
	for i, item := range items {
		if item[0] == '{' || item[0] == '[' {
			return nil
		}
		texts[i] = plainText(item)
	}
	return texts
}

// plainText is any scalar as text.
func plainText(raw json.RawMessage) string {
	if text := string(raw); text == "true" || text == "false" {
		return text
	}
	return scalar(raw)
}

// MissingIntegrationError says that Playvox has no integration of that name yet.
type MissingIntegrationError struct {
	Name string
}

func (e *MissingIntegrationError) Error() string {
	return fmt.Sprintf("Playvox has no integration named %q yet: create it with pvetl apply", e.Name)
}

// FindIntegration returns the integration of that name, or a *MissingIntegrationError.
func (c *Client) FindIntegration(ctx context.Context, name string) (RemoteIntegration, error) {
	all, err := c.Integrations(ctx)
	if err != nil {
		return RemoteIntegration{}, err
	}
	var found []RemoteIntegration
	for _, integration := range all {
		if integration.Name == name {
			found = append(found, integration)
		}
	}
	switch len(found) {
	case 0:
		return RemoteIntegration{}, &MissingIntegrationError{Name: name}
	case 1:
		return found[0], nil
	default:
		return RemoteIntegration{}, fmt.Errorf("Playvox has %d integrations named %q, and nothing tells which is meant: rename all but one",
			len(found), name)
	}
}
