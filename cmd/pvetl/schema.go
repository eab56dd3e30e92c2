package main

import (
	"github.com/spf13/cobra"

	"pvetl/internal/config"
)

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of jobs.yaml, for editors",
		Long: "Prints what an editor needs to complete and check jobs.yaml while it is written. Beside a jobs.schema.json, this first line\n" +
			"of jobs.yaml makes the editor use it:\n\n" +
			"  # yaml-language-server: $schema=./jobs.schema.json   in VS Code, with its YAML extension\n" +
			"  # $schema: ./jobs.schema.json                        in the editors of JetBrains",
		Example: "  pvetl schema > jobs.schema.json",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			schema, err := config.Schema()
			if err != nil {
				return err
			}
			_, err = a.Stdout.Write(schema)
			return err
		},
	}
}
