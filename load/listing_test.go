package load_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
	"pvetl/load"
)

func TestFindShowsWhatIsHeld(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]sandbox.Options{
		"by filter":      {},
		"by the listing": {IgnoreQuery: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options.Duplicates = sandbox.KeepDuplicates
			h := hold(t, options)
			ids := h.send(t, interaction("1", comment("a", morning), comment("b", evening)), interaction("2"))
			got, err := h.Find(t.Context(), h.integration, []string{"1", "2", "3"}, time.Time{})
			require.NoError(t, err)
			require.Len(t, got, 2)

			one := got["1"][0]
			require.Equal(t, ids[0], one.ID)
			require.Equal(t, "1", one.InteractionID)
			require.NotEmpty(t, one.CreatedAt)
			require.Equal(t, "4.50", string(one.Fields["csat"]), "digit for digit")
			require.Contains(t, one.Fields, "updated_at")
			require.True(t, one.ShowsComments)
			require.Len(t, one.Comments, 2)
			require.Equal(t, "b", one.Comments[1].Body)
			require.Equal(t, evening, one.Comments[1].AddedAt)

			require.True(t, got["2"][0].ShowsComments)
			require.Empty(t, got["2"][0].Comments)
		})
	}
}

// unwilling refuses include=all, and shows no comments.
func unwilling(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("include") {
			replies(status, `{"success": false, "error": "include: not known"}`)(w, r)
			return
		}
		replies(200, `{"result": [{"_id": "r1", "interaction_id": "1"}], "next_page": false}`)(w, r)
	}
}

func TestAServerThatRefusesToIncludeAll(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 400, 422} {
		t.Run(fmt.Sprintf("with status %d", status), func(t *testing.T) {
			t.Parallel()
			client, server := live(t, unwilling(status))
			for range 2 { // the second time as another run of the same process
				got, err := client.ForRun(load.RunOptions{Requests: &load.Requests{}}).Find(t.Context(), "i1", []string{"1"}, time.Time{})
				require.NoError(t, err)
				require.Equal(t, "r1", got["1"][0].ID)
				require.False(t, got["1"][0].ShowsComments)
			}
			var asked []bool
			for _, request := range server.received() {
				asked = append(asked, strings.Contains(request.query, "include=all"))
				require.Contains(t, request.query, "query=", "the filter is not to blame")
			}
			require.Equal(t, []bool{true, false, false}, asked, "it costs one request, once")
		})
	}
}

// What a server refuses after it has taken include=all is refused for another reason.
func TestAServerThatIncludesAllAndRefusesTheFilter(t *testing.T) {
	t.Parallel()
	a := &archive{filter: refuses}
	a.add("1")
	client := newClient(t, serve(t, a), 600_000)
	for range 2 {
		got, err := client.Find(t.Context(), "i1", []string{"1"}, time.Time{})
		require.NoError(t, err)
		require.Len(t, got, 1)
	}
	require.Equal(t, []string{"filter", "filter", "page 1", "filter", "page 1"}, a.requests)
}

func TestWhetherCommentsAreShown(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		item  string
		shows bool
		want  []load.RemoteComment
	}{
		"not at all":        {`{"_id": "r1", "interaction_id": 1}`, false, nil},
		"null":              {`{"_id": "r1", "interaction_id": 1, "comments": null}`, false, nil},
		"a number of them":  {`{"_id": "r1", "interaction_id": 1, "comments": 2}`, false, nil},
		"none":              {`{"_id": "r1", "interaction_id": 1, "comments": []}`, true, nil},
		"one and a deleted": {`{"_id": "r1", "interaction_id": 1, "comments": [{"body": "a"}, {"body": "b", "is_deleted": true}]}`, true, []load.RemoteComment{{Body: "a"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := live(t, replies(200, `{"result": [`+tt.item+`]}`))
			got, err := client.Find(t.Context(), "i1", []string{"1"}, time.Time{})
			require.NoError(t, err)
			require.Equal(t, tt.shows, got["1"][0].ShowsComments)
			require.Equal(t, tt.want, got["1"][0].Comments)
		})
	}
}

