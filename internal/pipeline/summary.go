package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pvetl/load"
	"pvetl/state"
)

// The streams of a job.
const (
	StreamInteractions = "interactions"
	StreamComments     = "comments"
	StreamAttachments  = "attachments"
)

// The ends of a run. A partial one did all it could, and left rows behind that are rejected or whose fate is unknown.
const (
	Running   = "running"
	Succeeded = "succeeded"
	Partial   = "partial"
	Failed    = "failed"
	Skipped   = "skipped" // it was due while another was still under way
)

// Counts says what became of the rows of a stream.
type Counts struct {
	Read      int64 `json:"read"`
	New       int64 `json:"new"`
	Changed   int64 `json:"changed"`
	Unchanged int64 `json:"unchanged"`
	Rejected  int64 `json:"rejected"`
	Deleted   int64 `json:"deleted"`
	Unknown   int64 `json:"unknown"` // Playvox may or may not have them
	Waiting   int64 `json:"waiting"` // their turn did not come: their interaction is not in Playvox, or the run stopped
}

// Missing is how many rows have been read and not yet counted as anything else.
func (c Counts) Missing() int64 {
	return c.Read - c.New - c.Changed - c.Unchanged - c.Rejected - c.Unknown - c.Waiting
}

// add adds other rows.
func (c *Counts) add(o Counts) {
	c.Read += o.Read
	c.New += o.New
	c.Changed += o.Changed
	c.Unchanged += o.Unchanged
	c.Rejected += o.Rejected
	c.Deleted += o.Deleted
	c.Unknown += o.Unknown
	c.Waiting += o.Waiting
}

// settled is how many rows have come to their end.
func (c Counts) settled() int64 { return c.New + c.Changed + c.Unchanged + c.Rejected }

// tally counts rows as one thing or another.
type tally func(c *Counts, n int64)

func asNew(c *Counts, n int64)       { c.New += n }
func asChanged(c *Counts, n int64)   { c.Changed += n }
func asUnchanged(c *Counts, n int64) { c.Unchanged += n }
func asRejected(c *Counts, n int64)  { c.Rejected += n } // its cause is counted beside
func asUnknown(c *Counts, n int64)   { c.Unknown += n }
func asWaiting(c *Counts, n int64)   { c.Waiting += n }

// Requests says what was sent to Playvox.
type Requests struct {
	Total     int64 `json:"total"`
	Bulk      int64 `json:"bulk"`
	Polls     int64 `json:"polls"`
	Writes    int64 `json:"writes"`
	Lookups   int64 `json:"lookups"`
	Throttled int64 `json:"throttled"`
}

func counted(r *load.Requests) Requests {
	return Requests{
		Total: r.Total.Load(), Bulk: r.Bulk.Load(), Polls: r.Polls.Load(),
		Writes: r.Writes.Load(), Lookups: r.Lookups.Load(), Throttled: r.Throttled.Load(),
	}
}

// Watermarks are the cursors that the streams have been settled to; nil where there is none.
type Watermarks struct {
	Interactions *string `json:"interactions"`
	Comments     *string `json:"comments"`
}

// Summary is what a run reports, also while it is under way.
type Summary struct {
	Job          string        `json:"job"`
	RunID        string        `json:"run_id"`
	Status       string        `json:"status"`
	Interactions Counts        `json:"interactions"`
	Comments     Counts        `json:"comments"`
	Attachments  Counts        `json:"attachments"`
	Requests     Requests      `json:"requests"`
	Watermark    Watermarks    `json:"watermark"`
	StartedAt    time.Time     `json:"started_at"`
	FinishedAt   *time.Time    `json:"finished_at"`
	Error        *string       `json:"error"`
	Timings      Timings       `json:"timings"`
	RejectGroups []RejectGroup `json:"reject_groups"`

	Backfill *BackfillStatus `json:"backfill,omitempty"` // which the run is a part of

	HeldBy *state.HeldError `json:"-"` // who runs the job, where that is why this run did not

	causes causes // of what is rejected, while the run is under way
}

// moved is what the run adds to the rows of its day: interactions alone, since their comments and files would hide how many
// conversations there are.
func (s *Summary) moved() state.Moved {
	return state.Moved{New: s.Interactions.New, Changed: s.Interactions.Changed, Rejected: s.Interactions.Rejected}
}

// leftBehind is how many rows were read and are not in Playvox for all we know.
func (s *Summary) leftBehind() int64 {
	left := int64(0)
	for _, c := range []Counts{s.Interactions, s.Comments, s.Attachments} {
		left += c.Rejected + c.Unknown
	}
	return left
}

// check keeps W4.
func (s *Summary) check() error {
	for _, stream := range []struct {
		name   string
		counts Counts
	}{{StreamInteractions, s.Interactions}, {StreamComments, s.Comments}, {StreamAttachments, s.Attachments}} {
		if n := stream.counts.Missing(); n != 0 {
			return fmt.Errorf("the counts of %s do not add up: %d rows of %d are unaccounted for, which is a defect of pvetl", stream.name, n, stream.counts.Read)
		}
	}
	return nil
}

// judge says how the work ended: err is what stopped it, nil where nothing did. The result is err, or what kept the
// rejects from being counted.
func (s *Summary) judge(ctx context.Context, refusals Refusals, err error) error {
	rejects, countErr := refusals.CountRejects(ctx, s.Job)
	err = errors.Join(err, countErr)
	switch {
	case err != nil:
		text := err.Error()
		s.Status, s.Error = Failed, &text
	case rejects > 0 || s.leftBehind() > 0:
		s.Status, s.Error = Partial, nil
	default:
		s.Status, s.Error = Succeeded, nil
	}
	return err
}
