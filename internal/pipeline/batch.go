package pipeline

import (
	"context"
	"errors"
	"fmt"

	"pvetl/internal/crash"
	"pvetl/load"
	"pvetl/state"
)

// maxBatchBytes keeps a request to a size that servers take: a hundred conversations can be a few kilobytes or many
// megabytes.
const maxBatchBytes = 8 << 20

// collect adds a new interaction to the batch that is being filled, and sends the batch when it is full.
func (r *run) collect(ctx context.Context, it *item) error {
	r.claim(it.names()...)
	r.pending = append(r.pending, it)
	if len(r.pending) < r.loading.BatchSize {
		return nil
	}
	return r.dispatch(ctx)
}

// dispatch puts the collected interactions on their way, in the background: while one batch gets its comments and another
// is sent, the next page is read.
func (r *run) dispatch(ctx context.Context) error {
	items := r.pending
	r.pending = nil
	if len(items) == 0 {
		return nil
	}
	if !r.options.DryRun {
		if err := r.findIntegration(ctx); err != nil {
			return err
		}
	}
	r.open.Add(1)
	r.group.Go(func() error {
		defer r.open.Done()
		defer r.report()
		return r.bringAll(ctx, items)
	})
	return ctx.Err()
}

// bringAll gives interactions their comments and brings them, in as many requests as their size asks for.
func (r *run) bringAll(ctx context.Context, items []*item) error {
	if err := r.nestComments(ctx, items); err != nil {
		return err
	}
	if r.options.DryRun {
		return r.settle(ctx, r.asSent(items))
	}
	items, err := r.adoptHeld(ctx, items)
	if err != nil {
		return err
	}
	for _, chunk := range r.bySize(items) {
		if err := r.launch(ctx, chunk); err != nil {
			return err
		}
	}
	return r.checkRejects()
}

// asSent is the settlement of items that would have been sent.
func (r *run) asSent(items []*item) *settlement {
	s := newSettlement()
	for _, it := range items {
		s.free = append(s.free, it.names()...)
		s.counts(func(sum *Summary) {
			r.counted[it.entry.Key] = true
			sum.Interactions.New++
			it.endRemarks(sum, asNew)
		})
	}
	return s
}

// endRemarks counts what became of an interaction's comments.
func (it *item) endRemarks(sum *Summary, as tally) {
	for _, m := range it.remarks {
		m.end(sum, as)
	}
}

// bySize cuts items so that no request grows too large. One interaction that is too large alone still goes: only Playvox
// can say whether it takes it.
func (r *run) bySize(items []*item) [][]*item {
	r.mu.Lock()
	most := r.maxBytes
	r.mu.Unlock()
	var chunks [][]*item
	start, size := 0, 0
	for i, it := range items {
		bytes := it.bytes()
		if i > start && size+bytes > most {
			chunks = append(chunks, items[start:i])
			start, size = i, 0
		}
		size += bytes
	}
	if start == len(items) {
		return chunks
	}
	return append(chunks, items[start:])
}

// bytes is about how much of a request an interaction takes.
func (it *item) bytes() int {
	size := sizeOf(it.interaction.Fields)
	for _, comment := range it.interaction.Comments {
		size += sizeOf(comment.Fields)
	}
	return size
}

func sizeOf(fields []load.Field) int {
	const punctuation = len(`"":,`)
	size := len("{},")
	for _, field := range fields {
		size += len(field.Name) + len(field.Value) + punctuation
	}
	return size
}

// launch records a batch and delivers it, as soon as few enough others are on their way.
func (r *run) launch(ctx context.Context, items []*item) error {
	batch := r.newBatch(state.Bulk, entriesOf(items))
	if err := r.store.SaveBatch(ctx, batch); err != nil {
		return err
	}
	crash.At(crash.BatchPrepared)
	if err := r.pace.Begin(ctx); err != nil {
		return r.giveBack(ctx, batch, err)
	}
	defer r.pace.End()
	return r.bring(ctx, batch, items)
}

func (r *run) newBatch(kind state.BatchKind, entries []state.Entry) state.Batch {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.batchNo++
	return state.Batch{
		ID: fmt.Sprintf("%s-%06d", r.id, r.batchNo), Kind: kind, Job: r.job, RunID: r.id, State: state.Prepared, Items: entries, CreatedAt: r.now(),
	}
}

// deliver sends one batch and sees it through to its end. An error stops the run.
func (r *run) deliver(ctx context.Context, batch state.Batch, items []*item) error {
	if ctx.Err() != nil {
		return r.giveBack(ctx, batch, context.Cause(ctx))
	}
	batch.State, batch.SentAt = state.Sending, r.now()
	if err := r.store.MoveBatch(ctx, batch); err != nil {
		return err
	}
	crash.At(crash.BatchSending)
	jobID, err := r.playvox.SubmitBulk(ctx, r.remoteID, bodyOf(items)) // W2: the record is committed
	crash.At(crash.BulkSent)
	if err != nil {
		return r.undelivered(ctx, batch, items, err)
	}
	r.isCertain()
	batch.State, batch.JobID = state.Accepted, jobID
	saving, cancel := afterEffect(ctx)
	defer cancel()
	if err := r.store.MoveBatch(saving, batch); err != nil {
		return err
	}
	crash.At(crash.BatchAccepted)
	return r.await(ctx, batch, items)
}

// bodyOf is the body of a bulk request.
func bodyOf(items []*item) []byte {
	interactions, size := make([]load.Interaction, len(items)), 0
	for i, it := range items {
		interactions[i] = it.interaction
		size += it.bytes()
	}
	return load.AppendBatch(make([]byte, 0, size+size/8+1024), interactions)
}

// maxUncertain is how many requests in a row may end without our knowing before the run stops: each leaves rows behind
// that nobody may send again until it is known whether Playvox has them.
const maxUncertain = 3

// undelivered decides what becomes of a batch whose request did not succeed.
func (r *run) undelivered(ctx context.Context, batch state.Batch, items []*item, err error) error {
	switch load.OutcomeOf(err) {
	case load.Refused:
		return &refusedBatchError{batch, items, err}
	case load.Uncertain:
	default:
		return r.giveBack(ctx, batch, err)
	}
	r.log.Warn("a batch has no answer: Playvox may have it", "batch", batch.ID, "rows", len(items), "error", err)
	if tooMany := r.tooUncertain(err); tooMany != nil {
		return errors.Join(tooMany, r.mark(ctx, batch), r.leaveUnknown(ctx, items, tooMany))
	}
	return r.lost(ctx, batch, items)
}

func (r *run) tooUncertain(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.uncertain++; r.uncertain < maxUncertain {
		return nil
	}
	return fmt.Errorf("%d requests in a row ended without an answer: %w", r.uncertain, err)
}

// giveBack closes the record of a request that Playvox certainly did not carry out: its rows are as if they had not been
// read yet.
func (r *run) giveBack(ctx context.Context, batch state.Batch, cause error) error {
	saving, cancel := afterEffect(ctx)
	defer cancel()
	batch.State = state.Settled
	return errors.Join(cause, r.store.SaveBatch(saving, batch))
}
