package state_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

func TestAnEntryKeepsTheRunThatBroughtIt(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		entry := state.Entry{Key: "1", InteractionID: "A", Hash: "h1", RunID: "first"}
		settle(t, store, state.Settlement{Job: "tickets", Entries: []state.Entry{entry}})
		entry.Hash, entry.RunID = "h2", "second"
		settle(t, store, state.Settlement{Job: "tickets", Entries: []state.Entry{entry}})

		entry.RunID = "first"
		known, err := store.Known(t.Context(), "tickets", []string{"1"}, nil)
		require.NoError(t, err)
		require.Equal(t, []state.Entry{entry}, known)
		entries, err := store.Entries(t.Context(), "tickets", "", 10)
		require.NoError(t, err)
		require.Equal(t, []state.Entry{entry}, entries)
	})
}

func TestTheLedgerIsReadInPagesOfAnySize(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		settled := state.Settlement{Job: "tickets"}
		for _, key := range difficult {
			settled.Entries = append(settled.Entries, state.Entry{Key: key, InteractionID: key, RunID: "r"})
		}
		settle(t, store, settled)
		settle(t, store, state.Settlement{Job: "chats", Entries: []state.Entry{{Key: "b"}}})

		whole, err := store.Entries(t.Context(), "tickets", "", len(difficult)+1)
		require.NoError(t, err)
		require.ElementsMatch(t, settled.Entries, whole)
		var utf8 []string // is what the order of the plain keys is promised for
		for _, entry := range whole {
			if entry.Key == "" || entry.Key[0] != '\\' && entry.Key[0] != 0 && entry.Key != "nul\x00nul" && entry.Key[0] != 0xff {
				utf8 = append(utf8, entry.Key)
			}
		}
		require.True(t, slices.IsSorted(utf8))
		for _, size := range []int{1, 2, 7, len(difficult) - 1, len(difficult)} {
			require.Equal(t, whole, inPages(t, store, "tickets", size), size)
		}
		count, err := store.CountEntries(t.Context(), "tickets")
		require.NoError(t, err)
		require.EqualValues(t, len(difficult), count)
	})
}

func TestAnEmptyLedgerHasNoPages(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		require.Empty(t, inPages(t, store, "tickets", 10))
		count, err := store.CountEntries(t.Context(), "tickets")
		require.NoError(t, err)
		require.Zero(t, count)
	})
}

// inPages reads a ledger as its users do, and no further than it can be long.
func inPages(t *testing.T, store *state.Store, job string, size int) (all []state.Entry) {
	t.Helper()
	after := ""
	for range len(difficult) + 1 {
		page, err := store.Entries(t.Context(), job, after, size)
		require.NoError(t, err)
		if len(page) == 0 {
			return all
		}
		all = append(all, page...)
		after = page[len(page)-1].Key
	}
	require.Fail(t, "the pages do not end")
	return nil
}

func TestACommentChangesAlone(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		entry := state.Entry{Key: "1", InteractionID: "A", RemoteID: "r1", Hash: "h", Comments: []state.CommentEntry{{Key: "c1", Hash: "1"}}}
		settle(t, store, state.Settlement{Job: "tickets", Entries: []state.Entry{entry}})
		settle(t, store, state.Settlement{Job: "tickets", Comments: []state.CommentChange{
			{Parent: "1", CommentEntry: state.CommentEntry{Key: "c1", RemoteID: "rc1", Hash: "1b"}},
			{Parent: "1", CommentEntry: state.CommentEntry{Key: "c2\xff", Hash: "2"}},
			{Parent: "2", CommentEntry: state.CommentEntry{Key: "c1", Hash: "3"}},
		}})

		comments, err := store.Comments(t.Context(), "tickets", []string{"1", "2"})
		require.NoError(t, err)
		require.Equal(t, map[string][]state.CommentEntry{"2": {{Key: "c1", Hash: "3"}}, "1": comments["1"]}, comments)
		require.ElementsMatch(t, []state.CommentEntry{{Key: "c1", RemoteID: "rc1", Hash: "1b"}, {Key: "c2\xff", Hash: "2"}}, comments["1"])
		entry.Comments = nil
		known, err := store.Known(t.Context(), "tickets", []string{"1", "2"}, nil)
		require.NoError(t, err)
		require.Equal(t, []state.Entry{entry}, known)
	})
}

