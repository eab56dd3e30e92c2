package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
)

// askedBackfill is a backfill as somebody typed it.
type askedBackfill struct {
	pipeline.BackfillOptions

	dryRun bool
	yes    bool
}

func (a *app) backfillCommand() *cobra.Command {
	var asked askedBackfill
	cmd := &cobra.Command{
		Use:   "backfill JOB --from T --to T",
		Short: "Bring history, in slices that can be stopped and resumed",
		Long: "Brings the rows of a job whose cursor lies in a range, --from included and --to not, and leaves the job's watermark\n" +
			"where it is. It says beforehand what that takes, and asks on a terminal. The range is cut into slices, and what is\n" +
			"settled of each is remembered: after Ctrl-C, a power failure or an outage 'pvetl backfill resume ID', or the same\n" +
			"command again, goes on where it was. A run of the job goes first: the backfill steps aside for it, and goes on\n" +
			"afterwards. What one has sent the other does not send again.\n\n" +
			"T is written as the cursor is: a date, a date and time (in the source's timezone unless it names one), or a number.\n" +
			"Exits as run does, and 0 when it was paused or cancelled. --json prints what run prints, with the \"backfill\" of its\n" +
			"job; with --dry-run {\"command\", \"ok\", \"job\", \"from\", \"to\", \"unended\", \"estimate\", \"warnings\"}. A job that is called\n" +
			"like one of the commands below has to be renamed first.",
		Example: "  pvetl backfill tickets --from 2024-01-01 --to 2026-01-01 --dry-run       # what it would take\n" +
			"  pvetl backfill tickets --from 2024-01-01 --to 2026-01-01 --newest-first  # over a weekend: what is asked for most comes first\n" +
			"  pvetl backfill tickets --from 2024-01-01 --to 2026-01-01 --yes --json    # in a script: asks nothing\n" +
			"  pvetl backfill tickets --from 1 --to 250000 --slice 10000 --parallel 2   # a cursor that counts\n" +
			"  pvetl backfill list; pvetl backfill pause 3; pvetl backfill resume 3",
		Args:              oneJob,
		ValidArgsFunction: a.completeOneJob,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := asked.check(); err != nil {
				return err
			}
			return a.backfill(cmd.Context(), args[0], asked)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&asked.From, "from", "", "the first `T` that belongs to it")
	flags.StringVar(&asked.To, "to", "", "the first `T` after it")
	flags.StringVar(&asked.Slice, "slice", "", "how `WIDE` a slice may be: a duration such as 24h, or a number where the cursor counts (default: as wide as its rows allow)")
	flags.IntVar(&asked.Parallel, "parallel", 1, "read `N` slices at a time, each over a connection to the source of its own")
	flags.BoolVar(&asked.NewestFirst, "newest-first", false, "begin with the newest slice")
	flags.BoolVarP(&asked.yes, "yes", "y", false, "do not ask")
	flags.BoolVar(&asked.dryRun, "dry-run", false, "say what it would take, and begin nothing")
	cmd.AddCommand(a.backfillListCommand(), a.backfillShowCommand(), a.backfillPauseCommand(), a.backfillResumeCommand(), a.backfillCancelCommand())
	return cmd
}

// check refuses what makes no sense before anything is connected to.
func (b askedBackfill) check() error {
	switch {
	case b.From == "" || b.To == "":
		return hinted{usageError{errors.New("--from and --to say which history is to be brought")}, "such as: --from 2024-01-01 --to 2026-01-01"}
	case b.Parallel < 1:
		return usageError{errors.New("--parallel is a number of slices above zero")}
	case !isWidth(b.Slice):
		return usageError{fmt.Errorf("--slice is a duration such as 24h, or a number such as 10000 where the cursor counts: found %q", b.Slice)}
	default:
		return nil
	}
}

func isWidth(text string) bool {
	if text == "" {
		return true
	}
	if units, err := strconv.ParseInt(text, 10, 64); err == nil {
		return units > 0
	}
	width, err := time.ParseDuration(text)
	return err == nil && width >= time.Second
}

// backfill plans one, says what it takes, and carries it out; one with the same bounds that has not ended goes on.
func (a *app) backfill(ctx context.Context, name string, asked askedBackfill) error {
	file, jobs, err := a.jobs([]string{name}, pipeline.Options{DryRun: asked.dryRun})
	if err != nil {
		return err
	}
	tools, putAway, err := a.tools(ctx, file.Config, pipeline.Options{DryRun: asked.dryRun})
	if err != nil {
		return err
	}
	defer putAway()
	plan, err := pipeline.PlanBackfill(ctx, file.Config, jobs[0], tools.Store, asked.BackfillOptions, tools.Log)
	if err != nil {
		return err
	}
	if asked.dryRun {
		return a.reportPlan(file.Config, plan)
	}
	id := plan.Unended
	if err := a.agree(ctx, file.Config, plan, asked.yes); err != nil {
		return err
	}
	if id == "" {
		if id, err = pipeline.CreateBackfill(ctx, tools.Store, plan); err != nil {
			return err
		}
	}
	return a.carryOutBackfill(ctx, file.Config, jobs[0], tools, id)
}

// carryOutBackfill works on a backfill from where it stands, and reports what became of it.
func (a *app) carryOutBackfill(ctx context.Context, cfg config.Config, job config.Job, tools pipeline.Tools, id string) error {
	progress := a.newProgress()
	summary, err := pipeline.RunBackfill(ctx, cfg, job, tools, id, pipeline.Options{Progress: progress.show})
	progress.clear()
	if err != nil && summary.Error == nil { // the state failed, so that there is no account of it
		return err
	}
	return a.reportBackfill(ctx, id, summary)
}
