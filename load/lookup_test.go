package load_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

// How a server may take the filter of a listing.
const (
	honours = "honours"
	ignores = "ignores"
	refuses = "refuses"
	never   = "never finds anything"
)

// archive is an integration's interactions, the oldest first.
type archive struct {
	filter    string
	numericID bool // the ids are numbers in its answers
	unsorted  bool // the oldest come first, whatever is asked for
	held      []map[string]any

	mu       sync.Mutex
	requests []string
}

var firstDay = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// add stores interactions, one a minute.
func (a *archive) add(ids ...string) {
	for _, id := range ids {
		n := len(a.held)
		var shown any = id
		if a.numericID {
			shown = json.Number(id)
		}
		a.held = append(a.held, map[string]any{
			"_id": fmt.Sprintf("r%d", n), "interaction_id": shown, "created_at": minute(n).Format(time.RFC3339), "is_deleted": false,
		})
	}
}

func minute(n int) time.Time { return firstDay.Add(time.Duration(n) * time.Minute) }

// fill stores interactions that nobody looks for.
func (a *archive) fill(count int) {
	for range count {
		a.add(strconv.Itoa(900_000 + len(a.held)))
	}
}

func (a *archive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.FormValue("query")
	a.mu.Lock()
	a.requests = append(a.requests, map[bool]string{true: "filter", false: "page " + r.FormValue("page")}[query != ""])
	a.mu.Unlock()
	if query != "" && a.filter == refuses {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	var asked struct {
		ID struct {
			In []string `json:"$in"`
		} `json:"interaction_id"`
	}
	_ = json.Unmarshal([]byte(query), &asked)
	found := []map[string]any{}
	for _, one := range a.held {
		fits := map[string]bool{honours: slices.Contains(asked.ID.In, fmt.Sprint(one["interaction_id"])), ignores: true}[a.filter]
		if query == "" || fits {
			found = append(found, one)
		}
	}
	if r.FormValue("sort") == "-created_at" && !a.unsorted {
		slices.Reverse(found)
	}
	page, _ := strconv.Atoi(r.FormValue("page"))
	perPage, _ := strconv.Atoi(r.FormValue("per_page"))
	from := min((page-1)*perPage, len(found))
	to := min(from+perPage, len(found))
	answer(w, map[string]any{"result": found[from:to], "next_page": to < len(found)})
}

func TestLookup(t *testing.T) {
	t.Parallel()
	var (
		pages1to5   = []string{"page 1", "page 2", "page 3", "page 4", "page 5"}
		oneToTwenty = names(1, 20)
	)
	for name, tt := range map[string]struct {
		archive  *archive
		ids      []string
		since    time.Time
		held     func(*archive)
		want     map[string][]string
		requests []string
	}{
		"nothing asked for": {
			&archive{filter: honours}, nil, time.Time{}, func(a *archive) { a.fill(3) }, map[string][]string{}, nil,
		},
		"all are held": {
			&archive{filter: honours},
			[]string{"1", "2"},
			time.Time{},
			func(a *archive) { a.add("1"); a.fill(200); a.add("2"); a.fill(200) },
			map[string][]string{"1": {"r0"}, "2": {"r201"}},
			[]string{"filter"},
		},
		"some are held": {
			&archive{filter: honours},
			[]string{"1", "2"},
			time.Time{},
			func(a *archive) { a.add("1"); a.fill(5) },
			map[string][]string{"1": {"r0"}},
			[]string{"filter"},
		},
		"copies are held": {
			&archive{filter: honours},
			[]string{"1"},
			time.Time{},
			func(a *archive) { a.add("1"); a.fill(500); a.add("1", "1") },
			map[string][]string{"1": {"r502", "r501", "r0"}},
			[]string{"filter"},
		},
		"so many copies that they fill pages": {
			&archive{filter: honours},
			[]string{"1", "2"},
			time.Time{},
			func(a *archive) { a.add(slices.Repeat([]string{"1"}, 150)...); a.add("2") },
			map[string][]string{"1": remotes(149, 0), "2": {"r150"}},
			[]string{"filter", "filter"},
		},
		"ids are numbers": {
			&archive{filter: honours, numericID: true},
			[]string{"1", "90071992547409931"},
			time.Time{},
			func(a *archive) { a.add("90071992547409931", "1") },
			map[string][]string{"1": {"r1"}, "90071992547409931": {"r0"}},
			[]string{"filter"},
		},
		"a deleted one is not held": {
			&archive{filter: honours},
			[]string{"1", "2"},
			time.Time{},
			func(a *archive) { a.add("1", "2"); a.held[0]["is_deleted"] = true },
			map[string][]string{"2": {"r1"}},
			[]string{"filter"},
		},
		"an empty integration": {
			&archive{filter: never}, []string{"1"}, time.Time{}, func(*archive) {}, map[string][]string{}, []string{"filter", "page 1"},
		},
		"nothing found, and the filter finds what is there": {
			&archive{filter: honours},
			[]string{"1"},
			time.Time{},
			func(a *archive) { a.fill(500); a.held[499]["is_deleted"] = true },
			map[string][]string{},
			[]string{"filter", "page 1", "filter"},
		},
		"nothing found, because the filter is not understood": {
			&archive{filter: never},
			[]string{"1"},
			time.Time{},
			func(a *archive) { a.fill(10); a.add("1"); a.fill(150) },
			map[string][]string{"1": {"r10"}},
			[]string{"filter", "page 1", "filter", "page 1", "page 2"},
		},
		"nothing found, but it is the newest": {
			&archive{filter: never},
			[]string{"1"},
			time.Time{},
			func(a *archive) { a.fill(10); a.add("1") },
			map[string][]string{"1": {"r10"}},
			[]string{"filter", "page 1", "page 1"},
		},
		"the filter is ignored": {
			&archive{filter: ignores},
			[]string{"1", "2"},
			time.Time{},
			func(a *archive) { a.fill(210); a.add("1"); a.fill(150); a.add("2"); a.fill(3) },
			map[string][]string{"1": {"r210"}, "2": {"r361"}},
			[]string{"filter", "page 1", "page 2"},
		},
		"the filter is refused": {
			&archive{filter: refuses},
			[]string{"1"},
			time.Time{},
			func(a *archive) { a.add("1"); a.fill(150) },
			map[string][]string{"1": {"r0"}},
			[]string{"filter", "filter", "page 1", "page 2"}, // it might have been include=all
		},
		"the filter is ignored, and not all are held": {
			&archive{filter: ignores},
			[]string{"1", "2"},
			time.Time{},
			func(a *archive) { a.fill(10); a.add("1"); a.fill(439) },
			map[string][]string{"1": {"r10"}},
			append([]string{"filter"}, pages1to5...),
		},
		"the filter is ignored, ids are numbers": {
			&archive{filter: ignores, numericID: true},
			[]string{"1"},
			time.Time{},
			func(a *archive) { a.add("1"); a.fill(3) },
			map[string][]string{"1": {"r0"}},
			[]string{"filter", "page 1"},
		},
		"the filter is ignored, copies": {
			&archive{filter: ignores},
			[]string{"1"},
			time.Time{},
			func(a *archive) { a.fill(10); a.add("1", "1"); a.fill(1) },
			map[string][]string{"1": {"r11", "r10"}},
			[]string{"filter", "page 1"},
		},
		"the filter is ignored, and only what came since counts": {
			&archive{filter: ignores},
			[]string{"1", "2"},
			minute(250),
			func(a *archive) { a.fill(10); a.add("1"); a.fill(339); a.add("2"); a.fill(100) },
			map[string][]string{"2": {"r350"}},
			[]string{"filter", "page 1", "page 2", "page 3"},
		},
		"the filter and the order are ignored": {
			&archive{filter: ignores, unsorted: true},
			[]string{"1"},
			minute(420),
			func(a *archive) { a.fill(430); a.add("1") },
			map[string][]string{"1": {"r430"}},
			append([]string{"filter"}, pages1to5...),
		},
		"a filter that would be too long for an address": {
			&archive{filter: honours},
			append(long(100), "1"),
			time.Time{},
			func(a *archive) { a.add("1") },
			map[string][]string{"1": {"r0"}},
			[]string{"filter", "filter", "filter"},
		},
		"more ids than a page holds": {
			&archive{filter: honours},
			names(1, 201),
			time.Time{},
			func(a *archive) { a.add(oneToTwenty...) },
			func() map[string][]string {
				want := make(map[string][]string)
				for i, id := range oneToTwenty {
					want[id] = []string{fmt.Sprintf("r%d", i)}
				}
				return want
			}(),
			[]string{"filter", "filter", "filter"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := tt.archive
			tt.held(a)
			var counts load.Requests
			client := newClient(t, serve(t, a), 600_000).ForRun(load.RunOptions{Requests: &counts})
			got, err := idsFound(t, client, "i1", tt.ids, tt.since)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
			require.Equal(t, tt.requests, a.requests)
			require.EqualValues(t, len(tt.requests), counts.Lookups.Load())
		})
	}
}

func TestALookupThatFails(t *testing.T) {
	t.Parallel()
	t.Run("credentials that are not good", func(t *testing.T) {
		t.Parallel()
		client, _ := live(t, replies(401, `{"error": "who?"}`))
		got, err := idsFound(t, client, "i1", []string{"1"}, time.Time{})
		require.Equal(t, load.Unauthorized, load.OutcomeOf(err))
		require.Nil(t, got, "nobody may take it for an absence")
	})
	t.Run("an integration that is gone", func(t *testing.T) {
		t.Parallel()
		client, _ := live(t, replies(404, ""))
		_, err := idsFound(t, client, "i1", []string{"1"}, time.Time{})
		require.Equal(t, load.Missing, load.OutcomeOf(err))
	})
	t.Run("on its second page", func(t *testing.T) {
		t.Parallel()
		client, _ := live(t, script{
			replies(200, `{"result": [{"_id": "r1", "interaction_id": "1"}], "next_page": true}`), replies(401, ""),
		}.inTurn())
		got, err := idsFound(t, client, "i1", []string{"1"}, time.Time{})
		require.Equal(t, load.Unauthorized, load.OutcomeOf(err))
		require.Nil(t, got)
	})
	t.Run("an interaction without an _id", func(t *testing.T) {
		t.Parallel()
		client, _ := live(t, replies(200, `{"result": [{"interaction_id": "1"}]}`))
		got, err := idsFound(t, client, "i1", []string{"1"}, time.Time{})
		require.EqualError(t, err, `GET integrations/i1/interactions: interaction "1" is listed without an _id`)
		require.Nil(t, got)
	})
}

// The bound is not believed where nothing shows that the newest come first.
func TestLookupInAnOrderThatIsNone(t *testing.T) {
	t.Parallel()
	for name, createdAt := range map[string]func(n int) time.Time{
		"all of one moment": func(int) time.Time { return minute(0) },
		"up and down":       func(n int) time.Time { return minute(n * 7 % 10) },
		"the oldest first":  minute,
		"no time at all":    func(int) time.Time { return time.Time{} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &archive{filter: ignores, unsorted: true}
			a.fill(150)
			a.add("1")
			for n, one := range a.held {
				one["created_at"] = createdAt(n).Format(time.RFC3339)
				if createdAt(n).IsZero() {
					one["created_at"] = nil
				}
			}
			client := newClient(t, serve(t, a), 600_000)
			got, err := idsFound(t, client, "i1", []string{"1"}, minute(1000))
			require.NoError(t, err)
			require.Equal(t, map[string][]string{"1": {"r150"}}, got)
		})
	}
}

func names(from, to int) []string {
	var all []string
	for i := from; i <= to; i++ {
		all = append(all, strconv.Itoa(i))
	}
	return all
}

// remotes are the _ids from one number down to another.
func remotes(from, to int) []string {
	var all []string
	for i := from; i >= to; i-- {
		all = append(all, fmt.Sprintf("r%d", i))
	}
	return all
}

// long are ids of the greatest length.
func long(count int) []string {
	var all []string
	for i := range count {
		all = append(all, fmt.Sprintf("%s%02d", strings.Repeat("x", 66), i))
	}
	return all
}

// idsFound is what a look finds, by its ids.
func idsFound(t *testing.T, client *load.Client, integrationID string, ids []string, since time.Time) (map[string][]string, error) {
	t.Helper()
	found, err := client.Find(t.Context(), integrationID, ids, since)
	if err != nil {
		return nil, err
	}
	held := make(map[string][]string, len(found))
	for id, copies := range found {
		for _, one := range copies {
			held[id] = append(held[id], one.ID)
		}
	}
	return held, nil
}
