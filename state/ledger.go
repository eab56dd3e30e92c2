package state

import (
	"context"
	"maps"
	"slices"
)

var (
	interactionTable = upsert{
		table:   "interactions",
		key:     []string{"job", "row_key"},
		replace: []string{"interaction_id", "remote_id", "hash", "field_hashes", "updated_at"},
		keep:    []string{"run_id"},
	}
	commentTable = upsert{
		table:   "comments",
		key:     []string{"job", "parent_key", "row_key"},
		replace: []string{"remote_id", "hash"},
	}
)

const selectEntries = "SELECT row_key, interaction_id, remote_id, hash, field_hashes, run_id FROM interactions WHERE job = ?"

func intoEntry(e *Entry) []any {
	return []any{(*exactText)(&e.Key), (*exactText)(&e.InteractionID), &e.RemoteID, &e.Hash, &e.Fields, &e.RunID}
}

// Known returns what the ledger holds of a job's interactions whose key is one of keys or whose interaction_id is one of
// interactionIDs, each once and without its comments.
func (s *Store) Known(ctx context.Context, job string, keys, interactionIDs []string) ([]Entry, error) {
	found, err := readIn(ctx, s, intoEntry, selectEntries+" AND row_key IN", allExact(keys), job)
	if err != nil {
		return nil, s.explain("read ledger", err)
	}
	byID, err := readIn(ctx, s, intoEntry, selectEntries+" AND interaction_id IN", allExact(interactionIDs), job)
	if err != nil {
		return nil, s.explain("read ledger", err)
	}
	return eachOnce(append(found, byID...)), nil
}

func eachOnce(entries []Entry) []Entry {
	seen := make(map[string]bool, len(entries))
	var once []Entry
	for _, entry := range entries {
		if !seen[entry.Key] {
			seen[entry.Key] = true
			once = append(once, entry)
		}
	}
	return once
}

// Entries returns the ledger of a job page by page, without comments: at most limit entries behind the one with the key
// after, or from the start where after is empty. They come in the byte order of their keys, those that are not UTF-8 in
// that of the form they are stored in. An entry whose key is empty comes first and beside the limit, because no later page
// could begin behind it.
func (s *Store) Entries(ctx context.Context, job, after string, limit int) ([]Entry, error) {
	const order = " ORDER BY row_key LIMIT ?"
	if after != "" {
		found, err := read(ctx, s, intoEntry, selectEntries+" AND row_key > ?"+order, job, exact(after), limit)
		return found, s.explain("read ledger", err)
	}
	found, err := read(ctx, s, intoEntry, selectEntries+order, job, limit+1)
	if len(found) > limit && found[0].Key != "" {
		found = found[:limit]
	}
	return found, s.explain("read ledger", err)
}

// CountEntries returns how many interactions the ledger of a job holds.
func (s *Store) CountEntries(ctx context.Context, job string) (int64, error) {
	n, err := s.number(ctx, "SELECT count(*) FROM interactions WHERE job = ?", job)
	return n, s.explain("count ledger", err)
}

// Comments returns what the ledger holds of the comments of the interactions with the given keys, by the interaction's
// key and ordered by their own.
func (s *Store) Comments(ctx context.Context, job string, parents []string) (map[string][]CommentEntry, error) {
	type child struct {
		parent string
		CommentEntry
	}
	into := func(c *child) []any {
		return []any{(*exactText)(&c.parent), (*exactText)(&c.Key), &c.RemoteID, &c.Hash}
	}
	const query = "SELECT parent_key, row_key, remote_id, hash FROM comments WHERE job = ? AND parent_key IN"
	found, err := readIn(ctx, s, into, query, allExact(parents), job)
	byParent := make(map[string][]CommentEntry)
	for _, c := range found {
		byParent[c.parent] = append(byParent[c.parent], c.CommentEntry)
	}
	return byParent, s.explain("read comments", err)
}

func (w *writer) remember(ctx context.Context, job string, entries []Entry) error {
	var interactions, comments [][]any
	now := stamp(w.Now())
	for _, e := range entries {
		key := exact(e.Key)
		interactions = append(interactions, []any{job, key, exact(e.InteractionID), e.RemoteID, e.Hash, e.Fields, now, e.RunID})
		for _, c := range e.Comments {
			comments = append(comments, []any{job, key, exact(c.Key), c.RemoteID, c.Hash})
		}
	}
	if err := w.upsert(ctx, interactionTable, interactions...); err != nil {
		return err
	}
	return w.upsert(ctx, commentTable, comments...)
}

func (w *writer) rememberComments(ctx context.Context, job string, changes []CommentChange) error {
	rows := make([][]any, len(changes))
	for i, c := range changes {
		rows[i] = []any{job, exact(c.Parent), exact(c.Key), c.RemoteID, c.Hash}
	}
	return w.upsert(ctx, commentTable, rows...)
}

func (w *writer) forget(ctx context.Context, job string, keys []string) error {
	stored := allExact(keys)
	slices.Sort(stored) // two transactions lock the rows they share in the same order
	if err := w.execIn(ctx, "DELETE FROM interactions WHERE job = ? AND row_key IN", stored, job); err != nil {
		return err
	}
	return w.execIn(ctx, "DELETE FROM comments WHERE job = ? AND parent_key IN", stored, job)
}

func (w *writer) forgetComments(ctx context.Context, job string, comments []CommentRef) error {
	byParent := make(map[string][]string)
	for _, c := range comments {
		byParent[exact(c.Parent)] = append(byParent[exact(c.Parent)], exact(c.Key))
	}
	for _, parent := range slices.Sorted(maps.Keys(byParent)) {
		const query = "DELETE FROM comments WHERE job = ? AND parent_key = ? AND row_key IN"
		if err := w.execIn(ctx, query, byParent[parent], job, parent); err != nil {
			return err
		}
	}
	return nil
}
