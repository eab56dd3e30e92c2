package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/load"
)

func (a *app) verifyCommand() *cobra.Command {
	var options pipeline.VerifyOptions
	cmd := &cobra.Command{
		Use:   "verify JOB",
		Short: "Compare source, ledger and Playvox, and name every difference",
		Long: "Lists what Playvox holds of a job's integration and compares it with the rows of the source and with what the ledger\n" +
			"says was sent. It changes nothing, and may go on beside a run. Each difference is of one of these kinds:\n\n" +
			"  missing   the ledger says that it was sent, and Playvox does not show it\n" +
			"  not_sent  the source has it, and neither the ledger nor Playvox knows it\n" +
			"  altered   Playvox shows something else than the source says\n" +
			"  extra     Playvox shows it, or shows it twice, and the source does not have it; never removed\n\n" +
			"What was first sent longer ago than the integration's data_storage_minutes and is not there any more has expired: it\n" +
			"is counted, and is no difference. The time is that of the run that first sent it; an entry of the ledger that names\n" +
			"none is never excused.\n" +
			"Exits 0 when nothing differs, or everything was repaired, 3 when something differs.",
		Example: "  pvetl verify tickets\n  pvetl verify tickets --sample 200    # some rows, drawn at random: few requests\n" +
			"  pvetl verify tickets --repair        # send what is missing, correct what differs",
		Args:              oneJob,
		ValidArgsFunction: a.completeJobs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if options.Sample < 0 || cmd.Flags().Changed("sample") && options.Sample == 0 {
				return usageError{errors.New("--sample is a number of rows above zero")}
			}
			found, err := a.verify(cmd.Context(), args[0], options)
			if err != nil {
				return err
			}
			return a.reportVerification(found, options.Repair)
		},
	}
	cmd.Flags().IntVar(&options.Sample, "sample", 0, "compare `N` rows of the source, drawn at random; finds nothing extra")
	cmd.Flags().BoolVar(&options.Repair, "repair", false, "bring what is missing, not sent or altered to Playvox, and look again")
	return cmd
}

func (a *app) verify(ctx context.Context, name string, options pipeline.VerifyOptions) (pipeline.Verification, error) {
	none := pipeline.Verification{}
	file, job, err := a.job(name)
	if err != nil {
		return none, err
	}
	if err := file.Require(config.NeedState, config.NeedPlayvox, config.NeedJob(job.Name)); err != nil {
		return none, a.unfit(file, err)
	}
	store, err := openState(ctx, file.Config, !options.Repair)
	if err != nil {
		return none, err
	}
	defer store.Close()
	var quota load.Quota // looking writes nothing
	if options.Repair {
		quota = store
	}
	client, err := a.client(file.Config, quota)
	if err != nil {
		return none, err
	}
	defer client.Close()
	progress := a.newProgress()
	defer progress.clear()
	options.Progress, options.Run.Progress = progress.showVerification, progress.show
	return pipeline.Verify(ctx, file.Config, job, pipeline.Tools{Store: store, Client: client, Log: a.logger()}, options)
}

// reportVerification prints what was found, and chooses the exit status.
func (a *app) reportVerification(v pipeline.Verification, tried bool) error {
	for i := range v.Differences {
		v.Differences[i].Detail = a.redactor.Redact(v.Differences[i].Detail)
	}
	if a.json {
		if err := a.printJSON(v); err != nil {
			return err
		}
	} else {
		a.printVerification(v, tried)
	}
	if !v.OK {
		return statusError{exitRejects}
	}
	return nil
}

// shownDifferences is how many are printed for people.
const shownDifferences = 50

func (a *app) printVerification(v pipeline.Verification, tried bool) {
	what := "all rows"
	if v.Sampled {
		what = "a sample; what the source does not have cannot be found by it"
	}
	fmt.Fprintf(a.Stdout, "job %s: %d interactions compared (%s)\n", v.Job, v.Compared, what)
	printTable(a.Stdout, []string{"", "source", "ledger", "Playvox"}, [][]string{
		sidesRow("  interactions", v.Interactions), sidesRow("  comments", v.Comments),
	})
	fmt.Fprintf(a.Stdout, "  requests: %d\n", v.Requests.Total)
	for _, note := range []struct {
		n    int64
		text string
	}{
		{v.Expired, "expired: sent longer ago than Playvox stores them, and gone"},
		{v.Unknown, "in Playvox as they should be, and not in the ledger: pvetl run " + v.Job + " --adopt takes them over"},
		{v.Dismissed, "dismissed: rejected, and somebody has decided to leave it at that"},
		{int64(v.Repaired), "repaired"},
	} {
		if note.n > 0 {
			fmt.Fprintf(a.Stdout, "  %d %s\n", note.n, note.text)
		}
	}
	a.printDifferences(v, tried)
}

func sidesRow(name string, s pipeline.Sides) []string {
	return []string{name, fmt.Sprint(s.Source), fmt.Sprint(s.Ledger), fmt.Sprint(s.Playvox)}
}

func (a *app) printDifferences(v pipeline.Verification, tried bool) {
	if v.OK {
		fmt.Fprintln(a.Stdout, "nothing differs")
		return
	}
	fmt.Fprintf(a.Stdout, "%d differences\n\n", len(v.Differences))
	var rows [][]string
	kinds := make(map[string]int)
	for i, d := range v.Differences {
		kinds[d.Kind]++
		if i < shownDifferences {
			rows = append(rows, []string{d.Stream, d.Key, d.Kind, d.Detail})
		}
	}
	printTable(a.Stdout, []string{"STREAM", "KEY", "KIND", "DETAIL"}, rows)
	if more := len(v.Differences) - len(rows); more > 0 {
		fmt.Fprintf(a.Stdout, "... and %d more: --json shows all\n", more)
	}
	fmt.Fprintln(a.Stdout)
	if !tried && len(v.Differences) > kinds[pipeline.Extra] {
		fmt.Fprintf(a.Stdout, "to bring them to Playvox: pvetl verify %s --repair; what is rejected: pvetl rejects %s\n", v.Job, v.Job)
	}
	if tried && len(v.Differences) > kinds[pipeline.Extra] {
		fmt.Fprintf(a.Stdout, "what --repair left is rejected (pvetl rejects %s), or has a comment that is altered in more than its body: correct that in Playvox\n", v.Job)
	}
	if kinds[pipeline.Extra] > 0 {
		fmt.Fprintln(a.Stdout, "what is extra is never removed by verify: remove it in Playvox if nobody needs it")
	}
}
