package pipeline

import (
	"context"

	"pvetl/internal/crash"
	"pvetl/load"
	"pvetl/state"
)

// await waits for a batch's job and settles its rows by what the job says of each.
func (r *run) await(ctx context.Context, batch state.Batch, items []*item) error {
	status, took, err := r.playvox.Await(ctx, batch.JobID, r.pace)
	switch {
	case err == nil:
		crash.At(crash.JobOver)
		batch.JobSeconds = took.Seconds()
		return r.settleJob(ctx, batch, items, status)
	case load.OutcomeOf(err) == load.Missing:
		r.log.Warn("Playvox does not know the job of a batch any more", "batch", batch.ID, "job_id", batch.JobID)
		return r.lost(ctx, batch, items)
	default: // the job goes on without us: the batch stays accepted, and the next run asks again
		return r.leaveUnknown(ctx, items, err)
	}
}

// sorted is what a job says of the rows of its batch.
type sorted struct {
	stored  []*item
	refused []refusedItem
	there   []*item // refused because Playvox holds them already
	unknown []*item // of which it says nothing, or both
}

func sortItems(items []*item, status load.JobStatus) sorted {
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
	var found sorted
	for _, it := range items {
		remoteID, isStored := stored[it.entry.InteractionID]
		reason, isRefused := refused[it.entry.InteractionID]
		switch {
		case isStored && !isRefused && remoteID != "":
			it.entry.RemoteID = remoteID
			found.stored = append(found.stored, it)
		case isRefused && !isStored && load.AlreadyExists(reason):
			found.there = append(found.there, it)
		case isRefused && !isStored:
			found.refused = append(found.refused, refusedItem{it, reason})
		default:
			found.unknown = append(found.unknown, it)
		}
	}
	return found
}

// settleJob makes ledger entries of what the job stored and rejects of what it refused.
func (r *run) settleJob(ctx context.Context, batch state.Batch, items []*item, status load.JobStatus) error {
	found := sortItems(items, status)
	s := newSettlement()
	for _, it := range found.stored {
		r.settleStored(s, it, asNew)
	}
	systemic := r.checkSystem(found.refused, len(items))
	if systemic == nil {
		for _, one := range found.refused {
			r.settleRefused(s, one.item, one.reason)
		}
	}
	batch.State = state.Settled
	if len(found.unknown) > 0 {
		batch.State, batch.Items = state.Unknown, entriesOf(found.unknown)
	}
	s.Batch = &batch
	if err := r.settle(ctx, s); err != nil {
		return err
	}
	crash.At(crash.BatchSettled)
	if systemic != nil {
		return systemic
	}
	if err := r.adoptExisting(ctx, found.there); err != nil || len(found.unknown) == 0 {
		return err
	}
	r.log.Warn("a job says nothing certain about some rows", "batch", batch.ID, "job_id", batch.JobID, "rows", len(found.unknown))
	return r.lost(ctx, batch, found.unknown)
}

// settleStored settles a row that Playvox has confirmed, with the comments that went along.
func (r *run) settleStored(s *settlement, it *item, as tally) {
	if it.isOurs() {
		it.entry.RunID = r.id
	}
	s.Entries = append(s.Entries, it.entry)
	r.settleItem(s, it)
	s.counts(func(sum *Summary) {
		if it.isOurs() {
			as(&sum.Interactions, 1)
			it.endRemarks(sum, asNew)
		}
	})
}

// settleItem takes a row off the lists: it went through.
func (r *run) settleItem(s *settlement, it *item) {
	if it.reject != nil {
		s.heal(StreamInteractions, it.entry.Key)
	}
	for _, m := range it.remarks {
		if m.reject != nil {
			s.heal(StreamComments, m.key)
		}
		healFiles(s, m)
	}
	s.rows[it.page]++
	s.free = append(s.free, it.names()...)
}

// isOurs reports whether this run read the row; one that an earlier run left is counted nowhere.
func (it *item) isOurs() bool { return it.interaction.ID != "" }

// settleRefused settles a row that Playvox does not take. Its comments wait for it.
func (r *run) settleRefused(s *settlement, it *item, reason string) {
	r.log.Debug("row refused by Playvox", "stream", StreamInteractions, "key", it.entry.Key)
	refusal := r.refusal(it.entry, reason)
	s.Rejects = append(s.Rejects, refusal)
	s.rows[it.page]++
	s.free = append(s.free, it.names()...)
	s.counts(func(sum *Summary) {
		if it.isOurs() {
			sum.reject(&sum.Interactions, refusal)
			r.counted[it.entry.Key] = true
			it.endRemarks(sum, asWaiting)
		}
	})
}

// update sends the fields of an interaction that differ from what Playvox holds.
func (r *run) update(ctx context.Context, it *item, known state.Entry) error {
	fields, err := changedFields(it.interaction, known)
	if err != nil {
		return err
	}
	it.entry.RemoteID = known.RemoteID
	if r.options.DryRun {
		s := newSettlement()
		s.counts(func(sum *Summary) { sum.Interactions.Changed++ })
		return r.settle(ctx, s)
	}
	if err := r.findIntegration(ctx); err != nil {
		return err
	}
	r.claim(it.names()...)
	return r.sendAside(ctx, r.updateWrite(it, fields, asChanged), func() {})
}

func (r *run) updateWrite(it *item, fields []load.Field, as tally) *single {
	return &single{
		kind: state.Update, entry: withoutComments(it.entry),
		send: func(ctx context.Context) (string, error) {
			return it.entry.RemoteID, r.playvox.UpdateInteraction(ctx, r.remoteID, it.entry.RemoteID, fields)
		},
		done: func(s *settlement, _ string) {
			s.Entries = append(s.Entries, it.entry)
			r.settleItem(s, it)
			s.counts(func(sum *Summary) { as(&sum.Interactions, 1) })
		},
		refuse: func(s *settlement, reason string) { r.settleRefused(s, it, reason) },
		lose:   func(s *settlement) { r.countUnknown(s, []*item{it}) },
	}
}

func withoutComments(entry state.Entry) state.Entry {
	entry.Comments = nil
	return entry
}
