package load_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

// tenant holds integrations as Playvox does.
type tenant struct {
	mu       sync.Mutex
	items    []map[string]any
	idAtTop  bool
	noID     bool   // the answer to a create does not tell it
	failOnce string // the field whose first creation fails
	bodies   []string
	perPage  int // smaller than asked for
}

func (p *tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/api/v1/")
	switch id, isMetadata := strings.CutSuffix(strings.TrimPrefix(path, "integrations/"), "/metadata"); {
	case r.Method == http.MethodGet && path == "integrations":
		p.list(w, r)
	case r.Method == http.MethodPost && path == "integrations":
		p.create(w, p.read(r))
	case r.Method == http.MethodPost && isMetadata:
		p.define(w, id, p.read(r))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (p *tenant) read(r *http.Request) map[string]any {
	body, _ := io.ReadAll(r.Body)
	p.bodies = append(p.bodies, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/api/v1/")+" "+string(body))
	var fields map[string]any
	_ = json.Unmarshal(body, &fields)
	return fields
}

func (p *tenant) list(w http.ResponseWriter, r *http.Request) {
	page, _ := strconv.Atoi(r.FormValue("page"))
	perPage, _ := strconv.Atoi(r.FormValue("per_page"))
	if p.perPage > 0 {
		perPage = p.perPage
	}
	from := min((page-1)*perPage, len(p.items))
	to := min(from+perPage, len(p.items))
	answer(w, map[string]any{"result": p.items[from:to], "next_page": to < len(p.items)})
}

func (p *tenant) create(w http.ResponseWriter, fields map[string]any) {
	id := fmt.Sprintf("i%d", len(p.items)+1)
	p.items = append(p.items, map[string]any{"_id": id, "name": fields["name"], "metadata": []map[string]any{}})
	switch {
	case p.noID:
		answer(w, map[string]any{"success": true})
	case p.idAtTop:
		answer(w, map[string]any{"success": true, "_id": id})
	default:
		answer(w, map[string]any{"success": true, "result": map[string]any{"_id": id}})
	}
}

func (p *tenant) define(w http.ResponseWriter, id string, field map[string]any) {
	if field["field_id"] == p.failOnce {
		p.failOnce = ""
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = io.WriteString(w, `{"error": "not today"}`)
		return
	}
	for _, item := range p.items {
		if item["_id"] == id {
			item["metadata"] = append(item["metadata"].([]map[string]any), field)
			answer(w, map[string]any{"success": true, "result": map[string]any{"metadata": item["metadata"]}})
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
}

func answer(w io.Writer, value any) { _ = json.NewEncoder(w).Encode(value) }

func helpdesk() load.Integration {
	return load.Integration{
		Key: "helpdesk", Name: "Acme Helpdesk", Description: "Tickets", DataStorageMinutes: 129600,
		Metadata: []load.MetadataField{
			{FieldID: "solved_date", Type: "datetime", Required: true, AvailableIn: []string{"filters", "display"}},
			{FieldID: "status", Type: "string", Allowed: []string{"open", `so"lved`}},
			{FieldID: "csat", Type: "float"},
		},
	}
}

// apply makes an integration as it is wanted.
func apply(t *testing.T, client *load.Client, want load.Integration) ([]load.Change, error) {
	t.Helper()
	plan, err := client.Plan(t.Context(), want, false)
	if err != nil {
		return nil, err
	}
	return client.Apply(t.Context(), plan)
}

func actions(changes []load.Change) string {
	var all []string
	for _, change := range changes {
		all = append(all, change.Action+" "+change.Kind+" "+change.Name)
	}
	return strings.Join(all, ", ")
}

const (
	allCreated = "create integration Acme Helpdesk, create metadata solved_date, create metadata status, create metadata csat"
	allThere   = "none integration Acme Helpdesk, none metadata solved_date, none metadata status, none metadata csat"
)

func TestApplyCreatesEverythingInOrder(t *testing.T) {
	t.Parallel()
	for name, tenant := range map[string]*tenant{
		"the id below result": {},
		"the id at the top":   {idAtTop: true},
		"no id":               {noID: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant.items = []map[string]any{{"_id": "i1", "name": "Another"}}
			client := newClient(t, serve(t, tenant), 600_000)
			changes, err := apply(t, client, helpdesk())
			require.NoError(t, err)
			require.Equal(t, allCreated, actions(changes))
			require.Equal(t, []string{
				`POST integrations {"description":"Tickets","name":"Acme Helpdesk","settings":{"data_storage_minutes":129600}}`,
				`POST integrations/i2/metadata {"allowed":[],"available_in":["filters","display"],"field_id":"solved_date","required":true,"type":"datetime"}`,
				`POST integrations/i2/metadata {"allowed":["open","so\"lved"],"available_in":[],"field_id":"status","required":false,"type":"string"}`,
				`POST integrations/i2/metadata {"allowed":[],"available_in":[],"field_id":"csat","required":false,"type":"float"}`,
			}, tenant.bodies)

			changes, err = apply(t, client, helpdesk())
			require.NoError(t, err)
			require.Equal(t, allThere, actions(changes))
			require.Len(t, tenant.bodies, 4, "nothing is written the second time")
		})
	}
}

func TestApplyGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	tenant := &tenant{failOnce: "status"}
	client := newClient(t, serve(t, tenant), 600_000)
	changes, err := apply(t, client, helpdesk())
	require.EqualError(t, err, `integration "Acme Helpdesk": metadata field status: POST integrations/i1/metadata: status 422: not today`)
	require.Equal(t, load.Refused, load.OutcomeOf(err))
	require.Equal(t, "create integration Acme Helpdesk, create metadata solved_date", actions(changes), "what was done is told")

	changes, err = apply(t, client, helpdesk())
	require.NoError(t, err)
	require.Equal(t, "none integration Acme Helpdesk, create metadata status, create metadata csat, none metadata solved_date", actions(changes))
	require.Len(t, tenant.items, 1)
}

func TestApplyAdoptsTheIntegrationOfTheSameName(t *testing.T) {
	t.Parallel()
	tenant := &tenant{perPage: 2}
	for i, name := range []string{"a", "Acme Helpdesk 2", "acme helpdesk", "b", "Acme Helpdesk", "c"} {
		tenant.items = append(tenant.items, map[string]any{
			"_id": 100 + i, "name": name, "metadata": []map[string]any{{"field_id": "solved_date"}, {"field_id": "status"}, {"field_id": "csat"}},
		})
	}
	client := newClient(t, serve(t, tenant), 600_000)
	changes, err := apply(t, client, helpdesk())
	require.NoError(t, err)
	require.Equal(t, allThere, actions(changes))
	require.Empty(t, tenant.bodies)
	found, err := client.FindIntegration(t.Context(), "Acme Helpdesk")
	require.NoError(t, err)
	require.Equal(t, load.RemoteIntegration{
		ID: "104", Name: "Acme Helpdesk", ShowsMetadata: true, Metadata: []load.RemoteField{{FieldID: "solved_date"}, {FieldID: "status"}, {FieldID: "csat"}},
	}, found, "what is not shown is not known")
}

func TestApplyDoesNotGuess(t *testing.T) {
	t.Parallel()
	tenant := &tenant{items: []map[string]any{{"_id": "i1", "name": "Acme Helpdesk"}, {"_id": "i2", "name": "Acme Helpdesk"}}}
	client := newClient(t, serve(t, tenant), 600_000)
	changes, err := apply(t, client, helpdesk())
	require.ErrorContains(t, err, `Playvox has 2 integrations named "Acme Helpdesk", and nothing tells which is meant: rename all but one`)
	require.Empty(t, changes)
	require.Empty(t, tenant.bodies)
}

func TestAnIntegrationThatIsMissing(t *testing.T) {
	t.Parallel()
	client := newClient(t, serve(t, &tenant{}), 600_000)
	_, err := client.FindIntegration(t.Context(), "Acme")
	var missing *load.MissingIntegrationError
	require.ErrorAs(t, err, &missing)
	require.EqualError(t, err, `Playvox has no integration named "Acme" yet: create it with pvetl apply`)
}

func TestAllowedValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ typ, allowed, want string }{
		{"string", "007", `"007"`},
		{"string", "", `""`},
		{"list", "7", `"7"`},
		{"datetime", "2026-01-01", `"2026-01-01"`},
		{"integer", "007", `7`},
		{"integer", "-0", `0`},
		{"integer", "+5", `5`},
		{"integer", " 4.0 ", `4`},
		{"integer", "9007199254740993", `9007199254740993`},
		{"float", "4.50", `4.5`},
		{"float", ".5", `0.5`},
		{"float", "1e3", `1000`},
		{"float", "-0.1", `-0.1`},
		{"boolean", "true", `true`},
		{"boolean", "Yes", `true`},
		{"boolean", "0", `false`},
	} {
		t.Run(tt.typ+" "+tt.allowed, func(t *testing.T) {
			t.Parallel()
			tenant := &tenant{}
			client := newClient(t, serve(t, tenant), 600_000)
			_, err := apply(t, client, withAllowed(tt.typ, tt.allowed))
			require.NoError(t, err)
			require.Contains(t, tenant.bodies[1], `{"allowed":[`+tt.want+`],`)
		})
	}
	for _, tt := range []struct{ typ, allowed string }{
		{"integer", "4.5"},
		{"integer", "four"},
		{"integer", ""},
		{"integer", "0x10"},
		{"integer", "1e999999999"},
		{"float", "1/2"},
		{"float", "1_000"},
		{"float", "1.2.3"},
		{"float", "NaN"},
		{"boolean", "maybe"},
	} {
		t.Run(tt.typ+" "+tt.allowed, func(t *testing.T) {
			t.Parallel()
			tenant := &tenant{}
			client := newClient(t, serve(t, tenant), 600_000)
			_, err := apply(t, client, withAllowed(tt.typ, tt.allowed))
			require.EqualError(t, err, fmt.Sprintf(`integration "Acme": metadata field one: allowed value %q is no %s`, tt.allowed, tt.typ))
			require.Empty(t, tenant.bodies, "nothing is sent")
		})
	}
}

func withAllowed(typ, allowed string) load.Integration {
	return load.Integration{Name: "Acme", Metadata: []load.MetadataField{{FieldID: "one", Type: typ, Allowed: []string{allowed}}}}
}

// A listing is read to its end, whatever it says of pages.
func TestPages(t *testing.T) {
	t.Parallel()
	page := func(from, to int, next string) http.HandlerFunc {
		var items []string
		for i := from; i < to; i++ {
			items = append(items, fmt.Sprintf(`{"_id": %d, "name": "n%d"}`, i, i))
		}
		return replies(200, fmt.Sprintf(`{"result": [%s]%s}`, strings.Join(items, ","), next))
	}
	for name, tt := range map[string]struct {
		script   script
		items    int
		requests int
	}{
		"one page":                       {script{page(0, 3, `, "next_page": false`)}, 3, 1},
		"nothing":                        {script{page(0, 0, `, "next_page": false`)}, 0, 1},
		"null":                           {script{replies(200, `{"result": null}`)}, 0, 1},
		"next_page as a boolean":         {script{page(0, 3, `, "next_page": true`), page(3, 4, `, "next_page": false`)}, 4, 2},
		"next_page as a number":          {script{page(0, 3, `, "next_page": 2`), page(3, 4, `, "next_page": null`)}, 4, 2},
		"next_page as a link":            {script{page(0, 3, `, "next_page": "/?page=2"`), page(3, 4, `, "next_page": ""`)}, 4, 2},
		"next_page is not told":          {script{page(0, 3, ``), page(3, 6, ``), page(0, 0, ``)}, 6, 3},
		"items that moved a page on":     {script{page(0, 3, `, "next_page": true`), page(2, 5, `, "next_page": false`)}, 5, 2},
		"a server that ignores the page": {script{page(0, 3, `, "next_page": true`)}, 3, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := live(t, tt.script.inTurn())
			all, err := client.Integrations(t.Context())
			require.NoError(t, err)
			require.Len(t, all, tt.items)
			require.Len(t, server.received(), tt.requests)
			for i, request := range server.received() {
				require.Equal(t, fmt.Sprintf("page=%d&per_page=100", i+1), request.query)
			}
		})
	}
	for name, body := range map[string]string{"an object": `{"result": {"a": 1}}`, "no result": `{"success": true}`} {
		t.Run(name+" is no listing", func(t *testing.T) {
			t.Parallel()
			client, _ := live(t, replies(200, body))
			_, err := client.Integrations(t.Context())
			require.EqualError(t, err, "GET integrations: status 200: the answer is no listing")
		})
	}
}
