package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/internal/crash"
	"pvetl/state"
)

// BackfillOptions say which history is to be brought, as somebody typed it.
type BackfillOptions struct {
	From        string // belongs to it
	To          string // does not
	Slice       string // how wide a slice is: a duration, or a number where the cursor counts; empty is as usual
	Parallel    int    // slices read at a time
	NewestFirst bool
}

// BackfillPlan is a backfill that could be started.
type BackfillPlan struct {
	Job      string
	Options  BackfillOptions
	Span     extract.Span
	Slices   []extract.Slice
	Estimate Estimate
	Unended  string   // the id of one with the same bounds that has not come to its end; empty where there is none
	Warnings []string // what is to be known before anything is sent

	fingerprint fingerprint
}

// Estimate is what a backfill will take; null where it is not known beforehand.
type Estimate struct {
	Slices           int    `json:"slices"`
	Rows             *int64 `json:"rows"`
	Requests         *int64 `json:"requests"`
	Seconds          *int64 `json:"seconds"` // at the configured quota
	Expired          *int64 `json:"expired"` // rows older than the integration keeps them
	RetentionMinutes int    `json:"retention_minutes"`
}

// History is what the state knows of backfills.
type History interface {
	CreateBackfill(ctx context.Context, backfill state.Backfill, slices []state.Slice) (state.Backfill, error)
	Backfills(ctx context.Context, job string) ([]state.Backfill, error)
}

// PlanBackfill finds out what a backfill would read and take. It reads the source and writes nothing.
func PlanBackfill(ctx context.Context, cfg config.Config, job config.Job, store History, options BackfillOptions, log *slog.Logger) (BackfillPlan, error) {
	plan := BackfillPlan{Job: job.Name, Options: options}
	split, err := splitOptions(options.Slice)
	if err != nil {
		return plan, err
	}
	source, err := OpenSource(ctx, cfg, job, log)
	if err != nil {
		return plan, fmt.Errorf("job %s: %w", job.Name, err)
	}
	defer source.Close()
	plan.fingerprint = source.interactions.fingerprint
	if plan.Span, err = source.stream.Span(ctx, options.From, options.To); err != nil {
		return plan, fmt.Errorf("job %s: %w", job.Name, err)
	}
	if plan.Unended, err = unended(ctx, store, plan); err != nil || plan.Unended != "" {
		return plan, err
	}
	if plan.Slices, err = source.stream.Split(ctx, plan.Span, split); err != nil {
		return plan, fmt.Errorf("job %s: cutting the history into slices: %w", job.Name, err)
	}
	integration, _ := cfg.Integration(job.Integration)
	plan.Estimate = estimate(plan.Slices, job.Load.BatchSize, cfg.Playvox.RequestsPerMinute)
	plan.lookBack(ctx, source.stream, time.Duration(integration.DataStorageMinutes)*time.Minute)
	plan.lookAtPages(ctx, source.stream)
	return plan, nil
}

// splitOptions reads how wide a slice is to be.
func splitOptions(text string) (extract.SplitOptions, error) {
	if text == "" {
		return extract.SplitOptions{}, nil
	}
	if units, err := strconv.ParseInt(text, 10, 64); err == nil && units > 0 {
		return extract.SplitOptions{Units: units}, nil
	}
	width, err := time.ParseDuration(text)
	if err != nil || width < time.Second {
		return extract.SplitOptions{}, fmt.Errorf("a slice of %q: write a duration such as 24h, or a number such as 10000 where the cursor counts", text)
	}
	return extract.SplitOptions{Width: width}, nil
}

// unended finds a backfill of the same bounds that has not come to its end: bounds that were typed alike are the same, also
// where the second lies ahead of the source's present, which goes on.
func unended(ctx context.Context, store History, plan BackfillPlan) (string, error) {
	known, err := store.Backfills(ctx, plan.Job)
	if err != nil {
		return "", err
	}
	for _, b := range known {
		if isOpen(b) && (b.Asked == plan.Options.asked() || b.From == plan.Span.From && b.To == plan.Span.To) {
			return b.ID, nil
		}
	}
	return "", nil
}

func (o BackfillOptions) asked() string { return o.From + " to " + o.To }

func isOpen(b state.Backfill) bool {
	return b.State == state.BackfillActive || b.State == state.BackfillPaused
}

// requestsForEach is what a full batch costs at best: its POST and one look at its job.
const requestsForEach = 2

// estimate adds up what is known of the slices. Rows that Playvox holds already cost no request, so it is an upper bound.
func estimate(slices []extract.Slice, batchSize, perMinute int) Estimate {
	e := Estimate{Slices: len(slices)}
	rows := int64(0)
	for _, s := range slices {
		if s.Rows < 0 {
			return e
		}
		rows += s.Rows
	}
	size := int64(batchSize)
	requests := (rows + size - 1) / size * requestsForEach
	seconds := requests * 60 / int64(perMinute)
	e.Rows, e.Requests, e.Seconds = &rows, &requests, &seconds
	return e
}

// aMoment is how long the source may work on what only makes an estimate better.
const aMoment = 5 * time.Second

// lookBack points out the rows that are older than the integration keeps them.
func (p *BackfillPlan) lookBack(ctx context.Context, stream *extract.Stream, keeps time.Duration) {
	p.Estimate.RetentionMinutes = int(keeps / time.Minute)
	ctx, cancel := context.WithTimeout(ctx, aMoment)
	defer cancel()
	older, ok, err := stream.Before(ctx, p.Span, time.Now().Add(-keeps))
	if err != nil || !ok {
		return
	}
	what := "rows"
	if n, err := stream.CountIn(ctx, older); err == nil {
		if p.Estimate.Expired = &n; n == 0 {
			return
		}
		what = fmt.Sprintf("%d rows", n)
	}
	p.Warnings = append(p.Warnings, fmt.Sprintf("%s before %s are older than the integration keeps them (data_storage_minutes: %d): Playvox may delete them as soon as they arrive",
		what, older.To, p.Estimate.RetentionMinutes))
}

// lookAtPages points out what makes each page a burden to the source.
func (p *BackfillPlan) lookAtPages(ctx context.Context, stream *extract.Stream) {
	ctx, cancel := context.WithTimeout(ctx, aMoment)
	defer cancel()
	if warning, err := stream.ScanWarning(ctx); err == nil && warning != "" {
		p.Warnings = append(p.Warnings, warning)
	}
}

// CreateBackfill writes a plan down and returns its id. Nothing is brought by that.
func CreateBackfill(ctx context.Context, store History, plan BackfillPlan) (id string, err error) {
	if len(plan.Slices) == 0 {
		return "", errors.New("the plan has no slices")
	}
	slices := make([]state.Slice, len(plan.Slices))
	for i, s := range plan.Slices {
		slices[i] = state.Slice{Number: i + 1, From: s.From, To: s.To, Type: s.Type, Rows: s.Rows}
	}
	created, err := store.CreateBackfill(ctx, state.Backfill{
		Job: plan.Job, From: plan.Span.From, To: plan.Span.To, Asked: plan.Options.asked(), Type: plan.Span.Type,
		Fingerprint: plan.fingerprint.String(),
		NewestFirst: plan.Options.NewestFirst, Parallel: max(1, plan.Options.Parallel), State: state.BackfillActive,
	}, slices)
	crash.At(crash.BackfillRecorded)
	return created.ID, err
}
