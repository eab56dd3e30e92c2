package load_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
	"pvetl/load"
)

// told writes what a plan would change, a line each, with its notes.
func told(plan load.Plan) string {
	var lines []string
	for _, change := range plan.Changes {
		if change.Action == load.ActionNone && !change.Unnamed {
			continue
		}
		line := change.Action + " " + change.Name
		for _, field := range slices.Sorted(maps.Keys(change.Fields)) {
			line += fmt.Sprintf("; %s: %s -> %s", field, change.Fields[field][0], change.Fields[field][1])
		}
		lines = append(lines, line)
		for _, note := range change.Notes {
			lines = append(lines, "! "+note)
		}
	}
	return strings.Join(lines, "\n")
}

// shows is a tenant with one integration, of which its listing shows this. It holds no interactions.
func shows(integration string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/interactions") {
			replies(200, `{"result": [], "next_page": false}`)(w, r)
			return
		}
		replies(200, `{"result": [`+integration+`], "next_page": false}`)(w, r)
	}
}

const solvedDate = `{"_id": "m0", "field_id": "solved_date", "type": "datetime", "allowed": [], "required": false, "available_in": []}`

// withField is an integration that has a datetime and one more field.
func withField(field load.MetadataField) load.Integration {
	return load.Integration{
		Key: "helpdesk", Name: "Acme", Description: "Tickets", DataStorageMinutes: 129600,
		Metadata: []load.MetadataField{{FieldID: "solved_date", Type: load.TypeDatetime}, field},
	}
}

