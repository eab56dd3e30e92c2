package sandbox_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

func TestAnInteractionIsKeptAsItWasSent(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	integration := c.schema()
	body := interaction(strings.Repeat("é", 68), `"csat": 4.50`, `"reopens": 9007199254740993`, `"vip": null`,
		`"status": "s\u006flved"`, `"tag_names": ["a", 1, true]`,
		`"comments": [{"body": "", "type": "agent_comment", "author_id": "ana", "added_at": "2026-11-20T17:00:00Z",
		  "attachments": [{"url": "https://files.example/a.png", "name": "a.png"}]}]`)
	id := c.must("POST", "integrations/"+integration+"/interactions", body)

	held := c.server.Snapshot().Interactions[0]
	require.Equal(t, id, held.ID)
	require.Equal(t, integration, held.IntegrationID)
	require.Equal(t, 1, held.Creates)
	require.Equal(t, "4.50", string(held.Fields["csat"]), "digit for digit")
	require.Equal(t, "9007199254740993", string(held.Fields["reopens"]))
	require.NotContains(t, held.Fields, "vip", "null is as good as absent")
	require.Len(t, held.Comments, 1)
	require.Equal(t, "2026-11-20T17:00:00Z", held.Comments[0].AddedAt)
	require.Equal(t, []sandbox.Attachment{{URL: "https://files.example/a.png", Name: "a.png"}}, held.Comments[0].Attachments)
}

func TestUpdatesOfAnInteraction(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	path := "integrations/" + c.schema() + "/interactions"
	id := c.must("POST", path, interaction("1", `"status": "open"`, `"csat": 3`, `"assignee_id": "ana"`))

	c.must("PUT", path+"/"+id, `{"status": "solved", "csat": null, "assignee_id": null}`)
	held := c.server.Snapshot().Interactions[0]
	require.Equal(t, 1, held.Updates)
	require.Equal(t, sandbox.Fields{
		"interaction_id": []byte(`"1"`), "solved_date": []byte(`"2026-11-20T17:03:09Z"`), "status": []byte(`"solved"`),
	}, held.Fields, "null clears, what is not named stays")

	for name, test := range map[string]struct {
		path, body string
		status     int
		reason     string
	}{
		"a required field cannot be cleared": {path + "/" + id, `{"solved_date": null}`, 400, "solved_date: required"},
		"a value must be allowed":            {path + "/" + id, `{"status": "closed"}`, 400, "not among the allowed"},
		"the interaction_id stays":           {path + "/" + id, `{"interaction_id": "2"}`, 400, "cannot be changed"},
		"comments have calls of their own":   {path + "/" + id, `{"comments": []}`, 400, "comments: cannot be updated"},
		"an unknown id":                      {path + "/nowhere", `{}`, 404, `interaction "nowhere" does not exist`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := client{t, c.address, c.server}.call("PUT", test.path, test.body)
			require.Equal(t, test.status, got.Status, got.Text)
			require.Contains(t, got.Error, test.reason)
		})
	}
}

func TestADeletedInteractionIsGone(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	path := "integrations/" + c.schema() + "/interactions"
	id := c.must("POST", path, interaction("1"))
	c.must("DELETE", path+"/"+id, "")
	require.Empty(t, c.listed(path))
	require.Equal(t, http.StatusNotFound, c.call("DELETE", path+"/"+id, "").Status)
	require.Equal(t, http.StatusNotFound, c.call("GET", "interactions/"+id+"/comments", "").Status)
	c.must("POST", path, interaction("1"))
}

