package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/internal/maptest"
)

func (a *app) testCommand() *cobra.Command {
	var record recording
	cmd := &cobra.Command{
		Use:   "test [FILE...]",
		Short: "Run the mapping tests beside jobs.yaml, or record such tests",
		Long: "Maps the rows of each test as a run would, and compares what comes out with what the test expects. Connects to nothing.\n" +
			"Without a FILE the tests are those of jobs.test.yaml, beside jobs.yaml:\n\n" +
			testExample + "\n" +
			"given holds the rows as the queries return them: each column that the mapping uses, if only as null, and as text, unless\n" +
			"types says that it is another kind: integer, decimal, boolean, date, timestamp, instant (a time with its zone), array,\n" +
			"bytes. expect.interaction is compared field by field and to the last digit; without comments in it, the conversation is\n" +
			"not. Without an interaction the row has to be rejected. Of a reject only what the test says is compared.\n\n" +
			"--record JOB reads a few rows of a job and writes a test of each, for now as right as the mapping is. It masks personal\n" +
			"data: addresses, phone and card numbers, the names of authors and assignees, every word and number of texts, the names\n" +
			"of files. The same is masked by the same throughout what is recorded at once. Keys, codes, numbers and times stay. Read\n" +
			"the file before you commit it.\n\n" +
			"Exits 1 if a test fails, 2 if a file cannot be used. --json prints {\"ok\", \"tests\": [{\"name\", \"job\", \"file\", \"line\",\n" +
			"\"column\", \"passed\", \"differences\": [{\"path\", \"expected\", \"got\", \"detail\"}]}]}.",
		Example: "  pvetl test\n" +
			"  pvetl test tests/*.yaml --json\n" +
			"  pvetl test --record tickets --limit 3\n" +
			"  pvetl test --record tickets --key 48213 --key 48214",
		RunE: func(cmd *cobra.Command, args []string) error {
			if record.job != "" {
				return a.record(cmd.Context(), record, args)
			}
			if cmd.Flags().Changed("key") || cmd.Flags().Changed("limit") {
				return usageError{errors.New("--key and --limit go with --record JOB")}
			}
			return a.runTests(args)
		},
	}
	cmd.Flags().StringVar(&record.job, "record", "", "write tests from rows of this `JOB` instead, personal data masked")
	cmd.Flags().IntVar(&record.limit, "limit", 5, "record at most `N` rows")
	cmd.Flags().StringArrayVar(&record.keys, "key", nil, "record the row with this `KEY` (may be repeated)")
	_ = cmd.RegisterFlagCompletionFunc("record", func(cmd *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		return a.completeJobs(cmd, nil, prefix)
	})
	return cmd
}

const testExample = `  tests:
    a solved ticket:
      job: tickets
      types: {updated_at: instant}
      given:
        interaction: {id: 48213, status_code: 3, csat: 4.5, updated_at: 2026-03-01 10:00:00}
        comments:
          - {id: 1, ticket_id: 48213, body_html: "<p>Hi</p>", kind: in}
          - {id: 2, ticket_id: 48213, body_html: null, kind: fax}
      expect:
        interaction:
          interaction_id: "48213"
          status: solved
          csat: 4.5
          solved_date: "2026-03-01T10:00:00Z"
          comments: [{body: Hi, type: customer_comment}]
        rejects: [{stream: comments, key: 2, field: type, rule: map}]
`

func (a *app) runTests(paths []string) error {
	file, err := a.load()
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		paths = []string{config.TestsPath(a.configPath)}
	}
	files, err := a.readTests(file, paths)
	if err != nil {
		return err
	}
	results := []maptest.Result{}
	for _, tests := range files {
		some, err := maptest.Run(file, tests)
		if err != nil {
			return usageError{err}
		}
		results = append(results, some...)
	}
	return a.reportTests(results)
}

// readTests reads all files of tests and tells what is wrong with any of them at once.
func (a *app) readTests(file *config.File, paths []string) ([]*config.TestFile, error) {
	var files []*config.TestFile
	var faults []error
	var needs []config.Need
	for _, path := range paths {
		tests, err := config.ReadTests(path)
		if err == nil {
			err = tests.Check(file)
		}
		if errors.Is(err, os.ErrNotExist) {
			return nil, hinted{usageError{err}, "pvetl test --record " + file.Config.Jobs[0].Name + " makes tests of real rows; pvetl test --help shows how one is written"}
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		files = append(files, tests)
		for _, test := range tests.Tests {
			job, _ := file.Config.Job(test.Job)
			needs = append(needs, config.MappingNeeds(job)...)
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, hinted{usageError{err}, "pvetl test --help shows how a test is written"}
	}
	if err := file.Require(needs...); err != nil {
		return nil, hinted{usageError{err}, "set them in the environment of this command: the mapping that is tested depends on them"}
	}
	return files, nil
}

func (a *app) reportTests(results []maptest.Result) error {
	failed := 0
	for _, result := range results {
		if !result.Passed {
			failed++
		}
	}
	if a.json {
		if err := a.printJSON(map[string]any{"ok": failed == 0, "tests": results}); err != nil {
			return err
		}
	} else {
		for _, result := range results {
			a.printTest(result)
		}
		fmt.Fprintf(a.Stdout, "%d passed, %d failed\n", len(results)-failed, failed)
	}
	if failed > 0 {
		return statusError{exitFailed}
	}
	return nil
}

func (a *app) printTest(result maptest.Result) {
	if result.Passed {
		fmt.Fprintf(a.Stdout, "ok    %s: %s\n", result.Job, oneLine(result.Name))
		return
	}
	fmt.Fprintf(a.Stdout, "FAIL  %s: %s (%s:%d:%d)\n", result.Job, oneLine(result.Name), result.File, result.Line, result.Column)
	for _, difference := range result.Differences {
		fmt.Fprintf(a.Stdout, "        %s\n", strings.TrimSpace(oneLine(difference.String())))
	}
}