func TestPlanComparesAField(t *testing.T) {
	t.Parallel()
	const asked = "! %s may be held by interactions: Playvox may refuse to remove it, and they keep it"
	for name, tt := range map[string]struct {
		have string // all but _id and field_id
		want load.MetadataField
		told string
	}{
		"equal": {
			`"type": "string", "allowed": ["open"], "required": true, "available_in": ["filters"]`,
			load.MetadataField{Type: "string", Allowed: []string{"open"}, Required: true, AvailableIn: []string{"filters"}},
			"",
		},
		"sets in another order": {
			`"type": "string", "allowed": ["b", "a", "a"], "available_in": ["display", "filters"]`,
			load.MetadataField{Type: "string", Allowed: []string{"a", "b"}, AvailableIn: []string{"filters", "display"}},
			"",
		},
		"floats that are one":           {`"type": "float", "allowed": [1, "2.50"]`, load.MetadataField{Type: "float", Allowed: []string{"1.0", "2.5"}}, ""},
		"integers that are one":         {`"type": "integer", "allowed": ["7", 8.0]`, load.MetadataField{Type: "integer", Allowed: []string{"007", "8"}}, ""},
		"booleans that are one":         {`"type": "boolean", "allowed": [true]`, load.MetadataField{Type: "boolean", Allowed: []string{"yes"}}, ""},
		"texts that only look the same": {`"type": "string", "allowed": ["1"]`, load.MetadataField{Type: "string", Allowed: []string{"1", "1.0"}}, "update one; allowed: 1 -> 1, 1.0"},
		"a type in capitals":            {`"type": "String"`, load.MetadataField{Type: "string"}, ""},
		"nothing is shown":              {`"label": "One"`, load.MetadataField{Type: "float", Required: true, Allowed: []string{"1"}, AvailableIn: []string{"filters"}}, ""},
		"what is shown is not understood": {
			`"type": "string", "allowed": {"a": 1}, "available_in": "display"`,
			load.MetadataField{Type: "string", Allowed: []string{"a"}, AvailableIn: []string{"filters"}},
			"",
		},
		"null is empty": {
			`"type": "string", "allowed": null, "required": null, "available_in": null`,
			load.MetadataField{Type: "string", Allowed: []string{"a"}, Required: true, AvailableIn: []string{"filters"}},
			"update one; allowed: any -> a; available_in: nowhere -> filters; required: false -> true\n" +
				"! interactions that are there may be without it: Playvox may refuse to change them until they are sent with it\n" +
				"! it took any value until now: interactions that are there may have others, which they keep",
		},
		"another type": {
			`"type": "string"`,
			load.MetadataField{Type: "integer"},
			"update one; type: string -> integer\n! Playvox may refuse another type; interactions that are there keep their values of type string",
		},
		"no longer required":          {`"type": "string", "required": true`, load.MetadataField{Type: "string"}, "update one; required: true -> false"},
		"a value more":                {`"type": "string", "allowed": ["open"]`, load.MetadataField{Type: "string", Allowed: []string{"open", "solved"}}, "update one; allowed: open -> open, solved"},
		"any value":                   {`"type": "string", "allowed": ["open"]`, load.MetadataField{Type: "string"}, "update one; allowed: open -> any"},
		"values that need quotes":     {`"type": "string", "allowed": ["any", "a, b"]`, load.MetadataField{Type: "string"}, `update one; allowed: "any", "a, b" -> any`},
		"a value less, that none has": {`"type": "string", "allowed": ["open", "new"]`, load.MetadataField{Type: "string", Allowed: []string{"open"}}, "update one; allowed: open, new -> open"},
		"another type of a value less": {
			`"type": "string", "allowed": ["1.0", "x"]`,
			load.MetadataField{Type: "integer", Allowed: []string{"1"}},
			"update one; allowed: 1.0, x -> 1; type: string -> integer\n! Playvox may refuse another type; interactions that are there keep their values of type string",
		},
		"a value less, of another type": {
			`"type": "integer", "allowed": [1, "x"]`,
			load.MetadataField{Type: "integer", Allowed: []string{"1"}},
			"update one; allowed: 1, x -> 1\n" + fmt.Sprintf(asked, "x"),
		},
		"no longer displayed": {
			`"type": "string", "available_in": ["filters", "display"]`,
			load.MetadataField{Type: "string", AvailableIn: []string{"filters"}},
			"update one; available_in: filters, display -> filters\n! it is no longer offered in display",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			field := `{"_id": "m1", "field_id": "one", ` + tt.have + `}`
			client, server := live(t, shows(`{"_id": "i1", "name": "Acme", "metadata": [`+solvedDate+`, `+field+`]}`))
			tt.want.FieldID = "one"
			plan, err := client.Plan(t.Context(), withField(tt.want), false)
			require.NoError(t, err)
			require.Equal(t, tt.told, told(plan))
			require.Equal(t, tt.told != "", plan.Pending() > 0)
			for _, request := range server.received() {
				require.Equal(t, http.MethodGet, request.method, "a plan changes nothing")
			}
		})
	}
}

