package load

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// RemoteIntegration is an integration as Playvox describes it.
type RemoteIntegration struct {
	ID       string
	Name     string
	FieldIDs []string
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
	var fields struct {
		ID       json.RawMessage `json:"_id"`
		Name     json.RawMessage `json:"name"`
		Metadata []struct {
			FieldID string `json:"field_id"`
		} `json:"metadata"`
	}
	_ = json.Unmarshal(item, &fields) // of what is no object nothing is told
	integration := RemoteIntegration{ID: scalar(fields.ID), Name: scalar(fields.Name)}
	for _, field := range fields.Metadata {
		integration.FieldIDs = append(integration.FieldIDs, field.FieldID)
	}
	return integration
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

func (c *Client) createIntegration(ctx context.Context, want Integration) (string, error) {
	body, err := json.Marshal(map[string]any{
		"name": want.Name, "description": want.Description,
		"settings": map[string]any{"data_storage_minutes": want.DataStorageMinutes},
	})
	if err != nil {
		return "", err
	}
	got, err := c.do(ctx, call{method: http.MethodPost, path: "integrations", body: body, kind: &c.requests.Writes})
	if err != nil {
		return "", err
	}
	if id := got.id(); id != "" {
		return id, nil
	}
	created, err := c.FindIntegration(ctx, want.Name)
	return created.ID, err
}

func (c *Client) createField(ctx context.Context, integrationID string, field MetadataField) error {
	allowed, err := field.allowedJSON()
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{
		"field_id": field.FieldID, "type": field.Type, "allowed": allowed, "required": field.Required, "available_in": orEmpty(field.AvailableIn),
	})
	if err != nil {
		return err
	}
	_, err = c.do(ctx, call{
		method: http.MethodPost, path: "integrations/" + url.PathEscape(integrationID) + "/metadata", body: body, kind: &c.requests.Writes,
	})
	return err
}

// decimal is what big.Rat reads, less fractions, other bases and exponents that would fill the memory.
var decimal = regexp.MustCompile(`^[+-]?[0-9.]+([eE][+-]?[0-9]{1,3})?$`)

// allowedJSON writes the allowed values in the field's own type; a list's are texts, as its elements are.
func (f MetadataField) allowedJSON() ([]json.RawMessage, error) {
	values := make([]json.RawMessage, len(f.Allowed))
	for i, text := range f.Allowed {
		value, ok := "", false
		switch f.Type {
		case TypeInteger, TypeFloat:
			value, ok = numberJSON(text, f.Type == TypeInteger)
		case TypeBoolean:
			value, ok = booleanJSON(text)
		default:
			quoted, err := json.Marshal(text)
			value, ok = string(quoted), err == nil
		}
		if !ok {
			return nil, fmt.Errorf("allowed value %q is no %s", text, f.Type)
		}
		values[i] = json.RawMessage(value)
	}
	return values, nil
}

// numberJSON is exact: 007 is 7, 4.50 is 4.5.
func numberJSON(text string, whole bool) (string, bool) {
	text = strings.TrimSpace(text)
	if !decimal.MatchString(text) {
		return "", false
	}
	number, ok := new(big.Rat).SetString(text)
	if !ok || whole && !number.IsInt() {
		return "", false
	}
	digits, _ := number.FloatPrec()
	return number.FloatString(digits), true
}

func booleanJSON(text string) (string, bool) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "t", "yes", "y", "1":
		return "true", true
	case "false", "f", "no", "n", "0":
		return "false", true
	default:
		return "", false
	}
}

func orEmpty(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}
