package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"pvetl/load"
	"pvetl/state"
)

// maxBatchBytes keeps a request to a size that servers take: a hundred conversations can be a few kilobytes or many
// megabytes.
const maxBatchBytes = 8 << 20

// collect adds a new interaction to the batch that is being filled, and sends the batch when it is full.
func (r *run) collect(ctx context.Context, it *item) error {
	r.mu.Lock()
	r.inFlight[it.entry.Key], r.inFlight[idMark+it.entry.InteractionID] = true, true
	r.mu.Unlock()
	r.pending = append(r.pending, it)
	if len(r.pending) < r.loading.BatchSize {
		return nil
	}
	return r.dispatch(ctx)
}

// dispatch gives the collected interactions their comments and puts them on their way.
func (r *run) dispatch(ctx context.Context) error {
	items := r.pending
	r.pending = nil
	if len(items) == 0 {
		return nil
	}
	if err := r.attachComments(ctx, items); err != nil {
		return err
	}
	if r.options.DryRun {
		return r.settle(ctx, r.asSent(items))
	}
	if err := r.findIntegration(ctx); err != nil {
		return err
	}
	for _, chunk := range bySize(items) {
		if err := r.launch(ctx, chunk); err != nil {
			return err
		}
	}
	return r.checkRejects()
}

// asSent is the settlement of items that would have been sent.
func (r *run) asSent(items []*item) *settlement {
	s := newSettlement()
	s.free = items
	s.count = func(sum *Summary) {
		for _, it := range items {
			sum.Interactions.New++
			sum.Comments.New += int64(len(it.interaction.Comments))
		}
	}
	return s
}

// findIntegration asks for the integration's id when something has to be sent for the first time; a run that has nothing
// to send makes no request at all.
func (r *run) findIntegration(ctx context.Context) error {
	if r.remoteID != "" {
		return nil
	}
	found, err := r.finder.FindIntegration(ctx, r.integration.Name)
	r.remoteID = found.ID
	return err
}

// attachComments reads the comments of all the items with one query and nests them, in the order of the conversation. A
// comment that cannot be mapped stays behind alone.
func (r *run) attachComments(ctx context.Context, items []*item) error {
	if r.comments == nil {
		return nil
	}
	parents := make([]string, len(items))
	byKey := make(map[string]*item, len(items))
	for i, it := range items {
		parents[i], byKey[it.entry.Key] = it.entry.Key, it
	}
	page, err := r.comments.rows.Children(ctx, parents)
	if err != nil {
		return fmt.Errorf("reading %s: %w", StreamComments, err)
	}
	keys := make([]string, len(page.Rows))
	for i, row := range page.Rows {
		keys[i] = r.comments.key(row)
	}
	rejects, err := r.ledger.KnownRejects(ctx, r.job, StreamComments, keys)
	if err != nil {
		return err
	}
	for i, row := range page.Rows {
		it, ours := byKey[r.comments.parent(row)]
		if !ours { // another parent under a collation that ignores case
			continue
		}
		r.count(func(s *Summary) { s.Comments.Read++ })
		comment, fault := r.comments.mapper.Map(keys[i], row)
		if fault != nil {
			it.faults = append(it.faults, r.reject(StreamComments, keys[i], fault))
			continue
		}
		if _, known := rejects[keys[i]]; known {
			it.healed = append(it.healed, state.RejectKey{Stream: StreamComments, Key: keys[i]})
		}
		it.interaction.Comments = append(it.interaction.Comments, comment)
	}
	return r.settleFaults(ctx, items)
}

// settleFaults records the comments that stay behind and brings the others in order.
func (r *run) settleFaults(ctx context.Context, items []*item) error {
	s := newSettlement()
	for _, it := range items {
		sortConversation(it.interaction.Comments)
		for _, comment := range it.interaction.Comments {
			it.entry.Comments = append(it.entry.Comments, commentEntry(comment))
		}
		s.rejects = append(s.rejects, it.faults...)
	}
	s.count = func(sum *Summary) { sum.Comments.Rejected += int64(len(s.rejects)) }
	return r.settle(ctx, s)
}

// sortConversation orders comments by time, and by key where that is the same.
func sortConversation(comments []load.Comment) {
	slices.SortStableFunc(comments, func(a, b load.Comment) int {
		return cmp.Or(strings.Compare(a.AddedAt, b.AddedAt), compareKeys(a.Key, b.Key))
	})
}

// compareKeys orders numbers as numbers, so that 10 stands behind 9.
func compareKeys(a, b string) int {
	x, okX := new(big.Int).SetString(a, 10)
	y, okY := new(big.Int).SetString(b, 10)
	if okX && okY {
		return x.Cmp(y)
	}
	return strings.Compare(a, b)
}

