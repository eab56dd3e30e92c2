package state

import (
	"context"
	"time"
)

// Moved is how many rows a run brought, or did not.
type Moved struct {
	New      int64
	Changed  int64
	Rejected int64
}

// Day is what all runs of a job brought that ended on one day, in UTC.
type Day struct {
	Job  string
	Date string // such as 2026-11-23
	Moved
}

// newDay makes the row of a day on which no run has ended yet, and locks one that is there.
var newDay = upsert{
	table: "days",
	key:   []string{"job", "day"},
	keep:  []string{"new_rows", "changed_rows", "rejected_rows"},
	also:  "job = days.job",
}

// Days returns the days of a job, of all jobs where job is empty, from the one that since is in on, oldest first. Days
// without rows are left out.
func (s *Store) Days(ctx context.Context, job string, since time.Time) ([]Day, error) {
	condition, args := ofJob(job)
	query := "SELECT job, day, new_rows, changed_rows, rejected_rows FROM days WHERE " + condition + " AND day >= ? ORDER BY day, job"
	into := func(d *Day) []any { return []any{&d.Job, &d.Date, &d.New, &d.Changed, &d.Rejected} }
	found, err := read(ctx, s, into, query, append(args, dateOf(since))...)
	return found, s.explain("read days", err)
}

func dateOf(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// addToDay adds what a run brought to the day of its end, unless it has ended before: whoever finishes a run again, because
// it was not told that the first time went well, does not count twice.
func (w *writer) addToDay(ctx context.Context, r Run) error {
	if r.Moved == (Moved{}) || r.FinishedAt.IsZero() {
		return nil
	}
	job, finished := r.Job, ""
	query := w.rebind("SELECT job, finished_at FROM runs WHERE id = ?" + w.forUpdate)
	err := ignoreNoRows(w.tx.QueryRowContext(ctx, query, r.ID).Scan(&job, &finished))
	if err != nil || finished != "" {
		return err
	}
	if err := w.upsert(ctx, newDay, []any{job, dateOf(r.FinishedAt), 0, 0, 0}); err != nil {
		return err
	}
	const update = `UPDATE days SET new_rows = new_rows + ?, changed_rows = changed_rows + ?, rejected_rows = rejected_rows + ?
		WHERE job = ? AND day = ?`
	return w.exec(ctx, update, r.Moved.New, r.Moved.Changed, r.Moved.Rejected, job, dateOf(r.FinishedAt))
}

// Run returns one run; ok is false where there is none of that id.
func (s *Store) Run(ctx context.Context, id string) (run Run, ok bool, err error) {
	return s.oneRun(ctx, "id = ?", id)
}

// LastRun returns the last run of a job whose status is one of some; ok is false where there is none.
func (s *Store) LastRun(ctx context.Context, job string, statuses ...string) (run Run, ok bool, err error) {
	if len(statuses) == 0 {
		return Run{}, false, nil
	}
	condition := "job = ? AND status IN " + list(len(statuses)) + newestRuns + " LIMIT 1"
	return s.oneRun(ctx, condition, append([]any{job}, anys(statuses)...)...)
}

// UnfinishedRuns returns the runs of a job of which nobody has written how they ended, the newest first: one that is under way, and
// those whose process died.
func (s *Store) UnfinishedRuns(ctx context.Context, job string) ([]Run, error) {
	found, err := read(ctx, s, intoRun, selectRuns+"job = ? AND finished_at = ''"+newestRuns, job)
	return found, s.explain("read runs of job "+job, err)
}

func (s *Store) oneRun(ctx context.Context, condition string, args ...any) (Run, bool, error) {
	found, err := read(ctx, s, intoRun, selectRuns+condition, args...)
	if err != nil || len(found) == 0 {
		return Run{}, false, s.explain("read run", err)
	}
	return found[0], true, nil
}
