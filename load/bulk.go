package load

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// SubmitBulk hands a batch to Playvox and returns the id of the background job that works on it. The batch is not
// delivered by that: its job has to be asked. An error whose outcome is Uncertain means that a job may exist all the same.
func (c *Client) SubmitBulk(ctx context.Context, integrationID string, batch []byte) (jobID string, err error) {
	path := "integrations/" + url.PathEscape(integrationID) + "/bulk/interactions"
	got, err := c.do(ctx, call{method: http.MethodPost, path: path, body: batch, kind: &c.requests.Bulk})
	if err != nil {
		return "", err
	}
	id := got.id()
	if id == "" {
		return "", &Error{Outcome: Uncertain, Method: http.MethodPost, Path: path, Status: http.StatusOK, Reason: "the answer names no job"}
	}
	return id, nil
}

// JobStatus is what a background job says of itself.
type JobStatus struct {
	Status    string
	Total     int
	Completed int
	Failed    int
	Stored    []Stored
	Refusals  []Refusal
	Took      time.Duration // by the server's clock; 0 where it does not tell
}

// Stored is an interaction that Playvox holds.
type Stored struct {
	RemoteID      string
	InteractionID string
}

// Refusal is an interaction that Playvox did not take, and why.
type Refusal struct {
	InteractionID string
	Reason        string
}

// Over reports whether the job has ended. [A] The words of its status are not documented; these are known or likely.
func (j JobStatus) Over() bool {
	if j.Total > 0 && j.Completed+j.Failed >= j.Total {
		return true
	}
	switch strings.ToLower(j.Status) {
	case "completed", "complete", "finished", "done", "success", "failed", "error":
		return true
	default:
		return false
	}
}

// Job asks how a background job is going.
func (c *Client) Job(ctx context.Context, jobID string) (JobStatus, error) {
	path := "jobs/" + url.PathEscape(jobID)
	got, err := c.do(ctx, call{method: http.MethodGet, path: path, kind: &c.requests.Polls})
	if err != nil {
		return JobStatus{}, err
	}
	status, ok := parseJob(got.object())
	if !ok {
		return JobStatus{}, &Error{Outcome: Uncertain, Method: http.MethodGet, Path: path, Status: http.StatusOK, Reason: "the answer is no job"}
	}
	for i := range status.Refusals {
		status.Refusals[i].Reason = c.words(status.Refusals[i].Reason)
	}
	return status, nil
}

// parseJob reads a job tolerantly: ids and counts may be numbers or texts, reasons may be anything, and of a part that is
// not understood the job says nothing. What has neither a status nor a count is no job.
func parseJob(raw json.RawMessage) (JobStatus, bool) {
	var job struct {
		Status    json.RawMessage `json:"status"`
		Total     json.RawMessage `json:"total"`
		Completed json.RawMessage `json:"total_completed"`
		Failed    json.RawMessage `json:"total_failed"`
		Stored    json.RawMessage `json:"completed"`
		Refused   json.RawMessage `json:"failed"`
		CreatedAt json.RawMessage `json:"created_at"`
		UpdatedAt json.RawMessage `json:"updated_at"`
	}
	if json.Unmarshal(raw, &job) != nil || job.Status == nil && job.Total == nil {
		return JobStatus{}, false
	}
	return JobStatus{
		Status: scalar(job.Status), Total: count(job.Total), Completed: count(job.Completed), Failed: count(job.Failed),
		Stored: storedOf(job.Stored), Refusals: refusalsOf(list(job.Refused)),
		Took: between(scalar(job.CreatedAt), scalar(job.UpdatedAt)),
	}, true
}

// storedOf reads a list in one go, because most answers are nothing else. An element that is no object names nothing.
func storedOf(list json.RawMessage) []Stored {
	var items []struct {
		ID            json.RawMessage `json:"_id"`
		InteractionID json.RawMessage `json:"interaction_id"`
	}
	_ = json.Unmarshal(list, &items) // goes on after an element that is no object
	all := slices.Grow([]Stored(nil), len(items))
	for _, item := range items {
		all = append(all, Stored{RemoteID: scalar(item.ID), InteractionID: scalar(item.InteractionID)})
	}
	return all
}

// refusalsOf keeps also a refusal that names no interaction: it still has its words.
func refusalsOf(items []json.RawMessage) []Refusal {
	var all []Refusal
	for _, item := range items {
		all = append(all, Refusal{InteractionID: remoteOf(item).interactionID, Reason: reason(item)})
	}
	return all
}

// between is the time from one moment to another, 0 where either is not told.
func between(began, ended string) time.Duration {
	from, err1 := parseTime(began)
	to, err2 := parseTime(ended)
	if err1 != nil || err2 != nil {
		return 0
	}
	return max(0, to.Sub(from))
}
