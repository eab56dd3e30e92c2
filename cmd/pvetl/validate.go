package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
)

func (a *app) validateCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "validate",
		Short:   "Check jobs.yaml without connecting to anything",
		Long:    "Reports every fault of the configuration at once, each with its line and column.\nVariables that are not set are no fault here: they are listed as hints.",
		Example: "  pvetl validate\n  pvetl validate --config staging.yaml --json",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			file, err := config.Read(a.configPath, config.Env{Lookup: a.LookupEnv})
			var faults *config.Error
			if err != nil && !errors.As(err, &faults) {
				if errors.Is(err, os.ErrNotExist) {
					return usageError{err}
				}
				return err
			}
			return a.reportFindings(file)
		},
	}
}

func (a *app) reportFindings(file *config.File) error {
	ok := true
	for _, finding := range file.Findings {
		ok = ok && finding.Severity != config.SeverityError
	}
	if a.json {
		if err := a.printJSON(map[string]any{"ok": ok, "findings": file.Findings}); err != nil {
			return err
		}
	} else {
		for _, finding := range file.Findings {
			fmt.Fprintln(a.Stdout, a.finding(file, finding, a.StdoutTerminal))
		}
		if ok {
			fmt.Fprintf(a.Stdout, "%s is valid: %d job(s), %d source(s), %d integration(s)\n",
				a.configPath, len(file.Config.Jobs), len(file.Config.Sources), len(file.Config.Integrations))
		}
	}
	if !ok {
		return statusError{exitUsage}
	}
	return nil
}

// noArgs refuses arguments with the exit status of wrong usage.
func noArgs(cmd *cobra.Command, args []string) error {
	if err := cobra.NoArgs(cmd, args); err != nil {
		return usageError{err}
	}
	return nil
}
