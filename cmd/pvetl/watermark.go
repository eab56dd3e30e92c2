package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/state"
)

func (a *app) watermarkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "watermark JOB [reset | keep | set CURSOR]",
		Short: "Look at how far a job has come, or move it by hand",
		Long: "Without more, shows the watermark of the job.\n" +
			"reset: the next run reads everything from the start and sends only what differs.\n" +
			"keep: goes on from the watermark although the query changed.\n" +
			"set CURSOR: the next run reads from this value of the cursor on, less the lag.",
		Example:           "  pvetl watermark tickets\n  pvetl watermark tickets set '2026-11-01 00:00:00+00'\n  pvetl watermark tickets reset",
		ValidArgsFunction: a.completeWatermark,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("name one job")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			file, job, err := a.job(args[0])
			if err != nil {
				return err
			}
			if err := file.Require(config.NeedState); err != nil {
				return usageError{err}
			}
			return a.watermark(cmd.Context(), file.Config, job, args[1:])
		},
	}
}

func (a *app) completeWatermark(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return a.completeJobs(cmd, args, prefix)
	case 1:
		return []string{"reset", "keep", "set"}, cobra.ShellCompDirectiveNoFileComp
	default:
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

func (a *app) watermark(ctx context.Context, cfg config.Config, job config.Job, action []string) error {
	store, err := openState(ctx, cfg, len(action) == 0)
	if err != nil {
		return err
	}
	defer store.Close()
	switch {
	case len(action) == 0:
	case action[0] == "reset" && len(action) == 1:
		err = store.DeleteWatermark(ctx, job.Name, pipeline.StreamInteractions)
	case action[0] == "keep" && len(action) == 1:
		err = pipeline.KeepWatermark(ctx, cfg, job, store)
	case action[0] == "set" && len(action) == 2:
		err = pipeline.MoveWatermark(ctx, cfg, job, store, action[1], a.logger())
	default:
		return usageError{errors.New("after the job comes nothing, reset, keep, or set CURSOR")}
	}
	if err != nil {
		return err
	}
	watermarks, err := store.Watermarks(ctx, job.Name)
	if err != nil {
		return err
	}
	return a.reportWatermarks(watermarks)
}

// watermarkObject is a watermark as --json prints it.
type watermarkObject struct {
	Job       string    `json:"job"`
	Stream    string    `json:"stream"`
	Cursor    string    `json:"cursor"`
	Key       string    `json:"key"`
	Type      string    `json:"type"`
	UpdatedAt time.Time `json:"updated_at"`
}

func (a *app) reportWatermarks(watermarks []state.Watermark) error {
	objects := []watermarkObject{}
	var rows [][]string
	for _, w := range watermarks {
		objects = append(objects, watermarkObject{Job: w.Job, Stream: w.Stream, Cursor: w.Cursor, Key: w.Key, Type: w.Type, UpdatedAt: w.UpdatedAt.UTC()})
		rows = append(rows, []string{w.Job, w.Stream, w.Cursor, w.Key, w.Type, moment(w.UpdatedAt)})
	}
	if a.json {
		return a.printJSON(map[string]any{"watermarks": objects})
	}
	if len(rows) == 0 {
		fmt.Fprintln(a.Stdout, "no watermark: the next run reads everything from the start")
		return nil
	}
	printTable(a.Stdout, []string{"JOB", "STREAM", "CURSOR", "KEY", "TYPE", "MOVED"}, rows)
	return nil
}
