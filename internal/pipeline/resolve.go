package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"pvetl/internal/crash"
	"pvetl/load"
	"pvetl/state"
)

// looks is how often Playvox is asked for the rows of a batch before their absence is believed.
const looks = 2

// lost finds out what became of rows that Playvox may have: it is asked for them, twice, each time after the delay in
// which a job may still be at work on them. What is there is taken into the ledger; only what is absent both times is
// sent again (W2).
func (r *run) lost(ctx context.Context, batch state.Batch, items []*item) error {
	batch.Items = entriesOf(items)
	if err := r.mark(ctx, batch); err != nil {
		return err
	}
	crash.At(crash.UnknownMarked)
	r.log.Info("asking Playvox for rows that it may have, when a job must be over", "batch", batch.ID, "rows", len(items),
		"delay_seconds", int(r.settleDelay().Seconds()))
	asked := batch.SentAt
	for look := range looks {
		found, err := r.look(ctx, batch, asked, items)
		if err != nil {
			return r.leaveUnknown(ctx, items, fmt.Errorf("looking for the rows of batch %s: %w", batch.ID, err))
		}
		crash.At(crash.Looked)
		asked = r.now()
		items, err = r.adoptFound(ctx, batch, items, found, look == looks-1)
		if err != nil || len(items) == 0 {
			return err
		}
	}
	r.log.Info("a batch did not reach Playvox", "batch", batch.ID, "rows", len(items))
	return r.sendAgain(ctx, items)
}

// mark records that the outcome of a request is unknown.
func (r *run) mark(ctx context.Context, batch state.Batch) error {
	saving, cancel := afterEffect(ctx)
	defer cancel()
	batch.State = state.Unknown
	return r.store.SaveBatch(saving, batch)
}

// clockDoubt is how far Playvox's clock may be from ours for a look to be sure: what it created longer before the batch was
// sent is not searched, where it has to be searched one by one.
const clockDoubt = 24 * time.Hour

// look waits until a job that was begun at some time must be over, and asks Playvox for the items.
func (r *run) look(ctx context.Context, batch state.Batch, begun time.Time, items []*item) (map[string][]load.RemoteInteraction, error) {
	if err := r.waitUntil(ctx, begun.Add(r.settleDelay())); err != nil {
		return nil, err
	}
	return r.playvox.Find(ctx, r.remoteID, idsOf(items), batch.SentAt.Add(-clockDoubt))
}

func idsOf(items []*item) []string {
	ids := make([]string, len(items))
	for i, it := range items {
		ids[i] = it.entry.InteractionID
	}
	return ids
}

func (r *run) waitUntil(ctx context.Context, at time.Time) error {
	return rest(ctx, at.Sub(r.now()))
}

func (r *run) settleDelay() time.Duration {
	return cmp.Or(r.options.SettleDelay, crash.SettleDelay(), r.pace.SettleDelay())
}

// adoptFound takes what was found into the ledger and returns the rest. After the last look the batch is closed: nobody
// waits for it any more.
func (r *run) adoptFound(
	ctx context.Context, batch state.Batch, items []*item, found map[string][]load.RemoteInteraction, last bool,
) (absent []*item, err error) {
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
		it.entry.RemoteID = remote[0].ID
		it.entry.Comments = recognised(it.entry.Comments, remote[0])
		r.settleStored(s, it, asNew)
	}
	batch.State, batch.Items = state.Unknown, entriesOf(absent)
	if last || len(absent) == 0 {
		batch.State = state.Settled
	}
	s.Batch = &batch
	return absent, r.settle(ctx, s)
}

// recognised gives comments their ids as far as Playvox shows them.
func recognised(comments []state.CommentEntry, remote load.RemoteInteraction) []state.CommentEntry {
	if !remote.ShowsComments {
		return comments
	}
	shown := unclaimed(remote.Comments, nil, "")
	known := make([]state.CommentEntry, len(comments))
	for i, comment := range comments {
		if found, ok := shown.takeFirst(parseHash(comment.Hash).shownAs); ok {
			comment.RemoteID = found.ID
		}
		known[i] = comment
	}
	return known
}

// sendAgain sends rows that Playvox certainly does not hold. Those that an earlier run left carry no content any more:
// they are let go, and this run reads them again because the watermark never passed them.
func (r *run) sendAgain(ctx context.Context, items []*item) error {
	if !items[0].isOurs() {
		r.release(items)
		return nil
	}
	batch := r.newBatch(state.Bulk, entriesOf(items))
	if err := r.store.SaveBatch(ctx, batch); err != nil {
		return err
	}
	return r.bring(ctx, batch, items)
}

// leaveUnknown counts rows whose fate this run cannot find out. They stay unsettled, so the watermark does not pass them,
// and the next run looks again.
func (r *run) leaveUnknown(ctx context.Context, items []*item, cause error) error {
	s := newSettlement()
	r.countUnknown(s, items)
	err := r.settle(ctx, s)
	if stop := stopping(ctx, cause); stop != nil {
		return errors.Join(stop, err)
	}
	r.log.Warn("it is not known whether Playvox has some rows: the next run looks again", "rows", len(items), "error", cause)
	return err
}

// stopping returns cause where it concerns everything that would be sent next.
func stopping(ctx context.Context, cause error) error {
	if load.OutcomeOf(cause) == load.Unauthorized || ctx.Err() != nil {
		return cause
	}
	return nil
}

func (r *run) countUnknown(s *settlement, items []*item) {
	s.counts(func(sum *Summary) {
		for _, it := range items {
			for _, name := range it.names() {
				delete(r.inFlight, name)
				r.held[name] = true
			}
			if it.isOurs() {
				sum.Interactions.Unknown++
				r.counted[it.entry.Key] = true
				it.endRemarks(sum, asUnknown)
			}
		}
	})
}

func entriesOf(items []*item) []state.Entry {
	entries := make([]state.Entry, len(items))
	for i, it := range items {
		entries[i] = it.entry
	}
	return entries
}

// words are the server's own, where there are some.
func words(err error) string {
	if failed, ok := errors.AsType[*load.Error](err); ok {
		return failed.Reason
	}
	return err.Error()
}
