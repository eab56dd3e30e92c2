package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"pvetl/internal/config"
	"pvetl/load"
	"pvetl/state"
)

// Tools are what the jobs of a process share.
type Tools struct {
	Store  State
	Client *load.Client // nil for dry runs
	Log    *slog.Logger
}

// RunJobs runs jobs one after the other. A job that fails does not keep the next from running; being stopped does.
func RunJobs(ctx context.Context, cfg config.Config, jobs []config.Job, tools Tools, options Options) []Summary {
	var summaries []Summary
	for _, job := range jobs {
		summary, err := runJob(ctx, cfg, job, tools, options)
		if err != nil {
			tools.Log.Error("the run failed", "job", job.Name, "run", summary.RunID, "error", err)
		}
		summaries = append(summaries, summary)
		if ctx.Err() != nil {
			break
		}
	}
	return summaries
}

func runJob(ctx context.Context, cfg config.Config, job config.Job, tools Tools, options Options) (Summary, error) {
	source, err := OpenSource(ctx, cfg, job, tools.Log)
	if err != nil {
		return notStarted(ctx, job, tools, options, err)
	}
	defer source.Close()
	requests := &load.Requests{}
	var playvox Playvox
	if tools.Client != nil {
		playvox = tools.Client.Counting(requests)
	}
	p, err := New(cfg, job, source, tools.Store, playvox, requests, tools.Log)
	if err != nil {
		return notStarted(ctx, job, tools, options, err)
	}
	return p.Run(ctx, options)
}

// notStarted records a run that failed before it began, so that the list of runs shows it.
func notStarted(ctx context.Context, job config.Job, tools Tools, options Options, cause error) (Summary, error) {
	now := time.Now().UTC()
	text := cause.Error()
	summary := Summary{Job: job.Name, RunID: newRunID(now), Status: Failed, StartedAt: now, FinishedAt: &now, Error: &text}
	if options.DryRun {
		return summary, cause
	}
	ctx, cancel := afterEffect(ctx)
	defer cancel()
	return summary, errors.Join(cause, record(ctx, tools.Store, summary))
}

// record writes a run that has ended over what was recorded when it began.
func record(ctx context.Context, journal Journal, summary Summary) error {
	text, err := json.Marshal(summary)
	if err != nil {
		return err
	}
	return journal.FinishRun(ctx, state.Run{
		ID: summary.RunID, Job: summary.Job, Command: "run", Status: summary.Status,
		StartedAt: summary.StartedAt, FinishedAt: *summary.FinishedAt, Summary: text,
	})
}
