package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
)

func (a *app) dismissCommand() *cobra.Command {
	var which chosen
	var all bool
	cmd := &cobra.Command{
		Use:   "dismiss JOB",
		Short: "Take rejects off the list, until their rows change",
		Long: "Takes rejects of a job off the list: its runs succeed without them, and nothing is sent of them. A row that changes is\n" +
			"tried again, and is a reject like any other if it does not fit.\n\n" +
			"--json prints {\"dismissed\", \"remaining\"}.",
		Example:           "  pvetl rejects dismiss tickets --key 48213\n  pvetl rejects dismiss tickets --id 7 --id 9\n  pvetl rejects dismiss tickets --all --stream comments",
		Args:              oneJob,
		ValidArgsFunction: a.completeOneJob,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := which.checkDismissal(all); err != nil {
				return err
			}
			dismissed, remaining, err := a.dismiss(cmd.Context(), args, which)
			if err != nil {
				return err
			}
			return a.reportDismissed(dismissed, remaining)
		},
	}
	which.flags(a, cmd)
	cmd.Flags().Int64SliceVar(&which.ids, "id", nil, "the one with this `ID` (may be repeated)")
	cmd.Flags().BoolVar(&all, "all", false, "all of the job's")
	_ = cmd.RegisterFlagCompletionFunc("id", cobra.NoFileCompletions)
	return cmd
}

// checkDismissal asks for rejects to be named in one way: nobody is to dismiss all of them by an omission.
func (c *chosen) checkDismissal(all bool) error {
	ways := 0
	for _, given := range []bool{len(c.keys) > 0, len(c.ids) > 0, all} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return usageError{errors.New("say which: --key KEY or --id ID, as pvetl rejects lists them, or --all")}
	}
	return checkStream(c.stream, allStreams...)
}

func (a *app) dismiss(ctx context.Context, args []string, which chosen) (dismissed int64, remaining int, err error) {
	file, job, err := a.jobFilter(args)
	if err != nil {
		return 0, 0, err
	}
	store, err := openState(ctx, file.Config, false)
	if err != nil {
		return 0, 0, err
	}
	defer store.Close()
	rejects, err := store.Rejects(ctx, job)
	if err != nil {
		return 0, 0, err
	}
	var ids []int64
	for _, reject := range which.of(rejects) {
		ids = append(ids, reject.ID)
	}
	if dismissed, err = store.DismissRejects(ctx, job, ids); err != nil {
		return 0, 0, err
	}
	remaining, err = countRejects(ctx, store, []config.Job{{Name: job}})
	return dismissed, remaining, err
}

func (a *app) reportDismissed(dismissed int64, remaining int) error {
	if a.json {
		return a.printJSON(map[string]any{"dismissed": dismissed, "remaining": remaining})
	}
	if dismissed == 0 {
		fmt.Fprintln(a.Stdout, "0 dismissed: there is none of these on the list, which pvetl rejects shows")
	} else {
		fmt.Fprintf(a.Stdout, "%d dismissed: they come back when their rows change\n", dismissed)
	}
	a.printRemaining(remaining)
	return nil
}
