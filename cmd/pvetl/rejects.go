package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"pvetl/state"
)

func (a *app) rejectsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rejects [JOB]",
		Short: "List the rows that were refused, and why",
		Long: "Lists the rows that could not be mapped or that Playvox refused. That of an interaction goes away by itself when its\n" +
			"row or its mapping is changed so that it fits.",
		Example:           "  pvetl rejects tickets\n  pvetl rejects --json",
		Args:              atMostOneJob,
		ValidArgsFunction: a.completeJobs,
		RunE: func(cmd *cobra.Command, args []string) error {
			rejects, err := a.rejects(cmd.Context(), args)
			if err != nil {
				return err
			}
			return a.reportRejects(rejects)
		},
	}
}

func (a *app) rejects(ctx context.Context, args []string) ([]state.Reject, error) {
	file, job, err := a.jobFilter(args)
	if err != nil {
		return nil, err
	}
	store, err := openState(ctx, file.Config, true)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	return store.Rejects(ctx, job)
}

// rejectObject is a reject as --json prints it.
type rejectObject struct {
	ID        string    `json:"id"`
	Job       string    `json:"job"`
	Stream    string    `json:"stream"`
	Key       string    `json:"key"`
	Stage     string    `json:"stage"`
	Field     string    `json:"field"`
	Column    string    `json:"column"`
	Value     string    `json:"value"`
	Rule      string    `json:"rule"`
	Reason    string    `json:"reason"`
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
	Attempts  int       `json:"attempts"`
}

func (a *app) reportRejects(rejects []state.Reject) error {
	objects := []rejectObject{}
	var rows [][]string
	for _, r := range rejects {
		objects = append(objects, rejectObject{
			ID: fmt.Sprint(r.ID), Job: r.Job, Stream: r.Stream, Key: r.Key, Stage: r.Stage, Field: r.Field, Column: r.Column,
			Value: r.Value, Rule: r.Rule, Reason: r.Reason, FirstSeen: r.FirstSeen.UTC(), LastSeen: r.LastSeen.UTC(), Attempts: r.Attempts,
		})
		rows = append(rows, []string{r.Job, r.Stream, r.Key, r.Field, r.Column, shortened(r.Value), r.Reason, moment(r.FirstSeen)})
	}
	if a.json {
		return a.printJSON(map[string]any{"rejects": objects})
	}
	if len(rows) == 0 {
		fmt.Fprintln(a.Stdout, "no rejects")
		return nil
	}
	printTable(a.Stdout, []string{"JOB", "STREAM", "KEY", "FIELD", "COLUMN", "VALUE", "REASON", "SINCE"}, rows)
	return nil
}

// shortened cuts a value for a table; --json has it as long as it is kept.
func shortened(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