func TestPlanComparesTheIntegration(t *testing.T) {
	t.Parallel()
	const fields = `"metadata": [` + solvedDate + `, {"_id": "m1", "field_id": "one", "type": "string"}]`
	for name, tt := range map[string]struct {
		have  string
		prune bool
		told  string
		sent  string // the body of the PUT, where there is one
	}{
		"equal":                    {`"description": "Tickets", "settings": {"data_storage_minutes": 129600}, ` + fields, true, "", ""},
		"as texts":                 {`"description": "Tickets", "settings": {"data_storage_minutes": "129600"}, ` + fields, false, "", ""},
		"nothing is shown of it":   {fields, true, "", ""},
		"another description":      {`"description": "Chats", ` + fields, false, "update Acme; description: Chats -> Tickets", `{"description":"Tickets"}`},
		"no description until now": {`"description": null, ` + fields, false, "update Acme; description:  -> Tickets", `{"description":"Tickets"}`},
		"stored for less time": {
			`"settings": {"data_storage_minutes": 129601}, ` + fields, false,
			"update Acme; data_storage_minutes: 129601 -> 129600\n! Playvox deletes what it has stored for more than 90 days", `{"settings":{"data_storage_minutes":129600}}`,
		},
		"stored for longer now": {
			`"settings": {"data_storage_minutes": 1440}, ` + fields, false,
			"update Acme; data_storage_minutes: 1440 -> 129600\n" +
				"! Playvox keeps conversations for longer than now, 90 days: jobs.yaml says so, or leaves data_storage_minutes at its default",
			`{"settings":{"data_storage_minutes":129600}}`,
		},
		"the other setting stays": {
			`"settings": {"data_storage_minutes": 1440, "delete_only_non_audited_interactions": true, "more": 1}, ` + fields, false,
			"update Acme; data_storage_minutes: 1440 -> 129600\n" +
				"! Playvox keeps conversations for longer than now, 90 days: jobs.yaml says so, or leaves data_storage_minutes at its default",
			`{"settings":{"data_storage_minutes":129600,"delete_only_non_audited_interactions":true}}`,
		},
		"metadata are not shown": {
			`"description": "Tickets"`, true,
			"create solved_date; type:  -> datetime\n! Playvox does not show which metadata fields there are: if it is there already, it is left as it is\n" +
				"create one; type:  -> string\n! Playvox does not show which metadata fields there are: if it is there already, it is left as it is", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := live(t, shows(`{"_id": "i1", "name": "Acme", `+tt.have+`}`))
			plan, err := client.Plan(t.Context(), withField(load.MetadataField{FieldID: "one", Type: "string"}), tt.prune)
			require.NoError(t, err)
			require.Equal(t, tt.told, told(plan))
			if tt.sent == "" {
				return
			}
			_, _ = client.Apply(t.Context(), plan) // the answer is none of a PUT's; only the request matters
			last := server.received()[1]
			require.Equal(t, "PUT /api/v1/integrations/i1 "+tt.sent, last.method+" "+last.path+" "+last.body)
		})
	}
}

// An absent description says nothing of the one that is there.
func TestPlanLeavesWhatIsNotNamed(t *testing.T) {
	t.Parallel()
	old := `{"_id": "m2", "field_id": "old", "type": "float"}`
	client, _ := live(t, shows(`{"_id": "i1", "name": "Acme", "description": "by hand", "metadata": [`+solvedDate+`, `+old+`]}`))
	want := load.Integration{Key: "helpdesk", Name: "Acme", Metadata: []load.MetadataField{{FieldID: "solved_date", Type: load.TypeDatetime}}}
	plan, err := client.Plan(t.Context(), want, false)
	require.NoError(t, err)
	require.Zero(t, plan.Pending())
	require.Equal(t, "none old\n! jobs.yaml does not name it: it is left alone, and --prune deletes it", told(plan))
	plan, err = client.Plan(t.Context(), want, true)
	require.NoError(t, err)
	require.Equal(t, "delete old; type: float -> \n! its values vanish from filters and display in Playvox", told(plan))
}

// A holder is one that shows the very value.
func TestWhoHoldsAValue(t *testing.T) {
	t.Parallel()
	const sure, unsure = "is held by interactions, such as 7", "may be held by interactions"
	for shown, note := range map[string]string{
		``:                                       "",
		`{"interaction_id": "7", "one": 2.50}`:   sure,
		`{"interaction_id": 7, "one": [1, 2.5]}`: sure,
		`{"interaction_id": "7", "one": 2}`:      unsure,
		`{"interaction_id": "7"}`:                unsure,
		`{"interaction_id": "7", "one": null}`:   unsure,
		`{"interaction_id": "7", "one": 2.5, "is_deleted": true}`: unsure,
		`{"one": 2.5}`: unsure,
	} {
		t.Run(shown, func(t *testing.T) {
			t.Parallel()
			client, server := live(t, func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/interactions") {
					replies(200, `{"result": [`+shown+`]}`)(w, r)
					return
				}
				shows(`{"_id": "i1", "name": "Acme", "metadata": [`+solvedDate+`, {"_id": "m1", "field_id": "one", "type": "float", "allowed": [1, "2.5"]}]}`)(w, r)
			})
			plan, err := client.Plan(t.Context(), withField(load.MetadataField{FieldID: "one", Type: load.TypeFloat, Allowed: []string{"1"}}), false)
			require.NoError(t, err)
			require.Equal(t, "page=1&per_page=1&query=%7B%22one%22%3A2.5%7D", server.received()[1].query)
			if note == "" {
				require.Empty(t, plan.Changes[1].Notes)
				return
			}
			require.Equal(t, []string{"2.5 " + note + ": Playvox may refuse to remove it, and they keep it"}, plan.Changes[1].Notes)
		})
	}
}

