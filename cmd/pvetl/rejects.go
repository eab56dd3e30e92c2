package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pvetl/internal/pipeline"
	"pvetl/state"
)

func (a *app) rejectsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rejects [JOB]",
		Short: "List the rows that were refused, and why; try them again, or leave it at that",
		Long: "Lists the rows that could not be mapped or that Playvox refused. A reject goes away by itself when its row is read\n" +
			"again and fits. That of an interaction, and that of a comment that has a cursor, is read again when it changes.\n\n" +
			"--json prints {\"rejects\": [{\"id\", \"job\", \"stream\", \"key\", \"stage\", \"field\", \"column\", \"value\", \"rule\", \"reason\",\n" +
			"\"first_seen\", \"last_seen\", \"attempts\"}]}.",
		Example: "  pvetl rejects tickets\n" +
			"  pvetl rejects --json\n" +
			"  pvetl rejects retry tickets                # once the cause is mended\n" +
			"  pvetl rejects dismiss tickets --key 48213  # leave it at that",
		Args:              atMostOneJob,
		ValidArgsFunction: a.completeOneJob,
		RunE: func(cmd *cobra.Command, args []string) error {
			rejects, err := a.rejects(cmd.Context(), args)
			if err != nil {
				return err
			}
			return a.reportRejects(rejects)
		},
	}
	cmd.AddCommand(a.retryCommand(), a.dismissCommand())
	return cmd
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

// chosen says which rejects are meant; without anything, all of them.
type chosen struct {
	keys   []string
	ids    []int64
	stream string
}

// allStreams are what a reject may belong to.
var allStreams = []string{pipeline.StreamInteractions, pipeline.StreamComments, pipeline.StreamAttachments}

// flags adds those that say which rejects are meant.
func (c *chosen) flags(a *app, cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&c.keys, "key", nil, "those of the row with this `KEY` (may be repeated)")
	streamFlag(cmd, &c.stream, "those of this `STREAM`: interactions, comments or attachments", allStreams...)
	_ = cmd.RegisterFlagCompletionFunc("key", func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		rejects, _ := a.rejects(cmd.Context(), args) // without a state there is nothing to offer
		keys := make([]string, len(rejects))
		for i, reject := range rejects {
			keys[i] = reject.Key
		}
		return keys, cobra.ShellCompDirectiveNoFileComp
	})
}

// of returns those of the rejects that are meant.
func (c *chosen) of(rejects []state.Reject) []state.Reject {
	return slices.DeleteFunc(rejects, func(r state.Reject) bool {
		return len(c.keys) > 0 && !slices.Contains(c.keys, r.Key) ||
			len(c.ids) > 0 && !slices.Contains(c.ids, r.ID) ||
			c.stream != "" && c.stream != r.Stream
	})
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
		rows = append(rows, []string{fmt.Sprint(r.ID), r.Job, r.Stream, r.Key, r.Field, r.Column, shortened(r.Value), r.Reason, moment(r.FirstSeen)})
	}
	if a.json {
		return a.printJSON(map[string]any{"rejects": objects})
	}
	if len(rows) == 0 {
		fmt.Fprintln(a.Stdout, "no rejects")
		return nil
	}
	printTable(a.Stdout, []string{"ID", "JOB", "STREAM", "KEY", "FIELD", "COLUMN", "VALUE", "REASON", "SINCE"}, rows)
	a.printWays(rejects)
	return nil
}

// printWays ends a list with what can be done, ready to be copied.
func (a *app) printWays(rejects []state.Reject) {
	var rows [][]string
	for i, r := range rejects {
		if i > 0 && rejects[i-1].Job == r.Job { // they come job by job
			continue
		}
		rows = append(rows,
			[]string{"once the row, the mapping or Playvox is put right:", a.typed("pvetl rejects retry " + r.Job)},
			[]string{"to leave it at that, until the row changes:", a.typed("pvetl rejects dismiss " + r.Job + " --key " + quotedForShell(r.Key))})
	}
	fmt.Fprintln(a.Stdout)
	printTable(a.Stdout, rows[0], rows[1:])
}

// quotedForShell writes a text as one word of a command line.
func quotedForShell(text string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:@%+,", r)
	}
	if text != "" && !strings.ContainsFunc(text, func(r rune) bool { return !plain(r) }) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// shortened cuts a value for a table; --json has it as long as it is kept.
func shortened(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
