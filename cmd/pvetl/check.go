package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"pvetl/internal/check"
	"pvetl/internal/config"
	"pvetl/internal/pipeline"
)

func (a *app) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [JOB...]",
		Short: "Check jobs.yaml against the databases and Playvox",
		Long: "Connects to everything that the jobs need and reports what is well and what is not, each with what to do about it:\n" +
			"the sources and what their users may do, the queries, keys and cursors, the first rows as they would be mapped,\n" +
			"the credentials, the integrations, the assignees, and the state. Sends no interaction, and strains no database:\n" +
			"no query takes longer than ten seconds. Exits with 1 where a run would fail; warnings and hints leave it at 0.",
		Example:           "  pvetl check\n  pvetl check tickets --json",
		ValidArgsFunction: a.completeJobs,
		RunE: func(cmd *cobra.Command, names []string) error {
			file, jobs, err := a.jobs(names, pipeline.Options{})
			if err != nil {
				return err
			}
			client, err := a.client(file.Config, nil)
			if err != nil {
				return err
			}
			defer client.Close()
			progress := a.newProgress()
			results := check.Run(cmd.Context(), file, jobs, client, slog.New(slog.DiscardHandler), func(subject string) { progress.write("checking " + subject) })
			progress.clear()
			if err := context.Cause(cmd.Context()); err != nil {
				return err
			}
			return a.reportCheck(results)
		},
	}
}

func (a *app) reportCheck(results []check.Result) error {
	findings := check.Findings(results)
	counts := make(map[config.Severity]int)
	for _, finding := range findings {
		counts[finding.Severity]++
	}
	ok := counts[config.SeverityError] == 0
	if a.json {
		if err := a.printJSON(map[string]any{"ok": ok, "findings": findings}); err != nil {
			return err
		}
	} else {
		a.printCheck(results)
		fmt.Fprintf(a.Stdout, "\n%d error(s), %d warning(s), %d hint(s)\n",
			counts[config.SeverityError], counts[config.SeverityWarning], counts[config.SeverityHint])
	}
	if !ok {
		return statusError{exitFailed}
	}
	return nil
}

// printCheck prints a line for each result, and below those that are not good what to do.
func (a *app) printCheck(results []check.Result) {
	width := 0
	for _, result := range results {
		width = max(width, len(result.Subject))
	}
	for _, result := range results {
		finding := result.Finding
		if finding == nil {
			fmt.Fprintf(a.Stdout, "%-7s  %-*s  %s\n", "ok", width, result.Subject, oneLine(result.Good))
			continue
		}
		fmt.Fprintf(a.Stdout, "%-7s  %-*s  %s:%d:%d: %s\n", finding.Severity, width, result.Subject, finding.File, finding.Line, finding.Column, oneLine(finding.Message))
		if finding.Suggestion != "" {
			fmt.Fprintf(a.Stdout, "%s-> %s\n", strings.Repeat(" ", 7+2+width+2), oneLine(finding.Suggestion))
		}
	}
}