// seeded is a sandbox that holds an integration of another shape, and interactions.
func seeded(t *testing.T, options sandbox.Options) held {
	t.Helper()
	h := hold(t, options)
	_, err := apply(t, h.Client, load.Integration{
		Key: "helpdesk", Name: "Helpdesk", Description: "By hand", DataStorageMinutes: 129600,
		Metadata: []load.MetadataField{
			{FieldID: "solved_date", Type: load.TypeDatetime},
			{FieldID: "csat", Type: load.TypeFloat},
			{FieldID: "status", Type: load.TypeString, Allowed: []string{"open", "pending", "spam"}, AvailableIn: []string{"filters"}},
			{FieldID: "labels", Type: load.TypeList, Allowed: []string{"vip", "old"}},
			{FieldID: "closed", Type: load.TypeString},
			{FieldID: "region", Type: load.TypeString},
		},
	})
	require.NoError(t, err)
	h.send(t,
		load.Interaction{Fields: []load.Field{{Name: "interaction_id", Value: text("48213")}, {Name: "status", Value: text("pending")}}},
		load.Interaction{Fields: []load.Field{{Name: "interaction_id", Value: text("48214")}, {Name: "labels", Value: []byte(`["vip", "old"]`)}}},
	)
	return h
}

// reshaped is what the seeded integration is to become.
func reshaped() load.Integration {
	return load.Integration{
		Key: "helpdesk", Name: "Helpdesk", Description: "Tickets", DataStorageMinutes: 43200,
		Metadata: []load.MetadataField{
			{FieldID: "solved_date", Type: load.TypeString},
			{FieldID: "csat", Type: load.TypeFloat},
			{FieldID: "status", Type: load.TypeString, Allowed: []string{"open", "solved"}, AvailableIn: []string{"filters", "display"}},
			{FieldID: "labels", Type: load.TypeList, Allowed: []string{"vip"}},
			{FieldID: "closed", Type: load.TypeDatetime},
			{FieldID: "score", Type: load.TypeInteger, Required: true, Allowed: []string{"01", "2"}},
		},
	}
}

func TestAPlanNamesWhatIsHeld(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		options sandbox.Options
		notes   []string
	}{
		"by filter": {sandbox.Options{}, []string{
			"pending is held by interactions, such as 48213: Playvox may refuse to remove it, and they keep it",
			"old is held by interactions, such as 48214: Playvox may refuse to remove it, and they keep it",
		}},
		"where the filter is ignored": {sandbox.Options{IgnoreQuery: true}, []string{
			"pending is held by interactions, such as 48213: Playvox may refuse to remove it, and they keep it", // by chance
			"spam may be held by interactions: Playvox may refuse to remove it, and they keep it",
			"old may be held by interactions: Playvox may refuse to remove it, and they keep it",
		}},
		"where the filter is refused": {sandbox.Options{Intercept: func(r *http.Request, _ int) (reaction sandbox.Reaction) {
			if r.URL.Query().Has("query") {
				reaction.Status, reaction.Body = 400, `{"success": false, "error": "query: not known"}`
			}
			return reaction
		}}, []string{
			"pending may be held by interactions: Playvox may refuse to remove it, and they keep it",
			"spam may be held by interactions: Playvox may refuse to remove it, and they keep it",
			"old may be held by interactions: Playvox may refuse to remove it, and they keep it",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := seeded(t, tt.options)
			plan, err := h.Plan(t.Context(), reshaped(), false)
			require.NoError(t, err)
			var notes []string
			for _, change := range plan.Changes {
				for _, note := range change.Notes {
					if strings.Contains(note, "held by") {
						notes = append(notes, note)
					}
				}
			}
			require.Equal(t, tt.notes, notes)
			require.Equal(t, 1+3, h.server.Requests().Total, "the listing, and one question for each value")
		})
	}
}

