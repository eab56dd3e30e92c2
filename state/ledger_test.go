package state_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

// difficult are keys that some database would change, cut, or take for one another.
var difficult = []string{
	"a", "A", "a ", " a", "a\t", "", "á", "a\u0301", "ß", "ss", "ñandú", "日本語", "🙂🙃", "1", "01", "1.0",
	`back\slash`, `\x`, `\x61`, `quo'te"s`, "percent%_", "semi;--", "?", "$1", "line\nbreak", "\u200b", "\uFFFD",
	"nul\x00nul", "\xff\xfe", "\xff\xfd", "\x00\x01\x02\x03\x80\x90",
	strings.Repeat("x", 255), strings.Repeat("x", 254) + "y", strings.Repeat("🙂", 255),
}

func TestKeysAreComparedByteForByte(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		var entries []state.Entry
		for i, key := range difficult {
			entries = append(entries, state.Entry{
				Key: key, InteractionID: key, RemoteID: fmt.Sprint(i), Hash: fmt.Sprint("hash ", i), Fields: `{"a":"ñ🙂"}`,
				Comments: []state.CommentEntry{{Key: "c", Hash: "ch"}, {Key: key, RemoteID: "r", Hash: "ch2"}},
			})
		}
		settle(t, store, state.Settlement{Job: "tickets", Entries: entries})

		for _, e := range entries {
			comments, err := store.Comments(t.Context(), "tickets", []string{e.Key})
			require.NoError(t, err)
			require.Len(t, comments, 1)
			require.ElementsMatch(t, e.Comments, comments[e.Key])

			e.Comments = nil
			byKey, err := store.Known(t.Context(), "tickets", []string{e.Key}, nil)
			require.NoError(t, err)
			require.Equal(t, []state.Entry{e}, byKey)
			byID, err := store.Known(t.Context(), "tickets", nil, []string{e.InteractionID})
			require.NoError(t, err)
			require.Equal(t, []state.Entry{e}, byID)
		}
	})
}

func TestAnEntryFoundByKeyAndByIDIsGivenOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		settle(t, store, state.Settlement{Job: "tickets", Entries: []state.Entry{{Key: "1", InteractionID: "A"}, {Key: "2", InteractionID: "B"}}})

		found, err := store.Known(t.Context(), "tickets", []string{"1", "1", "nobody"}, []string{"A", "B"})
		require.NoError(t, err)
		require.ElementsMatch(t, []state.Entry{{Key: "1", InteractionID: "A"}, {Key: "2", InteractionID: "B"}}, found)
	})
}

func TestJobsDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		for _, job := range []string{"tickets", "Tickets"} {
			settle(t, store, state.Settlement{
				Job:     job,
				Entries: []state.Entry{{Key: "1", Hash: job, Comments: []state.CommentEntry{{Key: "c", Hash: job}}}},
				Rejects: []state.Reject{{Stream: "interactions", Key: "2", Reason: job}},
			})
		}
		for _, job := range []string{"tickets", "Tickets"} {
			known, err := store.Known(t.Context(), job, []string{"1"}, nil)
			require.NoError(t, err)
			require.Equal(t, []state.Entry{{Key: "1", Hash: job}}, known)
			comments, err := store.Comments(t.Context(), job, []string{"1"})
			require.NoError(t, err)
			require.Equal(t, map[string][]state.CommentEntry{"1": {{Key: "c", Hash: job}}}, comments)
			rejects, err := store.Rejects(t.Context(), job)
			require.NoError(t, err)
			require.Len(t, rejects, 1)
			require.Equal(t, job, rejects[0].Reason)
		}
	})
}

