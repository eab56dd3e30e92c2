package load

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
)

// maxAsked bounds the requests that a plan makes to find out who holds the values that one field loses.
const maxAsked = 20

// noteRemoved says which of the values that are no longer allowed are held by interactions, which keep them.
func (c *Client) noteRemoved(ctx context.Context, change *Change, integrationID string, want MetadataField, have RemoteField) error {
	if _, ok := change.Fields["allowed"]; !ok || len(want.Allowed) == 0 {
		return nil
	}
	wanted := canonicals(want.Type, want.Allowed)
	removed := slices.DeleteFunc(slices.Clone(have.Allowed), func(text string) bool {
		return slices.Contains(wanted, canonicals(want.Type, []string{text})[0])
	})
	for i, text := range removed {
		holder, sure := "", false
		if i < maxAsked {
			var err error
			if holder, sure, err = c.holderOf(ctx, integrationID, have, text); err != nil {
				return err
			}
		}
		switch {
		case holder != "":
			change.note(fmt.Sprintf("%s is held by interactions, such as %s: Playvox may refuse to remove it, and they keep it", shownValue(text), holder))
		case !sure:
			change.note(fmt.Sprintf("%s may be held by interactions: Playvox may refuse to remove it, and they keep it", shownValue(text)))
		}
	}
	return nil
}

// holderOf asks for an interaction that holds a value. It is sure that there is none only where the server filters: one
// that ignores the filter returns something else. [A] Interactions can be filtered by a metadata field like by their id.
func (c *Client) holderOf(ctx context.Context, integrationID string, field RemoteField, text string) (interactionID string, sure bool, err error) {
	value, ok := valueJSON(field.Type, text)
	if !ok {
		return "", false, nil
	}
	filter, err := json.Marshal(map[string]json.RawMessage{field.FieldID: value})
	if err != nil {
		return "", false, err
	}
	got, err := c.list(ctx, interactionsPath(integrationID), url.Values{"page": {"1"}, "per_page": {"1"}, "query": {string(filter)}})
	if outcome := OutcomeOf(err); err != nil && (outcome == Refused || outcome == Missing) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	items := list(got.Result)
	if len(items) == 0 {
		return "", true, nil
	}
	one := interactionOf(items[0])
	if remoteOf(items[0]).deleted || !holdsValue(one.Fields[field.FieldID], field.Type, text) {
		return "", false, nil
	}
	return one.InteractionID, one.InteractionID != "", nil
}

// holdsValue reports whether what is shown is the value, or a list with it.
func holdsValue(shown json.RawMessage, typ, text string) bool {
	elements := list(shown)
	if elements == nil {
		elements = []json.RawMessage{shown}
	}
	return slices.ContainsFunc(elements, func(element json.RawMessage) bool {
		return len(element) > 0 && slices.Equal(canonicals(typ, []string{plainText(element)}), canonicals(typ, []string{text}))
	})
}
