package main

import (
	"context"

	"github.com/spf13/cobra"

	"pvetl/internal/demo"
	"pvetl/internal/pipeline"
	"pvetl/load"
	"pvetl/state"
)

func (a *app) demoCommand() *cobra.Command {
	var keep string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See it work: a sample help desk, a local server in Playvox's place, two runs",
		Long: "Builds a sample help desk in SQLite, starts the sandbox on a free port of this machine, creates the integration,\n" +
			"runs, changes the source, runs again, and shows what arrived. Needs no configuration and no network.",
		Example: "  pvetl demo\n  pvetl demo --keep /tmp/pvetl-demo    # and look at everything afterwards",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo.Run(cmd.Context(), a.Stdout, keep, demo.Steps{Apply: a.demoApply, Run: a.demoRun, Rejects: a.demoRejects})
		},
	}
	cmd.Flags().StringVar(&keep, "keep", "", "leave everything in this `DIR`")
	return cmd
}

// within is another invocation, of the same process, with a configuration of the demo's.
func (a *app) within(file demo.File) *app {
	inner := *a
	inner.configPath, inner.LookupEnv, inner.logLevel = file.Path, file.Env.Lookup, "error"
	return &inner
}

func (a *app) demoApply(ctx context.Context, file demo.File) ([]load.Change, error) {
	return a.within(file).apply(ctx)
}

func (a *app) demoRun(ctx context.Context, file demo.File) (pipeline.Summary, error) {
	summaries, err := a.within(file).run(ctx, nil, pipeline.Options{})
	if err != nil {
		return pipeline.Summary{}, err
	}
	return summaries[0], nil
}

func (a *app) demoRejects(ctx context.Context, file demo.File) ([]state.Reject, error) {
	return a.within(file).rejects(ctx, nil)
}
