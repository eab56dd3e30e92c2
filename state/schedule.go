package state

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
)

// Schedule is when a job is to run, as all who share the state see it.
type Schedule struct {
	Job     string
	Spec    string    // what NextDue was found with: opaque here
	NextDue time.Time // zero: never
	Due     time.Time // when the run was due that has begun and has not ended; zero: there is none
	Doing   string    // what kind of run that is: opaque here
	Tries   int       // how often it was begun
	Wanted  string    // what somebody asked for beside the schedule: opaque here; empty: nothing
	Paused  time.Time // since when nothing is begun that is due; zero: it is not paused
	Skips   int       // how often in a row it was due while it was still under way
	SkipRun string    // the record of these
}

var scheduleTable = upsert{
	table:   "schedules",
	key:     []string{"job"},
	replace: []string{"spec", "next_due", "due", "doing", "tries", "wanted", "paused_at", "skips", "skip_run"},
}

var selectSchedules = "SELECT " + strings.Join(scheduleTable.columns(), ", ") + " FROM schedules"

func intoSchedule(s *Schedule) []any {
	return []any{
		&s.Job, &s.Spec, timeTo{&s.NextDue}, timeTo{&s.Due}, &s.Doing, &s.Tries, &s.Wanted, timeTo{&s.Paused}, &s.Skips, &s.SkipRun,
	}
}

func scheduleRow(s Schedule) []any {
	return []any{s.Job, s.Spec, stamp(s.NextDue), stamp(s.Due), s.Doing, s.Tries, s.Wanted, stamp(s.Paused), s.Skips, s.SkipRun}
}

// Schedules returns the schedules of all jobs that ever had one, ordered by job.
func (s *Store) Schedules(ctx context.Context) ([]Schedule, error) {
	found, err := read(ctx, s, intoSchedule, selectSchedules+" ORDER BY job")
	return found, s.explain("read schedules", err)
}

// errAsItWas ends a transaction that has nothing to write.
var errAsItWas = errors.New("nothing to write")

// ChangeSchedule changes the schedule of a job, as the only one who does: change gets it as it is, all zero but for Job where
// there is none, and reports whether what it made of it is to be written. The result is the schedule as it then is. Its times
// are kept in milliseconds. Change does nothing else, above all nothing with the state, which waits for it: where the
// transaction is tried again it is called again.
func (s *Store) ChangeSchedule(ctx context.Context, job string, change func(*Schedule) bool) (Schedule, error) {
	var is Schedule
	err := s.write(ctx, "change schedule of job "+job, func(w *writer) error {
		if err := w.lockedOrNew(ctx, scheduleTable, scheduleRow(Schedule{Job: job}), selectSchedules, intoSchedule(&is)); err != nil {
			return err
		}
		made := is
		if !change(&made) {
			return errAsItWas
		}
		is = made
		is.Job = job
		return w.upsert(ctx, scheduleTable, scheduleRow(is))
	})
	switch {
	case errors.Is(err, errAsItWas):
		return is, nil
	case err != nil:
		return Schedule{}, err
	}
	for _, at := range []*time.Time{&is.NextDue, &is.Due, &is.Paused} {
		*at = at.UTC().Truncate(time.Millisecond)
	}
	return is, nil
}

// lockedOrNew reads the row whose key is the first value of a new one, which is written where there is none. The row stays
// locked until the transaction ends.
func (w *writer) lockedOrNew(ctx context.Context, table upsert, fresh []any, query string, into []any) error {
	query = w.rebind(query + " WHERE " + table.key[0] + " = ?" + w.forUpdate)
	err := w.tx.QueryRowContext(ctx, query, fresh[0]).Scan(into...)
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	// Of those who come here at once the first one's row is everybody's.
	table.keep, table.replace = table.replace, nil
	table.also = table.key[0] + " = " + table.table + "." + table.key[0]
	if err := w.upsert(ctx, table, fresh); err != nil {
		return err
	}
	return w.tx.QueryRowContext(ctx, query, fresh[0]).Scan(into...)
}
