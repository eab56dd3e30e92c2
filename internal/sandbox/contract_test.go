package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

func TestRequestsOutsideTheContractAreRefused(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{UID: "uid", APIKey: "key"})
	for name, test := range map[string]struct {
		method, path, body string
		change             func(*http.Request)
		status             int
		reason             string
	}{
		"no credentials": {
			"GET", "integrations", "",
			func(r *http.Request) { r.Header.Del("Authorization") },
			401, "credentials are missing",
		},
		"wrong key": {
			"GET", "integrations", "",
			func(r *http.Request) { r.SetBasicAuth("uid", "other") },
			401, "not known",
		},
		"credentials are asked for before the path is looked at": {
			"GET", "nowhere", "",
			func(r *http.Request) { r.Header.Del("Authorization") },
			401, "credentials are missing",
		},
		"unknown path":   {"GET", "tickets", "", nil, 404, "/api/v1/tickets"},
		"trailing slash": {"GET", "integrations/", "", nil, 404, "no such call"},
		"wrong method":   {"PATCH", "integrations", "{}", nil, 405, "allows GET, POST"},
		"wrong content type": {
			"POST", "integrations", `{"name": "a"}`,
			func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") },
			415, "application/json",
		},
		"malformed JSON":     {"POST", "integrations", `{"name": }`, nil, 400, "malformed JSON at byte 10"},
		"two JSON documents": {"POST", "integrations", `{"name": "a"} {}`, nil, 400, "malformed JSON"},
		"invalid UTF-8":      {"POST", "integrations", "{\"name\": \"\xff\"}", nil, 400, "not valid UTF-8"},
		"no object":          {"POST", "integrations", `["a"]`, nil, 400, "not an object"},
		"a key twice":        {"POST", "integrations", `{"name": "a", "name": "b"}`, nil, 400, "name: the key stands twice"},
		"too large a body":   {"POST", "integrations", `"` + strings.Repeat("a", 9<<20) + `"`, nil, 413, "larger than 8 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := client{t, c.address, c.server}
			request := c.request(test.method, "/api/v1/"+test.path, test.body)
			if test.change != nil {
				test.change(request)
			}
			got := c.send(request)
			require.Equal(t, test.status, got.Status, got.Text)
			require.Contains(t, got.Error, test.reason)
		})
	}
}

func TestHeadersOfRefusals(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	require.Equal(t, "GET, POST", c.call("PUT", "integrations", "{}").Header.Get("Allow"))
	request := c.request("GET", "/api/v1/integrations", "")
	request.Header.Del("Authorization")
	require.Contains(t, c.send(request).Header.Get("WWW-Authenticate"), "Basic")
}

func TestIntegrations(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	for name, test := range map[string]struct{ body, reason string }{
		"name missing":           {`{}`, "name: required"},
		"name empty":             {`{"name": " "}`, "name: must not be empty"},
		"name no string":         {`{"name": 5}`, "name: 5 is not a string"},
		"name in another case":   {`{"Name": "a"}`, "Name: unknown field"},
		"unknown field":          {`{"name": "a", "colour": "red"}`, "colour: unknown field"},
		"storage over 90 days":   {`{"name": "a", "settings": {"data_storage_minutes": 129601}}`, "settings: data_storage_minutes: 129601 is not between"},
		"storage of nothing":     {`{"name": "a", "settings": {"data_storage_minutes": 0}}`, "0 is not between 1 and 129600"},
		"storage with fraction":  {`{"name": "a", "settings": {"data_storage_minutes": 1.0}}`, "1.0 is not an integer"},
		"storage as text":        {`{"name": "a", "settings": {"data_storage_minutes": "9"}}`, `"9" is not an integer`},
		"settings no object":     {`{"name": "a", "settings": 1}`, "settings: 1 is not an object"},
		"settings with unknowns": {`{"name": "a", "settings": {"days": 1}}`, "settings: days: unknown field"},
		"deletion flag as text":  {`{"name": "a", "settings": {"delete_only_non_audited_interactions": "yes"}}`, "is not a boolean"},
	} {
		t.Run("refused: "+name, func(t *testing.T) {
			t.Parallel()
			got := client{t, c.address, c.server}.call("POST", "integrations", test.body)
			require.Equal(t, http.StatusBadRequest, got.Status, got.Text)
			require.Contains(t, got.Error, test.reason)
		})
	}

	t.Run("created, changed, listed, deleted", func(t *testing.T) {
		t.Parallel()
		c := start(t, sandbox.Options{})
		id := c.must("POST", "integrations", `{"name": "Acme", "description": "Tickets", "settings": {"data_storage_minutes": 60}}`)
		c.must("PUT", "integrations/"+id, `{"description": "Chats", "settings": {"delete_only_non_audited_interactions": true}}`)

		items := c.listed("integrations")
		require.Len(t, items, 1)
		require.Equal(t, id, items[0]["_id"])
		require.Equal(t, "Acme", items[0]["name"], "what an update does not name stays")
		require.Equal(t, "Chats", items[0]["description"])
		require.Equal(t, map[string]any{"data_storage_minutes": 60.0, "delete_only_non_audited_interactions": true}, items[0]["settings"])
		require.Equal(t, []any{}, items[0]["metadata"])

		c.must("DELETE", "integrations/"+id, "")
		require.Empty(t, c.listed("integrations"))
		require.Equal(t, http.StatusNotFound, c.call("PUT", "integrations/"+id, "{}").Status)
	})
}

