package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/state"
)

func (a *app) backfillListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list [JOB]",
		Short: "List the backfills, the newest first",
		Long: "Lists the backfills of a job, or of all jobs, and where each stands: running; waiting for a run of its job, or for\n" +
			"Playvox or the source to answer again; interrupted, when nobody is at work on it; paused; done; cancelled.\n\n" +
			"--json prints {\"backfills\": [as the \"backfill\" of a job that pvetl backfill --json prints]}.",
		Example:           "  pvetl backfill list\n  pvetl backfill list tickets --json",
		Args:              atMostOneJob,
		ValidArgsFunction: a.completeOneJob,
		RunE: func(cmd *cobra.Command, args []string) error {
			file, job, err := a.jobFilter(args)
			if err != nil {
				return err
			}
			all, err := a.backfills(cmd.Context(), file.Config, job)
			if err != nil {
				return err
			}
			return a.reportBackfillList(all)
		},
	}
}

func (a *app) backfillShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show where a backfill stands, slice by slice",
		Long: "Shows where a backfill stands and each of its slices, from the oldest to the newest.\n\n" +
			"--json prints {\"backfill\": {…}, \"slices\": [{\"number\", \"from\", \"to\", \"rows\", \"settled\", \"done\"}]}.",
		Example:           "  pvetl backfill show 3",
		Args:              oneBackfill,
		ValidArgsFunction: a.completeBackfills(func(pipeline.BackfillStatus) bool { return true }),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.onBackfill(cmd.Context(), args[0], true, func(_ *config.File, _ *state.Store, found shownBackfill) error {
				return a.reportShown(found)
			})
		},
	}
}

func oneBackfill(cmd *cobra.Command, args []string) error {
	if err := cobra.ExactArgs(1)(cmd, args); err != nil {
		return hinted{usageError{errors.New("name one backfill by its id")}, "pvetl backfill list shows the ids"}
	}
	return nil
}

// shownBackfill is a backfill with its slices, as --json prints it.
type shownBackfill struct {
	Backfill pipeline.BackfillStatus `json:"backfill"`
	Slices   []pipeline.SliceStatus  `json:"slices"`
}

// onBackfill finds a backfill and does something with it.
func (a *app) onBackfill(ctx context.Context, id string, readOnly bool, work func(*config.File, *state.Store, shownBackfill) error) error {
	file, err := a.load(config.NeedState)
	if err != nil {
		return err
	}
	store, err := openState(ctx, file.Config, readOnly)
	if err != nil {
		return err
	}
	defer store.Close()
	status, slices, ok, err := pipeline.Backfill(ctx, store, id)
	if err != nil {
		return err
	}
	if !ok {
		return unknownBackfill(ctx, store, id)
	}
	return work(file, store, shownBackfill{status, slices})
}

// unknownBackfill names those that there are.
func unknownBackfill(ctx context.Context, store *state.Store, id string) error {
	known, err := store.Backfills(ctx, "")
	if err != nil {
		return err
	}
	if len(known) == 0 {
		return hinted{usageError{fmt.Errorf("there is no backfill %q: none was begun", id)}, "pvetl backfill JOB --from T --to T begins one"}
	}
	ids := make([]string, len(known))
	for i, b := range known {
		ids[i] = b.ID + " (" + b.Job + ")"
	}
	return hinted{usageError{fmt.Errorf("there is no backfill %q: there is %s", id, strings.Join(ids, ", "))}, "pvetl backfill list shows where they stand"}
}

// backfills tells where the backfills of a job stand, of all jobs where job is empty.
func (a *app) backfills(ctx context.Context, cfg config.Config, job string) ([]pipeline.BackfillStatus, error) {
	store, err := openState(ctx, cfg, true)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	return pipeline.Backfills(ctx, store, job)
}

func (a *app) reportBackfillList(all []pipeline.BackfillStatus) error {
	if a.json {
		return a.printJSON(map[string]any{"backfills": append([]pipeline.BackfillStatus{}, all...)})
	}
	if len(all) == 0 {
		fmt.Fprintln(a.Stdout, "no backfills")
		return nil
	}
	rows := make([][]string, len(all))
	for i, b := range all {
		left := ""
		if b.EtaSeconds != nil {
			left = roughly(time.Duration(*b.EtaSeconds) * time.Second)
		}
		rows[i] = []string{
			b.ID, b.Job, b.From, b.To, b.State, fmt.Sprintf("%d of %d", b.SlicesDone, b.Slices), rowsOf(b.RowsSettled, b.Rows), left, moment(b.CreatedAt),
		}
	}
	printTable(a.Stdout, []string{"ID", "JOB", "FROM", "TO (NOT INCLUDED)", "STATE", "SLICES", "SETTLED", "LEFT", "BEGUN"}, rows)
	return nil
}

func (a *app) reportShown(found shownBackfill) error {
	if a.json {
		return a.printJSON(found)
	}
	b := found.Backfill
	fmt.Fprintf(a.Stdout, "%s\n  from %s to before %s, begun %s\n", standing(&b, time.Now()), oneLine(b.From), oneLine(b.To), moment(b.CreatedAt))
	if b.HeldBy != nil {
		fmt.Fprintf(a.Stdout, "  at work on it: %s\n", *b.HeldBy)
	}
	rows := make([][]string, len(found.Slices))
	for i, s := range found.Slices {
		rows[i] = []string{fmt.Sprint(s.Number), s.From, s.To, sliceWord(s), rowsOf(s.Settled, s.Rows)}
	}
	printTable(a.Stdout, []string{"SLICE", "FROM", "TO (NOT INCLUDED)", "STATE", "SETTLED"}, rows)
	return nil
}

func sliceWord(s pipeline.SliceStatus) string {
	switch {
	case s.Done:
		return "done"
	case s.Settled > 0:
		return "begun"
	default:
		return "to do"
	}
}

// completeBackfills offers the ids of some backfills to the shell, with what they are.
func (a *app) completeBackfills(fits func(pipeline.BackfillStatus) bool) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		file, err := config.Read(a.configPath, config.Env{Lookup: a.LookupEnv})
		if err != nil || len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		all, _ := a.backfills(cmd.Context(), file.Config, "") // without a state there is nothing to offer
		var ids []string
		for _, b := range all {
			if fits(b) {
				ids = append(ids, cobra.CompletionWithDesc(b.ID, fmt.Sprintf("%s, from %s to %s: %s", b.Job, b.From, b.To, b.State)))
			}
		}
		return ids, cobra.ShellCompDirectiveNoFileComp
	}
}
