package config

import (
	"time"

	"pvetl/internal/schedule"
)

// NextRun returns the first time after the given one at which the job's schedule starts it, in the job's time zone. It
// returns false for a job without a schedule, or with one that is not valid.
func (j Job) NextRun(after time.Time) (time.Time, bool) {
	zone, err := time.LoadLocation(j.Timezone)
	if err != nil || j.Schedule == "" {
		return time.Time{}, false
	}
	due, err := schedule.Parse(j.Schedule, zone)
	if err != nil {
		return time.Time{}, false
	}
	next := due.Next(after)
	return next, !next.IsZero()
}
