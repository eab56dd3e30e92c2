package scheduler

import (
	"context"
	"time"

	"pvetl/internal/pipeline"
	"pvetl/state"
)

// grace is for a run that is about to end, and for a holder that has the lease and has not written down yet what it begins.
const grace = 5 * time.Second

// skipsToWarn is how many in a row are no coincidence.
const skipsToWarn = 3

// sighting is what stood in the way of a run that was to begin.
type sighting struct {
	held    state.HeldBy
	nextDue time.Time
	wanted  string
	at      time.Time // since when this process knows
}

func (a sighting) isSameAs(b sighting) bool {
	return a.held.Owner == b.held.Owner && a.held.Since.Equal(b.held.Since) && a.nextDue.Equal(b.nextDue) && a.wanted == b.wanted
}

// meetOurselves is meet for a job that this process carries out.
func (s *Scheduler) meetOurselves(ctx context.Context, t timetable, row state.Schedule) error {
	held, ok, err := s.Store.Holder(ctx, t.job)
	if err != nil || !ok {
		return err
	}
	return s.meet(ctx, t, row, held)
}

// meet sees to a job that somebody holds, who does not step aside. What was to begin is skipped where nothing changes for a while;
// of several who see it one does so, and none where a run began after all.
func (s *Scheduler) meet(ctx context.Context, t timetable, seen state.Schedule, held state.HeldBy) error {
	if !t.isAsked(seen, s.now()) || !s.isLasting(t.job, sighting{held, seen.NextDue, seen.Wanted, s.now()}) {
		return nil
	}
	var due, wanted bool
	row, err := s.Store.ChangeSchedule(ctx, t.job, func(row *state.Schedule) bool {
		now := s.now()
		due = t.isDue(*row, now) && row.NextDue.Equal(seen.NextDue)
		wanted = row.Wanted != "" && row.Wanted == seen.Wanted
		if due {
			t.advance(row, now)
			row.Skips++
		}
		if wanted {
			row.Wanted = ""
		}
		return due || wanted
	})
	if err != nil {
		return err
	}
	if wanted {
		s.Log.Info("what was asked for is not done: the job is under way already", "job", t.job, "asked_for", seen.Wanted, "held_by", held.Owner, "since", held.Since.UTC())
	}
	if due {
		err = s.recordSkip(ctx, row, seen.NextDue, held)
	}
	return err
}

// isLasting says whether a sighting is an old one, and keeps it where it is not.
func (s *Scheduler) isLasting(job string, now sighting) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, ok := s.sightings[job]
	if !ok || !before.isSameAs(now) {
		s.sightings[job] = now
		return false
	}
	return now.at.Sub(before.at) >= grace
}

// recordSkip writes down that a run was skipped. It is counted already: who dies in between leaves a count without a record, and the
// next one in the row makes up for that.
func (s *Scheduler) recordSkip(ctx context.Context, row state.Schedule, due time.Time, held state.HeldBy) error {
	switch row.Skips {
	case 1:
		s.Log.Info("a run is skipped: the job is still under way", "job", row.Job, "due", due.UTC(), "held_by", held.Owner, "since", held.Since.UTC())
	case skipsToWarn:
		s.Log.Warn("the job is still under way, and its runs are skipped: a longer interval, or a look at what it waits for",
			"job", row.Job, "skipped", row.Skips, "held_by", held.Owner, "since", held.Since.UTC())
	}
	id, err := pipeline.RecordSkip(ctx, s.Store, row.SkipRun, row.Job, due, held, row.Skips)
	if err != nil || id == row.SkipRun {
		return err
	}
	_, err = s.Store.ChangeSchedule(ctx, row.Job, func(row *state.Schedule) bool {
		goesOn := row.Skips > 0 && row.SkipRun == ""
		if goesOn {
			row.SkipRun = id
		}
		return goesOn
	})
	return err
}