func TestMetadataFields(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	id := c.must("POST", "integrations", `{"name": "Acme"}`)
	c.must("POST", "integrations/"+id+"/metadata", `{"field_id": "taken", "type": "string"}`)
	for name, test := range map[string]struct{ body, reason string }{
		"field_id missing":                   {`{"type": "string"}`, "field_id: required"},
		"type missing":                       {`{"field_id": "abc"}`, "type: required"},
		"field_id too short":                 {`{"field_id": "ab", "type": "string"}`, `field_id: "ab" must be 3 to 30`},
		"field_id too long":                  {`{"field_id": "` + strings.Repeat("a", 31) + `", "type": "string"}`, "must be 3 to 30"},
		"field_id with a digit":              {`{"field_id": "abc1", "type": "string"}`, "of a-z and _"},
		"field_id in capitals":               {`{"field_id": "Status", "type": "string"}`, "of a-z and _"},
		"field_id of a field of the API":     {`{"field_id": "assignee_id", "type": "string"}`, "every interaction has"},
		"field_id twice":                     {`{"field_id": "taken", "type": "float"}`, `"taken" already exists`},
		"datetime named created_at":          {`{"field_id": "created_at", "type": "datetime"}`, "reserved"},
		"datetime named updated_at":          {`{"field_id": "updated_at", "type": "datetime"}`, "reserved"},
		"unknown type":                       {`{"field_id": "abc", "type": "text"}`, `type: "text" is none of string, integer`},
		"required no boolean":                {`{"field_id": "abc", "type": "string", "required": 1}`, "required: 1 is not a boolean"},
		"available nowhere known":            {`{"field_id": "abc", "type": "string", "available_in": ["search"]}`, `"search" is none of filters, display`},
		"available_in no list":               {`{"field_id": "abc", "type": "string", "available_in": "display"}`, "not an array"},
		"available_in with a repetition":     {`{"field_id": "abc", "type": "string", "available_in": ["display", "display"]}`, "twice"},
		"allowed no list":                    {`{"field_id": "abc", "type": "string", "allowed": "a"}`, "allowed: "},
		"allowed null":                       {`{"field_id": "abc", "type": "string", "allowed": null}`, "allowed: null"},
		"allowed text for an integer":        {`{"field_id": "abc", "type": "integer", "allowed": [1, "2"]}`, `allowed: "2" is not an integer`},
		"allowed fraction for an integer":    {`{"field_id": "abc", "type": "integer", "allowed": [1.5]}`, "1.5 is not an integer"},
		"allowed number for a string":        {`{"field_id": "abc", "type": "string", "allowed": [1]}`, "1 is not a string"},
		"allowed day for a datetime":         {`{"field_id": "abc", "type": "datetime", "allowed": ["2026-01-01"]}`, "not a datetime"},
		"allowed list inside of a list":      {`{"field_id": "abc", "type": "list", "allowed": [["a"]]}`, "no string, number, boolean or null"},
		"unknown field":                      {`{"field_id": "abc", "type": "string", "label": "A"}`, "label: unknown field"},
		"field_id not of type string at all": {`{"field_id": null, "type": "string"}`, "field_id: null is not a string"},
	} {
		t.Run("refused: "+name, func(t *testing.T) {
			t.Parallel()
			got := client{t, c.address, c.server}.call("POST", "integrations/"+id+"/metadata", test.body)
			require.Equal(t, http.StatusBadRequest, got.Status, got.Text)
			require.Contains(t, got.Error, test.reason)
		})
	}

	t.Run("a string field may be named created_at", func(t *testing.T) {
		t.Parallel()
		client{t, c.address, c.server}.must("POST", "integrations/"+id+"/metadata", `{"field_id": "created_at", "type": "string"}`)
	})

	t.Run("created, changed, deleted", func(t *testing.T) {
		t.Parallel()
		c := start(t, sandbox.Options{})
		id := c.must("POST", "integrations", `{"name": "Acme"}`)
		path := "integrations/" + id + "/metadata"
		got := c.call("POST", path, `{"field_id": "status", "type": "string", "allowed": ["open"], "available_in": ["filters"]}`)
		require.Contains(t, string(got.Result), `"metadata":[{"_id":"`)

		field := c.server.Snapshot().Integrations[0].Metadata[0]
		c.must("PUT", path+"/"+field.ID, `{"allowed": ["open", "solved"], "required": true}`)
		field = c.server.Snapshot().Integrations[0].Metadata[0]
		require.Equal(t, "status", field.FieldID)
		require.True(t, field.Required)
		require.Len(t, field.Allowed, 2)
		require.Equal(t, []string{"filters"}, field.AvailableIn)

		require.Contains(t, c.call("PUT", path+"/"+field.ID, `{"type": "integer"}`).Error, `allowed: "open" is not an integer`)
		c.must("DELETE", path+"/"+field.ID, "")
		require.Empty(t, c.server.Snapshot().Integrations[0].Metadata)
		require.Equal(t, http.StatusNotFound, c.call("DELETE", path+"/"+field.ID, "").Status)
	})
}