func TestInteractionsNewestFirst(t *testing.T) {
	t.Parallel()
	h := hold(t, sandbox.Options{})
	const count = 250
	for from := 0; from < count; from += load.MaxBatch {
		var batch []load.Interaction
		for n := from; n < min(from+load.MaxBatch, count); n++ {
			batch = append(batch, interaction(fmt.Sprint(n), comment("a", morning)))
		}
		h.send(t, batch...)
	}
	next := count
	for one, err := range h.Interactions(t.Context(), h.integration) {
		require.NoError(t, err)
		next--
		require.Equal(t, fmt.Sprint(next), one.InteractionID)
		require.Len(t, one.Comments, 1)
	}
	require.Zero(t, next)
	require.Equal(t, 3, h.server.Requests().Total)

	for _, err := range h.Interactions(t.Context(), h.integration) {
		require.NoError(t, err)
		break
	}
	require.Equal(t, 4, h.server.Requests().Total, "nobody reads on when nobody listens")
}

func TestInteractionsThatMoveOrFail(t *testing.T) {
	t.Parallel()
	page := func(next bool, ids ...string) http.HandlerFunc {
		var items []map[string]any
		for _, id := range ids {
			items = append(items, map[string]any{"_id": id, "interaction_id": "x" + id, "is_deleted": id == "deleted"})
		}
		body, _ := json.Marshal(map[string]any{"result": items, "next_page": next})
		return replies(200, string(body))
	}
	long := make(script, 0, 20) // longer than what is remembered
	for n := range 20 {
		long = append(long, page(true, fmt.Sprint(n)))
	}
	for name, tt := range map[string]struct {
		script  script
		want    []string
		outcome load.Outcome
	}{
		"none":                         {script{page(false)}, nil, success},
		"deleted ones":                 {script{page(true, "1", "deleted"), page(false, "2")}, []string{"1", "2"}, success},
		"the page moved on":            {script{page(true, "1", "2"), page(true, "2", "3"), page(false, "3", "4")}, []string{"1", "2", "3", "4"}, success},
		"the same page for ever":       {script{page(true, "1", "2")}, []string{"1", "2"}, success},
		"the first page after all":     {append(long[:20:20], page(true, "0")), strings.Fields("0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19"), success},
		"credentials revoked midway":   {script{page(true, "1"), replies(401, "")}, []string{"1"}, load.Unauthorized},
		"what is no listing":           {script{replies(200, `{"result": {}}`)}, nil, load.Uncertain},
		"include=all refused in vain":  {script{replies(422, "")}, nil, load.Refused},
		"include=all refused for good": {script{replies(422, ""), page(true, "1"), page(false, "2")}, []string{"1", "2"}, success},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := live(t, tt.script.inTurn())
			var got []string
			outcome := success
			for one, err := range client.Interactions(t.Context(), "i1") {
				if err != nil {
					outcome = load.OutcomeOf(err)
					continue
				}
				require.Equal(t, success, outcome, "nothing comes after an error")
				got = append(got, one.ID)
			}
			require.Equal(t, tt.want, got)
			require.Equal(t, tt.outcome, outcome)
		})
	}
}

func TestHoldsAny(t *testing.T) {
	t.Parallel()
	h := hold(t, sandbox.Options{})
	holds, err := h.HoldsAny(t.Context(), h.integration)
	require.NoError(t, err)
	require.False(t, holds)
	h.send(t, interaction("1"), interaction("2"))
	holds, err = h.HoldsAny(t.Context(), h.integration)
	require.NoError(t, err)
	require.True(t, holds)
	require.Equal(t, 1, h.server.Requests().Total)

	for name, tt := range map[string]struct {
		body string
		want bool
	}{
		"null":                         {`{"result": null}`, false},
		"one that was deleted":         {`{"result": [{"_id": "r1", "is_deleted": true}], "next_page": false}`, false},
		"one that was deleted of many": {`{"result": [{"_id": "r1", "is_deleted": true}], "next_page": true}`, true},
		"more than were asked for":     {`{"result": [{"_id": "r1", "is_deleted": true}, {"_id": "r2"}], "next_page": false}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := live(t, replies(200, tt.body))
			got, err := client.HoldsAny(t.Context(), "i1")
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
			require.Equal(t, "page=1&per_page=1", server.received()[0].query)
		})
	}
	t.Run("an error is no absence", func(t *testing.T) {
		t.Parallel()
		client, _ := live(t, replies(403, ""))
		_, err := client.HoldsAny(t.Context(), "i1")
		require.Equal(t, load.Unauthorized, load.OutcomeOf(err))
	})
}
