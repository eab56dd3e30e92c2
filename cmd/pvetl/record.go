package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"pvetl/internal/config"
	"pvetl/internal/maptest"
	"pvetl/internal/pipeline"
)

// recording says of which rows tests are made.
type recording struct {
	job   string
	limit int
	keys  []string
}

// record writes tests of real rows to the end of a file of tests.
func (a *app) record(ctx context.Context, what recording, args []string) error {
	if what.limit < 1 {
		return usageError{errors.New("--limit is a number of rows above zero")}
	}
	if len(args) > 1 {
		return usageError{errors.New("name one file that the tests are written to")}
	}
	path := config.TestsPath(a.configPath)
	if len(args) == 1 {
		path = args[0]
	}
	file, job, err := a.job(what.job)
	if err != nil {
		return err
	}
	if err := file.Require(config.NeedJob(job.Name)); err != nil {
		return a.unfit(file, err)
	}
	content, names, err := existingTests(path)
	if err != nil {
		return err
	}
	tests, err := a.recorded(ctx, file, job, what, names)
	if err != nil {
		return fmt.Errorf("job %s: %w", job.Name, err)
	}
	if content, err = config.AppendTests(path, content, tests); err != nil {
		return hinted{usageError{err}, "or name another file: pvetl test --record " + job.Name + " FILE"}
	}
	if err := maptest.Save(path, content); err != nil {
		return err
	}
	return a.reportRecorded(path, tests)
}

// existingTests reads the file that tests are appended to, if there is one.
func existingTests(path string) (content []byte, names []string, err error) {
	content, err = os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	file, err := config.LoadTests(path, content)
	if err != nil && len(content) > 0 {
		return nil, nil, hinted{usageError{err}, "mend the file first, or name another one: nothing has been written"}
	}
	for _, test := range file.Tests {
		names = append(names, test.Name)
	}
	return content, names, nil
}

func (a *app) recorded(ctx context.Context, file *config.File, job config.Job, what recording, names []string) ([]config.Test, error) {
	job.Extract.Interactions.PageSize = what.limit
	source, err := pipeline.OpenSource(ctx, file.Config, job, a.logger())
	if err != nil {
		return nil, err
	}
	defer source.Close()
	rows, err := source.Sample(ctx, pipeline.PreviewOptions{Limit: what.limit, Keys: what.keys})
	if err != nil {
		return nil, err
	}
	if len(what.keys) > 0 && len(rows) < len(what.keys) {
		return nil, hinted{fmt.Errorf("%d of the %d keys have a row", len(rows), len(what.keys)), "pvetl preview " + job.Name + " --key KEY says which"}
	}
	if len(rows) == 0 {
		return nil, errors.New("the source has no rows that tests could be made of")
	}
	return maptest.Record(file.Config, job, source.Columns(), rows, names)
}

func (a *app) reportRecorded(path string, tests []config.Test) error {
	names := make([]string, len(tests))
	for i, test := range tests {
		names[i] = test.Name
	}
	if a.json {
		return a.printJSON(map[string]any{"ok": true, "file": path, "recorded": names})
	}
	for _, name := range names {
		fmt.Fprintf(a.Stdout, "recorded  %s\n", oneLine(name))
	}
	fmt.Fprintf(a.Stdout, "%d written to %s, personal data masked: read them before you commit them\n", len(names), path)
	return nil
}
