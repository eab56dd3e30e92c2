// Package schedule says when a job is due: cron expressions and intervals in a time zone, whatever its clocks do. It knows no
// jobs and waits for nothing.
package schedule

import (
	"hash/fnv"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule is a set of instants. Parse makes one.
type Schedule struct {
	spec   string
	zone   *time.Location
	fields *cron.SpecSchedule // nil for an interval
	every  time.Duration      // the interval
}

// Next returns the first instant after the given one, in the schedule's zone; zero where there is none within five years. An
// interval counts from the given instant.
//
// Where clocks are put forward, a time of day that does not exist is the first instant after the gap; where they are put
// back, one that exists twice is the first of the two. A schedule with every hour follows real time.
func (s Schedule) Next(after time.Time) time.Time {
	after = after.In(s.zone)
	switch {
	case s.fields == nil:
		return after.Add(s.every)
	case s.fields.Hour&everyHour == everyHour:
		return s.nextOfElapsed(after)
	default:
		return s.nextOfDay(after)
	}
}

// NextOf is Next for one who knows when it was due last: an interval goes on in step with that, and leaves out what has
// passed by now. It begins anew from now where that time is not known, or lies ahead because a clock was wrong.
func (s Schedule) NextOf(due, now time.Time) time.Time {
	if s.fields != nil || due.IsZero() || due.After(now) {
		return s.Next(now)
	}
	passed := int64(now.Sub(due) / s.every)
	return due.Add(time.Duration(passed+1) * s.every).In(s.zone)
}

// String is the schedule with its zone, equal for equal schedules.
func (s Schedule) String() string { return s.spec + " " + s.zone.String() }

// everyHour are the bits of all hours.
const everyHour = 1<<24 - 1

// wallOf is what the clock on the zone's wall shows, as if it were UTC, which knows no gaps and repetitions.
func wallOf(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.Add(time.Duration(offset) * time.Second).UTC()
}

// nextOfElapsed goes from one change of the clocks to the next: in between, the clock on the wall runs as real time does.
func (s Schedule) nextOfElapsed(after time.Time) time.Time {
	for from := after; ; {
		wall := s.fields.Next(wallOf(from))
		if wall.IsZero() {
			return time.Time{}
		}
		next := from.Add(wall.Sub(wallOf(from)))
		_, end := from.ZoneBounds()
		if end.IsZero() || next.Before(end) {
			return next
		}
		if s.fields.Next(wallOf(end).Add(-1)).Equal(wallOf(end)) {
			return end
		}
		from = end
	}
}

// nextOfDay looks for the first time on the wall whose instant comes after the given one. Whatever the clock shows now, and
// everything before it, has been shown or skipped by now.
func (s Schedule) nextOfDay(after time.Time) time.Time {
	for wall := wallOf(after); ; {
		if wall = s.fields.Next(wall); wall.IsZero() {
			return time.Time{}
		}
		if next := firstInstant(wall, s.zone); next.After(after) {
			return next
		}
	}
}

// firstInstant returns when the clock on a zone's wall first shows a time, or the end of the gap that swallows it.
func firstInstant(wall time.Time, zone *time.Location) time.Time {
	const transition = 26 * time.Hour // further than any offset and its change reach
	_, before := wall.Add(-transition).In(zone).Zone()
	_, behind := wall.Add(transition).In(zone).Zone()
	early := wall.Add(-time.Duration(max(before, behind)) * time.Second).In(zone)
	late := wall.Add(-time.Duration(min(before, behind)) * time.Second).In(zone)
	for _, instant := range []time.Time{early, late} {
		if wallOf(instant).Equal(wall) {
			return instant
		}
	}
	gapEnd, _ := late.ZoneBounds()
	return gapEnd
}

// Jitter is by how much the runs of a job are put off, so that not all begin in the same second: the same for one job each
// time, up to 30 seconds and to a tenth of the interval.
func (s Schedule) Jitter(job string) time.Duration {
	const longest = 30 * time.Second
	first := s.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	most := min(longest, s.Next(first).Sub(first)/10)
	if most <= 0 {
		return 0
	}
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(job + "\x00" + s.String())) // never fails
	return time.Duration(hash.Sum64() % uint64(most)).Truncate(time.Millisecond)
}