func TestInteractionsAreCheckedAgainstTheSchema(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	path := "integrations/" + c.schema() + "/interactions"
	for name, test := range map[string]struct{ body, reason string }{
		"no interaction_id":             {`{` + solved + `}`, "interaction_id: required, but missing"},
		"interaction_id a number":       {`{"interaction_id": 48213, ` + solved + `}`, "interaction_id: 48213 is not a string"},
		"interaction_id null":           {`{"interaction_id": null, ` + solved + `}`, "interaction_id: null is not a string"},
		"interaction_id empty":          {interaction(""), "has 0 characters"},
		"interaction_id of 69":          {interaction(strings.Repeat("é", 69)), "has 69 characters"},
		"assignee_id a number":          {interaction("1", `"assignee_id": 7`), "assignee_id: 7 is not a string"},
		"required field missing":        {`{"interaction_id": "1"}`, "solved_date: required, but missing"},
		"required field null":           {`{"interaction_id": "1", "solved_date": null}`, "solved_date: required"},
		"unknown field":                 {interaction("1", `"colour": "red"`), "colour: unknown field; known here: interaction_id"},
		"a field twice":                 {interaction("1", `"csat": 1`, `"csat": 2`), "csat: the key stands twice"},
		"string a number":               {interaction("1", `"status": 1`), "status: 1 is not a string"},
		"string not allowed":            {interaction("1", `"status": "closed"`), `status: "closed" is not among the allowed values "open", "solved"`},
		"integer with a fraction":       {interaction("1", `"reopens": 4.0`), "reopens: 4.0 is not an integer"},
		"integer with an exponent":      {interaction("1", `"reopens": 1e2`), "reopens: 1e2 is not an integer"},
		"integer as text":               {interaction("1", `"reopens": "4"`), `reopens: "4" is not an integer`},
		"float as text":                 {interaction("1", `"csat": "4.5"`), `csat: "4.5" is not a number`},
		"boolean a number":              {interaction("1", `"vip": 1`), "vip: 1 is not a boolean"},
		"list a text":                   {interaction("1", `"tag_names": "a,b"`), "tag_names: "},
		"list with a list":              {interaction("1", `"tag_names": [["a"]]`), "in the list"},
		"datetime with an offset":       {`{"interaction_id": "1", "solved_date": "2026-11-20T17:03:09+00:00"}`, "not a datetime"},
		"datetime with a fraction":      {`{"interaction_id": "1", "solved_date": "2026-11-20T17:03:09.5Z"}`, "not a datetime"},
		"datetime with a blank":         {`{"interaction_id": "1", "solved_date": "2026-11-20 17:03:09"}`, "not a datetime"},
		"datetime with a short hour":    {`{"interaction_id": "1", "solved_date": "2026-11-20T7:03:09Z"}`, "not a datetime"},
		"datetime on no real day":       {`{"interaction_id": "1", "solved_date": "2026-02-29T00:00:00Z"}`, "not a datetime"},
		"datetime at hour 24":           {`{"interaction_id": "1", "solved_date": "2026-02-28T24:00:00Z"}`, "not a datetime"},
		"datetime in year 0":            {`{"interaction_id": "1", "solved_date": "0000-02-28T00:00:00Z"}`, "not a datetime"},
		"datetime as unix seconds":      {`{"interaction_id": "1", "solved_date": 1795000000}`, "not a datetime"},
		"comments no list":              {interaction("1", `"comments": {}`), "comments: {} is not an array"},
		"comment without body":          {interaction("1", `"comments": [{"type": "internal_note"}]`), "comments[0]: body: required"},
		"comment with body null":        {interaction("1", `"comments": [{"body": null, "type": "internal_note"}]`), "body: null is not a string"},
		"comment without type":          {interaction("1", `"comments": [{"body": "a"}]`), "type: required"},
		"comment of unknown type":       {interaction("1", `"comments": [{"body": "a", "type": "note"}]`), `type: "note" is none of customer_comment`},
		"comment with author a number":  {interaction("1", `"comments": [{"body": "a", "type": "internal_note", "author_id": 5}]`), "author_id: 5"},
		"comment added on no day":       {interaction("1", `"comments": [{"body": "a", "type": "internal_note", "added_at": "today"}]`), "added_at: "},
		"comment with unknown field":    {interaction("1", `"comments": [{"body": "a", "type": "internal_note", "id": 1}]`), "id: unknown field"},
		"attachment without url":        {interaction("1", `"comments": [{"body": "a", "type": "internal_note", "attachments": [{"name": "a"}]}]`), "url: required"},
		"attachment with relative url":  {interaction("1", `"comments": [{"body": "a", "type": "internal_note", "attachments": [{"url": "/a"}]}]`), "not an absolute"},
		"attachment with script url":    {interaction("1", `"comments": [{"body": "a", "type": "internal_note", "attachments": [{"url": "javascript:a"}]}]`), "not an absolute"},
		"attachment with unknown field": {interaction("1", `"comments": [{"body": "a", "type": "internal_note", "attachments": [{"url": "https://a.example/", "size": 1}]}]`), "size: unknown"},
	} {
		t.Run("refused: "+name, func(t *testing.T) {
			t.Parallel()
			got := client{t, c.address, c.server}.call("POST", path, test.body)
			require.Equal(t, http.StatusBadRequest, got.Status, got.Text)
			require.Contains(t, got.Error, test.reason)
			require.Empty(t, c.server.Snapshot().Interactions)
		})
	}
}

func TestInteractionsNeedADatetimeField(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	id := c.must("POST", "integrations", `{"name": "Acme"}`)
	c.must("POST", "integrations/"+id+"/metadata", `{"field_id": "status", "type": "string"}`)
	for _, path := range []string{"interactions", "bulk/interactions"} {
		got := c.call("POST", "integrations/"+id+"/"+path, `[{"interaction_id": "1"}]`)
		require.Equal(t, http.StatusBadRequest, got.Status)
		require.Contains(t, got.Error, "no datetime field")
	}
}
