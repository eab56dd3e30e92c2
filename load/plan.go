package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
)

// The actions of a Change.
const (
	ActionCreate = "create"
	ActionUpdate = "update"
	ActionDelete = "delete"
	ActionNone   = "none"
)

// The kinds of things that a Change is about.
const (
	KindIntegration = "integration"
	KindMetadata    = "metadata"
)

// Change is one step that makes Playvox as jobs.yaml says.
type Change struct {
	Action      string              `json:"action"`
	Kind        string              `json:"kind"`
	Integration string              `json:"integration"` // its key in jobs.yaml
	Name        string              `json:"name"`
	Fields      map[string][]string `json:"fields"` // what differs: the old value and the new one; of what is created the old ones are empty, of what is deleted the new ones
	Notes       []string            `json:"notes"`  // what Playvox may refuse, and what hides or deletes data

	Unnamed bool `json:"-"` // it stands in Playvox, and jobs.yaml does not name it

	id   string         // of a metadata field
	body map[string]any // of the request
}

// Plan is what it takes to make an integration and its metadata in Playvox as jobs.yaml says, in the order in which it
// is carried out: at no time is the schema without a datetime.
type Plan struct {
	Changes []Change

	want Integration
	have RemoteIntegration // without an ID where it is to be created
}

// Pending is how many of the changes change something.
func (p Plan) Pending() int {
	pending := 0
	for _, change := range p.Changes {
		if change.Action != ActionNone {
			pending++
		}
	}
	return pending
}

// Plan compares an integration with what Playvox shows of the one of the same name, and changes nothing. What is not
// shown is not compared. Metadata fields that jobs.yaml does not name are left alone, or with prune deleted.
func (c *Client) Plan(ctx context.Context, want Integration, prune bool) (Plan, error) {
	have, err := c.FindIntegration(ctx, want.Name)
	if _, missing := errors.AsType[*MissingIntegrationError](err); missing {
		have, err = RemoteIntegration{}, nil
	}
	if err != nil {
		return Plan{}, fmt.Errorf("integration %q: %w", want.Name, err)
	}
	plan := Plan{want: want, have: have, Changes: []Change{planIntegration(want, have)}}
	for _, field := range want.Metadata {
		change, err := c.planField(ctx, want, have, field)
		if err != nil {
			return Plan{}, fmt.Errorf("integration %q: metadata field %s: %w", want.Name, field.FieldID, err)
		}
		plan.Changes = append(plan.Changes, change)
	}
	for _, field := range have.Metadata {
		if !slices.ContainsFunc(want.Metadata, func(f MetadataField) bool { return f.FieldID == field.FieldID }) {
			plan.Changes = append(plan.Changes, planUnnamed(want, field, prune))
		}
	}
	slices.SortStableFunc(plan.Changes, func(a, b Change) int { return cmp.Compare(a.rank(), b.rank()) })
	return plan, nil
}

// rank is the place of a change in the order: what makes a datetime comes before what may take one away.
func (c Change) rank() int {
	makesDatetime := len(c.Fields["type"]) > 0 && c.Fields["type"][1] == TypeDatetime
	switch {
	case c.Kind == KindIntegration:
		return 0
	case c.Action == ActionCreate && makesDatetime:
		return 1
	case c.Action == ActionCreate:
		return 2
	case c.Action == ActionUpdate && makesDatetime:
		return 3
	case c.Action == ActionUpdate:
		return 4
	case c.Action == ActionDelete:
		return 5
	case c.Unnamed:
		return 7
	default:
		return 6
	}
}

func newChange(kind, integration, name string) Change {
	return Change{
		Action: ActionNone, Kind: kind, Integration: integration, Name: name,
		Fields: map[string][]string{}, Notes: []string{}, body: map[string]any{},
	}
}

// set notes a difference: as it is shown, and as it is sent where that is not nil. What was to stay is updated by it.
func (c *Change) set(field, before, after string, value any) {
	if c.Action == ActionNone {
		c.Action = ActionUpdate
	}
	c.Fields[field] = []string{before, after}
	if value != nil {
		c.body[field] = value
	}
}

func (c *Change) note(text string) { c.Notes = append(c.Notes, text) }