func TestCreatesOfTheSameInteractionID(t *testing.T) {
	t.Parallel()
	first := interaction("48213", `"status": "open"`, `"csat": 3`, `"comments": [{"body": "a", "type": "agent_comment"}]`)
	second := interaction("48213", `"status": "solved"`, `"comments": [{"body": "b", "type": "agent_comment"}]`)
	bodies := func(i sandbox.Interaction) (bodies []string) {
		for _, comment := range i.Comments {
			bodies = append(bodies, comment.Body)
		}
		return bodies
	}
	check := map[string]func(*testing.T, sandbox.Snapshot){
		sandbox.RefuseDuplicates: func(t *testing.T, snapshot sandbox.Snapshot) {
			found := snapshot.Find("48213")
			require.Len(t, found, 1)
			require.Equal(t, `"open"`, string(found[0].Fields["status"]))
			require.Equal(t, []string{"a"}, bodies(found[0]))
		},
		sandbox.MergeDuplicates: func(t *testing.T, snapshot sandbox.Snapshot) {
			found := snapshot.Find("48213")
			require.Len(t, found, 1)
			require.Equal(t, 2, found[0].Creates)
			require.Equal(t, 1, snapshot.Count(sandbox.Merged, sandbox.InteractionChange))
			require.Equal(t, `"solved"`, string(found[0].Fields["status"]))
			require.Equal(t, "3", string(found[0].Fields["csat"]))
			require.Equal(t, []string{"a", "b"}, bodies(found[0]))
		},
		sandbox.KeepDuplicates: func(t *testing.T, snapshot sandbox.Snapshot) {
			found := snapshot.Find("48213")
			require.Len(t, found, 2)
			require.Equal(t, 2, snapshot.Count(sandbox.Created, sandbox.InteractionChange))
			require.Equal(t, []string{"b"}, bodies(found[1]))
		},
	}
	for policy, check := range check {
		t.Run("single, "+policy, func(t *testing.T) {
			t.Parallel()
			c := start(t, sandbox.Options{Duplicates: policy})
			path := "integrations/" + c.schema() + "/interactions"
			c.must("POST", path, first)
			got := c.call("POST", path, second)
			require.Equal(t, policy != sandbox.RefuseDuplicates, got.Success)
			if !got.Success {
				require.Equal(t, "interaction_id 48213 already exists", got.Error)
			}
			check(t, c.server.Snapshot())
		})
		t.Run("within one bulk request, "+policy, func(t *testing.T) {
			t.Parallel()
			c := start(t, sandbox.Options{Duplicates: policy})
			job := c.finished(c.must("POST", "integrations/"+c.schema()+"/bulk/interactions", "["+first+","+second+"]"))
			if policy == sandbox.RefuseDuplicates {
				require.Equal(t, []sandbox.FailedRow{{InteractionID: "48213", Error: "interaction_id 48213 already exists"}}, job.Failed)
			}
			check(t, c.server.Snapshot())
		})
	}
}

func TestListingOfInteractions(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	path := "integrations/" + c.schema() + "/interactions"
	for i := range 15 {
		more := []string{fmt.Sprintf(`"csat": %d`, i%3), fmt.Sprintf(`"tag_names": ["t%d", "all"]`, i%2)}
		c.must("POST", path, interaction(fmt.Sprintf("t%02d", i), append(more, `"comments": [{"body": "a", "type": "internal_note"}]`)...))
	}
	for name, test := range map[string]struct {
		query string
		ids   string
		next  bool
	}{
		"twelve at first":               {"", "t00 t01 t02 t03 t04 t05 t06 t07 t08 t09 t10 t11", true},
		"the rest on page two":          {"page=2", "t12 t13 t14", false},
		"nothing beyond the end":        {"page=9", "", false},
		"as many as asked for":          {"per_page=2&page=3", "t04 t05", true},
		"exactly full":                  {"per_page=15", "t00 t01 t02 t03 t04 t05 t06 t07 t08 t09 t10 t11 t12 t13 t14", false},
		"newest first":                  {"per_page=3&sort=-created_at", "t14 t13 t12", true},
		"oldest first, plus unescaped":  {"per_page=3&sort=+created_at", "t00 t01 t02", true},
		"by a field, then by another":   {"per_page=3&sort=-csat,-interaction_id", "t14 t11 t08", true},
		"one id":                        {`query={"interaction_id": "t07"}`, "t07", false},
		"ids, in order of arrival":      {`query={"interaction_id": {"$in": ["t09", "t02", "none", "t02"]}}`, "t02 t09", false},
		"a number, whatever its digits": {`query={"csat": 2.0}`, "t02 t05 t08 t11 t14", false},
		"an element of a list":          {`per_page=2&query={"tag_names": "t1"}`, "t01 t03", true},
		"two conditions":                {`query={"csat": 2, "tag_names": "t1"}`, "t05 t11", false},
		"what is not set":               {`per_page=1&query={"status": null}`, "t00", true},
		"nothing fits":                  {`query={"interaction_id": {"$in": []}}`, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := client{t, c.address, c.server}
			got := c.call("GET", path+"?"+escaped(test.query), "")
			require.Equal(t, http.StatusOK, got.Status, got.Text)
			require.NotNil(t, got.NextPage)
			require.Equal(t, test.next, *got.NextPage)
			var ids []string
			for _, item := range c.listed(path + "?" + escaped(test.query)) {
				ids = append(ids, item["interaction_id"].(string))
			}
			require.Equal(t, test.ids, strings.Join(ids, " "))
		})
	}
	for name, test := range map[string]struct{ query, reason string }{
		"per_page over 100":    {"per_page=101", `per_page: "101" is not a whole number between 1 and 100`},
		"page zero":            {"page=0", "page: "},
		"unknown parameter":    {"perpage=5", "perpage: unknown parameter"},
		"parameter twice":      {"page=1&page=2", "page: given more than once"},
		"filter no JSON":       {"query={", "query: malformed JSON"},
		"filter by no field":   {`query={"colour": 1}`, `query: "colour" is no field`},
		"unknown operator":     {`query={"csat": {"$gt": 1}}`, `operator "$gt" is not known`},
		"$in without a list":   {`query={"csat": {"$in": 1}}`, "$in: 1 is not an array"},
		"sort by no field":     {"sort=-colour", `sort: "-colour" is no field`},
		"fields of no field":   {"fields=colour", `fields: "colour" is no field`},
		"include of something": {"include=comments", "include: "},
	} {
		t.Run("refused: "+name, func(t *testing.T) {
			t.Parallel()
			got := client{t, c.address, c.server}.call("GET", path+"?"+escaped(test.query), "")
			require.Equal(t, http.StatusBadRequest, got.Status, got.Text)
			require.Contains(t, got.Error, test.reason)
		})
	}
	t.Run("shows the fields asked for, and the _id", func(t *testing.T) {
		t.Parallel()
		items := client{t, c.address, c.server}.listed(path + "?per_page=1&fields=interaction_id,csat")
		require.Len(t, items[0], 3)
		require.Contains(t, items[0], "_id")
	})
	t.Run("shows comments only with include=all", func(t *testing.T) {
		t.Parallel()
		c := client{t, c.address, c.server}
		require.NotContains(t, c.listed(path)[0], "comments")
		require.Len(t, c.listed(path + "?include=all")[0]["comments"], 1)
	})
}

