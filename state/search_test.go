package state_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

func found(t *testing.T, store *state.Store, filter state.RejectFilter) (keys []string, total int) {
	t.Helper()
	rejects, total, err := store.FindRejects(t.Context(), filter)
	require.NoError(t, err)
	for _, reject := range rejects {
		keys = append(keys, reject.Key)
	}
	return keys, total
}

func TestRejectsAreFoundByWhatTheyAre(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		setClock := clock(store, at(t, "01:00:00.000"))
		settle(t, store, state.Settlement{Job: "tickets", Rejects: []state.Reject{
			{Stream: "interactions", Key: "T-1", Stage: "mapping", Field: "csat", Column: "score", Rule: "float", Reason: `"4,5" is no number`, Value: "secret"},
			{Stream: "interactions", Key: "T_2", Stage: "mapping", Field: "status", Column: "Code", Rule: "allowed", Reason: "100% of ÑANDÚ's are off!"},
			{Stream: "comments", Key: "a\xffB", Stage: "playvox", Field: "comment", Rule: "refused", Reason: "Too LONG"},
		}})
		setClock(at(t, "02:00:00.000"))
		settle(t, store, state.Settlement{Job: "chats", Rejects: []state.Reject{{Stream: "interactions", Key: `\x41 'C'`, Stage: "mapping", Rule: "float"}}})
		setClock(at(t, "03:00:00.000"))
		settle(t, store, state.Settlement{Job: "chats", Rejects: []state.Reject{{Stream: "interactions", Key: "gone", Reason: "long"}}})
		_, err := store.DismissRejects(t.Context(), "", []int64{5})
		require.NoError(t, err)

		const strange = `\x41 'C'`
		cases := map[string]struct {
			filter state.RejectFilter
			keys   []string
		}{
			"all, the newest first":               {state.RejectFilter{}, []string{strange, "T_2", "T-1", "a\xffB"}},
			"of a job":                            {state.RejectFilter{Job: "chats"}, []string{strange}},
			"of a stream":                         {state.RejectFilter{Stream: "comments"}, []string{"a\xffB"}},
			"of a stage":                          {state.RejectFilter{Stage: "playvox"}, []string{"a\xffB"}},
			"of a field":                          {state.RejectFilter{Field: "csat"}, []string{"T-1"}},
			"of a rule":                           {state.RejectFilter{Rule: "float"}, []string{strange, "T-1"}},
			"of a job and a rule":                 {state.RejectFilter{Job: "tickets", Rule: "float"}, []string{"T-1"}},
			"a text in the key":                   {state.RejectFilter{Text: "t-"}, []string{"T-1"}},
			"a text in the field":                 {state.RejectFilter{Text: "STAT"}, []string{"T_2"}},
			"a text in the column":                {state.RejectFilter{Text: "code"}, []string{"T_2"}},
			"a text in the rule":                  {state.RejectFilter{Text: "allow"}, []string{"T_2"}},
			"a text in the reason":                {state.RejectFilter{Text: "too long", Words: true}, []string{"a\xffB"}},
			"other letters as they are":           {state.RejectFilter{Text: "ÑandÚ", Words: true}, []string{"T_2"}},
			"an accent is a difference":           {state.RejectFilter{Text: "NANDU", Words: true}, nil},
			"a percent sign is itself":            {state.RejectFilter{Text: "0%", Words: true}, []string{"T_2"}},
			"an underscore is itself":             {state.RejectFilter{Text: "t_"}, []string{"T_2"}},
			"an exclamation mark is itself":       {state.RejectFilter{Text: "off!", Words: true}, []string{"T_2"}},
			"a quotation mark is itself":          {state.RejectFilter{Text: `"4,5"`, Words: true}, []string{"T-1"}},
			"a backslash and quotes are":          {state.RejectFilter{Text: strange}, []string{strange}},
			"a key that is no text":               {state.RejectFilter{Text: "\xffB"}, []string{"a\xffB"}},
			"a part of one that is text":          {state.RejectFilter{Text: "'C"}, []string{strange}},
			"a NUL byte finds nothing":            {state.RejectFilter{Text: "T\x00"}, nil},
			"reasons are, where it is wanted":     {state.RejectFilter{Text: "too long"}, nil},
			"values are not searched":             {state.RejectFilter{Text: "secret", Words: true}, nil},
			"a text and what it is":               {state.RejectFilter{Job: "tickets", Stage: "mapping", Text: "t"}, []string{"T_2", "T-1"}},
			"a page":                              {state.RejectFilter{Limit: 2, Offset: 1}, []string{"T_2", "T-1"}},
			"a page past the end":                 {state.RejectFilter{Offset: 4}, nil},
			"a page from before the beginning on": {state.RejectFilter{Limit: 1, Offset: -1}, []string{strange}},
		}
		for name, c := range cases {
			keys, total := found(t, store, c.filter)
			require.Equal(t, c.keys, keys, name)
			want := len(c.keys)
			if c.filter.Limit != 0 || c.filter.Offset != 0 {
				want = 4
			}
			require.Equal(t, want, total, name)
		}
	})
}

