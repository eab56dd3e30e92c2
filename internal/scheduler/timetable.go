package scheduler

import (
	"fmt"
	"time"

	"pvetl/internal/config"
	"pvetl/internal/schedule"
	"pvetl/state"
)

// timetable says what is to become of a job's row in the state. It is all there is to decide; it writes nothing.
type timetable struct {
	job    string
	spec   string // as the row keeps it; empty: the job has no schedule
	due    schedule.Schedule
	jitter time.Duration
	isNew  bool // to this process, which has written nothing by it yet
}

func timetableOf(job config.Job) (timetable, error) {
	if job.Schedule == "" {
		return timetable{job: job.Name}, nil
	}
	zone, err := time.LoadLocation(job.Timezone)
	if err != nil {
		return timetable{}, fmt.Errorf("job %s: timezone: %w", job.Name, err)
	}
	due, err := schedule.Parse(job.Schedule, zone)
	if err != nil {
		return timetable{}, fmt.Errorf("job %s: schedule: %w", job.Name, err)
	}
	return timetable{job: job.Name, spec: due.String(), due: due, jitter: due.Jitter(job.Name)}, nil
}

// change is what has become of a row.
type change int

const (
	unchanged   change = iota
	rescheduled        // jobs.yaml says something else than before
	pulledIn           // it was further ahead than any clock explains
	passed             // the job is paused, and it was due
)

// align brings a row in line with jobs.yaml and the clock. A clock that was set back a little leaves it as it is: what was done is
// not due again. So does a row that another process has written by another jobs.yaml, or each of them would put off for ever what
// the other has planned: the run comes when it says, or when this one says where that is earlier.
func (t timetable) align(row *state.Schedule, now time.Time) change {
	isForeign := row.Spec != t.spec
	latest := t.next(t.next(now))
	isTooLate := !latest.IsZero() && row.NextDue.After(latest)
	switch {
	case isForeign && (t.isNew || t.spec != "" && (isTooLate || row.NextDue.IsZero())):
		if !t.isReached(*row, now) { // what is due stays so
			row.NextDue = t.next(now)
		}
		row.Spec, row.Skips, row.SkipRun = t.spec, 0, ""
		return rescheduled
	case isTooLate:
		row.NextDue = t.next(now)
		return pulledIn
	case !row.Paused.IsZero() && t.isReached(*row, now):
		t.advance(row, now)
		return passed
	default:
		return unchanged
	}
}

// advance is for a row whose time has been reached.
func (t timetable) advance(row *state.Schedule, now time.Time) {
	row.Spec, row.NextDue = t.spec, t.due.NextOf(row.NextDue, now)
}

// next is zero for a job without a schedule, and where no time comes any more.
func (t timetable) next(after time.Time) time.Time {
	if t.spec == "" || after.IsZero() {
		return time.Time{}
	}
	return t.due.Next(after)
}

// begin makes of a row that a run begins, for the holder of the lease, and reports whether there is one to begin. What somebody
// left behind comes first, then what was asked for. One run does for all that is to be run.
func (t timetable) begin(row *state.Schedule, now time.Time) bool {
	switch {
	case !row.Due.IsZero():
	case row.Wanted != "":
		row.Due, row.Doing = now.Truncate(time.Second), row.Wanted
	case t.isDue(*row, now):
		row.Due, row.Doing = row.NextDue, DoRun
	default:
		return false
	}
	row.Tries++
	if row.Wanted == row.Doing {
		row.Wanted = ""
	}
	if row.Doing == DoRun && t.isReached(*row, now) {
		t.advance(row, now)
	}
	row.Skips, row.SkipRun = 0, ""
	return true
}

// isAsked says whether a run of the job is to begin that has not begun.
func (t timetable) isAsked(row state.Schedule, now time.Time) bool {
	return row.Wanted != "" || t.isDue(row, now)
}

// isDue says whether the schedule wants a run.
func (t timetable) isDue(row state.Schedule, now time.Time) bool {
	return row.Paused.IsZero() && t.isReached(row, now) && !now.Before(t.dueAt(row))
}

// isReached leaves out the jitter.
func (t timetable) isReached(row state.Schedule, now time.Time) bool {
	return t.spec != "" && !row.NextDue.IsZero() && !now.Before(row.NextDue)
}

// dueAt is when the schedule wants the next run to begin; zero: never.
func (t timetable) dueAt(row state.Schedule) time.Time {
	if row.NextDue.IsZero() {
		return time.Time{}
	}
	return row.NextDue.Add(t.jitter)
}
