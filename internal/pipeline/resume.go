package pipeline

import (
	"context"

	"pvetl/state"
)

// finishOpenBatches takes up what an earlier run left between being prepared and being settled. It goes on in the
// background: only the rows of those batches wait for it.
func (r *run) finishOpenBatches(ctx context.Context) error {
	open, err := r.batches.OpenBatches(ctx, r.job)
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
	r.log.Info("finishing what an earlier run left open", "batches", len(open))
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
		items[i] = &item{page: -1, entry: entry}
	}
	switch batch.State {
	case state.Prepared: // never sent: its rows are read again
		return r.giveBack(ctx, batch, nil)
	case state.Accepted:
		return r.await(ctx, batch, items)
	default: // that run died, or gave up, before it knew
		return r.lost(ctx, batch, items)
	}
}

// hold keeps the rows of a batch from being sent again (W2).
func (r *run) hold(batch state.Batch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, entry := range batch.Items {
		r.held[entry.Key] = true
	}
}

// isHeld reports whether Playvox may have a row already.
func (r *run) isHeld(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held[key]
}

// release lets rows be sent that were held.
func (r *run) release(items []*item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, it := range items {
		delete(r.held, it.entry.Key)
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
	known, rejects, err := r.lookUp(ctx, rows)
	if err != nil {
		return err
	}
	done := newSettlement()
	ids := make(map[string]string)
	for _, row := range rows {
		reject, wasRejected := rejects[row.key]
		row.item.rejected = wasRejected
		verdict, fault := r.judge(row, known, reject, ids)
		if verdict == isHeld {
			r.countUnknown(done, []*item{row.item})
			continue
		}
		if err := r.carryOut(ctx, row, verdict, fault, known, done); err != nil {
			return err
		}
	}
	return r.settle(ctx, done)
}