func TestAReaderThatDoesNotSayGetsAHundredRejects(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		settled := state.Settlement{Job: "tickets"}
		for n := range 101 {
			settled.Rejects = append(settled.Rejects, state.Reject{Key: fmt.Sprint(n)})
		}
		settle(t, store, settled)
		first, total := found(t, store, state.RejectFilter{})
		require.Len(t, first, 100)
		require.Equal(t, 101, total)
		second, _ := found(t, store, state.RejectFilter{Offset: 100})
		require.Len(t, second, 1)
		require.NotContains(t, first, second[0])
	})
}

func TestRejectsAreGroupedByTheirCause(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		setClock := clock(store, at(t, "01:00:00.000"))
		refused := func(key, reason string) state.Reject {
			return state.Reject{Stream: "interactions", Key: key, Stage: "playvox", Field: "interaction_id", Rule: "refused", Reason: reason}
		}
		settle(t, store, state.Settlement{Job: "tickets", Rejects: []state.Reject{
			refused("1", "because"), refused("2", "of this"),
			{Stream: "comments", Key: "1", Stage: "mapping", Rule: "Required"},
			{Stream: "comments", Key: "2", Stage: "mapping", Rule: "required"},
			refused("9", "dismissed"),
		}})
		setClock(at(t, "02:00:00.000"))
		settle(t, store, state.Settlement{Job: "tickets", Rejects: []state.Reject{refused("2", "again")}})
		settle(t, store, state.Settlement{Job: "chats", Rejects: []state.Reject{refused("1", "because")}})
		_, err := store.DismissRejects(t.Context(), "", []int64{5})
		require.NoError(t, err)

		first, last := at(t, "01:00:00.000"), at(t, "02:00:00.000")
		most := state.RejectGroup{
			Job: "tickets", Stream: "interactions", Stage: "playvox", Field: "interaction_id", Rule: "refused", Count: 2, FirstSeen: first, LastSeen: last,
		}
		chats := most
		chats.Job, chats.Count, chats.FirstSeen = "chats", 1, last
		upper := state.RejectGroup{Job: "tickets", Stream: "comments", Stage: "mapping", Rule: "Required", Count: 1, FirstSeen: first, LastSeen: first}
		lower := upper
		lower.Rule = "required"
		groups := func(job string) []state.RejectGroup {
			found, err := d.openReadOnly(t).RejectGroups(t.Context(), job)
			require.NoError(t, err)
			return found
		}
		require.Equal(t, []state.RejectGroup{most, chats, upper, lower}, groups(""))
		require.Equal(t, []state.RejectGroup{most, upper, lower}, groups("tickets"))
		require.Empty(t, groups("nobody"))
	})
}

func TestOpenBatchesAreCountedByJob(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		for i, s := range []state.BatchState{state.Prepared, state.Sending, state.Accepted, state.Unknown, state.Settled} {
			require.NoError(t, store.SaveBatch(t.Context(), state.Batch{ID: fmt.Sprint(i), Job: "tickets", State: s}))
		}
		require.NoError(t, store.SaveBatch(t.Context(), state.Batch{ID: "x", Job: "chats", State: state.Unknown}))
		require.NoError(t, store.SaveBatch(t.Context(), state.Batch{ID: "y", Job: "calls", State: state.Settled}))
		counts, err := d.openReadOnly(t).CountOpenBatches(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]int{"tickets": 4, "chats": 1}, counts)
	})
}

func TestTheQuotasTellWhatHoldsNow(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		none, err := store.Quotas(t.Context())
		require.NoError(t, err)
		require.Empty(t, none)

		require.NoError(t, store.LimitQuota(t.Context(), "b", time.Hour, 30, time.Hour))
		require.NoError(t, store.LimitQuota(t.Context(), "a", 0, 30, 0))
		quotas, err := d.openReadOnly(t).Quotas(t.Context())
		require.NoError(t, err)
		require.Len(t, quotas, 2)
		require.Equal(t, state.Quota{Account: "a"}, quotas[0], "its limit is over")
		require.Equal(t, "b", quotas[1].Account)
		require.InDelta(t, 30, quotas[1].PerMinute, 0)
		require.WithinDuration(t, time.Now().Add(time.Hour), quotas[1].PausedUntil, time.Minute)
		require.Equal(t, time.UTC, quotas[1].PausedUntil.Location())
	})
}
