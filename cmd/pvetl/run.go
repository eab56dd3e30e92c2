package main

import (
	"context"
	"errors"
	"fmt"

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
		Use:   "run [JOB…]",
		Short: "Bring what changed since the last run",
		Long: "Reads what changed in the source of each job (none named: all of them), and brings it to Playvox.\n" +
			"Exits 0 when everything arrived, 3 when rows are rejected or their fate is not known yet, 4 when another process has the\n" +
			"job, 1 when a run failed.\n\n" +
			"--adopt is for a state that was lost, or that speaks of another account: it forgets what the ledger says of the job and\n" +
			"takes over what Playvox holds. Nothing is sent that is there, and what differs is brought up to date.",
		Example: "  pvetl run                        # all jobs\n" +
			"  pvetl run tickets --dry-run      # what would be sent; changes nothing\n" +
			"  pvetl run tickets --limit 5      # send five for real, to look at them in Playvox\n" +
			"  pvetl run tickets --adopt        # begin anew with what Playvox holds",
		ValidArgsFunction: a.completeJobs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkRun(args, options); err != nil {
				return err
			}
			if quiet && !cmd.Flags().Changed("log-level") {
				a.logLevel = "warn"
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
	cmd.Flags().BoolVar(&options.Adopt, "adopt", false, "forget what the ledger says of the named jobs, and take over what Playvox holds")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "print nothing when all went well")
	return cmd
}

// checkRun refuses what makes no sense together. What Playvox holds can be taken over only as a whole and for real.
func checkRun(names []string, options pipeline.Options) error {
	switch {
	case options.Limit < 0:
		return usageError{errors.New("--limit is a number of interactions above zero")}
	case !options.Adopt:
		return nil
	case options.Limit > 0, options.DryRun:
		return usageError{errors.New("--adopt goes neither with --limit nor with --dry-run: it takes over everything that Playvox holds")}
	case len(names) == 0:
		return hinted{usageError{errors.New("--adopt makes a job forget what it has sent: name the job")}, "such as: pvetl run tickets --adopt"}
	default:
		return nil
	}
}

// run carries out jobs with everything they need.
func (a *app) run(ctx context.Context, names []string, options pipeline.Options) ([]pipeline.Summary, error) {
	file, jobs, err := a.jobs(names, options)
	if err != nil {
		return nil, err
	}
	if err := file.Require(config.NeedNotify); err != nil && !options.DryRun {
		return nil, a.unfit(file, err)
	}
	tools, putAway, err := a.tools(ctx, file.Config, options)
	if err != nil {
		return nil, err
	}
	defer putAway()
	progress := a.newProgress()
	defer progress.clear()
	if tools.Client != nil {
		progress.usage = tools.Client.Usage
	}
	options.Progress = progress.show
	summaries := pipeline.RunJobs(ctx, file.Config, jobs, tools, options)
	if !options.DryRun && options.Limit == 0 {
		a.tell(ctx, file, tools, summaries)
	}
	return summaries, nil
}

// tools opens what jobs are carried out with. The caller puts them away.
func (a *app) tools(ctx context.Context, cfg config.Config, options pipeline.Options) (tools pipeline.Tools, putAway func(), err error) {
	store, err := openState(ctx, cfg, options.DryRun)
	if err != nil {
		return pipeline.Tools{}, nil, err
	}
	tools = pipeline.Tools{Store: store, Log: a.logger()}
	if options.DryRun {
		return tools, func() { _ = store.Close() }, nil
	}
	if tools.Client, err = a.client(cfg, store); err != nil {
		return pipeline.Tools{}, nil, errors.Join(err, store.Close())
	}
	return tools, func() {
		tools.Client.Close()
		_ = store.Close()
	}, nil
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
		return nil, nil, a.unfit(file, err)
	}
	return file, jobs, nil
}

func openState(ctx context.Context, cfg config.Config, readOnly bool) (*state.Store, error) {
	if readOnly {
		return state.OpenReadOnly(ctx, cfg.State)
	}
	return state.Open(ctx, cfg.State)
}

// client sends requests, in the turns of a quota that is shared by who shares the state, or of its own where that is nil.
func (a *app) client(cfg config.Config, quota load.Quota) (*load.Client, error) {
	return load.NewClient(load.Account{
		BaseURL: cfg.Playvox.BaseURL, UID: cfg.Playvox.UID, APIKey: cfg.Playvox.APIKey,
		RequestsPerMinute: cfg.Playvox.RequestsPerMinute, UserAgent: "pvetl/" + version(), Quota: quota,
	})
}

// holding does work on the state of a job as the only one who does.
func holding(ctx context.Context, store *state.Store, job string, work func(*state.Store) error) (err error) {
	lease, err := store.Acquire(ctx, job, pipeline.Owner())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lease.Release(ctx)) }()
	return work(lease.Store())
}

// reportRuns prints what became of each job, and chooses the exit status.
func (a *app) reportRuns(ctx context.Context, summaries []pipeline.Summary, options pipeline.Options, quiet bool) error {
	code := exitOf(ctx, summaries)
	if a.json {
		if err := a.printJSON(a.runsObject(code, summaries)); err != nil {
			return err
		}
	} else if !quiet || code != exitDone {
		a.printSummaries(summaries, options)
	}
	return asStatus(code)
}

// runsObject is what --json prints of runs.
func (a *app) runsObject(code int, summaries []pipeline.Summary) map[string]any {
	if summaries == nil {
		summaries = []pipeline.Summary{} // [] in JSON
	}
	return map[string]any{"command": a.command, "ok": code == exitDone || code == exitRejects, "jobs": summaries}
}

// exitOf chooses the exit status of runs: the worst of them decides, unless a signal stopped them.
func exitOf(ctx context.Context, summaries []pipeline.Summary) int {
	if stopped, ok := errors.AsType[stoppedError](context.Cause(ctx)); ok {
		return 128 + int(stopped.signal)
	}
	worst := exitDone
	badness := map[int]int{exitDone: 0, exitRejects: 1, exitHeld: 2, exitFailed: 3}
	for _, summary := range summaries {
		code := exitDone
		switch {
		case summary.HeldBy != nil:
			code = exitHeld
		case summary.Status == pipeline.Failed:
			code = exitFailed
		case summary.Status == pipeline.Partial:
			code = exitRejects
		}
		if badness[code] > badness[worst] {
			worst = code
		}
	}
	return worst
}

// asStatus ends a command that has said everything.
func asStatus(code int) error {
	if code == exitDone {
		return nil
	}
	return statusError{code}
}

// completeJobs offers the names of the jobs to the shell.
func (a *app) completeJobs(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	file, err := config.Read(a.configPath, config.Env{Lookup: a.LookupEnv})
	if err != nil && file == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return file.Config.NamesBut(args), cobra.ShellCompDirectiveNoFileComp
}

// completeOneJob offers the names of the jobs where one is still wanted.
func (a *app) completeOneJob(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.completeJobs(cmd, args, prefix)
}

// streamFlag is a flag that names one of some streams.
func streamFlag(cmd *cobra.Command, into *string, usage string, streams ...string) {
	cmd.Flags().StringVar(into, "stream", "", usage)
	_ = cmd.RegisterFlagCompletionFunc("stream", cobra.FixedCompletions(streams, cobra.ShellCompDirectiveNoFileComp))
}

// checkStream refuses a stream that is none of some.
func checkStream(stream string, streams ...string) error {
	for _, known := range streams {
		if stream == known || stream == "" {
			return nil
		}
	}
	return usageError{fmt.Errorf("--stream is one of %v", streams)}
}
