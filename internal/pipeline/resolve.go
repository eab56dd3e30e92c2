package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pvetl/load"
	"pvetl/state"
)

// looks is how often Playvox is asked for the rows of a batch before their absence is believed.
const looks = 2

// lost finds out what became of rows that Playvox may have: it is asked for them, twice, each time after the delay in
// which a job may still be at work on them. What is there is taken into the ledger; only what is absent both times is
// sent again (W2).
func (r *run) lost(ctx context.Context, batch state.Batch, items []*item) error {
	if err := r.mark(ctx, batch, items); err != nil {
		return err
	}
	r.log.Info("asking Playvox for rows that it may have, when a job must be over", "batch", batch.ID, "rows", len(items),
		"delay_seconds", int(r.settleDelay().Seconds()))
	asked := batch.SentAt
	for look := range looks {
		found, err := r.look(ctx, batch, asked, items)
		if err != nil {
			return r.leaveUnknown(ctx, items, fmt.Errorf("looking for the rows of batch %s: %w", batch.ID, err))
		}
		asked = r.now()
		items, err = r.adopt(ctx, batch, items, found, look == looks-1)
		if err != nil || len(items) == 0 {
			return err
		}
	}
	r.log.Info("a batch did not reach Playvox", "batch", batch.ID, "rows", len(items))
	return r.sendAgain(ctx, items)
}

// mark records that the outcome of a batch is unknown.
func (r *run) mark(ctx context.Context, batch state.Batch, items []*item) error {
	saving, cancel := afterEffect(ctx)
	defer cancel()
	batch.State = state.Unknown
	batch.Items = entriesOf(items)
	return r.batches.SaveBatch(saving, batch)
}

// clockDoubt is how far Playvox's clock may be from ours for a look to be sure: what it created longer before the batch was
// sent is not searched, where it has to be searched one by one.
const clockDoubt = 24 * time.Hour

// look waits until a job that was begun at some time must be over, and asks Playvox for the items.
func (r *run) look(ctx context.Context, batch state.Batch, begun time.Time, items []*item) (map[string][]string, error) {
	timer := time.NewTimer(begun.Add(r.settleDelay()).Sub(r.now()))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
	}
	ids := make([]string, len(items))
	for i, it := range items {
		ids[i] = it.entry.InteractionID
	}
	return r.finder.Lookup(ctx, r.remoteID, ids, batch.SentAt.Add(-clockDoubt))
}

func (r *run) settleDelay() time.Duration {
	if r.options.SettleDelay > 0 {
		return r.options.SettleDelay
	}
	return r.pace.SettleDelay()
}

// adopt takes what was found into the ledger and returns the rest. After the last look the batch is closed: nobody waits
// for it any more.
func (r *run) adopt(ctx context.Context, batch state.Batch, items []*item, found map[string][]string, last bool) (absent []*item, err error) {
	s := newSettlement()
	for _, it := range items {
		remote := found[it.entry.InteractionID]
		if len(remote) == 0 {
			absent = append(absent, it)
			continue
		}
		if len(remote) > 1 {
			r.log.Warn("Playvox holds an interaction more than once", "key", it.entry.Key, "copies", len(remote))
		}
		it.entry.RemoteID = remote[0]
		r.settleStored(s, it, func(c *Counts) { c.New++ })
	}
	batch.State, batch.Items = state.Unknown, entriesOf(absent)
	if last || len(absent) == 0 {
		batch.State = state.Settled
	}
	s.batch = &batch
	return absent, r.settle(ctx, s)
}

// sendAgain sends rows that Playvox certainly does not hold. Those that an earlier run left carry no content any more:
// they are let go, and this run reads them again because the watermark never passed them.
func (r *run) sendAgain(ctx context.Context, items []*item) error {
	if items[0].page < 0 {
		r.release(items)
		return nil
	}
	batch := r.newBatch(items)
	if err := r.batches.SaveBatch(ctx, batch); err != nil {
		return err
	}
	return r.deliver(ctx, batch, items)
}

// leaveUnknown counts rows whose fate this run cannot find out. They stay unsettled, so the watermark does not pass them,
// and the next run looks again.
func (r *run) leaveUnknown(ctx context.Context, items []*item, cause error) error {
	s := newSettlement()
	r.countUnknown(s, items)
	err := r.settle(ctx, s)
	if load.OutcomeOf(cause) == load.Unauthorized || ctx.Err() != nil {
		return errors.Join(cause, err)
	}
	r.log.Warn("it is not known whether Playvox has some rows: the next run looks again", "rows", len(items), "error", cause)
	return err
}

func (r *run) countUnknown(s *settlement, items []*item) {
	s.free = append(s.free, items...)
	earlier := s.count
	s.count = func(sum *Summary) {
		earlier(sum)
		for _, it := range items {
			r.held[it.entry.Key] = true
			if it.page >= 0 {
				sum.Interactions.Unknown++
				sum.Comments.Unknown += int64(len(it.interaction.Comments))
			}
		}
	}
}

func entriesOf(items []*item) []state.Entry {
	entries := make([]state.Entry, len(items))
	for i, it := range items {
		entries[i] = it.entry
	}
	return entries
}
