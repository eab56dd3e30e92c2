package main

import (
	"context"
	"fmt"
	"time"

	"pvetl/internal/pipeline"
)

// reportBackfill prints what became of a backfill, and chooses the exit status.
func (a *app) reportBackfill(ctx context.Context, id string, s pipeline.Summary) error {
	if s.HeldBy != nil {
		text := fmt.Sprintf("backfill %s is carried out by %s since %s: wait for it, or stop it with 'pvetl backfill pause %s'",
			id, s.HeldBy.Owner, moment(s.HeldBy.Since), id)
		s.Error = &text
	}
	code := exitOf(ctx, []pipeline.Summary{s})
	if code == exitRejects && isStopped(s.Backfill) {
		code = exitDone
	}
	if a.json {
		if err := a.printJSON(a.runsObject(code, []pipeline.Summary{s})); err != nil {
			return err
		}
		return asStatus(code)
	}
	if s.HeldBy != nil {
		fmt.Fprintln(a.Stdout, *s.Error)
		return asStatus(code)
	}
	a.printSummary(s, pipeline.Options{})
	if s.Backfill != nil {
		fmt.Fprintf(a.Stdout, "  %s\n", standing(s.Backfill, time.Now()))
	}
	if s.Backfill == nil || goesOn(*s.Backfill) {
		fmt.Fprintf(a.Stdout, "  to go on where it was: %s\n", a.typed("pvetl backfill resume "+id))
	}
	return asStatus(code)
}

// isStopped reports whether somebody said that a backfill should stop.
func isStopped(b *pipeline.BackfillStatus) bool {
	return b != nil && (b.State == pipeline.BackfillPaused || b.State == pipeline.BackfillCancelled)
}

// goesOn reports whether there is something to resume.
func goesOn(b pipeline.BackfillStatus) bool {
	return b.State != pipeline.BackfillDone && b.State != pipeline.BackfillCancelled
}

// typed is a command as it has to be typed to reach the same configuration.
func (a *app) typed(command string) string {
	if a.configPath != "jobs.yaml" {
		command += " --config " + quotedForShell(a.configPath)
	}
	return command
}
