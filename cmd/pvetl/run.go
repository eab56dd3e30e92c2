package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/load"
	"pvetl/state"
)

func (a *app) runCommand() *cobra.Command {
	var options pipeline.Options
	var quiet bool
	cmd := &cobra.Command{
		Use:               "run [JOB…]",
		Short:             "Bring what changed since the last run",
		Long:              "Reads what changed in the source of each job (none named: all of them), and brings it to Playvox.\nExits 0 when everything arrived, 3 when rows are rejected or their fate is not known yet, 1 when a run failed.",
		Example:           "  pvetl run                        # all jobs\n  pvetl run tickets --dry-run      # what would be sent; changes nothing\n  pvetl run tickets --limit 5      # send five for real, to look at them in Playvox",
		ValidArgsFunction: a.completeJobs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if options.Limit < 0 {
				return usageError{errors.New("--limit is a number of interactions above zero")}
			}
			summaries, err := a.run(cmd.Context(), args, options)
			if err != nil {
				return err
			}
			return a.reportRuns(cmd.Context(), summaries, options, quiet)
		},
	}
	cmd.Flags().BoolVar(&options.DryRun, "dry-run", false, "say what would be sent, and change nothing")
	cmd.Flags().Int64Var(&options.Limit, "limit", 0, "send at most `N` interactions and leave the watermark where it is")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "print nothing when all went well")
	return cmd
}

// run carries out jobs with everything they need.
func (a *app) run(ctx context.Context, names []string, options pipeline.Options) ([]pipeline.Summary, error) {
	file, jobs, err := a.jobs(names, options)
	if err != nil {
		return nil, err
	}
	store, err := openState(ctx, file.Config, options.DryRun)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	tools := pipeline.Tools{Store: store, Log: a.logger()}
	if !options.DryRun {
		if tools.Client, err = a.client(file.Config); err != nil {
			return nil, err
		}
		defer tools.Client.Close()
	}
	progress := a.newProgress()
	defer progress.clear()
	options.Progress = progress.show
	return pipeline.RunJobs(ctx, file.Config, jobs, tools, options), nil
}

// jobs reads the configuration and finds the named jobs in it, or all of them.
func (a *app) jobs(names []string, options pipeline.Options) (*config.File, []config.Job, error) {
	file, err := a.load()
	if err != nil {
		return nil, nil, err
	}
	jobs, err := file.Config.Select(names)
	if err != nil {
		return nil, nil, usageError{err}
	}
	needs := []config.Need{config.NeedState}
	if !options.DryRun {
		needs = append(needs, config.NeedPlayvox)
	}
	for _, job := range jobs {
		needs = append(needs, config.NeedJob(job.Name))
	}
	if err := file.Require(needs...); err != nil {
		return nil, nil, hinted{usageError{err}, "set them in the environment of this command"}
	}
	return file, jobs, nil
}

func openState(ctx context.Context, cfg config.Config, readOnly bool) (*state.Store, error) {
	if readOnly {
		return state.OpenReadOnly(ctx, cfg.State)
	}
	return state.Open(ctx, cfg.State)
}

func (a *app) client(cfg config.Config) (*load.Client, error) {
	return load.NewClient(load.Account{
		BaseURL: cfg.Playvox.BaseURL, UID: cfg.Playvox.UID, APIKey: cfg.Playvox.APIKey,
		RequestsPerMinute: cfg.Playvox.RequestsPerMinute, UserAgent: "pvetl/" + version(),
	})
}

// reportRuns prints what became of each job, and chooses the exit status.
func (a *app) reportRuns(ctx context.Context, summaries []pipeline.Summary, options pipeline.Options, quiet bool) error {
	code := exitDone
	for _, summary := range summaries {
		switch {
		case summary.Status == pipeline.Failed:
			code = exitFailed
		case summary.Status == pipeline.Partial && code == exitDone:
			code = exitRejects
		}
	}
	if stopped, ok := errors.AsType[stoppedError](context.Cause(ctx)); ok {
		code = 128 + int(stopped.signal)
	}
	if a.json {
		if err := a.printJSON(map[string]any{"command": "run", "ok": code == exitDone || code == exitRejects, "jobs": summaries}); err != nil {
			return err
		}
	} else if !quiet || code != exitDone {
		for _, summary := range summaries {
			a.printSummary(summary, options)
		}
	}
	if code != exitDone {
		return statusError{code}
	}
	return nil
}

func (a *app) printSummary(s pipeline.Summary, options pipeline.Options) {
	took := time.Duration(0)
	if s.FinishedAt != nil {
		took = s.FinishedAt.Sub(s.StartedAt)
	}
	what := s.Status
	if options.DryRun {
		what += " (dry run: nothing was sent)"
	}
	fmt.Fprintf(a.Stdout, "job %s: %s in %s\n", s.Job, what, took.Round(10*time.Millisecond))
	heading := []string{"", "read", "new", "changed", "unchanged", "rejected", "unknown", "waiting"}
	printTable(a.Stdout, heading, [][]string{countsRow("  interactions", s.Interactions), countsRow("  comments", s.Comments)})
	fmt.Fprintf(a.Stdout, "  requests: %d (%d bulk, %d polls, %d writes, %d lookups; %d throttled)\n",
		s.Requests.Total, s.Requests.Bulk, s.Requests.Polls, s.Requests.Writes, s.Requests.Lookups, s.Requests.Throttled)
	fmt.Fprintf(a.Stdout, "  watermark: %s\n", textOr(s.Watermark.Interactions, "none yet"))
	if s.Error != nil {
		fmt.Fprintf(a.Stdout, "  error: %s\n", a.redactor.Redact(*s.Error))
	}
	if s.Status == pipeline.Partial {
		fmt.Fprintf(a.Stdout, "  what stayed behind and why: pvetl rejects %s\n", s.Job)
	}
}

func countsRow(name string, c pipeline.Counts) []string {
	row := []string{name}
	for _, n := range []int64{c.Read, c.New, c.Changed, c.Unchanged, c.Rejected, c.Unknown, c.Waiting} {
		row = append(row, fmt.Sprint(n))
	}
	return row
}

// completeJobs offers the names of the jobs to the shell.
func (a *app) completeJobs(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	file, err := config.Read(a.configPath, config.Env{Lookup: a.LookupEnv})
	if err != nil && file == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return file.Config.NamesBut(args), cobra.ShellCompDirectiveNoFileComp
}
