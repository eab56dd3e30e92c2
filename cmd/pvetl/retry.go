package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/state"
)

func (a *app) retryCommand() *cobra.Command {
	var which chosen
	cmd := &cobra.Command{
		Use:   "retry [JOB]",
		Short: "Read rejected rows again, and try to send them",
		Long: "Reads rejected rows from the source again, by their keys, and tries each as if it were new (no job named: those of all\n" +
			"jobs). A row that is there no more takes its reject along. Exits as run does.\n\n" +
			"--json prints what run prints, and how many rejects remain: {\"command\", \"ok\", \"jobs\": […], \"remaining\"}.",
		Example:           "  pvetl rejects retry tickets\n  pvetl rejects retry tickets --key 48213 --key 48214\n  pvetl rejects retry tickets --stream comments",
		Args:              atMostOneJob,
		ValidArgsFunction: a.completeOneJob,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkStream(which.stream, allStreams...); err != nil {
				return err
			}
			summaries, remaining, err := a.retry(cmd.Context(), args, which)
			if err != nil {
				return err
			}
			return a.reportRetry(cmd.Context(), summaries, remaining)
		},
	}
	which.flags(a, cmd)
	return cmd
}

// retry tries the chosen rejects of each job again and counts what remains.
func (a *app) retry(ctx context.Context, names []string, which chosen) (summaries []pipeline.Summary, remaining int, err error) {
	file, jobs, err := a.jobs(names, pipeline.Options{})
	if err != nil {
		return nil, 0, err
	}
	tools, putAway, err := a.tools(ctx, file.Config, pipeline.Options{})
	if err != nil {
		return nil, 0, err
	}
	defer putAway()
	progress := a.newProgress()
	defer progress.clear()
	for _, job := range jobs {
		rejects, err := tools.Store.Rejects(ctx, job.Name)
		if err != nil {
			return summaries, 0, err
		}
		options := pipeline.Options{Retry: which.of(rejects), Progress: progress.show}
		if len(options.Retry) > 0 && ctx.Err() == nil {
			summaries = append(summaries, pipeline.RunJobs(ctx, file.Config, []config.Job{job}, tools, options)...)
		}
	}
	remaining, err = countRejects(ctx, tools.Store, jobs)
	return summaries, remaining, err
}

// countRejects counts the rejects of jobs, also after a signal has stopped the work: the report tells how far it came.
func countRejects(ctx context.Context, store *state.Store, jobs []config.Job) (total int, err error) {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	for _, job := range jobs {
		n, err := store.CountRejects(ctx, job.Name)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

func (a *app) reportRetry(ctx context.Context, summaries []pipeline.Summary, remaining int) error {
	code := exitOf(ctx, summaries)
	if a.json {
		object := a.runsObject(code, summaries)
		object["remaining"] = remaining
		if err := a.printJSON(object); err != nil {
			return err
		}
		return asStatus(code)
	}
	a.printSummaries(summaries, pipeline.Options{})
	if len(summaries) == 0 {
		fmt.Fprintln(a.Stdout, "nothing to retry")
	}
	a.printRemaining(remaining)
	return asStatus(code)
}

func (a *app) printRemaining(remaining int) {
	if remaining == 0 {
		fmt.Fprintln(a.Stdout, "no rejects remain")
		return
	}
	fmt.Fprintf(a.Stdout, "rejects that remain: %d\n", remaining)
}
