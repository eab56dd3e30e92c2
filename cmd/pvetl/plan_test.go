package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

// newPlanned is a workbench whose integration stands in Playvox already, not all as jobs.yaml says.
func newPlanned(t *testing.T, change ...func(*sandbox.Options)) *workbench {
	t.Helper()
	w, _ := newSmall(t, change...)
	id := w.call(http.MethodPost, "integrations", `{"name": "Small Helpdesk", "description": "by hand", "settings": {"data_storage_minutes": 129600}}`)
	for _, field := range []string{
		`{"field_id": "moved_date", "type": "datetime"}`,
		`{"field_id": "status", "type": "string", "allowed": ["open", "pending"], "available_in": ["filters"]}`,
		`{"field_id": "region", "type": "string"}`,
		`{"field_id": "topic", "type": "string"}`,
	} {
		w.call(http.MethodPost, "integrations/"+id+"/metadata", field)
	}
	w.call(http.MethodPost, "integrations/"+id+"/interactions", `{"interaction_id": "old-1", "status": "pending"}`)
	w.edit("      status: {type: string, allowed: [open, solved]}\n",
		"      status: {type: string, allowed: [open, solved], available_in: [filters]}\n      csat: {type: float, available_in: [display]}\n      topic: {type: string}\n")
	w.box.ResetRequests()
	return w
}

// call makes one call of the API and returns the _id that its answer names.
func (w *workbench) call(method, path, body string) (id string) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.env["PLAYVOX_BASE_URL"]+"/"+path, strings.NewReader(body))
	require.NoError(w.t, err)
	request.SetBasicAuth(w.env["PLAYVOX_UID"], w.env["PLAYVOX_API_KEY"])
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	require.Equal(w.t, http.StatusOK, response.StatusCode, string(answer))
	_, rest, _ := strings.Cut(string(answer), `"_id":"`)
	id, _, _ = strings.Cut(rest, `"`)
	return id
}

// schemaWrites are how many requests changed an integration or its metadata.
func (w *workbench) schemaWrites() int { return w.box.Requests().Kinds[sandbox.SchemaWrite] }

const plannedChanges = `  integration Small Helpdesk
+ metadata csat (float; available_in: display)
~ metadata moved_date: required: false -> true
    ! interactions that are there may be without it: Playvox may refuse to change them until they are sent with it
~ metadata status: allowed: open, pending -> open, solved
    ! pending is held by interactions, such as old-1: Playvox may refuse to remove it, and they keep it
`

func TestPlanShowsWhatApplyWouldDo(t *testing.T) {
	t.Parallel()
	w := newPlanned(t)
	require.Equal(t, plannedChanges+`  metadata region (not named in jobs.yaml: left alone; --prune deletes it)
  1 unchanged

1 to create, 2 to update, 3 unchanged: nothing was changed, 'pvetl apply' does it
`, w.mustRun(exitDone, "plan"))
	require.Equal(t, plannedChanges+`- metadata region (not named in jobs.yaml)
    ! its values vanish from filters and display in Playvox
  1 unchanged

1 to create, 2 to update, 1 to delete, 2 unchanged: nothing was changed, 'pvetl apply --prune' does it
`, w.mustRun(exitDone, "plan", "--prune"))
	require.Zero(t, w.schemaWrites())
}

func TestPlanOfAnIntegrationThatIsNotThereAndOfOneThatIsAsItShouldBe(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	require.Equal(t, `+ integration Small Helpdesk (data_storage_minutes: 129600)
+ metadata moved_date (datetime; required)
+ metadata status (string; allowed: open, solved)

3 to create, 0 unchanged: nothing was changed, 'pvetl apply' does it
`, w.mustRun(exitDone, "plan"))
	w.mustRun(exitDone, "apply")
	require.Equal(t, `  integration Small Helpdesk
  2 unchanged

Playvox is as jobs.yaml says: nothing to apply
`, w.mustRun(exitDone, "plan", "--prune"))
}

func TestPlanInJSON(t *testing.T) {
	t.Parallel()
	w := newPlanned(t)
	const changes = `[
		{"action": "create", "kind": "metadata", "integration": "helpdesk", "name": "csat", "fields": {"type": ["", "float"], "available_in": ["", "display"]}, "notes": []},
		{"action": "update", "kind": "metadata", "integration": "helpdesk", "name": "moved_date", "fields": {"required": ["false", "true"]},
			"notes": ["interactions that are there may be without it: Playvox may refuse to change them until they are sent with it"]},
		{"action": "update", "kind": "metadata", "integration": "helpdesk", "name": "status", "fields": {"allowed": ["open, pending", "open, solved"]},
			"notes": ["pending is held by interactions, such as old-1: Playvox may refuse to remove it, and they keep it"]},
		{"action": "none", "kind": "metadata", "integration": "helpdesk", "name": "topic", "fields": {}, "notes": []},
		{"action": "none", "kind": "metadata", "integration": "helpdesk", "name": "region", "fields": {},
			"notes": ["jobs.yaml does not name it: it is left alone, and --prune deletes it"]}
	]`
	const integration = `{"action": "none", "kind": "integration", "integration": "helpdesk", "name": "Small Helpdesk", "fields": {}, "notes": []},`
	all := strings.Replace(changes, "[", "["+integration, 1)
	require.JSONEq(t, `{"changes": `+all+`, "applied": false}`, w.mustRun(exitDone, "plan", "--json"))
	require.JSONEq(t, `{"changes": `+all+`, "applied": true}`, w.mustRun(exitDone, "apply", "--json"))
}

// What a run refuses to send into, a plan shows and an apply mends.
func TestARunThatDoesNotFitSaysPlanAndApply(t *testing.T) {
	t.Parallel()
	w := newPlanned(t)
	message := w.mustRun(exitFailed, "run", "tickets")
	require.Contains(t, message, `the integration "Small Helpdesk" in Playvox does not fit jobs.yaml: `+
		"metadata field status: found allowed open, pending, expected also solved; metadata field csat: found none, expected one of type float: "+
		"nothing is sent to it; see 'pvetl plan', then 'pvetl apply'")
	require.Equal(t, 1, w.box.Requests().Total)
	w.mustRun(exitDone, "apply")
	w.mustRun(exitRejects, "run", "tickets", "--adopt")
}
