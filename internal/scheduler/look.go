package scheduler

import (
	"context"
	"errors"
	"time"

	"pvetl/internal/config"
	"pvetl/state"
)

const (
	lookEvery    = 5 * time.Second  // at least: clocks are set, and others change what stands in the state
	lookPatience = 30 * time.Second // with a state that does not answer
)

// look sees to everything that is due, and returns how long there is nothing to do.
func (s *Scheduler) look(ctx context.Context) time.Duration {
	asking, cancel := context.WithTimeout(ctx, lookPatience)
	defer cancel()
	next, err := s.lookAtAll(asking, func(t timetable, row state.Schedule) { s.begin(ctx, t, row) })
	s.note(ctx, toLook, err)
	now := s.now()
	if err == nil {
		s.mu.Lock()
		s.ticked = now
		s.mu.Unlock()
	}
	if next.After(now) {
		return min(lookEvery, next.Sub(now))
	}
	return lookEvery
}

// lookAtAll returns the first instant at which something is due that is not yet. What goes wrong with one job keeps no other.
func (s *Scheduler) lookAtAll(ctx context.Context, begin func(timetable, state.Schedule)) (next time.Time, err error) {
	rows, err := s.Store.Schedules(ctx)
	if err != nil {
		return time.Time{}, err
	}
	known := make(map[string]state.Schedule, len(rows))
	for _, row := range rows {
		known[row.Job] = row
	}
	for _, job := range s.Settings().File.Config.Jobs {
		at, fault := s.lookAt(ctx, job, known[job.Name], begin)
		err = errors.Join(err, fault)
		if at.After(s.now()) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next, err
}

// lookAt sees to one job, and returns when it is due.
func (s *Scheduler) lookAt(ctx context.Context, job config.Job, row state.Schedule, begin func(timetable, state.Schedule)) (time.Time, error) {
	t, err := timetableOf(job)
	if err != nil {
		return time.Time{}, err
	}
	if row, err = s.align(ctx, t, row); err != nil {
		return time.Time{}, err
	}
	asked := t.isAsked(row, s.now())
	switch here, begun := s.turnOf(job.Name); {
	case begun && asked:
		err = s.meetOurselves(ctx, t, row)
	case here: // it sees to it itself
	case asked || !row.Due.IsZero():
		begin(t, row)
	default:
		s.note(ctx, toBegin(job.Name), nil) // somebody else could
	}
	return t.dueAt(row), err
}

// align brings the row of a job in line, where it is not. Others may have done so since it was read, and the clock has gone on.
func (s *Scheduler) align(ctx context.Context, t timetable, row state.Schedule) (state.Schedule, error) {
	row.Job = t.job
	t.isNew = s.isNew(t)
	if trial := row; t.align(&trial, s.now()) == unchanged {
		s.compare(t, row)
		return row, nil
	}
	done, before := unchanged, time.Time{}
	row, err := s.Store.ChangeSchedule(ctx, t.job, func(row *state.Schedule) bool {
		before = row.NextDue
		done = t.align(row, s.now())
		return done != unchanged
	})
	if err != nil {
		return row, err
	}
	s.compare(t, row)
	switch {
	case done == rescheduled && !t.isNew: // compare warns of what made that necessary
	case done == rescheduled && t.spec == "":
		s.Log.Info("the job has no schedule any more", "job", t.job)
	case done == rescheduled:
		s.Log.Info("the job has a schedule", "job", t.job, "schedule", row.Spec, "next_due", row.NextDue.UTC())
	case done == pulledIn:
		s.Log.Warn("the job was due later than its schedule says, as if a clock had been wrong: look at the clocks of all who serve",
			"job", t.job, "was_due", before.UTC(), "next_due", row.NextDue.UTC())
	}
	return row, nil
}
