package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
)

// reportPlan ends a dry run.
func (a *app) reportPlan(cfg config.Config, plan pipeline.BackfillPlan) error {
	if a.json {
		return a.printJSON(planObject(plan))
	}
	a.printBackfillPlan(a.Stdout, cfg, plan)
	return nil
}

// planObject is what --json prints of a backfill that could be started. There is nothing to estimate of one that was
// begun already.
func planObject(plan pipeline.BackfillPlan) map[string]any {
	object := map[string]any{
		"command": "backfill", "ok": true, "job": plan.Job, "from": plan.Span.From, "to": plan.Span.To,
		"unended": nil, "estimate": plan.Estimate, "warnings": append([]string{}, plan.Warnings...),
	}
	if plan.Unended != "" {
		object["unended"], object["estimate"] = plan.Unended, nil
	}
	return object
}

// agree shows what a backfill will take, and asks where somebody is there to be asked. One that goes on was agreed to.
func (a *app) agree(ctx context.Context, cfg config.Config, plan pipeline.BackfillPlan, yes bool) error {
	asks := a.Asks && !yes && plan.Unended == ""
	if shown := a.planOut(asks); shown != nil {
		a.printBackfillPlan(shown, cfg, plan)
	}
	if !asks {
		return nil
	}
	return a.ask(ctx, "Begin?", errNotBegun)
}

var errNotBegun = errors.New("nothing was begun")

func (a *app) printBackfillPlan(w io.Writer, cfg config.Config, plan pipeline.BackfillPlan) {
	fmt.Fprintf(w, "backfill of job %s: from %s to before %s\n", plan.Job, oneLine(plan.Span.From), oneLine(plan.Span.To))
	if plan.Unended != "" {
		fmt.Fprintf(w, "backfill %s has these bounds and has not ended: it goes on, in the order and with the slices it was begun with\n", plan.Unended)
		return
	}
	e := plan.Estimate
	order := "the oldest first"
	if plan.Options.NewestFirst {
		order = "the newest first"
	}
	lines := [][]string{{"  slices", fmt.Sprintf("%d, %s", e.Slices, order)}}
	if e.Rows == nil || e.Requests == nil || e.Seconds == nil {
		lines = append(lines, []string{"  rows", "not known: the source cannot count them cheaply"})
	} else {
		lines = append(lines,
			[]string{"  rows", fmt.Sprint(*e.Rows)},
			[]string{"  requests", fmt.Sprintf("about %d; those for rows that Playvox holds already are saved", *e.Requests)},
			[]string{"  takes", fmt.Sprintf("about %s at %d requests a minute", roughly(time.Duration(*e.Seconds)*time.Second), cfg.Playvox.RequestsPerMinute)})
	}
	printTable(w, lines[0], lines[1:])
	for _, warning := range plan.Warnings {
		fmt.Fprintf(w, "warning: %s\n", strings.TrimSpace(warning))
	}
}
