package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

func rows(n int) string {
	var rows []string
	for i := range n {
		rows = append(rows, interaction(fmt.Sprint(i)))
	}
	return "[" + strings.Join(rows, ",") + "]"
}

func TestBulkRequestsAsAWhole(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	path := "integrations/" + c.schema() + "/bulk/interactions"
	for name, test := range map[string]struct {
		body   string
		status int
		reason string
	}{
		"an object around the array": {`{"interactions": []}`, 400, "is not an array"},
		"empty":                      {`[]`, 400, "body: 0 interactions; 1 to 100"},
		"101 interactions":           {rows(101), 400, "body: 101 interactions; 1 to 100"},
		"an element no object":       {`[` + interaction("1") + `, "2"]`, 400, `body[1]: "2" is not an object`},
		"over 32 MiB":                {`[` + strings.Repeat(" ", 32<<20) + `]`, 413, "larger than 32 MiB"},
	} {
		t.Run("refused: "+name, func(t *testing.T) {
			t.Parallel()
			got := client{t, c.address, c.server}.call("POST", path, test.body)
			require.Equal(t, test.status, got.Status, got.Error)
			require.Contains(t, got.Error, test.reason)
			require.Empty(t, c.server.Snapshot().Jobs)
		})
	}
}

func TestABulkJobTellsWhatBecameOfEachRow(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	path := "integrations/" + c.schema() + "/bulk/interactions"
	id := c.must("POST", path, "["+strings.Join([]string{
		interaction("1", `"comments": [{"body": "a", "type": "internal_note"}]`),
		interaction("2", `"csat": "high"`),
		`{"interaction_id": 3, ` + solved + `}`,
		interaction("4"),
	}, ",")+"]")
	job := c.finished(id)
	require.Equal(t, 4, job.Total)
	require.Equal(t, 2, job.TotalCompleted)
	require.Equal(t, 2, job.TotalFailed)
	require.Equal(t, []sandbox.FailedRow{
		{InteractionID: "2", Error: `csat: "high" is not a number`},
		{InteractionID: "", Error: "interaction_id: 3 is not a string"},
	}, job.Failed)
	held := c.server.Snapshot().Interactions
	require.Len(t, held, 2)
	require.Equal(t, []sandbox.CompletedRow{{held[0].ID, "1"}, {held[1].ID, "4"}}, job.Completed)
	require.Len(t, held[0].Comments, 1)
	require.Equal(t, http.StatusNotFound, c.call("GET", "jobs/nowhere", "").Status)
}

func TestOneBadRowRefusesTheRequestWhereBulkRefusesBadRows(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{BulkRefusesBadRows: true})
	path := "integrations/" + c.schema() + "/bulk/interactions"
	got := c.call("POST", path, "["+interaction("1")+","+interaction("2", `"csat": "high"`)+"]")
	require.Equal(t, http.StatusBadRequest, got.Status)
	require.Equal(t, `body[1] (interaction_id "2"): csat: "high" is not a number`, got.Error)
	got = c.call("POST", path, "["+interaction("1")+","+interaction("1")+"]")
	require.Contains(t, got.Error, "interaction_id 1 already exists")
	require.Empty(t, c.server.Snapshot().Jobs)

	c.finished(c.must("POST", path, "["+interaction("1")+"]"))
	require.Contains(t, c.call("POST", path, "["+interaction("1")+"]").Error, "interaction_id 1 already exists")
	require.Len(t, c.server.Snapshot().Interactions, 1)
}

func TestABulkJobTakesItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, err := sandbox.New(sandbox.Options{JobDuration: time.Minute})
		require.NoError(t, err)
		integration := direct(t, server, "POST", "integrations", `{"name": "a"}`)
		path := "integrations/" + integration["_id"].(string)
		direct(t, server, "POST", path+"/metadata", `{"field_id": "solved_date", "type": "datetime"}`)
		job := direct(t, server, "POST", path+"/bulk/interactions", rows(100))
		require.Equal(t, "queued", job["status"])
		require.NotContains(t, job, "rows")

		time.Sleep(40 * time.Second)
		job = direct(t, server, "GET", "jobs/"+job["_id"].(string), "")
		require.Equal(t, "running", job["status"])
		require.Empty(t, server.Snapshot().Interactions, "rows are there when the job is over")

		time.Sleep(20 * time.Second)
		synctest.Wait()
		job = direct(t, server, "GET", "jobs/"+job["_id"].(string), "")
		require.Equal(t, "completed", job["status"])
		require.Len(t, server.Snapshot().Interactions, 100)
		require.NoError(t, server.Close())
	})
}

// direct calls the API without a network and returns the result, which is an object.
func direct(t *testing.T, server http.Handler, method, path, body string) map[string]any {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, "/api/v1/"+path, strings.NewReader(body))
	request.SetBasicAuth("uid", "key")
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	server.ServeHTTP(recorder, request)
	require.Equal(t, http.StatusOK, recorder.Code, recorder.Body)
	var body1 struct{ Result map[string]any }
	require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &body1))
	return body1.Result
}

func TestAnUnfinishedBulkJobGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.data")
	first, err := sandbox.New(sandbox.Options{DataFile: path, JobDuration: time.Hour})
	require.NoError(t, err)
	integration := "integrations/" + direct(t, first, "POST", "integrations", `{"name": "a"}`)["_id"].(string)
	direct(t, first, "POST", integration+"/metadata", `{"field_id": "solved_date", "type": "datetime"}`)
	job := direct(t, first, "POST", integration+"/bulk/interactions", rows(3))["_id"].(string)
	require.NoError(t, first.Close())

	c := start(t, sandbox.Options{DataFile: path})
	require.Equal(t, 3, c.finished(job).TotalCompleted)
	require.Len(t, c.server.Snapshot().Interactions, 3)
}

func TestRowsOfADeletedIntegrationFail(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{JobDuration: 50 * time.Millisecond})
	integration := "integrations/" + c.schema()
	id := c.must("POST", integration+"/bulk/interactions", rows(2))
	c.must("DELETE", integration, "")
	require.Equal(t, 2, c.finished(id).TotalFailed)
}