func TestApplyCarriesOutAPlanInAnOrderThatAlwaysKeepsADatetime(t *testing.T) {
	t.Parallel()
	h := seeded(t, sandbox.Options{})
	plan, err := h.Plan(t.Context(), reshaped(), true)
	require.NoError(t, err)
	const all = "update integration Helpdesk, create metadata score, update metadata closed, update metadata solved_date, " +
		"update metadata status, update metadata labels, delete metadata region, none metadata csat"
	require.Equal(t, all, actions(plan.Changes))
	require.Equal(t, 7, plan.Pending())
	before := len(h.server.Journal())
	h.server.ResetRequests()
	done, err := h.Apply(t.Context(), plan)
	require.NoError(t, err)
	require.Equal(t, all, actions(done))
	require.Equal(t, 7, h.server.Requests().Total)

	var sent []string
	for _, change := range h.server.Journal()[before:] {
		sent = append(sent, string(change.Action)+" "+string(change.Value))
	}
	require.Len(t, sent, 7)
	require.JSONEq(t, `{"description": "Tickets", "settings": {"data_storage_minutes": 43200}}`, strings.TrimPrefix(sent[0], "update "))
	require.Equal(t, `update {"type":"datetime"}`, sent[2], "only what differs")
	require.Equal(t, `update {"type":"string"}`, sent[3])
	require.JSONEq(t, `{"allowed": ["open", "solved"], "available_in": ["filters", "display"]}`, strings.TrimPrefix(sent[4], "update "))
	require.Equal(t, `update {"allowed":["vip"]}`, sent[5])

	h.server.ResetRequests()
	again, err := apply(t, h.Client, reshaped())
	require.NoError(t, err)
	require.Len(t, again, 7)
	require.Zero(t, h.server.Requests().Kinds[sandbox.SchemaWrite], "nothing is written the second time")
	require.Equal(t, 1, h.server.Requests().Total)
}

// A text that becomes a number takes its allowed values along.
func TestAnotherTypeTakesItsValuesAlong(t *testing.T) {
	t.Parallel()
	h := hold(t, sandbox.Options{})
	want := withField(load.MetadataField{FieldID: "grade", Type: load.TypeString, Allowed: []string{"1", "2"}})
	_, err := apply(t, h.Client, want)
	require.NoError(t, err)
	want.Metadata[1].Allowed = []string{"1.0", "2"}
	want.Metadata[1].Type = load.TypeInteger
	plan, err := h.Plan(t.Context(), want, false)
	require.NoError(t, err)
	require.Contains(t, told(plan), "update grade; type: string -> integer\n")
	_, err = h.Apply(t.Context(), plan)
	require.NoError(t, err)
	plan, err = h.Plan(t.Context(), want, false)
	require.NoError(t, err)
	require.Zero(t, plan.Pending())
}

