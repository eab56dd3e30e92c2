package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/load"
)

func (a *app) applyCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "apply",
		Short:   "Create the integrations and their metadata in Playvox",
		Long:    "Creates the integrations of jobs.yaml and those of their metadata fields that are not in Playvox yet.\nWhat is there is left as it is, so it can be repeated safely.",
		Example: "  pvetl apply",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			changes, err := a.apply(cmd.Context())
			if err != nil {
				return err
			}
			return a.reportChanges(changes)
		},
	}
}

func (a *app) apply(ctx context.Context) ([]load.Change, error) {
	file, err := a.load(config.NeedPlayvox, config.NeedIntegrations)
	if err != nil {
		return nil, err
	}
	client, err := a.client(file.Config)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	var all []load.Change
	for _, integration := range file.Config.Integrations {
		changes, err := client.Apply(ctx, integration)
		all = append(all, changes...)
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

func (a *app) reportChanges(changes []load.Change) error {
	if a.json {
		return a.printJSON(map[string]any{"changes": changes, "applied": true})
	}
	created := 0
	for _, change := range changes {
		sign := " "
		if change.Action == load.ActionCreate {
			sign = "+"
			created++
		}
		fmt.Fprintf(a.Stdout, "%s %s %s\n", sign, change.Kind, change.Name)
	}
	fmt.Fprintf(a.Stdout, "%d created, %d were there\n", created, len(changes)-created)
	return nil
}
