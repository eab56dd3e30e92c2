package state

import "context"

var (
	interactionTable = upsert{
		table:   "interactions",
		key:     []string{"job", "row_key"},
		replace: []string{"interaction_id", "remote_id", "hash", "field_hashes", "updated_at"},
	}
	commentTable = upsert{
		table:   "comments",
		key:     []string{"job", "parent_key", "row_key"},
		replace: []string{"remote_id", "hash"},
	}
)

// Known returns what the ledger holds of a job's interactions whose key is one of keys or whose interaction_id is one of
// interactionIDs, each once and without its comments.
func (s *Store) Known(ctx context.Context, job string, keys, interactionIDs []string) ([]Entry, error) {
	const query = "SELECT row_key, interaction_id, remote_id, hash, field_hashes FROM interactions WHERE job = ? AND "
	into := func(e *Entry) []any {
		return []any{(*exactText)(&e.Key), (*exactText)(&e.InteractionID), &e.RemoteID, &e.Hash, &e.Fields}
	}
	found, err := readIn(ctx, s, into, query+"row_key IN", allExact(keys), job)
	if err != nil {
		return nil, s.explain("read ledger", err)
	}
	byID, err := readIn(ctx, s, into, query+"interaction_id IN", allExact(interactionIDs), job)
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
		interactions = append(interactions, []any{job, key, exact(e.InteractionID), e.RemoteID, e.Hash, e.Fields, now})
		for _, c := range e.Comments {
			comments = append(comments, []any{job, key, exact(c.Key), c.RemoteID, c.Hash})
		}
	}
	if err := w.upsert(ctx, interactionTable, interactions...); err != nil {
		return err
	}
	return w.upsert(ctx, commentTable, comments...)
}