// Every request may be lost, before it has its effect or after: it is not repeated blindly, and the next apply goes on from
// what is there.
func TestAnApplyThatIsInterruptedAnywhereIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	for _, afterEffect := range []bool{false, true} {
		t.Run(fmt.Sprintf("after the effect: %t", afterEffect), func(t *testing.T) {
			t.Parallel()
			for lost := int64(1); ; lost++ {
				var writes atomic.Int64
				writes.Store(-1 << 30) // until it is set up
				h := seeded(t, sandbox.Options{Intercept: func(r *http.Request, _ int) sandbox.Reaction {
					hit := r.Method != http.MethodGet && writes.Add(1) == lost
					return sandbox.Reaction{Drop: hit, AfterEffect: hit && afterEffect}
				}})
				writes.Store(0)
				fresh := reshaped()
				fresh.Name = "Another"
				err := applyAll(t, h.Client, reshaped(), fresh)
				if writes.Load() < lost {
					require.NoError(t, err)
					require.EqualValues(t, 7+7, writes.Load())
					return
				}
				require.Equal(t, load.Uncertain, load.OutcomeOf(err), "request %d", lost)
				require.Equal(t, lost, writes.Load(), "it is not repeated")
				require.NoError(t, applyAll(t, h.Client, reshaped(), fresh), "request %d", lost)
				require.Len(t, h.server.Snapshot().Integrations, 2, "request %d", lost)
				for _, want := range []load.Integration{reshaped(), fresh} {
					plan, err := h.Plan(t.Context(), want, true)
					require.NoError(t, err)
					require.Empty(t, told(plan), "request %d", lost)
				}
			}
		})
	}
}

func applyAll(t *testing.T, client *load.Client, all ...load.Integration) error {
	t.Helper()
	for _, want := range all {
		plan, err := client.Plan(t.Context(), want, true)
		if err != nil {
			return err
		}
		if _, err := client.Apply(t.Context(), plan); err != nil {
			return err
		}
	}
	return nil
}

func TestAFieldWithoutAnIDIsChangedByHand(t *testing.T) {
	t.Parallel()
	client, server := live(t, shows(`{"_id": "i1", "name": "Acme", "metadata": [`+solvedDate+`, {"field_id": "one", "type": "float"}]}`))
	plan, err := client.Plan(t.Context(), withField(load.MetadataField{FieldID: "one", Type: "string"}), false)
	require.NoError(t, err)
	require.Contains(t, told(plan), "! Playvox does not show its _id, without which it cannot be changed from here: change it in Playvox")
	_, err = client.Apply(t.Context(), plan)
	require.EqualError(t, err, `integration "Acme": metadata field one: Playvox does not show its _id, so it cannot be changed from here: change it in Playvox`)
	require.Len(t, server.received(), 1)
}

// Where Playvox does not show what there is, what it refuses as there already is there.
func TestMetadataThatAreThereWithoutBeingShown(t *testing.T) {
	t.Parallel()
	for reason, fine := range map[string]bool{"field_id already exists": true, "type: not known": false} {
		client, server := live(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				shows(`{"_id": "i1", "name": "Acme"}`)(w, r)
				return
			}
			replies(422, `{"success": false, "error": "`+reason+`"}`)(w, r)
		})
		changes, err := apply(t, client, withField(load.MetadataField{FieldID: "one", Type: "string"}))
		if !fine {
			require.ErrorContains(t, err, "metadata field solved_date")
			continue
		}
		require.NoError(t, err)
		require.Equal(t, "none integration Acme, none metadata solved_date, none metadata one", actions(changes))
		require.Len(t, server.received(), 3)
	}
}

func TestAChangeInJSON(t *testing.T) {
	t.Parallel()
	client, _ := live(t, shows(`{"_id": "i1", "name": "Acme", "description": "a<b", "metadata": [`+solvedDate+`]}`))
	plan, err := client.Plan(t.Context(), withField(load.MetadataField{FieldID: "one", Type: "string"}), false)
	require.NoError(t, err)
	body, err := json.Marshal(plan.Changes)
	require.NoError(t, err)
	require.JSONEq(t, `[
		{"action": "update", "kind": "integration", "integration": "helpdesk", "name": "Acme", "fields": {"description": ["a<b", "Tickets"]}, "notes": []},
		{"action": "create", "kind": "metadata", "integration": "helpdesk", "name": "one", "fields": {"type": ["", "string"]}, "notes": []},
		{"action": "none", "kind": "metadata", "integration": "helpdesk", "name": "solved_date", "fields": {}, "notes": []}
	]`, string(body))
}
