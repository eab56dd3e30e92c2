package main

import (
	"context"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/load"
)

func (a *app) planCommand() *cobra.Command {
	var prune bool
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what apply would change in Playvox",
		Long: "Compares the integrations of jobs.yaml and their metadata fields with those in Playvox, and shows what pvetl apply\n" +
			"would create (+), update (~) and, with --prune, delete (-). It changes nothing. Below a change stands, after a !, what\n" +
			"Playvox may refuse and what hides or deletes data.\n\n" +
			"--json prints {\"changes\": [{\"action\", \"kind\", \"integration\", \"name\", \"fields\": {\"description\": [\"old\", \"new\"]}, \"notes\"}],\n" +
			"\"applied\": false}.",
		Example: "  pvetl plan\n  pvetl plan --prune          # with what would be deleted\n  pvetl plan --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, plans, err := a.plan(cmd.Context(), prune)
			if err != nil {
				return err
			}
			client.Close()
			if a.json {
				return a.printJSON(map[string]any{"changes": changesOf(plans), "applied": false})
			}
			printPlans(a.Stdout, plans)
			a.printPlanned(plans, prune)
			return nil
		},
	}
	pruneFlag(cmd, &prune)
	return cmd
}

func pruneFlag(cmd *cobra.Command, prune *bool) {
	cmd.Flags().BoolVar(prune, "prune", false, "also delete metadata fields that jobs.yaml does not name; never integrations")
}

// plan compares every integration with Playvox. Whoever gets a client closes it.
func (a *app) plan(ctx context.Context, prune bool) (*load.Client, []load.Plan, error) {
	file, err := a.load(config.NeedPlayvox, config.NeedIntegrations)
	if err != nil {
		return nil, nil, err
	}
	client, err := a.client(file.Config, nil)
	if err != nil {
		return nil, nil, err
	}
	var plans []load.Plan
	for _, integration := range file.Config.Integrations {
		plan, err := client.Plan(ctx, integration, prune)
		if err != nil {
			client.Close()
			return nil, nil, err
		}
		plans = append(plans, plan)
	}
	return client, plans, nil
}
