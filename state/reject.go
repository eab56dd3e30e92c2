package state

import (
	"context"
	"slices"
)

var rejectTable = upsert{
	table:   "rejects",
	key:     []string{"job", "stream", "row_key"},
	replace: []string{"stage", "field_name", "column_name", "value_text", "rule_text", "reason", "hash", "last_seen", "dismissed_at"},
	keep:    []string{"first_seen", "attempts"},
	also:    "attempts = rejects.attempts + 1",
}

const selectRejects = `SELECT id, job, stream, row_key, stage, field_name, column_name, value_text, rule_text, reason, hash,
	first_seen, last_seen, attempts, dismissed_at FROM rejects WHERE `

func intoReject(r *Reject) []any {
	return []any{
		&r.ID, &r.Job, &r.Stream, (*exactText)(&r.Key), &r.Stage, &r.Field, &r.Column, &r.Value, &r.Rule, &r.Reason, &r.Hash,
		timeTo{&r.FirstSeen},
		timeTo{&r.LastSeen},
		&r.Attempts,
		timeTo{&r.Dismissed},
	}
}

// notDismissed is what a list of rejects that somebody should look at is limited to.
const notDismissed = " AND dismissed_at = ''"

// Rejects returns the rejects of a job that are not dismissed, of all jobs where job is empty, ordered by job and id.
func (s *Store) Rejects(ctx context.Context, job string) ([]Reject, error) {
	condition, args := ofJob(job)
	found, err := read(ctx, s, intoReject, selectRejects+condition+notDismissed+" ORDER BY job, id", args...)
	return found, s.explain("read rejects", err)
}

// CountRejects returns how many rejects a job has that are not dismissed, or all jobs where job is empty.
func (s *Store) CountRejects(ctx context.Context, job string) (int, error) {
	condition, args := ofJob(job)
	n, err := s.number(ctx, "SELECT count(*) FROM rejects WHERE "+condition+notDismissed, args...)
	return int(n), s.explain("count rejects", err)
}

// AnyRejects reports whether a job has a reject, dismissed or not.
func (s *Store) AnyRejects(ctx context.Context, job string) (bool, error) {
	n, err := s.number(ctx, "SELECT count(*) FROM (SELECT 1 AS one FROM rejects WHERE job = ? LIMIT 1) AS some_rejects", job)
	return n > 0, s.explain("look for rejects", err)
}

// KnownRejects returns the rejects, dismissed ones too, among the rows of a stream with the given keys, by key.
func (s *Store) KnownRejects(ctx context.Context, job, stream string, keys []string) (map[string]Reject, error) {
	found, err := readIn(ctx, s, intoReject, selectRejects+"job = ? AND stream = ? AND row_key IN", allExact(keys), job, stream)
	byKey := make(map[string]Reject, len(found))
	for _, reject := range found {
		byKey[reject.Key] = reject
	}
	return byKey, s.explain("read rejects", err)
}

// DismissRejects marks rejects of a job, of any job where job is empty, as dismissed and returns how many of them were not
// dismissed before. One that is met again is a reject like any other.
func (s *Store) DismissRejects(ctx context.Context, job string, ids []int64) (dismissed int64, err error) {
	condition, args := ofJob(job)
	query := "UPDATE rejects SET dismissed_at = ? WHERE " + condition + notDismissed + " AND id IN "
	err = s.write(ctx, "dismiss rejects", func(w *writer) error {
		args := append([]any{stamp(w.Now())}, args...)
		for part := range slices.Chunk(ids, maxIn) {
			n, err := w.change(ctx, query+list(len(part)), append(slices.Clone(args), anys(part)...)...)
			if err != nil {
				return err
			}
			dismissed += n
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return dismissed, nil
}

func (w *writer) reject(ctx context.Context, job string, rejects []Reject) error {
	now := stamp(w.Now())
	rows := make([][]any, len(rejects))
	for i, r := range rejects {
		rows[i] = []any{
			job, r.Stream, exact(r.Key), r.Stage, r.Field, r.Column, r.Value, r.Rule, r.Reason, r.Hash, now, "", now, 1,
		}
	}
	return w.upsert(ctx, rejectTable, rows...)
}

func (w *writer) heal(ctx context.Context, job string, healed []RejectKey) error {
	streams := make(map[string][]string)
	for _, reject := range healed {
		streams[reject.Stream] = append(streams[reject.Stream], exact(reject.Key))
	}
	for stream, keys := range streams {
		if err := w.execIn(ctx, "DELETE FROM rejects WHERE job = ? AND stream = ? AND row_key IN", keys, job, stream); err != nil {
			return err
		}
	}
	return nil
}
