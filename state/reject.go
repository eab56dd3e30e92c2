package state

import (
	"context"
	"slices"
)

var rejectTable = upsert{
	table:   "rejects",
	key:     []string{"job", "stream", "row_key"},
	replace: []string{"stage", "field_name", "column_name", "value_text", "rule_text", "reason", "hash", "last_seen"},
	keep:    []string{"first_seen", "attempts"},
	also:    "attempts = rejects.attempts + 1",
}

const selectRejects = `SELECT id, job, stream, row_key, stage, field_name, column_name, value_text, rule_text, reason, hash,
	first_seen, last_seen, attempts FROM rejects WHERE `

func intoReject(r *Reject) []any {
	return []any{
		&r.ID, &r.Job, &r.Stream, (*exactText)(&r.Key), &r.Stage, &r.Field, &r.Column, &r.Value, &r.Rule, &r.Reason, &r.Hash,
		timeTo{&r.FirstSeen},
		timeTo{&r.LastSeen},
		&r.Attempts,
	}
}

// Rejects returns the rejects of a job, of all jobs where job is empty, ordered by job and id.
func (s *Store) Rejects(ctx context.Context, job string) ([]Reject, error) {
	condition, args := ofJob(job)
	found, err := read(ctx, s, intoReject, selectRejects+condition+" ORDER BY job, id", args...)
	return found, s.explain("read rejects", err)
}

// CountRejects returns how many rejects a job has, or all jobs where job is empty.
func (s *Store) CountRejects(ctx context.Context, job string) (int, error) {
	condition, args := ofJob(job)
	n, err := s.number(ctx, "SELECT count(*) FROM rejects WHERE "+condition, args...)
	return int(n), s.explain("count rejects", err)
}

// KnownRejects returns the rejects among the rows of a stream with the given keys, by key.
func (s *Store) KnownRejects(ctx context.Context, job, stream string, keys []string) (map[string]Reject, error) {
	found, err := readIn(ctx, s, intoReject, selectRejects+"job = ? AND stream = ? AND row_key IN", allExact(keys), job, stream)
	byKey := make(map[string]Reject, len(found))
	for _, reject := range found {
		byKey[reject.Key] = reject
	}
	return byKey, s.explain("read rejects", err)
}

func (w *writer) reject(ctx context.Context, job string, rejects []Reject) error {
	now := stamp(w.Now())
	rows := make([][]any, len(rejects))
	for i, r := range rejects {
		rows[i] = []any{
			job, r.Stream, exact(r.Key), r.Stage, r.Field, r.Column, r.Value, r.Rule, r.Reason, r.Hash, now, now, 1,
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
		for part := range slices.Chunk(keys, maxIn) {
			query := "DELETE FROM rejects WHERE job = ? AND stream = ? AND row_key IN " + list(len(part))
			if err := w.exec(ctx, query, append([]any{job, stream}, anys(part)...)...); err != nil {
				return err
			}
		}
	}
	return nil
}