func TestWhatIsForgottenIsGoneWithItsCommentsAndNothingElse(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		two := []state.CommentEntry{{Key: "c1"}, {Key: "c2"}}
		for _, job := range []string{"tickets", "chats"} {
			settle(t, store, state.Settlement{Job: job, Entries: []state.Entry{
				{Key: "1", Comments: two}, {Key: "\xff", Comments: two}, {Key: "3", Comments: two}, {Key: "4", Comments: two},
			}})
		}
		settle(t, store, state.Settlement{
			Job:               "tickets",
			Forgotten:         []string{"1", "\xff", "never known"},
			ForgottenComments: []state.CommentRef{{Parent: "3", Key: "c2"}, {Parent: "4", Key: "c1"}, {Parent: "4", Key: "c2"}, {Parent: "5", Key: "c1"}},
		})

		left, err := store.Entries(t.Context(), "tickets", "", 10)
		require.NoError(t, err)
		require.Equal(t, []state.Entry{{Key: "3"}, {Key: "4"}}, left)
		comments, err := store.Comments(t.Context(), "tickets", []string{"1", "\xff", "3", "4"})
		require.NoError(t, err)
		require.Equal(t, map[string][]state.CommentEntry{"3": {{Key: "c1"}}}, comments)
		others, err := store.Comments(t.Context(), "chats", []string{"1", "\xff", "3", "4"})
		require.NoError(t, err)
		require.Len(t, others, 4)
	})
}

func TestARowMayBeForgottenAndBroughtAnewAtOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		settle(t, store, state.Settlement{Job: "tickets", Entries: []state.Entry{
			{Key: "1", RunID: "first", Comments: []state.CommentEntry{{Key: "c1"}}}, {Key: "2", Comments: []state.CommentEntry{{Key: "c1", Hash: "old"}}},
		}})
		settle(t, store, state.Settlement{
			Job:               "tickets",
			Forgotten:         []string{"1"},
			ForgottenComments: []state.CommentRef{{Parent: "2", Key: "c1"}},
			Entries:           []state.Entry{{Key: "1", RunID: "second", Comments: []state.CommentEntry{{Key: "c2"}}}},
			Comments:          []state.CommentChange{{Parent: "2", CommentEntry: state.CommentEntry{Key: "c1", Hash: "new"}}},
		})

		known, err := store.Known(t.Context(), "tickets", []string{"1"}, nil)
		require.NoError(t, err)
		require.Equal(t, []state.Entry{{Key: "1", RunID: "second"}}, known)
		comments, err := store.Comments(t.Context(), "tickets", []string{"1", "2"})
		require.NoError(t, err)
		require.Equal(t, map[string][]state.CommentEntry{"1": {{Key: "c2"}}, "2": {{Key: "c1", Hash: "new"}}}, comments)
	})
}

func TestFilesAreFoundByTheirHash(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		var hashes []string
		for i := range 1200 {
			hashes = append(hashes, fmt.Sprint("hash", i))
		}
		require.NoError(t, store.SaveFile(t.Context(), "hash1", "https://old"))
		require.NoError(t, store.SaveFile(t.Context(), "hash1", "https://new?a=ñ"))
		require.NoError(t, store.SaveFile(t.Context(), "hash1199", "https://last"))
		require.NoError(t, store.SaveFile(t.Context(), "HASH2", "https://another"))

		urls, err := store.Files(t.Context(), hashes)
		require.NoError(t, err)
		require.Equal(t, map[string]string{"hash1": "https://new?a=ñ", "hash1199": "https://last"}, urls)
	})
}
