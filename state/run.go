package state

import (
	"context"
	"encoding/json"
)

// defaultRuns is how many runs a reader gets that does not say.
const defaultRuns = 100

var runTable = upsert{
	table:   "runs",
	key:     []string{"id"},
	replace: []string{"status", "finished_at", "summary"},
	keep:    []string{"job", "command", "started_at"},
}

// StartRun writes down that a run has begun.
func (s *Store) StartRun(ctx context.Context, run Run) error { return s.saveRun(ctx, "start run", run) }

// FinishRun writes down a run's Status, FinishedAt and Summary; the rest stays as StartRun wrote it.
func (s *Store) FinishRun(ctx context.Context, run Run) error {
	return s.saveRun(ctx, "finish run", run)
}

// Runs returns the last runs of a job, of all jobs where job is empty, the newest first: at most limit, or 100 where
// limit is 0.
func (s *Store) Runs(ctx context.Context, job string, limit int) ([]Run, error) {
	if limit == 0 {
		limit = defaultRuns
	}
	condition, args := ofJob(job)
	query := "SELECT id, job, command, status, started_at, finished_at, summary FROM runs WHERE " + condition +
		" ORDER BY started_at DESC, id DESC LIMIT ?"
	into := func(r *Run) []any {
		return []any{&r.ID, &r.Job, &r.Command, &r.Status, timeTo{&r.StartedAt}, timeTo{&r.FinishedAt}, jsonTo{&r.Summary}}
	}
	found, err := read(ctx, s, into, query, append(args, limit)...)
	return found, s.explain("read runs", err)
}

func (s *Store) saveRun(ctx context.Context, doing string, r Run) error {
	return s.write(ctx, doing, func(w *writer) error {
		return w.upsert(ctx, runTable,
			[]any{r.ID, r.Status, stamp(r.FinishedAt), string(r.Summary), r.Job, r.Command, stamp(r.StartedAt)})
	})
}

// jsonTo scans a text that is empty or JSON.
type jsonTo struct{ to *json.RawMessage }

// Scan keeps the text as it is, and nil for none.
func (j jsonTo) Scan(value any) error {
	*j.to = nil
	if text := textOf(value); text != "" {
		*j.to = json.RawMessage(text)
	}
	return nil
}
