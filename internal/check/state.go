package check

import (
	"context"
	"errors"
	"fmt"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/state"
)

// trialJob is what is leased for a moment to see that the state can be written to. No job of jobs.yaml is disturbed.
const trialJob = "(pvetl check)"

// checkState opens the state as a run does.
func (c *checker) checkState(ctx context.Context, jobs []config.Job) {
	store, err := state.Open(ctx, c.file.Config.State)
	if err != nil {
		c.say(config.SeverityError, "state", err.Error(), "a run needs a state that it can write to")
		return
	}
	defer store.Close()
	if err := tryWriting(ctx, store); err != nil {
		c.say(config.SeverityError, "state", "the state cannot be written to: "+err.Error(), "a run needs a state that it can write to")
		return
	}
	c.good("opens, and can be written to")
	for _, job := range jobs {
		holder, held, err := store.Holder(ctx, job.Name)
		switch {
		case err != nil:
			c.say(config.SeverityError, "state", err.Error(), "run pvetl check again")
		case held:
			c.say(config.SeverityHint, string(config.NeedJob(job.Name)), fmt.Sprintf("%s runs it since %s", holder.Owner, holder.Since.Format("2006-01-02 15:04:05Z07:00")),
				"another run of it waits for its end")
		}
	}
}

// tryWriting takes a lease and gives it back. Where another check has it, that one writes.
func tryWriting(ctx context.Context, store *state.Store) error {
	lease, err := store.Acquire(ctx, trialJob, pipeline.Owner())
	if _, held := errors.AsType[*state.HeldError](err); held {
		return nil
	}
	if err != nil {
		return err
	}
	return lease.Release(ctx)
}
