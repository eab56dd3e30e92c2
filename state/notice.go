package state

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// Notice is something that somebody is to be told, and has not been told for certain.
type Notice struct {
	ID        int64 // no other notice ever has it
	Job       string
	Body      json.RawMessage // opaque here
	CreatedAt time.Time
	DueAt     time.Time // not to be sent before
	Attempts  int       // that were begun
}

var standingTable = upsert{
	table:   "standings",
	key:     []string{"job"},
	replace: []string{"standing"},
}

const (
	selectStanding = "SELECT standing FROM standings"
	selectNotices  = "SELECT id, job, body, created_at, due_at, attempts FROM notices WHERE due_at <= ? ORDER BY id LIMIT ?"
)

func intoNotice(n *Notice) []any {
	return []any{&n.ID, &n.Job, jsonTo{&n.Body}, timeTo{&n.CreatedAt}, timeTo{&n.DueAt}, &n.Attempts}
}

// Tell changes what is known of a job's standing, and writes down the notices that come of it, at once and as the only one
// who does. The standing is opaque here; it is nil at first. An error of change is returned as it is, and nothing is written.
// Change does nothing else, above all nothing with the state, which waits for it: where the transaction is tried again it is
// called again.
func (s *Store) Tell(ctx context.Context, job string, change func(standing json.RawMessage) (json.RawMessage, []json.RawMessage, error)) error {
	var refused error
	err := s.write(ctx, "tell of job "+job, func(w *writer) error {
		var is, made json.RawMessage
		var notices []json.RawMessage
		if err := w.lockedOrNew(ctx, standingTable, []any{job, ""}, selectStanding, []any{jsonTo{&is}}); err != nil {
			return err
		}
		if made, notices, refused = change(is); refused != nil {
			return refused
		}
		if len(notices) == 0 && string(made) == string(is) {
			return errAsItWas
		}
		if err := w.upsert(ctx, standingTable, []any{job, string(made)}); err != nil {
			return err
		}
		return w.addNotices(ctx, job, notices)
	})
	switch {
	case refused != nil:
		return refused
	case errors.Is(err, errAsItWas):
		return nil
	default:
		return err
	}
}

func (w *writer) addNotices(ctx context.Context, job string, bodies []json.RawMessage) error {
	const insert = "INSERT INTO notices (job, body, created_at, due_at, attempts) VALUES (?, ?, ?, ?, 0)"
	now := stamp(w.Now())
	for _, body := range bodies {
		if err := w.exec(ctx, insert, job, clean(string(body)), now, now); err != nil {
			return err
		}
	}
	return nil
}

// Standing returns what Tell kept of a job last; nil where there is nothing.
func (s *Store) Standing(ctx context.Context, job string) (json.RawMessage, error) {
	into := func(kept *json.RawMessage) []any { return []any{jsonTo{kept}} }
	found, err := read(ctx, s, into, selectStanding+" WHERE job = ?", job)
	if err != nil || len(found) == 0 {
		return nil, s.explain("read standing of job "+job, err)
	}
	return found[0], nil
}

// ClaimNotices returns at most limit of the notices that are due at now, the oldest first. They count one attempt more, and
// nobody else gets them before patience is over.
func (s *Store) ClaimNotices(ctx context.Context, now time.Time, patience time.Duration, limit int) ([]Notice, error) {
	const doing = "claim notices"
	due, err := read(ctx, s, intoNotice, selectNotices, stamp(now), 1)
	if err == nil && len(due) == 0 && !s.readOnly {
		return nil, nil // as nearly always: no write has to be waited for
	}
	if err != nil {
		return nil, s.explain(doing, err)
	}
	until := now.Add(patience).UTC().Truncate(time.Millisecond)
	err = s.write(ctx, doing, func(w *writer) (err error) {
		if due, err = readLocked(ctx, w, intoNotice, selectNotices, stamp(now), limit); err != nil {
			return err
		}
		ids := make([]any, len(due))
		for i := range due {
			due[i].DueAt, due[i].Attempts = until, due[i].Attempts+1
			ids[i] = due[i].ID
		}
		for part := range slices.Chunk(ids, maxIn) {
			update := "UPDATE notices SET attempts = attempts + 1, due_at = ? WHERE id IN " + list(len(part))
			if err := w.exec(ctx, update, slices.Insert(slices.Clone(part), 0, any(stamp(until)))...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return due, nil
}

// PutOffNotice has a notice wait until then.
func (s *Store) PutOffNotice(ctx context.Context, id int64, until time.Time) error {
	return s.write(ctx, "put off notice", func(w *writer) error {
		return w.exec(ctx, "UPDATE notices SET due_at = ? WHERE id = ?", stamp(until), id)
	})
}

// DropNotice forgets a notice: it was sent, or it was given up.
func (s *Store) DropNotice(ctx context.Context, id int64) error {
	return s.write(ctx, "drop notice", func(w *writer) error { return w.exec(ctx, "DELETE FROM notices WHERE id = ?", id) })
}

// CountNotices returns how many notices wait.
func (s *Store) CountNotices(ctx context.Context) (int, error) {
	n, err := s.number(ctx, "SELECT count(*) FROM notices")
	return int(n), s.explain("count notices", err)
}
