package metrics

import (
	"context"
	"time"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/state"
)

// aSign is how long a sign of life counts.
const aSign = time.Minute

// tell asks the state for everything, in a few queries and a few more for each job.
func (b *books) tell(ctx context.Context, g gauges) error {
	known, err := b.learn(ctx)
	if err != nil {
		return err
	}
	g.set(processes, float64(known.alive))
	g.set(waiting, float64(known.notices))
	g.set(paused, known.paused.Seconds())
	cfg := b.Settings().File.Config
	for _, job := range cfg.Jobs {
		if err := b.tellJob(ctx, g, cfg, job, known); err != nil {
			return err
		}
	}
	return b.tellBackfills(ctx, g, cfg)
}

// known is what the state tells of all jobs at once.
type known struct {
	schedules map[string]state.Schedule
	batches   map[string]int
	groups    []state.RejectGroup
	marks     []state.Watermark
	alive     int
	notices   int
	paused    time.Duration
}

func (b *books) learn(ctx context.Context) (k known, err error) {
	schedules, err := b.Store.Schedules(ctx)
	if err != nil {
		return k, err
	}
	k.schedules = make(map[string]state.Schedule, len(schedules))
	for _, schedule := range schedules {
		k.schedules[schedule.Job] = schedule
	}
	if k.batches, err = b.Store.CountOpenBatches(ctx); err != nil {
		return k, err
	}
	if k.groups, err = b.Store.RejectGroups(ctx, ""); err != nil {
		return k, err
	}
	if k.marks, err = b.Store.Watermarks(ctx, ""); err != nil {
		return k, err
	}
	if k.notices, err = b.Store.CountNotices(ctx); err != nil {
		return k, err
	}
	return k, b.learnOfOthers(ctx, &k)
}

func (b *books) learnOfOthers(ctx context.Context, k *known) error {
	pulses, err := b.Store.Pulses(ctx)
	if err != nil {
		return err
	}
	for _, pulse := range pulses {
		if pulse.Now.Sub(pulse.Last) < aSign {
			k.alive++
		}
	}
	quotas, err := b.Store.Quotas(ctx)
	for _, quota := range quotas {
		k.paused = max(k.paused, quota.PausedUntil.Sub(b.Now()))
	}
	return err
}

func (b *books) tellJob(ctx context.Context, g gauges, cfg config.Config, job config.Job, k known) error {
	schedule := k.schedules[job.Name]
	if schedule.Paused.IsZero() {
		g.instant(jobNext, schedule.NextDue, job.Name)
	}
	g.truth(jobPaused, !schedule.Paused.IsZero(), job.Name)
	g.set(jobSkipped, float64(schedule.Skips), job.Name)
	g.set(jobBatches, float64(k.batches[job.Name]), job.Name)
	rejects := map[string]int{pipeline.StreamInteractions: 0, pipeline.StreamComments: 0, pipeline.StreamAttachments: 0}
	for _, group := range k.groups {
		if group.Job == job.Name {
			rejects[group.Stream] += group.Count
		}
	}
	for stream, n := range rejects {
		g.set(jobRejects, float64(n), job.Name, stream)
	}
	b.tellWatermark(g, cfg, job, k.marks)
	_, held, err := b.Store.Holder(ctx, job.Name)
	if err != nil {
		return err
	}
	g.truth(jobRunning, held, job.Name)
	return b.tellRuns(ctx, g, job)
}

// tellWatermark tells of cursors that are times.
func (b *books) tellWatermark(g gauges, cfg config.Config, job config.Job, marks []state.Watermark) {
	for _, mark := range marks {
		if mark.Job != job.Name || mark.Stream != pipeline.StreamInteractions {
			continue
		}
		if behind, ok := pipeline.Behind(cfg, job, mark, b.Now()); ok {
			g.set(jobBehind, behind.Seconds(), job.Name)
		}
	}
}

func (b *books) tellRuns(ctx context.Context, g gauges, job config.Job) error {
	ends := []string{pipeline.Succeeded, pipeline.Partial, pipeline.Failed}
	last, ok, err := b.Store.LastRun(ctx, job.Name, ends...)
	if err != nil || !ok {
		return err
	}
	g.instant(jobStarted, last.StartedAt, job.Name)
	g.set(jobTook, last.FinishedAt.Sub(last.StartedAt).Seconds(), job.Name)
	for _, status := range ends {
		g.truth(jobStatus, status == last.Status, job.Name, status)
	}
	good, ok, err := b.Store.LastRun(ctx, job.Name, pipeline.Succeeded, pipeline.Partial)
	if err == nil && ok {
		g.instant(jobGood, good.FinishedAt, job.Name)
	}
	return err
}

// tellBackfills tells of those that have not ended: of the others there may be any number.
func (b *books) tellBackfills(ctx context.Context, g gauges, cfg config.Config) error {
	all, err := b.Store.Backfills(ctx, "")
	if err != nil {
		return err
	}
	for _, one := range all {
		if _, ok := cfg.Job(one.Job); !ok || (one.State != state.BackfillActive && one.State != state.BackfillPaused) {
			continue
		}
		status, _, ok, err := pipeline.Backfill(ctx, b.Store, one.ID)
		if err != nil {
			return err
		}
		if ok {
			tellBackfill(g, status)
		}
	}
	return nil
}

func tellBackfill(g gauges, s pipeline.BackfillStatus) {
	if s.State != pipeline.BackfillPaused { // nobody has to be at work on it
		g.truth(bfRunning, s.HeldBy != nil, s.Job, s.ID)
	}
	g.set(bfSettled, float64(s.RowsSettled), s.Job, s.ID)
	g.set(bfSlices, float64(s.Slices), s.Job, s.ID)
	g.set(bfDone, float64(s.SlicesDone), s.Job, s.ID)
	if s.Rows != nil {
		g.set(bfRows, float64(*s.Rows), s.Job, s.ID)
	}
	if s.EtaSeconds != nil {
		g.set(bfRemaining, float64(*s.EtaSeconds), s.Job, s.ID)
	}
}
