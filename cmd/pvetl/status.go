package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
)

func (a *app) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "status",
		Short:   "Show where every job stands",
		Example: "  pvetl status\n  pvetl status --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			file, err := a.load(config.NeedState)
			if err != nil {
				return err
			}
			store, err := openState(cmd.Context(), file.Config, true)
			if err != nil {
				return err
			}
			defer store.Close()
			statuses := []pipeline.JobStatus{}
			for _, job := range file.Config.Jobs {
				status, err := pipeline.Status(cmd.Context(), file.Config, job, store, time.Now())
				if err != nil {
					return err
				}
				statuses = append(statuses, status)
			}
			return a.reportStatus(statuses)
		},
	}
}

func (a *app) reportStatus(statuses []pipeline.JobStatus) error {
	if a.json {
		return a.printJSON(map[string]any{"jobs": statuses})
	}
	var rows [][]string
	for _, s := range statuses {
		next, behind := "by hand", "-"
		if s.NextRun != nil {
			next = moment(*s.NextRun)
		}
		if s.BehindSeconds != nil {
			behind = (time.Duration(*s.BehindSeconds) * time.Second).String()
		}
		last := "never ran"
		var summary *pipeline.Summary
		if err := json.Unmarshal(s.LastRun, &summary); err == nil && summary != nil {
			last = summary.Status + " " + moment(summary.StartedAt)
		}
		rows = append(rows, []string{
			s.Job, last, next, textOr(s.Watermark.Interactions, "-"), behind, fmt.Sprint(s.OpenBatches), fmt.Sprint(s.Rejects),
		})
	}
	printTable(a.Stdout, []string{"JOB", "LAST RUN", "NEXT RUN", "WATERMARK", "BEHIND", "OPEN BATCHES", "REJECTS"}, rows)
	return nil
}
