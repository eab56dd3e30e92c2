package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

// client talks to one sandbox with credentials of its own.
type client struct {
	t       *testing.T
	address string
	server  *sandbox.Server
}

type answer struct {
	Status   int
	Header   http.Header
	Text     string
	Success  bool            `json:"success"`
	Error    string          `json:"error"`
	ID       string          `json:"_id"`
	URL      string          `json:"url"`
	Result   json.RawMessage `json:"result"`
	NextPage *bool           `json:"next_page"`
}

// start serves a sandbox for the length of the test.
func start(t *testing.T, options sandbox.Options) client {
	t.Helper()
	server, err := sandbox.New(options)
	require.NoError(t, err)
	listener := httptest.NewServer(server)
	t.Cleanup(func() {
		listener.Close()
		require.NoError(t, server.Close())
	})
	return client{t, listener.URL, server}
}

func (c client) request(method, path, body string) *http.Request {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.address+path, strings.NewReader(body))
	require.NoError(c.t, err)
	request.SetBasicAuth("uid", "key")
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	return request
}

func (c client) send(request *http.Request) answer {
	c.t.Helper()
	response, err := http.DefaultClient.Do(request)
	require.NoError(c.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(c.t, err)
	got := answer{Status: response.StatusCode, Header: response.Header, Text: string(text)}
	if response.Header.Get("Content-Type") == "application/json" {
		require.NoError(c.t, json.Unmarshal(text, &got))
		require.Equal(c.t, got.Status == http.StatusOK, got.Success, got.Text)
	}
	return got
}

// call makes an API call, whatever its answer.
func (c client) call(method, path, body string) answer {
	c.t.Helper()
	return c.send(c.request(method, "/api/v1/"+path, body))
}

// must makes an API call that succeeds and returns the _id below its result.
func (c client) must(method, path, body string) string {
	c.t.Helper()
	got := c.call(method, path, body)
	require.Equal(c.t, http.StatusOK, got.Status, got.Text)
	var identified struct {
		ID string `json:"_id"`
	}
	_ = json.Unmarshal(got.Result, &identified)
	return identified.ID
}

// schema makes an integration with one metadata field of each type and returns its _id.
func (c client) schema() string {
	c.t.Helper()
	id := c.must(http.MethodPost, "integrations", `{"name": "Acme Helpdesk"}`)
	for _, field := range []string{
		`{"field_id": "solved_date", "type": "datetime", "required": true, "available_in": ["filters", "display"]}`,
		`{"field_id": "status", "type": "string", "allowed": ["open", "solved"]}`,
		`{"field_id": "csat", "type": "float"}`,
		`{"field_id": "reopens", "type": "integer"}`,
		`{"field_id": "tag_names", "type": "list"}`,
		`{"field_id": "vip", "type": "boolean"}`,
	} {
		c.must(http.MethodPost, "integrations/"+id+"/metadata", field)
	}
	return id
}

const solved = `"solved_date": "2026-11-20T17:03:09Z"`

// interaction is the JSON of an interaction with the given id and further fields.
func interaction(id string, more ...string) string {
	return "{" + strings.Join(append([]string{`"interaction_id": "` + id + `"`, solved}, more...), ", ") + "}"
}

// finished polls a job until it is completed.
func (c client) finished(id string) sandbox.Job {
	c.t.Helper()
	var job sandbox.Job
	require.Eventually(c.t, func() bool {
		got := c.call(http.MethodGet, "jobs/"+id, "")
		require.NoError(c.t, json.Unmarshal(got.Result, &job))
		return job.Status == "completed"
	}, 5*time.Second, 2*time.Millisecond)
	return job
}

// listed returns the items of a listing.
func (c client) listed(path string) []map[string]any {
	c.t.Helper()
	got := c.call(http.MethodGet, path, "")
	require.Equal(c.t, http.StatusOK, got.Status, got.Text)
	var items []map[string]any
	require.NoError(c.t, json.Unmarshal(got.Result, &items))
	return items
}
