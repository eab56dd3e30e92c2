package notify

import (
	"time"

	"pvetl/internal/config"
	"pvetl/internal/schedule"
)

// limit is how long ago the last good run of a job may have begun.
type limit struct {
	name     string        // equal for equal limits; empty: there is none
	after    time.Duration // zero: by the schedule
	schedule schedule.Schedule
}

// grace is what a job has beyond the second time that it is due.
const grace = time.Hour

func limitOf(job config.Job, after time.Duration) limit {
	if after > 0 {
		return limit{name: job.Schedule + " within " + after.String(), after: after}
	}
	zone, err := time.LoadLocation(job.Timezone)
	if err != nil || job.Schedule == "" {
		return limit{}
	}
	parsed, err := schedule.Parse(job.Schedule, zone)
	if err != nil {
		return limit{}
	}
	return limit{name: parsed.String(), schedule: parsed}
}

// end returns when a job is behind whose last good run began at a time; zero: never.
func (l limit) end(good time.Time) time.Time {
	if l.name == "" {
		return time.Time{}
	}
	if l.after > 0 {
		return good.Add(l.after)
	}
	next := l.schedule.Next(l.schedule.Next(good))
	if next.IsZero() {
		return next
	}
	return next.Add(grace)
}

// glance is a look at a job.
type glance struct {
	at     time.Time
	job    string
	paused bool
	limit  limit
}

// lookedAt takes note of what time alone changes. A job that is known to fail is behind for that reason, which is told only
// where somebody has set the limit.
func (s *standing) lookedAt(g glance) []body {
	if s.Limit != g.limit.name {
		s.Limit, s.Expected = g.limit.name, g.at
	}
	s.pause(g.paused, g.at)
	since := later(s.Good, s.Expected)
	ends := g.limit.end(since)
	switch {
	case !s.Behind.IsZero(), g.paused, s.Failing != nil && g.limit.after == 0, ends.IsZero(), !g.at.After(ends):
		return nil
	}
	s.Behind = since
	return []body{isBehind(g, since, s.Good)}
}

// edit is what jobs.yaml looks like to one of those who read it.
type edit struct {
	at         time.Time
	readAt     time.Time // when what is in use was read
	fault      string
	faultSince time.Time
}

// edited takes note of a jobs.yaml that is broken, or whole again. Of those who read it some may see an edit later than others,
// or have another file: what came before the last event that was told is no news.
func (s *standing) edited(e edit) []body {
	switch {
	case e.fault != "" && s.Broken.IsZero() && e.faultSince.After(s.Edited):
		s.Broken, s.Edited = e.faultSince, e.faultSince
		return []body{isBroken(e)}
	case e.fault == "" && !s.Broken.IsZero() && e.readAt.After(s.Edited):
		since := s.Broken
		s.Broken, s.Edited = time.Time{}, e.readAt
		return []body{isWhole(e, since)}
	default:
		return nil
	}
}
