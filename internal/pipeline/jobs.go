package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"pvetl/internal/config"
	"pvetl/internal/crash"
	"pvetl/load"
	"pvetl/state"
)

// Tools are what the jobs of a process share.
type Tools struct {
	Store  *state.Store
	Client *load.Client // nil for dry runs
	Log    *slog.Logger
}

// RunJobs runs jobs one after the other. A job that fails does not keep the next from running; being stopped does.
func RunJobs(ctx context.Context, cfg config.Config, jobs []config.Job, tools Tools, options Options) []Summary {
	var summaries []Summary
	for _, job := range jobs {
		summary, err := RunJob(ctx, cfg, job, tools, options)
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

// RunJob runs one job, as the holder of its lease: the summary of a job that somebody else holds says so in HeldBy.
func RunJob(ctx context.Context, cfg config.Config, job config.Job, tools Tools, options Options) (Summary, error) {
	if options.DryRun {
		return runHeld(ctx, cfg, job, tools, options, nil)
	}
	lease, err := tools.Store.Acquire(ctx, job.Name, Owner())
	if err != nil {
		return NotStarted(ctx, job, nil, options, err)
	}
	crash.At(crash.LeaseTaken)
	defer release(ctx, lease, tools.Log)
	return RunUnder(ctx, lease, cfg, job, tools, options)
}

// RunUnder runs one job for whoever holds its lease, and leaves the lease to them.
func RunUnder(ctx context.Context, lease *state.Lease, cfg config.Config, job config.Job, tools Tools, options Options) (Summary, error) {
	holding, stop := lease.Context(ctx)
	defer stop()
	tools.Store = lease.Store()
	return runHeld(holding, cfg, job, tools, options, lease.Check)
}

func release(ctx context.Context, lease *state.Lease, log *slog.Logger) {
	ctx, cancel := afterEffect(ctx)
	defer cancel()
	if err := lease.Release(ctx); err != nil {
		log.Warn("the job's lease could not be given up: it ends by itself", "error", err)
	}
}

// Owner names this process to others that want to run the same job.
func Owner() string {
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown host"
	}
	return fmt.Sprintf("%s pid %d", host, os.Getpid())
}

func runHeld(ctx context.Context, cfg config.Config, job config.Job, tools Tools, options Options, guard func() error) (Summary, error) {
	source, err := OpenSource(ctx, cfg, job, tools.Log)
	if err != nil {
		return NotStarted(ctx, job, tools.Store, options, err)
	}
	defer source.Close()
	requests := &load.Requests{}
	var playvox Playvox
	if tools.Client != nil {
		playvox = tools.Client.ForRun(load.RunOptions{Requests: requests, Guard: guard})
	}
	return New(cfg, job, source, tools.Store, playvox, requests, tools.Log).Run(ctx, options)
}

// NotStarted is the summary of a run that failed before it began. It is recorded, so that the list of runs shows it, but
// for one whose job somebody else holds.
func NotStarted(ctx context.Context, job config.Job, journal Journal, options Options, cause error) (Summary, error) {
	now := time.Now().UTC()
	text := cause.Error()
	summary := Summary{Job: job.Name, RunID: newRunID(now), Status: Failed, StartedAt: now, FinishedAt: &now, Error: &text, RejectGroups: []RejectGroup{}}
	if held, ok := errors.AsType[*state.HeldError](cause); ok {
		summary.HeldBy = held
	}
	if options.DryRun || journal == nil {
		return summary, cause
	}
	ctx, cancel := afterEffect(ctx)
	defer cancel()
	return summary, errors.Join(cause, record(ctx, journal, options.command(), summary))
}

// record writes a run that has ended over what was recorded when it began.
func record(ctx context.Context, journal Journal, command string, summary Summary) error {
	text, err := json.Marshal(summary)
	if err != nil {
		return err
	}
	return journal.FinishRun(ctx, state.Run{
		ID: summary.RunID, Job: summary.Job, Command: command, Status: summary.Status,
		StartedAt: summary.StartedAt, FinishedAt: *summary.FinishedAt, Summary: text, Moved: summary.moved(),
	})
}
