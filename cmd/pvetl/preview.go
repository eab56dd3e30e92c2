package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
)

func (a *app) previewCommand() *cobra.Command {
	var limit int
	var keys []string
	cmd := &cobra.Command{
		Use:               "preview JOB",
		Short:             "Show rows as they come and interactions as they would be sent",
		Long:              "Reads a few rows of a job and maps them. Sends nothing and needs no credentials of Playvox.",
		Example:           "  pvetl preview tickets --limit 3\n  pvetl preview tickets --key 48213",
		Args:              oneJob,
		ValidArgsFunction: a.completeOneJob,
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 1 {
				return usageError{errors.New("--limit is a number of rows above zero")}
			}
			file, job, err := a.job(args[0])
			if err != nil {
				return err
			}
			if err := file.Require(config.NeedJob(job.Name)); err != nil {
				return usageError{err}
			}
			job.Extract.Interactions.PageSize = limit
			source, err := pipeline.OpenSource(cmd.Context(), file.Config, job, a.logger())
			if err != nil {
				return fmt.Errorf("job %s: %w", job.Name, err)
			}
			defer source.Close()
			rows, err := source.Preview(cmd.Context(), limit, keys)
			if err != nil {
				return fmt.Errorf("job %s: %w", job.Name, err)
			}
			return a.reportPreview(rows)
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 5, "show at most `N` rows")
	cmd.Flags().StringArrayVar(&keys, "key", nil, "show the row with this `KEY` (may be repeated)")
	return cmd
}

// oneJob takes the name of one job.
func oneJob(cmd *cobra.Command, args []string) error {
	if err := cobra.ExactArgs(1)(cmd, args); err != nil {
		return usageError{errors.New("name one job")}
	}
	return nil
}

// job reads the configuration and finds one job in it.
func (a *app) job(name string) (*config.File, config.Job, error) {
	file, err := a.load()
	if err != nil {
		return nil, config.Job{}, err
	}
	jobs, err := file.Config.Select([]string{name})
	if err != nil {
		return nil, config.Job{}, usageError{err}
	}
	return file, jobs[0], nil
}

func (a *app) reportPreview(rows []pipeline.Previewed) error {
	if a.json {
		return a.printJSON(map[string]any{"rows": rows})
	}
	if len(rows) == 0 {
		fmt.Fprintln(a.Stdout, "no rows")
	}
	for _, row := range rows {
		fmt.Fprintf(a.Stdout, "row %s\n", row.Key)
		for _, cell := range row.Row {
			fmt.Fprintf(a.Stdout, "  %s = %s\n", cell.Column, oneLine(textOr(cell.Text, "NULL")))
		}
		if row.Interaction != nil {
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, row.Interaction, "  ", "  "); err != nil {
				return err
			}
			fmt.Fprintf(a.Stdout, "  -> %s\n", pretty.String())
		}
		for _, reject := range row.Rejects {
			fmt.Fprintf(a.Stdout, "  rejected: %s %s, field %s, column %s, value %q: %s\n",
				reject.Stream, reject.Key, reject.Field, reject.Column, reject.Value, reject.Reason)
		}
		fmt.Fprintln(a.Stdout)
	}
	return nil
}
