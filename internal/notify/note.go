package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"pvetl/internal/pipeline"
)

// bookkeeping bounds what is written down at a time: whoever calls has better things to do.
const bookkeeping = 10 * time.Second

// note changes what is known of a job, and has what comes of it be told. The change may be made more than once.
func (n *Notifier) note(ctx context.Context, job string, change func(*standing) []body) error {
	kept, err := n.options.Store.Standing(ctx, job)
	if err != nil {
		return err
	}
	if made, told, err := changed(kept, change); err == nil && len(told) == 0 && bytes.Equal(made, kept) {
		return nil // as nearly always: no write has to be waited for
	}
	return n.options.Store.Tell(ctx, job, func(kept json.RawMessage) (json.RawMessage, []json.RawMessage, error) {
		return changed(kept, change)
	})
}

func changed(kept json.RawMessage, change func(*standing) []body) (made json.RawMessage, notices []json.RawMessage, err error) {
	var s standing
	if json.Unmarshal(kept, &s) != nil {
		s = standing{} // nothing is known yet, or nothing that this version understands
	}
	for _, told := range change(&s) {
		notice, err := json.Marshal(told.finished())
		if err != nil {
			return nil, nil, err
		}
		notices = append(notices, notice)
	}
	made, err = json.Marshal(s)
	return made, notices, err
}

// paused returns the jobs that somebody has paused.
func (n *Notifier) paused(ctx context.Context) (map[string]bool, error) {
	schedules, err := n.options.Store.Schedules(ctx)
	paused := make(map[string]bool)
	for _, schedule := range schedules {
		paused[schedule.Job] = !schedule.Paused.IsZero()
	}
	return paused, err
}

// rejects returns what keeps rows of a job out of Playvox, also those that the last run did not read.
func (n *Notifier) rejects(ctx context.Context, job string) ([]rejects, error) {
	groups, err := n.options.Store.RejectGroups(ctx, job)
	found := make([]rejects, 0, len(groups))
	at := make(map[kind]int)
	for _, group := range groups {
		of := kind{group.Stream, group.Stage, group.Field, group.Rule}
		if of.Stage == "playvox" {
			of.Rule = "refused" // its own words may hold a value
		}
		if i, known := at[of]; known {
			found[i].Count += group.Count
			continue
		}
		at[of] = len(found)
		found = append(found, rejects{of, group.Count})
	}
	return found, err
}

// endOf takes from a summary what may be told. One of a run that did not get as far as that may lack everything but its status.
func (n *Notifier) endOf(job string, summary pipeline.Summary) end {
	e := end{job: job, run: summary.RunID, status: summary.Status, at: n.now(), now: n.now(), started: summary.StartedAt.UTC().Round(0)}
	if summary.FinishedAt != nil {
		e.at = summary.FinishedAt.UTC().Round(0)
	}
	if summary.StartedAt.IsZero() {
		e.started = e.at
	}
	for _, c := range []pipeline.Counts{summary.Interactions, summary.Comments, summary.Attachments} {
		e.counts.Read += c.Read
		e.counts.New += c.New
		e.counts.Changed += c.Changed
		e.counts.Unchanged += c.Unchanged
		e.counts.Rejected += c.Rejected
		e.counts.Deleted += c.Deleted
		e.counts.Unknown += c.Unknown
		e.counts.Waiting += c.Waiting
	}
	if summary.Error != nil {
		e.fault = n.hide(*summary.Error)
	}
	return e
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
