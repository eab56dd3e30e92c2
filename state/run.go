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

const (
	selectRuns = "SELECT id, job, command, status, started_at, finished_at, summary FROM runs WHERE "
	newestRuns = " ORDER BY started_at DESC, id DESC"
)

func intoRun(r *Run) []any {
	return []any{&r.ID, &r.Job, &r.Command, &r.Status, timeTo{&r.StartedAt}, timeTo{&r.FinishedAt}, jsonTo{&r.Summary}}
}

// StartRun writes down that a run has begun.
func (s *Store) StartRun(ctx context.Context, run Run) error {
	return s.write(ctx, "start run", func(w *writer) error { return w.saveRun(ctx, run) })
}

// FinishRun writes down a run's Status, FinishedAt and Summary; the rest stays as StartRun wrote it. What it moved is added to
// the day of its end, once however often it is finished.
func (s *Store) FinishRun(ctx context.Context, run Run) error {
	return s.write(ctx, "finish run", func(w *writer) error {
		if err := w.addToDay(ctx, run); err != nil {
			return err
		}
		return w.saveRun(ctx, run)
	})
}

// Runs returns the last runs of a job, of all jobs where job is empty, the newest first: at most limit, or 100 where
// limit is 0.
func (s *Store) Runs(ctx context.Context, job string, limit int) ([]Run, error) {
	if limit == 0 {
		limit = defaultRuns
	}
	condition, args := ofJob(job)
	found, err := read(ctx, s, intoRun, selectRuns+condition+newestRuns+" LIMIT ?", append(args, limit)...)
	return found, s.explain("read runs", err)
}

func (w *writer) saveRun(ctx context.Context, r Run) error {
	return w.upsert(ctx, runTable,
		[]any{r.ID, r.Status, stamp(r.FinishedAt), string(r.Summary), r.Job, r.Command, stamp(r.StartedAt)})
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
