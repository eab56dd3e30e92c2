// Package demo shows pvetl at work on one machine: a sample help desk in a SQLite file, the sandbox in the place of
// Playvox, and between them the real thing, which the caller hands in. The demo command calls it.
package demo

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/load"
	"pvetl/state"
)

// Config is the demo's jobs.yaml.
//
//go:embed jobs.yaml
var Config []byte

// File is a jobs.yaml on disk and the variables it is to be read with.
type File struct {
	Path string
	Env  config.Env
}

// Steps are the commands that the demo shows, each for the only job or integration of a file.
type Steps struct {
	Apply   func(context.Context, File) ([]load.Change, error)
	Run     func(context.Context, File) (pipeline.Summary, error)
	Rejects func(context.Context, File) ([]state.Reject, error)
}

// Run plays the demo and tells on out what happens. It connects to nothing but this machine. With keep, a directory that
// is empty or not there yet, what the demo made stays in it; without, nothing stays, also when ctx ends early. An error
// names what went wrong, such as a sandbox that does not hold what was sent.
func Run(ctx context.Context, out io.Writer, keep string, steps Steps) (err error) {
	d := &demo{teller: teller{out}, steps: steps, keep: keep}
	defer func() { err = errors.Join(err, d.cleanUp()) }()
	for _, act := range []func(context.Context) error{
		d.prepare,
		d.buildHelpDesk,
		d.startSandbox,
		d.apply,
		d.firstRun,
		d.changeHelpDesk,
		d.secondRun,
		d.idleRun,
		d.compareWithSandbox,
		d.showRejects,
	} {
		if err := errors.Join(ctx.Err(), act(ctx)); err != nil {
			return err
		}
	}
	d.sayWhereNext()
	return nil
}

func (d *demo) buildHelpDesk(ctx context.Context) error {
	d.heading("A help desk")
	if err := Build(ctx, d.path(helpDeskFile)); err != nil {
		return err
	}
	d.say("%d tickets in %d languages, answered by %d agents: a SQLite file.", ticketCount, len(languages), len(agents))
	return nil
}

func (d *demo) apply(ctx context.Context) error {
	d.heading("pvetl apply: tells Playvox which fields there will be")
	changes, err := d.steps.Apply(ctx, d.file)
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	for _, change := range changes {
		d.say("%-6s  %-11s  %s", change.Action, change.Kind, change.Name)
	}
	return nil
}

func (d *demo) firstRun(ctx context.Context) error {
	d.heading("pvetl run: the first one reads everything")
	summary, err := d.run(ctx)
	if err == nil && summary.Status == pipeline.Partial {
		d.say("partial: some rows were refused. Their reasons come below; all others went through.")
	}
	return err
}

func (d *demo) changeHelpDesk(ctx context.Context) error {
	d.heading("A later day at the help desk")
	changes, err := Change(ctx, d.path(helpDeskFile))
	if err != nil {
		return err
	}
	d.say("%d new tickets, %d old ones solved, %d refused row put right at its source;", changes.New, changes.Edited, changes.Repaired)
	d.say("%d customers wrote once more on old tickets, and %d old messages were edited: their tickets' own rows did not change.",
		changes.Answered, changes.Corrected)
	d.changes = changes
	return nil
}

func (d *demo) secondRun(ctx context.Context) error {
	d.heading("pvetl run: reads what changed, sends what differs")
	before := d.sandbox.Requests()
	if _, err := d.run(ctx); err != nil {
		return err
	}
	d.sayCosts(before, d.sandbox.Requests())
	return nil
}

// sayCosts tells what each kind of change took.
func (d *demo) sayCosts(before, after sandbox.Counters) {
	const comments = "/api/v1/interactions/{interaction}/comments"
	kind := func(k sandbox.Kind) int { return after.Kinds[k] - before.Kinds[k] }
	route := func(name string) int { return after.Routes[name] - before.Routes[name] }
	lines := []string{"Sent\tRequests"}
	for _, line := range []struct {
		n     int
		what  string
		costs string
	}{
		{d.changes.New + d.changes.Repaired, "new tickets, with their messages", fmt.Sprintf("%d bulk, %d to ask after it", kind(sandbox.Bulk), kind(sandbox.Poll))},
		{d.changes.Edited, "changed tickets", fmt.Sprint(kind(sandbox.Update))},
		{d.changes.Answered, "new messages on old tickets", fmt.Sprint(route("POST " + comments))},
		{d.changes.Corrected, "edited messages", fmt.Sprintf("%d, %d to find them", route("PUT "+comments+"/{comment}"), route("GET "+comments))},
	} {
		lines = append(lines, fmt.Sprintf("%d %s\t%s", line.n, line.what, line.costs))
	}
	d.table(lines...)
}

func (d *demo) idleRun(ctx context.Context) error {
	d.heading("pvetl run: once more, with nothing to do")
	before := d.sandbox.Requests().Total
	if _, err := d.run(ctx); err != nil {
		return err
	}
	if n := d.sandbox.Requests().Total - before; n != 0 {
		return fmt.Errorf("a run with nothing to do made %d requests, which is a defect of pvetl", n)
	}
	d.say("The newest rows were read again, for others may have been committed late. Playvox was not asked anything.")
	return nil
}

// run has the job run once and shows what it says.
func (d *demo) run(ctx context.Context) (pipeline.Summary, error) {
	summary, err := d.steps.Run(ctx, d.file)
	if err == nil && summary.Status == pipeline.Failed {
		err = errors.New("it failed")
		if summary.Error != nil {
			err = errors.New(*summary.Error)
		}
	}
	if err != nil {
		return summary, fmt.Errorf("run: %w", err)
	}
	d.runs = append(d.runs, summary)
	d.counts(summary)
	return summary, nil
}
