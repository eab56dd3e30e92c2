package load

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// The actions of a Change.
const (
	ActionCreate = "create"
	ActionNone   = "none"
)

// Change is one step that makes Playvox as jobs.yaml says.
type Change struct {
	Action      string              `json:"action"`
	Kind        string              `json:"kind"` // integration or metadata
	Integration string              `json:"integration"`
	Name        string              `json:"name"`
	Fields      map[string][]string `json:"fields"`
}

// Apply creates the integration and those of its metadata fields that are not there yet, and leaves what is there. It
// returns what it did also when it fails on the way; repeated, it goes on where it stopped.
func (c *Client) Apply(ctx context.Context, want Integration) ([]Change, error) {
	change := Change{Action: ActionNone, Kind: "integration", Integration: want.Key, Name: want.Name, Fields: map[string][]string{}}
	have, err := c.FindIntegration(ctx, want.Name)
	if _, missing := errors.AsType[*MissingIntegrationError](err); missing {
		change.Action = ActionCreate
		have.ID, err = c.createIntegration(ctx, want)
	}
	if err != nil {
		return nil, fmt.Errorf("integration %q: %w", want.Name, err)
	}
	changes := []Change{change}
	for _, field := range want.Metadata {
		change := Change{Action: ActionNone, Kind: "metadata", Integration: want.Key, Name: field.FieldID, Fields: map[string][]string{}}
		if !slices.Contains(have.FieldIDs, field.FieldID) {
			change.Action = ActionCreate
			if err := c.createField(ctx, have.ID, field); err != nil {
				return changes, fmt.Errorf("integration %q: metadata field %s: %w", want.Name, field.FieldID, err)
			}
		}
		changes = append(changes, change)
	}
	return changes, nil
}
