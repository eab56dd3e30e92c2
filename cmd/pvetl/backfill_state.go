package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/state"
)

func (a *app) backfillPauseCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "pause ID",
		Short: "Stop a backfill until it is resumed",
		Long: "Stops a backfill, also one that another process or another host is at work on: that ends within seconds, with what is\n" +
			"on its way written down. It stays paused until 'pvetl backfill resume'. Pausing one twice does no harm.\n\n" +
			"--json prints {\"backfill\": {…}}.",
		Example:           "  pvetl backfill pause 3",
		Args:              oneBackfill,
		ValidArgsFunction: a.completeBackfills(func(b pipeline.BackfillStatus) bool { return goesOn(b) && b.State != pipeline.BackfillPaused }),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.stopBackfill(cmd.Context(), args[0], state.BackfillPaused)
		},
	}
}

func (a *app) backfillCancelCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "cancel ID",
		Short: "Stop a backfill for good",
		Long: "Stops a backfill as pause does, and for good. What it has brought stays in Playvox and in the ledger: another backfill\n" +
			"of the same range, or a run, does not send it again.\n\n" +
			"--json prints {\"backfill\": {…}}.",
		Example:           "  pvetl backfill cancel 3",
		Args:              oneBackfill,
		ValidArgsFunction: a.completeBackfills(goesOn),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.stopBackfill(cmd.Context(), args[0], state.BackfillCancelled)
		},
	}
}

func (a *app) backfillResumeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "resume ID",
		Short: "Go on with a backfill where it was",
		Long: "Goes on with a backfill that was paused, interrupted or stopped by a failure, from what is settled of each slice.\n" +
			"Exits and prints as backfill does. One that is done is left alone, and printed as show does.",
		Example:           "  pvetl backfill resume 3",
		Args:              oneBackfill,
		ValidArgsFunction: a.completeBackfills(func(b pipeline.BackfillStatus) bool { return goesOn(b) && b.HeldBy == nil }),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.resumeBackfill(cmd.Context(), args[0])
		},
	}
}

// stopBackfill pauses or cancels a backfill.
func (a *app) stopBackfill(ctx context.Context, id string, to state.BackfillState) error {
	return a.onBackfill(ctx, id, false, func(_ *config.File, store *state.Store, _ shownBackfill) error {
		if _, err := store.SetBackfillState(ctx, id, to); err != nil {
			return err
		}
		status, _, _, err := pipeline.Backfill(ctx, store, id)
		if err != nil {
			return err
		}
		if status.State != string(to) {
			return usageError{fmt.Errorf("backfill %s is %s: there is nothing to stop", id, status.State)}
		}
		if a.json {
			return a.printJSON(map[string]any{"backfill": status})
		}
		fmt.Fprintf(a.Stdout, "backfill %s is %s\n", id, status.State)
		if status.HeldBy != nil {
			fmt.Fprintf(a.Stdout, "%s is at work on it and stops within seconds\n", *status.HeldBy)
		}
		if goesOn(status) {
			fmt.Fprintf(a.Stdout, "to go on where it was: %s\n", a.typed("pvetl backfill resume "+id))
		}
		return nil
	})
}

// resumeBackfill goes on with a backfill that has not ended.
func (a *app) resumeBackfill(ctx context.Context, id string) error {
	var found pipeline.BackfillStatus
	err := a.onBackfill(ctx, id, true, func(_ *config.File, _ *state.Store, shown shownBackfill) error {
		found = shown.Backfill
		return nil
	})
	if err != nil {
		return err
	}
	switch found.State {
	case pipeline.BackfillDone:
		return a.reportShown(shownBackfill{Backfill: found})
	case pipeline.BackfillCancelled:
		return hinted{usageError{fmt.Errorf("backfill %s was cancelled", id)}, a.typed(fmt.Sprintf("what is left of it: pvetl backfill %s --from '%s' --to '%s'", found.Job, found.From, found.To))}
	}
	file, jobs, err := a.jobs([]string{found.Job}, pipeline.Options{})
	if err != nil {
		return err
	}
	tools, putAway, err := a.tools(ctx, file.Config, pipeline.Options{})
	if err != nil {
		return err
	}
	defer putAway()
	return a.carryOutBackfill(ctx, file.Config, jobs[0], tools, id)
}