// bySize cuts items so that no request grows too large. One interaction that is too large alone still goes: only Playvox
// can say whether it takes it.
func bySize(items []*item) [][]*item {
	var chunks [][]*item
	start, size := 0, 0
	for i, it := range items {
		bytes := 0
		for _, field := range it.interaction.Fields {
			bytes += len(field.Name) + len(field.Value)
		}
		for _, comment := range it.interaction.Comments {
			bytes += len(comment.JSON)
		}
		if i > start && size+bytes > maxBatchBytes {
			chunks = append(chunks, items[start:i])
			start, size = i, 0
		}
		size += bytes
	}
	return append(chunks, items[start:])
}

// launch records a batch and delivers it in the background, as soon as fewer than max_in_flight others are on their way.
func (r *run) launch(ctx context.Context, items []*item) error {
	batch := r.newBatch(items)
	if err := r.batches.SaveBatch(ctx, batch); err != nil {
		return err
	}
	r.open.Add(1)
	r.group.Go(func() error {
		defer r.open.Done()
		defer r.report()
		return r.deliver(ctx, batch, items)
	})
	return ctx.Err()
}

func (r *run) newBatch(items []*item) state.Batch {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.batchNo++
	batch := state.Batch{ID: fmt.Sprintf("%s-%06d", r.id, r.batchNo), Job: r.job, RunID: r.id, State: state.Prepared, CreatedAt: r.now()}
	for _, it := range items {
		batch.Items = append(batch.Items, it.entry)
	}
	return batch
}

// deliver sends one batch and sees it through to its end. An error stops the run.
func (r *run) deliver(ctx context.Context, batch state.Batch, items []*item) error {
	if ctx.Err() != nil {
		return r.giveBack(ctx, batch, context.Cause(ctx))
	}
	batch.State, batch.SentAt = state.Sending, r.now()
	if err := r.batches.SaveBatch(ctx, batch); err != nil {
		return err
	}
	body := make([]load.Interaction, len(items))
	for i, it := range items {
		body[i] = it.interaction
	}
	jobID, err := r.sender.SubmitBulk(ctx, r.remoteID, load.AppendBatch(nil, body)) // W2: the record is committed
	if err != nil {
		return r.undelivered(ctx, batch, items, err)
	}
	r.count(func(*Summary) { r.uncertain = 0 })
	batch.State, batch.JobID = state.Accepted, jobID
	saving, cancel := afterEffect(ctx)
	defer cancel()
	if err := r.batches.SaveBatch(saving, batch); err != nil {
		return err
	}
	return r.await(ctx, batch, items)
}

// maxUncertain is how many bulk requests in a row may end without our knowing before the run stops: each leaves rows
// behind that nobody may send again until it is known whether Playvox has them.
const maxUncertain = 3

// undelivered decides what becomes of a batch whose request did not succeed.
func (r *run) undelivered(ctx context.Context, batch state.Batch, items []*item, err error) error {
	switch load.OutcomeOf(err) {
	case load.Refused:
		return r.halve(ctx, batch, items, err)
	case load.Uncertain:
		r.log.Warn("a batch has no answer: Playvox may have it", "batch", batch.ID, "rows", len(items), "error", err)
		if err := r.tooUncertain(err); err != nil {
			return errors.Join(err, r.mark(ctx, batch, items), r.leaveUnknown(ctx, items, err))
		}
		return r.lost(ctx, batch, items)
	default:
		return r.giveBack(ctx, batch, err)
	}
}

func (r *run) tooUncertain(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.uncertain++; r.uncertain < maxUncertain {
		return nil
	}
	return fmt.Errorf("%d bulk requests in a row ended without an answer: %w", r.uncertain, err)
}

// halve sends a batch that was refused as a whole in two parts, until the row that is to blame stands alone.
func (r *run) halve(ctx context.Context, batch state.Batch, items []*item, refused error) error {
	if len(items) == 1 {
		s := newSettlement()
		r.settleRefused(s, items[0], words(refused))
		batch.State = state.Settled
		s.batch = &batch
		return r.settle(ctx, s)
	}
	if err := r.giveBack(ctx, batch, nil); err != nil {
		return err
	}
	middle := len(items) / 2
	for _, half := range [][]*item{items[:middle], items[middle:]} {
		part := r.newBatch(half)
		if err := r.batches.SaveBatch(ctx, part); err != nil {
			return err
		}
		if err := r.deliver(ctx, part, half); err != nil {
			return err
		}
	}
	return nil
}

// giveBack closes a batch that Playvox certainly does not have: its rows are as if they had not been read yet.
func (r *run) giveBack(ctx context.Context, batch state.Batch, cause error) error {
	saving, cancel := afterEffect(ctx)
	defer cancel()
	batch.State = state.Settled
	return errors.Join(cause, r.batches.SaveBatch(saving, batch))
}
