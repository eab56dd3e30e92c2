package config

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// NextRun returns the first time after the given one at which the job's schedule starts it, in the job's time zone. It
// returns false for a job without a schedule, or with one that is not valid.
//
// Where clocks are put forward, a run whose time does not exist starts at the first instant after the gap; where they
// are put back, one at a fixed hour starts once, the first time. A schedule with every hour follows real time.
func (j Job) NextRun(after time.Time) (time.Time, bool) {
	zone, err := time.LoadLocation(j.Timezone)
	if err != nil || j.Schedule == "" {
		return time.Time{}, false
	}
	schedule, err := parseSchedule(j.Schedule)
	if err != nil {
		return time.Time{}, false
	}
	next := nextRun(schedule, after.In(zone))
	return next, !next.IsZero()
}

// everyHour is the bit by which a parsed field tells that it was a star.
const everyHour = 1 << 63

func nextRun(schedule cron.Schedule, after time.Time) time.Time {
	spec, hasFields := schedule.(*cron.SpecSchedule)
	if !hasFields || spec.Hour&everyHour != 0 {
		return schedule.Next(after)
	}
	// The search goes over the clock on the wall, read as UTC, which knows no gaps and repetitions.
	year, month, day := after.Date()
	wall := time.Date(year, month, day, after.Hour(), after.Minute(), after.Second(), 0, time.UTC)
	for {
		if wall = spec.Next(wall); wall.IsZero() {
			return time.Time{}
		}
		if next := firstInstant(wall, after.Location()); next.After(after) {
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
		if _, offset := instant.Zone(); instant.Add(time.Duration(offset) * time.Second).Equal(wall) {
			return instant
		}
	}
	gapEnd, _ := late.ZoneBounds()
	return gapEnd
}

const scheduleForms = `five cron fields such as "15 2 * * *", @daily, or @every 15m`

// parseSchedule reads a cron expression. What the parser accepts and never means is refused here: zones inside it
// (some make it panic), intervals it silently rounds up, and days that no calendar has.
func parseSchedule(spec string) (schedule cron.Schedule, err error) {
	defer func() {
		if cause := recover(); cause != nil { // the parser's own defects must not end the program
			err = errors.New("expected " + scheduleForms)
		}
	}()
	if strings.Contains(spec, "TZ=") {
		return nil, errors.New("expected a schedule without TZ=: the key timezone is for it")
	}
	if interval, ok := strings.CutPrefix(spec, "@every "); ok {
		every, err := time.ParseDuration(strings.TrimSpace(interval))
		if err != nil || every < time.Second {
			return nil, errors.New("expected a duration of at least 1s after @every")
		}
	}
	schedule, err = cron.ParseStandard(spec)
	if err != nil {
		reason, _, _ := strings.Cut(err.Error(), ": strconv")
		return nil, fmt.Errorf("expected %s: %s", scheduleForms, reason)
	}
	if schedule.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, errors.New("expected a time that comes: this one does not within 5 years")
	}
	return schedule, nil
}