func TestAnEntryIsReplacedAndItsOtherCommentsStay(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		settle(t, store, state.Settlement{Job: "tickets", Entries: []state.Entry{{
			Key: "1", InteractionID: "A", RemoteID: "r1", Hash: "h1", Fields: "{}",
			Comments: []state.CommentEntry{{Key: "c1", Hash: "1"}, {Key: "c2", Hash: "2"}},
		}}})
		replaced := state.Entry{
			Key: "1", InteractionID: "B", RemoteID: "r2", Hash: "h2", Fields: `{"x":1}`,
			Comments: []state.CommentEntry{{Key: "c2", RemoteID: "rc", Hash: "2b"}, {Key: "c3", Hash: "3"}},
		}
		settle(t, store, state.Settlement{Job: "tickets", Entries: []state.Entry{replaced}})

		comments, err := store.Comments(t.Context(), "tickets", []string{"1"})
		require.NoError(t, err)
		all := []state.CommentEntry{{Key: "c1", Hash: "1"}, {Key: "c2", RemoteID: "rc", Hash: "2b"}, {Key: "c3", Hash: "3"}}
		require.Equal(t, all, comments["1"])
		replaced.Comments = nil
		known, err := store.Known(t.Context(), "tickets", []string{"1"}, []string{"A"})
		require.NoError(t, err)
		require.Equal(t, []state.Entry{replaced}, known)
	})
}

func TestOfAKeySettledTwiceAtOnceTheLastCounts(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		settle(t, store, state.Settlement{
			Job: "tickets",
			Entries: []state.Entry{
				{Key: "1", Hash: "old", Comments: []state.CommentEntry{{Key: "c1", Hash: "old"}, {Key: "c2", Hash: "2"}}},
				{Key: "1", Hash: "new", Comments: []state.CommentEntry{{Key: "c1", Hash: "new"}}},
			},
			Rejects: []state.Reject{{Stream: "interactions", Key: "2", Reason: "old"}, {Stream: "interactions", Key: "2", Reason: "new"}},
		})

		known, err := store.Known(t.Context(), "tickets", []string{"1"}, nil)
		require.NoError(t, err)
		require.Equal(t, []state.Entry{{Key: "1", Hash: "new"}}, known)
		comments, err := store.Comments(t.Context(), "tickets", []string{"1"})
		require.NoError(t, err)
		require.Equal(t, []state.CommentEntry{{Key: "c1", Hash: "new"}, {Key: "c2", Hash: "2"}}, comments["1"])
		rejects, err := store.Rejects(t.Context(), "tickets")
		require.NoError(t, err)
		require.Len(t, rejects, 1)
		require.Equal(t, "new", rejects[0].Reason)
		require.Equal(t, 1, rejects[0].Attempts)
	})
}

func TestTenThousandEntriesSettleAndAreFound(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		settled := state.Settlement{Job: "tickets"}
		var keys []string
		for i := range 10_000 {
			key := fmt.Sprint("ticket ", i)
			keys = append(keys, key)
			settled.Entries = append(settled.Entries, state.Entry{
				Key: key, InteractionID: "id " + key, Hash: "h", Comments: []state.CommentEntry{{Key: "c", Hash: key}},
			})
			if i < 2500 {
				settled.Rejects = append(settled.Rejects, state.Reject{Stream: "comments", Key: key})
			}
		}
		settle(t, store, settled)

		known, err := store.Known(t.Context(), "tickets", append(keys, "nobody"), nil)
		require.NoError(t, err)
		require.Len(t, known, len(keys))
		comments, err := store.Comments(t.Context(), "tickets", keys)
		require.NoError(t, err)
		require.Len(t, comments, len(keys))
		require.Equal(t, "ticket 9999", comments["ticket 9999"][0].Hash)
		rejects, err := store.KnownRejects(t.Context(), "tickets", "comments", keys)
		require.NoError(t, err)
		require.Len(t, rejects, 2500)

		var healed []state.RejectKey
		for _, key := range slices.Backward(keys[1:]) {
			healed = append(healed, state.RejectKey{Stream: "comments", Key: key})
		}
		settle(t, store, state.Settlement{Job: "tickets", Healed: healed})
		left, err := store.CountRejects(t.Context(), "tickets")
		require.NoError(t, err)
		require.Equal(t, 1, left)
	})
}

func TestAKeyThatIsTooLongIsRefusedAndNotCut(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		longest := strings.Repeat("x", state.MaxKey)
		settle(t, store, state.Settlement{Job: "tickets", Entries: []state.Entry{{Key: longest}}})
		err := store.Settle(t.Context(), state.Settlement{Job: "tickets", Entries: []state.Entry{{Key: longest + "y"}}})
		require.ErrorContains(t, err, "1021 bytes")
	})
}
