package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/state"
)

func (a *app) runsCommand() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:               "runs [JOB]",
		Short:             "List what ran, the newest first",
		Example:           "  pvetl runs tickets --limit 10",
		Args:              atMostOneJob,
		ValidArgsFunction: a.completeOneJob,
		RunE: func(cmd *cobra.Command, args []string) error {
			file, job, err := a.jobFilter(args)
			if err != nil {
				return err
			}
			store, err := openState(cmd.Context(), file.Config, true)
			if err != nil {
				return err
			}
			defer store.Close()
			runs, err := store.Runs(cmd.Context(), job, limit)
			if err != nil {
				return err
			}
			reports, err := pipeline.Reports(cmd.Context(), store, runs)
			if err != nil {
				return err
			}
			return a.reportRunList(runs, reports)
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 20, "list at most `N` runs")
	return cmd
}

func atMostOneJob(cmd *cobra.Command, args []string) error {
	if err := cobra.MaximumNArgs(1)(cmd, args); err != nil {
		return usageError{err}
	}
	return nil
}

// jobFilter reads the configuration for a command that looks at the state of one job, or of all where none is named.
func (a *app) jobFilter(args []string) (*config.File, string, error) {
	file, err := a.load(config.NeedState)
	if err != nil || len(args) == 0 {
		return file, "", err
	}
	if _, err := file.Config.Select(args[:1]); err != nil {
		return nil, "", usageError{err}
	}
	return file, args[0], nil
}

func (a *app) reportRunList(runs []state.Run, reports []json.RawMessage) error {
	var rows [][]string
	for i, report := range reports {
		var s pipeline.Summary
		if err := json.Unmarshal(report, &s); err != nil {
			return fmt.Errorf("the record of run %s is damaged: %w", runs[i].ID, err)
		}
		rows = append(rows, []string{
			s.RunID, s.Job, s.Status, moment(s.StartedAt), fmt.Sprint(s.Interactions.Read), fmt.Sprint(s.Interactions.New),
			fmt.Sprint(s.Interactions.Changed), fmt.Sprint(s.Interactions.Rejected), fmt.Sprint(s.Requests.Total), textOr(s.Error, ""),
		})
	}
	if a.json {
		return a.printJSON(map[string]any{"runs": reports})
	}
	printTable(a.Stdout, []string{"RUN", "JOB", "STATUS", "STARTED", "READ", "NEW", "CHANGED", "REJECTED", "REQUESTS", "ERROR"}, rows)
	return nil
}
