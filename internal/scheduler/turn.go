package scheduler

import (
	"context"
	"errors"
	"time"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/state"
)

// turn is what this process does about one job: there is one at a time.
type turn struct {
	Running

	begun bool // whether it carries the job out, which it waits for before
}

// turnOf says whether there is a turn of a job, and whether it has begun to carry it out.
func (s *Scheduler) turnOf(job string) (here, begun bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, here := s.turns[job]
	return here, here && t.begun
}

// begin gives a job its turn.
func (s *Scheduler) begin(ctx context.Context, t timetable, row state.Schedule) {
	s.mu.Lock()
	s.turns[t.job] = &turn{Running: Running{Job: t.job}}
	s.mu.Unlock()
	s.work.Go(func() {
		over := s.take(ctx, t, row)
		s.mu.Lock()
		delete(s.turns, t.job)
		s.mu.Unlock()
		if over {
			s.Wake() // it may have become due meanwhile
		}
	})
}

// take takes the lease of a job and carries out what is to be done under it. It reports whether something was.
func (s *Scheduler) take(ctx context.Context, t timetable, row state.Schedule) (over bool) {
	select {
	case <-ctx.Done():
		return false
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	}
	lease, err := s.Store.Acquire(ctx, t.job, s.Owner)
	if held, ok := errors.AsType[*state.HeldError](err); ok {
		err = s.meet(ctx, t, row, state.HeldBy{Owner: held.Owner, Since: held.Since, Expires: held.Expires})
	}
	if err == nil && lease != nil {
		defer s.release(ctx, lease)
		over, err = s.underLease(ctx, lease, t.job)
	}
	s.note(ctx, toBegin(t.job), err)
	return over
}

// release gives a lease up. Where that cannot be said, it runs out.
func (s *Scheduler) release(ctx context.Context, lease *state.Lease) {
	ctx, cancel := afterEffect(ctx)
	defer cancel()
	if err := lease.Release(ctx); err != nil {
		s.Log.Warn("the job's lease could not be given up: it ends by itself", "error", err)
	}
}

// underLease looks again, as the only one who may, and carries out what is to be done, with the settings as they are by then. Where
// it leaves a row as one that has begun, whoever comes next begins again.
func (s *Scheduler) underLease(ctx context.Context, lease *state.Lease, name string) (over bool, err error) {
	reading := s.Settings()
	job, ok := jobOf(reading, name)
	if !ok {
		return false, nil
	}
	t, err := timetableOf(job)
	if err != nil {
		return false, err
	}
	row, ok, err := s.writeDown(ctx, lease, t)
	if err != nil || !ok {
		return false, ignoreLost(err)
	}
	if row.Tries > triesAtMost {
		s.tell(ctx, job, s.giveUp(ctx, lease, job, row))
		return true, s.takeBack(ctx, lease, row)
	}
	summary, err := s.carry(ctx, reading, job, row.Doing, lease)
	if s.isLeft(ctx, lease, summary, err) {
		return false, s.leave(ctx, lease, row)
	}
	s.tell(ctx, job, summary)
	return true, s.takeBack(ctx, lease, row)
}

// isLeft says whether a run did not come to its end, so that somebody has to begin it again. One that failed by itself did.
func (s *Scheduler) isLeft(ctx context.Context, lease *state.Lease, summary pipeline.Summary, err error) bool {
	if errors.Is(err, state.ErrLeaseLost) || lease.Check() != nil {
		s.Log.Warn("the run lost its lease: whoever takes the job over begins it again", "job", summary.Job, "run", summary.RunID)
		return true
	}
	return err != nil && ctx.Err() != nil
}

// writeDown has the state say that a run begins, where one is to.
func (s *Scheduler) writeDown(ctx context.Context, lease *state.Lease, t timetable) (row state.Schedule, ok bool, err error) {
	var before state.Schedule
	row, err = lease.Store().ChangeSchedule(ctx, t.job, func(row *state.Schedule) bool {
		before = *row
		ok = t.begin(row, s.now())
		return ok
	})
	if err != nil || !ok {
		return row, false, err
	}
	now := s.now()
	s.mu.Lock()
	s.turns[t.job].begun = true
	s.turns[t.job].Doing, s.turns[t.job].Since = row.Doing, now
	delete(s.sightings, t.job)
	s.mu.Unlock()
	s.sayThatItBegins(t, before, row, now)
	s.Wake() // when it is due next has changed
	return row, true, nil
}

// aMinute is how late a run may be without having been missed.
const aMinute = time.Minute

func (s *Scheduler) sayThatItBegins(t timetable, before, row state.Schedule, now time.Time) {
	log := s.Log.With("job", t.job, "doing", row.Doing, "due", row.Due.UTC())
	if late := now.Sub(row.Due.Add(t.jitter)); late > aMinute {
		log = log.With("late_seconds", seconds(late))
	}
	if !before.Due.IsZero() {
		log = log.With("again", true)
	}
	log.Info("run begins")
}

// takeBack has the state say that the run is over, unless somebody else has begun one meanwhile.
func (s *Scheduler) takeBack(ctx context.Context, lease *state.Lease, begun state.Schedule) error {
	return s.changeBegun(ctx, lease, begun, func(row *state.Schedule) { row.Due, row.Doing, row.Tries = time.Time{}, "", 0 })
}

// leave has the state say that the run was stopped, and would have gone on.
func (s *Scheduler) leave(ctx context.Context, lease *state.Lease, begun state.Schedule) error {
	return s.changeBegun(ctx, lease, begun, func(row *state.Schedule) { row.Tries-- })
}

// changeBegun changes the row of a run as long as it is that of this run.
func (s *Scheduler) changeBegun(ctx context.Context, lease *state.Lease, begun state.Schedule, change func(*state.Schedule)) error {
	ctx, cancel := afterEffect(ctx)
	defer cancel()
	_, err := lease.Store().ChangeSchedule(ctx, begun.Job, func(row *state.Schedule) bool {
		ours := row.Due.Equal(begun.Due) && row.Doing == begun.Doing && row.Tries == begun.Tries
		if ours {
			change(row)
		}
		return ours
	})
	return ignoreLost(err)
}

// ignoreLost leaves out what is no fault: another process has the job.
func ignoreLost(err error) error {
	if errors.Is(err, state.ErrLeaseLost) {
		return nil
	}
	return err
}

func jobOf(reading config.Reading, name string) (config.Job, bool) {
	for _, job := range reading.File.Config.Jobs {
		if job.Name == name {
			return job, true
		}
	}
	return config.Job{}, false
}
