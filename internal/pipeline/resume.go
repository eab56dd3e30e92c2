package pipeline

import (
	"context"
	"encoding/json"
	"errors"

	"pvetl/state"
)

// finishOpenBatches takes up what an earlier run left between being prepared and being settled. It goes on in the
// background: only the rows of those requests wait for it.
func (r *run) finishOpenBatches(ctx context.Context) error {
	open, err := r.store.OpenBatches(ctx, r.job)
	if err != nil || len(open) == 0 {
		return err
	}
	for _, batch := range open {
		if batch.State != state.Prepared {
			r.hold(batch)
		}
	}
	if r.options.DryRun {
		return nil
	}
	if err := r.findIntegration(ctx); err != nil {
		return err
	}
	r.log.Info("finishing what an earlier run left open", "requests", len(open))
	for _, batch := range open {
		r.open.Add(1)
		r.group.Go(func() error {
			defer r.open.Done()
			return r.finish(ctx, batch)
		})
	}
	return ctx.Err()
}

func (r *run) finish(ctx context.Context, batch state.Batch) error {
	items := make([]*item, len(batch.Items))
	for i, entry := range batch.Items {
		entry.RunID = batch.RunID
		items[i] = &item{entry: entry}
	}
	switch {
	case batch.State == state.Prepared: // never sent: its rows are read again
		return r.giveBack(ctx, batch, nil)
	case batch.Kind != state.Bulk:
		return r.finishSingle(ctx, batch)
	case batch.State == state.Accepted:
		return r.await(ctx, batch, items)
	default: // that run died, or gave up, before it knew
		return r.lost(ctx, batch, items)
	}
}

// finishSingle looks whether a single request took effect. Where it did not, its row is let go: it is read again, because
// the watermark never passed it. What the request was to change is in doubt then: Playvox may show it so that we do not
// recognise it, and the row may have gone back to what the ledger says.
func (r *run) finishSingle(ctx context.Context, batch state.Batch) error {
	found, took, err := r.lookForSingle(ctx, batch)
	if err != nil {
		r.log.Warn("it is not known whether a request took effect: the next run looks again", "key", batch.Items[0].Key, "error", err)
		return errors.Join(stopping(ctx, err), r.mark(ctx, batch))
	}
	s := newSettlement()
	s.free = namesOf(batch)
	switch {
	case batch.Kind == state.Deletion && took:
		s.Forgotten = []string{found.Key}
	case batch.Kind == state.Update && took:
		s.Entries = []state.Entry{found}
	case batch.Kind == state.Update:
		if s.Entries, err = r.doubted(ctx, found); err != nil {
			return err
		}
	case batch.Kind == state.EditComment && !took:
		found.Comments[0].Hash = ""
		s.Comments = []state.CommentChange{{Parent: found.Key, CommentEntry: found.Comments[0]}}
	case took:
		s.Comments = []state.CommentChange{{Parent: found.Key, CommentEntry: found.Comments[0]}}
	}
	batch.State = state.Settled
	s.Batch = &batch
	return r.settle(ctx, s)
}

// doubted is the ledger's entry of an interaction of which Playvox may hold what the ledger says, or what was sent: neither
// is taken for certain, so that whatever its row says next is sent.
func (r *run) doubted(ctx context.Context, sent state.Entry) ([]state.Entry, error) {
	known, err := r.store.Known(ctx, r.job, []string{sent.Key}, nil)
	if err != nil || len(known) == 0 {
		return nil, err
	}
	entry, doubts := known[0], make(map[string]string)
	for _, version := range []state.Entry{entry, sent} {
		hashes, err := hashesOf(version)
		if err != nil {
			return nil, err
		}
		for name := range hashes {
			doubts[name] = ""
		}
	}
	fields, err := json.Marshal(doubts)
	entry.Hash, entry.Fields = "", string(fields)
	return []state.Entry{entry}, err
}

// namesOf are the names of what a request carries.
func namesOf(batch state.Batch) []string {
	var names []string
	for _, entry := range batch.Items {
		switch batch.Kind {
		case state.NewComment, state.EditComment:
		default:
			names = append(names, nameOfKey(entry.Key), nameOfID(entry.InteractionID))
			continue
		}
		for _, comment := range entry.Comments {
			names = append(names, nameOfComment(entry.Key, comment.Key))
		}
	}
	return names
}

// hold keeps what a request carries from being sent again (W2).
func (r *run) hold(batch state.Batch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range namesOf(batch) {
		r.held[name] = true
	}
}

// release lets rows be sent that were held.
func (r *run) release(items []*item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, it := range items {
		for _, name := range it.names() {
			delete(r.held, name)
		}
	}
}

// settleParked comes back to the rows that were held when they were read, once everything in flight has come to rest.
func (r *run) settleParked(ctx context.Context) error {
	if len(r.parked) == 0 {
		return nil
	}
	if err := r.dispatch(ctx); err != nil {
		return err
	}
	r.open.Wait()
	rows := r.parked
	r.parked = nil
	done := newSettlement()
	err := r.carryOutAll(ctx, rows, done, func() bool { return true })
	var items []*item
	for _, row := range r.parked { // still held
		items = append(items, row.item)
	}
	r.parked = nil
	r.countUnknown(done, items)
	return errors.Join(err, r.settle(ctx, done))
}
