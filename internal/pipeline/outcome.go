package pipeline

import (
	"context"
	"errors"

	"pvetl/load"
	"pvetl/state"
)

// await waits for a batch's job and settles its rows by what the job says of each.
func (r *run) await(ctx context.Context, batch state.Batch, items []*item) error {
	status, took, err := r.sender.Await(ctx, batch.JobID, r.pace)
	switch {
	case err == nil:
		batch.JobSeconds = took.Seconds()
		return r.settleJob(ctx, batch, items, status)
	case load.OutcomeOf(err) == load.Missing:
		r.log.Warn("Playvox does not know the job of a batch any more", "batch", batch.ID, "job_id", batch.JobID)
		return r.lost(ctx, batch, items)
	default: // the job goes on without us: the batch stays accepted, and the next run asks again
		return r.leaveUnknown(ctx, items, err)
	}
}

// settleJob makes ledger entries of what the job stored and rejects of what it refused. A row of which it says nothing,
// or both, is unknown.
func (r *run) settleJob(ctx context.Context, batch state.Batch, items []*item, status load.JobStatus) error {
	stored, refused := make(map[string]string), make(map[string]string)
	for _, one := range status.Stored {
		stored[one.InteractionID] = one.RemoteID
	}
	for _, one := range status.Refusals {
		refused[one.InteractionID] = one.Reason
	}
	if reason, ok := refused[""]; ok && len(items) == 1 {
		refused[items[0].entry.InteractionID] = reason
	}
	s := newSettlement()
	var unknown []*item
	for _, it := range items {
		remoteID, isStored := stored[it.entry.InteractionID]
		reason, isRefused := refused[it.entry.InteractionID]
		switch {
		case isStored && !isRefused && remoteID != "":
			it.entry.RemoteID = remoteID
			r.settleStored(s, it, func(c *Counts) { c.New++ })
		case isRefused && !isStored:
			r.settleRefused(s, it, reason)
		default:
			unknown = append(unknown, it)
		}
	}
	batch.State = state.Settled
	if len(unknown) > 0 {
		batch.State, batch.Items = state.Unknown, entriesOf(unknown)
	}
	s.batch = &batch
	if err := r.settle(ctx, s); err != nil || len(unknown) == 0 {
		return err
	}
	r.log.Warn("a job says nothing certain about some rows", "batch", batch.ID, "job_id", batch.JobID, "rows", len(unknown))
	return r.lost(ctx, batch, unknown)
}

// settleStored settles a row that Playvox has confirmed, with the comments that went along.
func (r *run) settleStored(s *settlement, it *item, as func(*Counts)) {
	s.entries = append(s.entries, it.entry)
	s.heal(it, it.entry.Key)
	s.rows[it.page]++
	s.free = append(s.free, it)
	earlier := s.count
	s.count = func(sum *Summary) {
		earlier(sum)
		if it.page >= 0 {
			as(&sum.Interactions)
			sum.Comments.New += int64(len(it.interaction.Comments))
		}
	}
}

// settleRefused settles a row that Playvox does not take. Its comments wait for it.
func (r *run) settleRefused(s *settlement, it *item, reason string) {
	r.log.Debug("row refused by Playvox", "stream", StreamInteractions, "key", it.entry.Key)
	s.rejects = append(s.rejects, r.refusal(it.entry, reason))
	s.rows[it.page]++
	s.free = append(s.free, it)
	earlier := s.count
	s.count = func(sum *Summary) {
		earlier(sum)
		if it.page >= 0 {
			sum.Interactions.Rejected++
			sum.Comments.Waiting += int64(len(it.interaction.Comments))
		}
	}
}

// update sends the fields of an interaction that differ from what Playvox holds.
func (r *run) update(ctx context.Context, it *item, known state.Entry) error {
	fields, err := changedFields(it.interaction, known)
	if err != nil {
		return err
	}
	s := newSettlement()
	it.entry.RemoteID = known.RemoteID
	if r.options.DryRun {
		s.count = func(sum *Summary) { sum.Interactions.Changed++ }
		return r.settle(ctx, s)
	}
	if err := r.findIntegration(ctx); err != nil {
		return err
	}
	err = r.sender.UpdateInteraction(ctx, r.remoteID, known.RemoteID, fields)
	switch outcome := load.OutcomeOf(err); {
	case err == nil:
		r.settleStored(s, it, func(c *Counts) { c.Changed++ })
	case outcome == load.Refused || outcome == load.Missing:
		r.settleRefused(s, it, words(err))
	case outcome == load.Uncertain:
		r.log.Warn("an update has no answer: it is sent again by the next run", "key", it.entry.Key, "error", err)
		r.countUnknown(s, []*item{it})
	default:
		return err
	}
	return r.settle(ctx, s)
}

// words are the server's own, where there are some.
func words(err error) string {
	if failed, ok := errors.AsType[*load.Error](err); ok {
		return failed.Reason
	}
	return err.Error()
}
