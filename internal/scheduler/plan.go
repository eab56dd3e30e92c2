package scheduler

import (
	"time"

	"pvetl/state"
)

// plan is what this process has made of the schedule of a job.
type plan struct {
	spec    string    // by which it has written
	foreign time.Time // since when the state has another; zero: it has this one
	isTold  bool      // that it has another
}

// foreignFor is how long an edit may take to reach all who serve.
const foreignFor = 10 * time.Minute

// isNew says whether a schedule is another than this process had.
func (s *Scheduler) isNew(t timetable) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok := s.plans[t.job]
	return !ok || known.spec != t.spec
}

// compare takes note of a row that is in line, or that another process has written, and warns of that where it stays so.
func (s *Scheduler) compare(t timetable, row state.Schedule) {
	now := s.now()
	s.mu.Lock()
	p := s.plans[t.job]
	switch {
	case row.Spec == t.spec:
		p = plan{spec: t.spec}
	case p.foreign.IsZero():
		p.foreign = now
	}
	isNews := !p.isTold && !p.foreign.IsZero() && now.Sub(p.foreign) >= foreignFor
	p.isTold = p.isTold || isNews
	s.plans[t.job] = p
	s.mu.Unlock()
	if isNews {
		s.Log.Warn("another process keeps another schedule for the job: see that all who serve have the same jobs.yaml",
			"job", t.job, "schedule", t.spec, "schedule_in_state", row.Spec)
	}
}
