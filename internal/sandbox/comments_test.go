package sandbox_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

func TestAttachmentsAreListedWithTheirComments(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	integration := "integrations/" + c.schema()
	const link = `{"url": "https://files.example/a.png", "name": "a.png"}`
	id := c.must("POST", integration+"/interactions", interaction("1", `"comments": [{"body": "a", "type": "internal_note", "attachments": [`+link+`]}]`))
	path := "interactions/" + id + "/comments"
	second := c.must("POST", path, `{"body": "b", "type": "agent_comment", "attachments": [`+link+`, {"url": "http://files.example/b"}]}`)
	c.must("POST", path, `{"body": "c", "type": "agent_comment"}`)
	c.must("PUT", path+"/"+second, `{"body": "B"}`)

	a, b := map[string]any{"url": "https://files.example/a.png", "name": "a.png"}, map[string]any{"url": "http://files.example/b"}
	want := []any{[]any{a}, []any{a, b}, []any{}}
	shown := func(items []any) (attachments []any) {
		for _, item := range items {
			attachments = append(attachments, item.(map[string]any)["attachments"])
		}
		return attachments
	}
	var items []any
	require.NoError(t, json.Unmarshal(c.call("GET", path, "").Result, &items))
	require.Equal(t, want, shown(items), "an edit leaves them as they are")
	nested := c.listed(integration + "/interactions?include=all")[0]["comments"].([]any)
	require.Equal(t, want, shown(nested))
}

func TestAnEditOfACommentIsItsBodyAndItsTime(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	id := c.must("POST", "integrations/"+c.schema()+"/interactions", interaction("1"))
	path := "interactions/" + id + "/comments"
	comment := c.must("POST", path, `{"body": "a", "type": "agent_comment", "author_id": "ana"}`)
	before := c.server.Journal()
	for field, value := range map[string]string{
		"type": `"internal_note"`, "author_id": `"bo"`, "attachments": `[]`, "_id": `"x"`, "body_html": `"x"`,
	} {
		got := c.call("PUT", path+"/"+comment, `{"body": "b", "`+field+`": `+value+`}`)
		require.Equal(t, http.StatusBadRequest, got.Status, field)
		require.Equal(t, field+": unknown field; known here: added_at, body", got.Error)
	}
	for _, added := range []string{`"2026-11-20"`, `"2026-11-20T17:00:00.5Z"`, `null`} {
		got := c.call("PUT", path+"/"+comment, `{"added_at": `+added+`}`)
		require.Contains(t, got.Error, "is not a datetime in the form YYYY-MM-DDTHH:MM:SSZ")
	}
	require.Equal(t, before, c.server.Journal(), "what is refused changes nothing")
}

func TestACommentOfAnotherInteractionIsNotThere(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	integration := "integrations/" + c.schema()
	first := c.must("POST", integration+"/interactions", interaction("1"))
	second := c.must("POST", integration+"/interactions", interaction("2"))
	comment := c.must("POST", "interactions/"+first+"/comments", `{"body": "a", "type": "agent_comment"}`)
	for _, method := range []string{"PUT", "DELETE"} {
		require.Equal(t, 404, c.call(method, "interactions/"+second+"/comments/"+comment, `{}`).Status)
	}
	c.must("DELETE", "interactions/"+first+"/comments/"+comment, "")
	require.Equal(t, 404, c.call("DELETE", "interactions/"+first+"/comments/"+comment, "").Status)

	c.must("DELETE", integration+"/interactions/"+first, "")
	for _, method := range []string{"GET", "POST"} {
		got := c.call(method, "interactions/"+first+"/comments", `{"body": "a", "type": "agent_comment"}`)
		require.Equal(t, 404, got.Status, "its comments go with it")
	}
	other := "integrations/" + c.schema()
	require.Equal(t, 404, c.call("DELETE", other+"/interactions/"+second, "").Status, "it belongs to another integration")
	require.Len(t, c.server.Snapshot().Interactions, 1)
}

func TestAnInfectedFileIsLeftOutOfItsComment(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	integration := "integrations/" + c.schema()
	uploaded := func(name, content string) string {
		got := c.upload("file", name, "text/plain", []byte(content))
		require.Equal(t, http.StatusOK, got.Status, "the scan comes later")
		var file struct{ URL string }
		require.NoError(t, json.Unmarshal(got.Result, &file))
		return `{"url": "` + file.URL + `"}`
	}
	clean := uploaded("clean.txt", "hello")
	infected := uploaded("infected.txt", `see X5O!P%@AP[4\PZX54(P^)7CC)7}$`+`EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`)
	comment := `{"body": "a", "type": "agent_comment", "attachments": [` + infected + `, ` + clean + `]}`
	id := c.must("POST", integration+"/interactions", interaction("1", `"comments": [`+comment+`]`))
	c.must("POST", "interactions/"+id+"/comments", comment)
	c.finished(c.must("POST", integration+"/bulk/interactions", "["+interaction("2", `"comments": [`+comment+`]`)+"]"))
	for _, held := range c.server.Snapshot().Interactions {
		for _, comment := range held.Comments {
			require.Len(t, comment.Attachments, 1)
			require.Contains(t, comment.Attachments[0].URL, "/clean.txt")
		}
	}
	require.Equal(t, map[string]int{"a": 3}, sandbox.CommentCreatesByBody(c.server.Journal()))
}
