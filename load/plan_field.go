package load

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// planField compares a metadata field with what Playvox shows of it.
func (c *Client) planField(ctx context.Context, want Integration, have RemoteIntegration, field MetadataField) (Change, error) {
	change := newChange(KindMetadata, want.Key, field.FieldID)
	allowed, err := field.allowedJSON()
	if err != nil {
		return change, err
	}
	there, ok := have.Field(field.FieldID)
	if !ok {
		change.create(field, allowed)
		change.noteCreation(have, field)
		return change, nil
	}
	change.id = there.ID
	change.update(field, there, allowed)
	if change.Action == ActionNone {
		return change, nil
	}
	change.noteMissingID()
	change.noteUpdate(field, there)
	return change, c.noteRemoved(ctx, &change, have.ID, field, there)
}

// planUnnamed leaves a field alone that jobs.yaml does not name, or deletes it.
func planUnnamed(want Integration, field RemoteField, prune bool) Change {
	change := newChange(KindMetadata, want.Key, field.FieldID)
	change.Unnamed, change.id = true, field.ID
	if !prune {
		change.note("jobs.yaml does not name it: it is left alone, and --prune deletes it")
		return change
	}
	change.Action = ActionDelete
	if field.Type != "" {
		change.Fields["type"] = []string{field.Type, ""}
	}
	change.note("its values vanish from filters and display in Playvox")
	change.noteMissingID()
	return change
}

// create makes a field. All that can be said of it is sent, and shown as far as it says something.
func (c *Change) create(field MetadataField, allowed []json.RawMessage) {
	c.Action = ActionCreate
	c.set("type", "", field.Type, field.Type)
	if field.Required {
		c.set("required", "", "true", nil)
	}
	if len(field.Allowed) > 0 {
		c.set("allowed", "", allowedText(field.Allowed), nil)
	}
	if len(field.AvailableIn) > 0 {
		c.set("available_in", "", placesText(field.AvailableIn), nil)
	}
	c.body["field_id"], c.body["allowed"], c.body["required"], c.body["available_in"] = field.FieldID, allowed, field.Required, orEmpty(field.AvailableIn)
}

// update makes a field that is there as it should be.
func (c *Change) update(want MetadataField, have RemoteField, allowed []json.RawMessage) {
	retyped := !sameType(want, have)
	if retyped {
		c.set("type", have.Type, want.Type, want.Type)
	}
	if have.Required != nil && *have.Required != want.Required {
		c.set("required", strconv.FormatBool(*have.Required), strconv.FormatBool(want.Required), want.Required)
	}
	if have.Allowed != nil && !slices.Equal(canonicals(want.Type, have.Allowed), canonicals(want.Type, want.Allowed)) {
		c.set("allowed", allowedText(have.Allowed), allowedText(want.Allowed), allowed)
	}
	if retyped && len(have.Allowed)+len(want.Allowed) > 0 {
		c.body["allowed"] = allowed // the same values are others in another type
	}
	if have.AvailableIn != nil && !slices.Equal(canonicals(TypeString, have.AvailableIn), canonicals(TypeString, want.AvailableIn)) {
		c.set("available_in", placesText(have.AvailableIn), placesText(want.AvailableIn), orEmpty(want.AvailableIn))
	}
}

func sameType(want MetadataField, have RemoteField) bool {
	return have.Type == "" || have.Type == want.Type
}

// allowedText shows a list of values for people; one that would be misread in it stands in quotes.
func allowedText(values []string) string {
	if len(values) == 0 {
		return "any"
	}
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = shownValue(value)
	}
	return strings.Join(texts, ", ")
}

func shownValue(value string) string {
	if value == "" || value == "any" || strings.ContainsAny(value, ",;\"") || strings.TrimSpace(value) != value || strings.Contains(value, "->") {
		return strconv.Quote(value)
	}
	return value
}

func placesText(places []string) string {
	if len(places) == 0 {
		return "nowhere"
	}
	return strings.Join(places, ", ")
}

func orEmpty(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}
