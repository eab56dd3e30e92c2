package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Forms are the ways in which a schedule may be written, for messages.
const Forms = `five cron fields such as "15 2 * * *", @daily, or @every 15m`

// Parse reads five cron fields, a word such as @daily, or @every with a duration of at least a second. The error says what was
// expected. What the parser accepts and never means is refused here: zones inside it (some make it panic), intervals it
// silently rounds up, and days that no calendar has.
func Parse(spec string, zone *time.Location) (schedule Schedule, err error) {
	defer func() {
		if cause := recover(); cause != nil { // the parser's own defects must not end the program
			err = errors.New("expected " + Forms)
		}
	}()
	if strings.Contains(spec, "TZ=") {
		return Schedule{}, errors.New("expected a schedule without TZ=: the key timezone is for it")
	}
	schedule = Schedule{spec: spec, zone: zone}
	if interval, ok := strings.CutPrefix(spec, "@every "); ok {
		every, err := time.ParseDuration(strings.TrimSpace(interval))
		if err != nil || every < time.Second {
			return Schedule{}, errors.New("expected a duration of at least 1s after @every")
		}
		schedule.every = every.Truncate(time.Second)
		return schedule, nil
	}
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		reason, _, _ := strings.Cut(err.Error(), ": strconv")
		return Schedule{}, fmt.Errorf("expected %s: %s", Forms, reason)
	}
	fields, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return Schedule{}, errors.New("expected " + Forms)
	}
	fields.Location = time.UTC // read as the clock on the wall
	schedule.fields = fields
	if schedule.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Schedule{}, errors.New("expected a time that comes: this one does not within 5 years")
	}
	return schedule, nil
}
