package state

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

const (
	keptRuns    = 100                  // of each job, however old they are
	keptBatches = 200                  // that tell how long a job of Playvox takes
	keptDays    = 400 * 24 * time.Hour // of what Days returns
	mostPruned  = 2000                 // of each at a time
)

// Prune forgets runs that ended, and batches that were settled, before then, but for the last hundred runs of each job and
// what tells how long Playvox takes. A run that died counts from its start. It forgets no more than some thousand of each at a
// time, and returns how many it did.
func (s *Store) Prune(ctx context.Context, before time.Time) (int64, error) {
	const doing = "forget what is old"
	oldest, err := s.oldestKept(ctx)
	if err != nil {
		return 0, s.explain(doing, err)
	}
	var pruned int64
	err = s.write(ctx, doing, func(w *writer) error {
		pruned = 0
		for job, started := range oldest {
			n, err := w.pruneRuns(ctx, job, started, before, mostPruned-pruned)
			if err != nil {
				return err
			}
			pruned += n
		}
		n, err := w.pruneBatches(ctx, before)
		if err != nil {
			return err
		}
		pruned += n
		return w.exec(ctx, "DELETE FROM days WHERE day < ?", dateOf(w.Now().Add(-keptDays)))
	})
	if err != nil {
		return 0, err
	}
	return pruned, nil
}

// oldestKept returns, of each job that has more runs than are kept, when the oldest of these began.
func (s *Store) oldestKept(ctx context.Context) (map[string]string, error) {
	jobs, err := read(ctx, s, func(job *string) []any { return []any{job} },
		"SELECT job FROM runs GROUP BY job HAVING count(*) > ?", keptRuns)
	if err != nil {
		return nil, err
	}
	oldest := make(map[string]string, len(jobs))
	for _, job := range jobs {
		const query = "SELECT started_at FROM runs WHERE job = ?" + newestRuns + " LIMIT 1 OFFSET ?"
		var started string
		if err := s.db.QueryRowContext(ctx, s.rebind(query), job, keptRuns-1).Scan(&started); ignoreNoRows(err) != nil {
			return nil, err
		}
		oldest[job] = started
	}
	return oldest, nil
}

// pruneRuns deletes by way of a table of their ids, because MySQL refuses to limit a subquery of the table that it changes.
func (w *writer) pruneRuns(ctx context.Context, job, oldest string, before time.Time, most int64) (int64, error) {
	const prune = `DELETE FROM runs WHERE id IN (SELECT id FROM (SELECT id FROM runs WHERE job = ? AND started_at < ?
		AND (finished_at <> '' AND finished_at < ? OR finished_at = '' AND started_at < ?) ORDER BY started_at LIMIT ?) AS old_runs)`
	return w.change(ctx, prune, job, oldest, stamp(before), stamp(before), most)
}

func (w *writer) pruneBatches(ctx context.Context, before time.Time) (int64, error) {
	const prune = `DELETE FROM batches WHERE id IN (SELECT id FROM (SELECT id FROM batches WHERE state = ? AND updated_at < ?
		AND (job_seconds <= 0 OR updated_at < ?) ORDER BY updated_at LIMIT ?) AS old_batches)`
	const query = "SELECT updated_at FROM batches WHERE state = ? AND job_seconds > 0 ORDER BY updated_at DESC, id DESC LIMIT 1 OFFSET ?"
	oldest := ""
	err := w.tx.QueryRowContext(ctx, w.rebind(query), string(Settled), keptBatches-1).Scan(&oldest)
	if ignoreNoRows(err) != nil {
		return 0, err
	}
	return w.change(ctx, prune, string(Settled), stamp(before), oldest, mostPruned)
}

// ignoreNoRows is for a query that may give nothing, which leaves what it scans into as it is.
func ignoreNoRows(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}
