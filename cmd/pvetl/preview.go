package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
)

func (a *app) previewCommand() *cobra.Command {
	var options pipeline.PreviewOptions
	cmd := &cobra.Command{
		Use:   "preview JOB",
		Short: "Show rows as they come and interactions as they would be sent",
		Long: "Reads a few rows of a job and maps them, with their comments and files. For each field it shows the column that it\n" +
			"comes from, the text that the source holds, the rules that changed it, and what would be sent; then the conversation,\n" +
			"and what would be rejected and why. Sends nothing, uploads nothing, and needs no credentials of Playvox.\n\n" +
			"--rejects-only reads on until it has found that many rows with a reject of their own, of a comment or of a file.\n\n" +
			"--json prints {\"rows\": [{\"key\", \"row\", \"interaction\", \"rejects\", \"fields\": [{\"field\", \"column\", \"from\", \"value\", \"rules\",\n" +
			"\"fault\"}], \"comments\", \"attachments\", \"bytes\"}], \"read\", \"missing\", \"request_bytes\"}.",
		Example: "  pvetl preview tickets --limit 3\n" +
			"  pvetl preview tickets --key 48213 --key 48214\n" +
			"  pvetl preview tickets --rejects-only --limit 20",
		Args:              oneJob,
		ValidArgsFunction: a.completeOneJob,
		RunE: func(cmd *cobra.Command, args []string) error {
			if options.Limit < 1 {
				return usageError{errors.New("--limit is a number of rows above zero")}
			}
			file, job, err := a.job(args[0])
			if err != nil {
				return err
			}
			if err := file.Require(config.NeedJob(job.Name)); err != nil {
				return a.unfit(file, err)
			}
			if !options.RejectsOnly {
				job.Extract.Interactions.PageSize = options.Limit
			}
			source, err := pipeline.OpenSource(cmd.Context(), file.Config, job, a.logger())
			if err != nil {
				return fmt.Errorf("job %s: %w", job.Name, err)
			}
			defer source.Close()
			preview, err := source.Preview(cmd.Context(), options)
			if err != nil {
				return fmt.Errorf("job %s: %w", job.Name, err)
			}
			return a.reportPreview(job, options, preview)
		},
	}
	cmd.Flags().IntVar(&options.Limit, "limit", 5, "show at most `N` rows")
	cmd.Flags().StringArrayVar(&options.Keys, "key", nil, "show the row with this `KEY` (may be repeated)")
	cmd.Flags().BoolVar(&options.RejectsOnly, "rejects-only", false, "show only rows with rejects, and look for them in all rows")
	return cmd
}

// oneJob takes the name of one job.
func oneJob(cmd *cobra.Command, args []string) error {
	if err := cobra.ExactArgs(1)(cmd, args); err != nil {
		return usageError{errors.New("name one job")}
	}
	return nil
}

// job reads the configuration and finds one job in it.
func (a *app) job(name string) (*config.File, config.Job, error) {
	file, err := a.load()
	if err != nil {
		return nil, config.Job{}, err
	}
	jobs, err := file.Config.Select([]string{name})
	if err != nil {
		return nil, config.Job{}, usageError{err}
	}
	return file, jobs[0], nil
}

func (a *app) reportPreview(job config.Job, options pipeline.PreviewOptions, preview pipeline.Preview) error {
	var missing error
	if len(preview.Missing) > 0 {
		missing = hinted{
			fmt.Errorf("job %s: no row has the key %s", job.Name, strings.Join(preview.Missing, ", ")),
			"extract.interactions returns none: look at its WHERE, and whether " + job.Extract.Interactions.Key + " holds that key",
		}
	}
	if missing != nil && preview.Read == 0 {
		return missing
	}
	if a.json {
		if err := a.printJSON(preview); err != nil || missing == nil {
			return err
		}
		return statusError{exitFailed} // the object names the keys
	}
	p := printer{Writer: a.Stdout, job: job}
	for _, row := range preview.Rows {
		p.row(row)
	}
	p.sum(preview, options.RejectsOnly)
	return missing
}
