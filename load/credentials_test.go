package load_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	client, server := live(t, replies(200, queued))
	_, err := client.SubmitBulk(t.Context(), "i 1", []byte(`[{"interaction_id":"1"}]`))
	require.NoError(t, err)
	require.NoError(t, client.UpdateInteraction(t.Context(), "i1", "r/1", []load.Field{
		{Name: "csat", Value: []byte("4.5")}, {Name: "status", Value: []byte("null")},
	}))
	_, err = client.Job(t.Context(), "j1")
	require.NoError(t, err)

	requests := server.received()
	require.Len(t, requests, 3)
	for i, want := range []received{
		{method: "POST", path: "/api/v1/integrations/i%201/bulk/interactions", body: `[{"interaction_id":"1"}]`},
		{method: "PUT", path: "/api/v1/integrations/i1/interactions/r%2F1", body: `{"csat":4.5,"status":null}`},
		{method: "GET", path: "/api/v1/jobs/j1"},
	} {
		got := requests[i]
		require.Equal(t, want, received{method: got.method, path: got.path, query: got.query, body: got.body})
		require.Equal(t, "Basic "+base64.StdEncoding.EncodeToString([]byte(uid+":"+apiKey)), got.header.Get("Authorization"))
		require.Equal(t, "pvetl/test", got.header.Get("User-Agent"))
		require.Equal(t, "application/json", got.header.Get("Accept"))
		contentType := map[bool]string{true: "application/json"}[want.body != ""]
		require.Equal(t, contentType, got.header.Get("Content-Type"))
		// With such a header net/http would take it on itself to send a write twice.
		require.NotContains(t, got.header, "Idempotency-Key")
		require.NotContains(t, got.header, "X-Idempotency-Key")
	}
}

func TestWhatIsCounted(t *testing.T) {
	t.Parallel()
	client, _ := live(t, replies(200, `{"result": [], "_id": "a1", "status": "done"}`))
	var first, second load.Requests
	run := client.ForRun(load.RunOptions{Requests: &first})
	_, err := run.SubmitBulk(t.Context(), "i1", []byte(`[]`))
	require.NoError(t, err)
	_, err = run.Job(t.Context(), "j1")
	require.NoError(t, err)
	require.NoError(t, run.UpdateInteraction(t.Context(), "i1", "r1", nil))
	_, err = run.Integrations(t.Context())
	require.NoError(t, err)
	_, err = client.ForRun(load.RunOptions{Requests: &second}).Integrations(t.Context())
	require.NoError(t, err)

	counts := func(r *load.Requests) []int64 {
		return []int64{r.Total.Load(), r.Bulk.Load(), r.Polls.Load(), r.Writes.Load(), r.Lookups.Load(), r.Throttled.Load()}
	}
	require.Equal(t, []int64{4, 1, 1, 1, 1, 0}, counts(&first))
	require.Equal(t, []int64{1, 0, 0, 0, 1, 0}, counts(&second))
}

func TestCredentialsAreInNoError(t *testing.T) {
	t.Parallel()
	pair := base64.StdEncoding.EncodeToString([]byte(uid + ":" + apiKey))
	forms := []string{uid, apiKey, pair, base64.StdEncoding.EncodeToString([]byte(apiKey)), url.QueryEscape(apiKey)}
	for i, form := range forms {
		for name, respond := range map[string]http.HandlerFunc{
			"words":            replies(401, fmt.Sprintf(`{"error": "%s is not known"}`, form)),
			"escaped words":    replies(400, fmt.Sprintf(`{"errors": {"auth": [%q]}}`, strings.ReplaceAll(form, "/", `\/`))),
			"a page":           replies(503, "<pre>Authorization: Basic "+form+"</pre>"),
			"not understood":   replies(200, form+" is welcome"),
			"refused":          replies(200, fmt.Sprintf(`{"success": false, "message": %q}`, form)),
			"where it is cut":  replies(422, strings.Repeat("x", 2048-len(form)/2)+form),
			"a redirect":       replies(302, form, "Location", "https://"+uid+"@elsewhere.example/"+form),
			"a broken redirec": replies(302, form, "Location", "https://%zz"+form),
		} {
			t.Run(fmt.Sprintf("%s, form %d", name, i), func(t *testing.T) {
				t.Parallel()
				client, _ := live(t, respond)
				_, err := client.SubmitBulk(t.Context(), "i1", []byte(`[]`))
				require.Error(t, err)
				for err := err; err != nil; err = errors.Unwrap(err) {
					requireNoSecret(t, fmt.Sprintf("%+v %#v", err, err), form)
				}
			})
		}
		t.Run(fmt.Sprintf("a refusal of a row, form %d", i), func(t *testing.T) {
			t.Parallel()
			client, _ := live(t, replies(200, fmt.Sprintf(`{"result": {"status": "done", "failed": [{"interaction_id": "1", "error": %q}]}}`, form)))
			job, err := client.Job(t.Context(), "j1")
			require.NoError(t, err)
			require.Equal(t, []load.Refusal{{InteractionID: "1", Reason: "***"}}, job.Refusals)
		})
	}
}

// requireNoSecret also finds the first half of one.
func requireNoSecret(t *testing.T, text, form string) {
	t.Helper()
	for _, secret := range []string{form, form[:len(form)/2], apiKey, apiKey[:len(apiKey)/2]} {
		require.NotContains(t, text, secret)
	}
}

func TestABaseURLThatIsNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "acme.playvox.com", "https:///api/v1", "://", "https://%zz"} {
		_, err := load.NewClient(load.Account{BaseURL: text, UID: uid, APIKey: apiKey, RequestsPerMinute: 100})
		require.EqualError(t, err, "playvox.base_url is no URL", text)
	}
}
