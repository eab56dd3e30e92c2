package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/state"
)

func (a *app) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show where every job stands",
		Long: "Shows when each job ran last and runs next, how far it has come, what it has left behind, and who is at work on it.\n\n" +
			"--json prints {\"jobs\": [{\"job\", \"schedule\", \"next_run\", \"paused_since\", \"last_run\": as run prints it, \"watermark\",\n" +
			"\"behind_seconds\", \"open_batches\", \"rejects\", \"held_by\": {\"owner\", \"since\"} or null, \"backfills\": those that have not\n" +
			"ended}]}.",
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
			statuses := []jobStatus{}
			for _, job := range file.Config.Jobs {
				status, err := statusOf(cmd.Context(), file.Config, job, store)
				if err != nil {
					return err
				}
				statuses = append(statuses, status)
			}
			return a.reportStatus(statuses)
		},
	}
}

// jobStatus is where a job stands, and who is at work on it.
type jobStatus struct {
	pipeline.JobStatus

	HeldBy    *holder                   `json:"held_by"`   // null where nobody is
	Backfills []pipeline.BackfillStatus `json:"backfills"` // those that have not ended
}

type holder struct {
	Owner string    `json:"owner"`
	Since time.Time `json:"since"`
}

func statusOf(ctx context.Context, cfg config.Config, job config.Job, store *state.Store) (jobStatus, error) {
	found, err := pipeline.Status(ctx, cfg, job, store, time.Now())
	if err != nil {
		return jobStatus{}, err
	}
	status := jobStatus{JobStatus: found, Backfills: []pipeline.BackfillStatus{}}
	held, ok, err := store.Holder(ctx, job.Name)
	if err != nil {
		return jobStatus{}, err
	}
	if ok {
		status.HeldBy = &holder{Owner: held.Owner, Since: held.Since.UTC()}
	}
	backfills, err := pipeline.Backfills(ctx, store, job.Name)
	for _, b := range backfills {
		if goesOn(b) {
			status.Backfills = append(status.Backfills, b)
		}
	}
	return status, err
}

// now says what a job does at the moment.
func (s jobStatus) now() string {
	switch {
	case s.HeldBy != nil:
		return "running: " + s.HeldBy.Owner + " since " + moment(s.HeldBy.Since)
	case s.PausedSince != nil:
		return "paused since " + moment(*s.PausedSince)
	default:
		return "idle"
	}
}

func (a *app) reportStatus(statuses []jobStatus) error {
	if a.json {
		return a.printJSON(map[string]any{"jobs": statuses})
	}
	var rows [][]string
	for _, s := range statuses {
		next, behind := "by hand", "-"
		switch {
		case s.NextRun != nil:
			next = moment(*s.NextRun)
		case s.PausedSince != nil:
			next = "when it is resumed"
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
			s.Job, s.now(), last, next, watermarksOf(s.Watermark), behind, fmt.Sprint(s.OpenBatches), fmt.Sprint(s.Rejects),
		})
	}
	printTable(a.Stdout, []string{"JOB", "NOW", "LAST RUN", "NEXT RUN", "WATERMARK", "BEHIND", "OPEN BATCHES", "REJECTS"}, rows)
	for _, s := range statuses {
		for _, b := range s.Backfills {
			fmt.Fprintln(a.Stdout, standing(&b, time.Now()))
		}
	}
	return nil
}
