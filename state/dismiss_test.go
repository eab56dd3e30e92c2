package state_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

func TestADismissedRejectIsKnownAndNotListed(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		first, second := at(t, "02:15:00.000"), at(t, "03:15:00.123")
		setClock := clock(store, first)
		rejects := []state.Reject{{Stream: "interactions", Key: "1", Reason: "why"}, {Stream: "interactions", Key: "2"}}
		settle(t, store, state.Settlement{Job: "tickets", Rejects: rejects})
		settle(t, store, state.Settlement{Job: "chats", Rejects: rejects[:1]})
		ids := make(map[string]int64)
		known := func() map[string]state.Reject {
			known, err := store.KnownRejects(t.Context(), "tickets", "interactions", []string{"1", "2"})
			require.NoError(t, err)
			return known
		}
		for key, reject := range known() {
			ids[key] = reject.ID
			require.Zero(t, reject.Dismissed)
		}
		listed := func() (keys []string) {
			rejects, err := store.Rejects(t.Context(), "tickets")
			require.NoError(t, err)
			for _, reject := range rejects {
				keys = append(keys, reject.Key)
			}
			count, err := store.CountRejects(t.Context(), "tickets")
			require.NoError(t, err)
			require.Len(t, keys, count)
			return keys
		}
		dismiss := func(job string, ids ...int64) int64 {
			n, err := store.DismissRejects(t.Context(), job, ids)
			require.NoError(t, err)
			return n
		}

		setClock(second)
		require.Zero(t, dismiss("chats", ids["1"]), "it is of another job")
		require.Zero(t, dismiss("tickets"))
		require.EqualValues(t, 1, dismiss("tickets", ids["1"], ids["1"], 9999))
		require.Zero(t, dismiss("tickets", ids["1"]), "it was dismissed before")
		require.Equal(t, []string{"2"}, listed())
		require.Equal(t, second, known()["1"].Dismissed)
		require.Zero(t, known()["2"].Dismissed)
		all, err := store.Rejects(t.Context(), "")
		require.NoError(t, err)
		require.Len(t, all, 2)

		settle(t, store, state.Settlement{Job: "tickets", Rejects: rejects[:1]})
		require.Equal(t, []string{"1", "2"}, listed(), "one that is met again is a reject like any other")
		require.Zero(t, known()["1"].Dismissed)
		require.Equal(t, ids["1"], known()["1"].ID)
		require.EqualValues(t, 2, dismiss("", ids["1"], ids["2"]))
		require.Empty(t, listed())
	})
}
