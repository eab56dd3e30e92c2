package pipeline

import (
	"context"
	"fmt"
	"time"

	"pvetl/state"
)

// RecordSkip writes down that a job was due while somebody else had it, for the times-th time in a row: over the record called
// id, or as a new one where that is empty. It returns the record's id.
func RecordSkip(ctx context.Context, journal Journal, id, job string, due time.Time, held state.HeldBy, times int) (string, error) {
	if id == "" {
		id = newRunID(due)
	} else if first, err := begunOf(id); err == nil {
		due = first
	}
	now := time.Now().UTC()
	reason := fmt.Sprintf("skipped: it was still under way since %s (%s)", held.Since.UTC().Format("2006-01-02 15:04:05 UTC"), held.Owner)
	if times > 1 {
		reason += fmt.Sprintf("; %d times in a row", times)
	}
	summary := Summary{
		Job: job, RunID: id, Status: Skipped, StartedAt: due.UTC(), FinishedAt: &now, Error: &reason, RejectGroups: []RejectGroup{},
	}
	return id, record(ctx, journal, Options{}.command(), summary)
}
