package main

import (
	"context"
	"time"

	"pvetl/internal/config"
	"pvetl/internal/notify"
	"pvetl/internal/pipeline"
)

// tellPatience bounds how long a command stays to tell how its runs ended. What could not be told by then waits in the state
// for the next one.
const tellPatience = 15 * time.Second

// tell lets those know whom jobs.yaml names when something has changed with its jobs. Whoever stopped the runs knows that they
// did not end.
func (a *app) tell(ctx context.Context, file *config.File, tools pipeline.Tools, summaries []pipeline.Summary) {
	if ctx.Err() != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tellPatience)
	defer cancel()
	reading := config.Reading{File: file, Number: 1, ReadAt: time.Now()}
	notifier := notify.New(notify.Options{
		Store: tools.Store, Settings: func() config.Reading { return reading }, Log: tools.Log, Redact: a.redactor.Redact,
	})
	for _, summary := range summaries {
		if job, ok := file.Config.Job(summary.Job); ok {
			notifier.Ended(ctx, job, summary)
		}
	}
	notifier.Look(ctx)
	notifier.Deliver(ctx)
}
