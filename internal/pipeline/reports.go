package pipeline

import (
	"context"
	"encoding/json"

	"pvetl/state"
)

// RunBooks is what the state tells of runs that have not ended.
type RunBooks interface {
	UnfinishedRuns(ctx context.Context, job string) ([]state.Run, error)
	Backfills(ctx context.Context, job string) ([]state.Backfill, error)
	Holder(ctx context.Context, job string) (state.HeldBy, bool, error)
}

// brokenOff is what there is to say of a run that ended without a word.
const brokenOff = "its process ended in the midst of it, or lost the job to another: the next run goes on where it was"

// Reports returns what runs reported, each a Summary. One that has not ended, and that nobody is at work on any more, has failed.
func Reports(ctx context.Context, books RunBooks, runs []state.Run) ([]json.RawMessage, error) {
	reports := make([]json.RawMessage, len(runs))
	living := make(map[string]map[string]bool)
	for i, run := range runs {
		if run.Status == Running && living[run.Job] == nil {
			alive, err := underWay(ctx, books, run.Job)
			if err != nil {
				return nil, err
			}
			living[run.Job] = alive
		}
		reports[i] = reportOf(run, living[run.Job][run.ID])
	}
	return reports, nil
}

func reportOf(run state.Run, isUnderWay bool) json.RawMessage {
	if len(run.Summary) > 0 {
		return run.Summary
	}
	summary := Summary{Job: run.Job, RunID: run.ID, Status: run.Status, StartedAt: run.StartedAt, RejectGroups: []RejectGroup{}}
	if run.Status == Running && !isUnderWay {
		reason := brokenOff
		summary.Status, summary.Error = Failed, &reason
	}
	text, _ := json.Marshal(summary) // it has nothing that cannot be written
	return text
}

// underWay returns the ids of the runs of a job that somebody is at work on: the newest, where somebody holds the job, and that of
// each backfill that is held. Of those that are older nobody can be.
func underWay(ctx context.Context, books RunBooks, job string) (map[string]bool, error) {
	unfinished, err := books.UnfinishedRuns(ctx, job)
	if err != nil {
		return nil, err
	}
	_, held, err := books.Holder(ctx, job)
	if err != nil {
		return nil, err
	}
	backfills, err := books.Backfills(ctx, job)
	if err != nil {
		return nil, err
	}
	backfilling := 0
	for _, b := range backfills {
		if _, isHeld, err := books.Holder(ctx, leaseOf(b.ID)); err != nil {
			return nil, err
		} else if isHeld {
			backfilling++
		}
	}
	alive := make(map[string]bool)
	for _, run := range unfinished {
		if run.Command == commandBackfill {
			alive[run.ID] = backfilling > 0
			backfilling--
			continue
		}
		alive[run.ID] = held
		held = false
	}
	return alive, nil
}
