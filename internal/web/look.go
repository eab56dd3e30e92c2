package web

import (
	"context"
	"slices"
	"time"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/internal/scheduler"
	"pvetl/state"
)

// sight is what the state tells of one job, or of all, in a few queries.
type sight struct {
	now       time.Time
	reading   config.Reading
	snapshot  scheduler.Snapshot
	schedules map[string]state.Schedule
	open      map[string]int
	groups    []state.RejectGroup
	days      []state.Day
	marks     []state.Watermark
}

// look reads what there is to see of a job, of all jobs where job is empty.
func (s *server) look(ctx context.Context, job string) (seen sight, err error) {
	seen = sight{now: s.Now().UTC(), reading: s.Settings(), snapshot: s.Snapshot(), schedules: make(map[string]state.Schedule)}
	schedules, err := s.Store.Schedules(ctx)
	if err != nil {
		return seen, err
	}
	for _, schedule := range schedules {
		seen.schedules[schedule.Job] = schedule
	}
	if seen.open, err = s.Store.CountOpenBatches(ctx); err != nil {
		return seen, err
	}
	if seen.groups, err = s.Store.RejectGroups(ctx, job); err != nil {
		return seen, err
	}
	if seen.days, err = s.Store.Days(ctx, job, firstDay(seen.now)); err != nil {
		return seen, err
	}
	seen.marks, err = s.Store.Watermarks(ctx, job)
	return seen, err
}

// jobView is where a job stands.
type jobView struct {
	Name     string
	Schedule string // as jobs.yaml says; empty: by hand
	Timezone string
	Word     string // what it does, or how it ended
	Tone     string // of the word: good, bad, busy, calm or wary
	Since    time.Time
	Next     time.Time // zero: nothing is planned
	Paused   time.Time
	Skips    int
	Wanted   string
	Last     *runView
	Running  *scheduler.Running // in this process
	Holder   string             // who is at work on it
	Marks    []markView
	Behind   string
	Open     int
	Rejects  int
	Chart    chart
}

// markView is how far a stream has come.
type markView struct {
	Stream  string
	Cursor  string
	Updated time.Time
}

// jobView puts together what is known of a job. It asks for its holder and its last run.
func (s *server) jobView(ctx context.Context, seen sight, job config.Job) (*jobView, error) {
	schedule := seen.schedules[job.Name]
	view := &jobView{
		Name: job.Name, Schedule: job.Schedule, Timezone: job.Timezone, Open: seen.open[job.Name],
		Paused: schedule.Paused, Skips: schedule.Skips, Wanted: schedule.Wanted, Next: nextOf(seen.now, job, schedule),
	}
	last, ran, err := s.Store.LastRun(ctx, job.Name, pipeline.Succeeded, pipeline.Partial, pipeline.Failed)
	if err != nil {
		return nil, err
	}
	if ran {
		shown, err := s.runViews(ctx, last)
		if err != nil {
			return nil, err
		}
		view.Last = &shown[0]
	}
	holder, held, err := s.Store.Holder(ctx, job.Name)
	if err != nil {
		return nil, err
	}
	if held {
		view.Holder, view.Since = holder.Owner, holder.Since
	}
	view.see(seen)
	view.Behind = behindOf(seen, job)
	view.judge()
	return view, nil
}

// see picks what is about the job.
func (v *jobView) see(seen sight) {
	if i := slices.IndexFunc(seen.snapshot.Running, func(r scheduler.Running) bool { return r.Job == v.Name }); i >= 0 {
		v.Running = &seen.snapshot.Running[i]
	}
	for _, group := range seen.groups {
		if group.Job == v.Name {
			v.Rejects += group.Count
		}
	}
	for _, mark := range seen.marks {
		if mark.Job == v.Name {
			v.Marks = append(v.Marks, markView{mark.Stream, mark.Cursor, mark.UpdatedAt})
		}
	}
	v.Chart = chartOf(seen.now, slices.DeleteFunc(slices.Clone(seen.days), func(d state.Day) bool { return d.Job != v.Name }))
}

// nextOf is when a job is due; zero where it is not.
func nextOf(now time.Time, job config.Job, schedule state.Schedule) time.Time {
	if job.Schedule == "" || !schedule.Paused.IsZero() {
		return time.Time{}
	}
	if !schedule.NextDue.IsZero() {
		return schedule.NextDue
	}
	next, _ := job.NextRun(now)
	return next
}

// behindOf is how far behind now a job's interactions are; empty where their cursor is no time.
func behindOf(seen sight, job config.Job) string {
	for _, mark := range seen.marks {
		if mark.Job != job.Name || mark.Stream != pipeline.StreamInteractions {
			continue
		}
		if behind, ok := pipeline.Behind(seen.reading.File.Config, job, mark, seen.now); ok {
			return roughly(behind)
		}
	}
	return ""
}

// judge says in one word how the job is.
func (v *jobView) judge() {
	switch {
	case v.Holder != "" || v.Running != nil:
		v.Word, v.Tone = "running", "busy"
	case !v.Paused.IsZero():
		v.Word, v.Tone = "paused", "wary"
	case v.Last == nil:
		v.Word, v.Tone = "never ran", "calm"
	case v.Last.Status == pipeline.Failed:
		v.Word, v.Tone = "failed", "bad"
	case v.Skips > 0:
		v.Word, v.Tone = "skipped", "wary"
	default:
		v.Word, v.Tone = "idle", "good"
	}
}
