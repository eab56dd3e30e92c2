package scheduler

import (
	"context"
	"fmt"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/state"
)

// triesAtMost is how often a run is begun. Whatever ended its process each time, want of memory above all, would do so again, and
// nobody would be told.
const triesAtMost = 3

// giveUp ends a run that nobody came to the end of.
func (s *Scheduler) giveUp(ctx context.Context, lease *state.Lease, job config.Job, row state.Schedule) pipeline.Summary {
	reason := fmt.Errorf("it was begun %d times, and each time its process ended in the midst of it, without a word: "+
		"look at what the container says of its end, and at its memory", row.Tries-1)
	options := pipeline.Options{}
	if row.Doing == DoRetry {
		options.Retry = []state.Reject{}
	}
	summary, err := pipeline.NotStarted(ctx, job, lease.Store(), options, reason)
	s.Log.Error("the run is given up: the next begins when it is due", "job", job.Name, "run", summary.RunID, "due", row.Due.UTC(), "error", err)
	return summary
}
