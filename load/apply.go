package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// Apply carries a plan out and returns what is as it should be now, in order: all of the plan's changes, or those before
// the one that failed. A request whose outcome is unknown is not repeated. A plan that is made afterwards begins with what
// is there by then.
func (c *Client) Apply(ctx context.Context, plan Plan) ([]Change, error) {
	done := slices.Clone(plan.Changes)
	for i, change := range done {
		err := c.carryOut(ctx, &plan, change)
		if errors.Is(err, errThere) {
			done[i].Action, err = ActionNone, nil
		}
		if err != nil {
			return done[:i], fmt.Errorf("integration %q: %w", plan.want.Name, about(change, err))
		}
	}
	return done, nil
}

func about(change Change, err error) error {
	if change.Kind == KindIntegration {
		return err
	}
	return fmt.Errorf("metadata field %s: %w", change.Name, err)
}

func (c *Client) carryOut(ctx context.Context, plan *Plan, change Change) error {
	if change.Action == ActionNone {
		return nil
	}
	if change.Kind == KindMetadata {
		return c.carryOutField(ctx, plan.have, change)
	}
	if change.Action == ActionUpdate {
		return c.write(ctx, http.MethodPut, integrationPath(plan.have.ID), change)
	}
	id, err := c.createIntegration(ctx, change)
	plan.have.ID, plan.have.ShowsMetadata = id, true
	return err
}

var (
	errNoFieldID = errors.New("Playvox does not show its _id, so it cannot be changed from here: change it in Playvox")
	errThere     = errors.New("it is there, though Playvox does not show it")
)

func (c *Client) carryOutField(ctx context.Context, have RemoteIntegration, change Change) error {
	path := integrationPath(have.ID) + "/metadata"
	if change.Action == ActionCreate {
		err := c.write(ctx, http.MethodPost, path, change)
		if OutcomeOf(err) == Refused && !have.ShowsMetadata && AlreadyExists(err.Error()) {
			return errThere
		}
		return err
	}
	if change.id == "" {
		return errNoFieldID
	}
	path += "/" + url.PathEscape(change.id)
	if change.Action == ActionDelete {
		return c.remove(ctx, path)
	}
	return c.write(ctx, http.MethodPut, path, change)
}

func (c *Client) write(ctx context.Context, method, path string, change Change) error {
	_, err := c.send(ctx, method, path, change)
	return err
}

func (c *Client) send(ctx context.Context, method, path string, change Change) (answer, error) {
	body, err := json.Marshal(change.body)
	if err != nil {
		return answer{}, err
	}
	return c.do(ctx, call{method: method, path: path, body: body, kind: &c.requests.Writes})
}

// createIntegration returns the id of what it creates. An answer that names none is a success all the same.
func (c *Client) createIntegration(ctx context.Context, change Change) (string, error) {
	got, err := c.send(ctx, http.MethodPost, "integrations", change)
	if err != nil {
		return "", err
	}
	if id := got.id(); id != "" {
		return id, nil
	}
	created, err := c.FindIntegration(ctx, change.Name)
	return created.ID, err
}

func integrationPath(integrationID string) string {
	return "integrations/" + url.PathEscape(integrationID)
}