// escaped escapes the values of a query string as it is written in a test, but for the plus.
func escaped(query string) string {
	if name, filter, ok := strings.Cut(query, "query="); ok {
		return name + "query=" + url.QueryEscape(filter)
	}
	return query
}

func TestAnIgnoredQueryListsEverything(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{IgnoreQuery: true})
	path := "integrations/" + c.schema() + "/interactions"
	c.must("POST", path, interaction("1"))
	c.must("POST", path, interaction("2"))
	require.Len(t, c.listed(path+"?query="+url.QueryEscape(`{"interaction_id": "2"}`)), 2)
}

func TestComments(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	id := c.must("POST", "integrations/"+c.schema()+"/interactions", interaction("1"))
	path := "interactions/" + id + "/comments"
	first := c.must("POST", path, `{"body": "Hello", "type": "customer_comment", "author_id": "Bo", "added_at": "2026-11-20T17:00:00Z"}`)
	second := c.must("POST", path, `{"body": "Hi", "type": "agent_comment"}`)

	c.must("PUT", path+"/"+first, `{"body": "Hello <b>you</b>", "added_at": "2026-11-20T18:00:00Z"}`)
	items := c.listed(path)
	require.Len(t, items, 2)
	require.Equal(t, "Hello <b>you</b>", items[0]["body"])
	require.Equal(t, "2026-11-20T18:00:00Z", items[0]["added_at"])
	require.Equal(t, "customer_comment", items[0]["type"])
	require.Equal(t, second, items[1]["_id"])
	require.NotEmpty(t, items[1]["added_at"], "the server takes the present")

	require.Contains(t, c.call("PUT", path+"/"+first, `{"type": "agent_comment"}`).Error, "type: unknown field; known here: added_at, body")
	require.Contains(t, c.call("PUT", path+"/"+first, `{"body": null}`).Error, "body: null is not a string")
	require.Contains(t, c.call("POST", path, `{"body": "x"}`).Error, "type: required")
	require.Equal(t, http.StatusNotFound, c.call("PUT", path+"/nowhere", `{"body": ""}`).Status)
	require.Equal(t, http.StatusNotFound, c.call("POST", "interactions/nowhere/comments", `{"body": "", "type": "internal_note"}`).Status)

	c.must("DELETE", path+"/"+first, "")
	held := c.server.Snapshot().Interactions[0]
	require.Len(t, held.Comments, 1)
	require.Equal(t, second, held.Comments[0].ID)
}
