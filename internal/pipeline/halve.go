package pipeline

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"pvetl/load"
	"pvetl/state"
)

// refusedBatchError is a batch that Playvox refused as a whole.
type refusedBatchError struct {
	batch state.Batch
	items []*item
	cause error
}

func (e *refusedBatchError) Error() string { return e.cause.Error() }

// refusedItem is a row that Playvox does not take, and why.
type refusedItem struct {
	item   *item
	reason string
}

// bring delivers a batch. One that is refused as a whole is halved until the rows that are to blame stand alone; they
// become rejects at the end, unless so many are refused for one reason that the rows are not to blame.
func (r *run) bring(ctx context.Context, batch state.Batch, items []*item) error {
	refused, err := r.halve(ctx, batch, items, nil, len(items))
	if err != nil || len(refused) == 0 {
		return err
	}
	s := newSettlement()
	for _, one := range refused {
		r.settleRefused(s, one.item, one.reason)
	}
	return r.settle(ctx, s)
}

// halve delivers a batch, or its halves, and returns the rows that were refused alone, after those that were before.
func (r *run) halve(ctx context.Context, batch state.Batch, items []*item, refused []refusedItem, of int) ([]refusedItem, error) {
	err := r.deliver(ctx, batch, items)
	whole, ok := errors.AsType[*refusedBatchError](err)
	if !ok {
		return refused, err
	}
	if err := r.giveBack(ctx, whole.batch, nil); err != nil {
		return refused, err
	}
	if len(items) == 1 {
		refused = append(refused, refusedItem{items[0], words(whole.cause)})
		return refused, r.checkSystem(refused, of)
	}
	if load.TooLarge(whole.cause) {
		r.lowerBytes(items)
	}
	middle := len(items) / 2
	for _, half := range [][]*item{items[:middle], items[middle:]} {
		part := r.newBatch(state.Bulk, entriesOf(half))
		if err := r.store.SaveBatch(ctx, part); err != nil {
			return refused, err
		}
		if refused, err = r.halve(ctx, part, half, refused, of); err != nil {
			return refused, err
		}
	}
	return refused, nil
}

// lowerBytes remembers how much was too much for one request.
func (r *run) lowerBytes(items []*item) {
	bytes := 0
	for _, it := range items {
		bytes += it.bytes()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.maxBytes = min(r.maxBytes, max(1, bytes/2))
}

// SystemicError says that Playvox refuses so many rows for one reason that it is not the rows that are wrong.
type SystemicError struct {
	Job     string
	Refused int
	Of      int
	Reason  string // the server's words on the last of them
}

func (e *SystemicError) Error() string {
	return fmt.Sprintf("Playvox refuses %d of %d rows for the same reason, so it is not the rows that are wrong: %s: "+
		"mend the mapping or the integration's metadata of job %s; nothing of this is marked as rejected", e.Refused, e.Of, e.Reason, e.Job)
}

// A reason is systemic when more than a quarter of a batch is refused for it, and so many rows that it is no coincidence:
// twenty, or all of a batch that has ten to twenty.
const (
	systemicShare = 4
	systemicLeast = 20
	systemicAll   = 10
)

// checkSystem looks whether rows of a batch are refused for one reason too often.
func (r *run) checkSystem(refused []refusedItem, of int) error {
	least := min(systemicLeast, max(of, systemicAll))
	same := make(map[string]int)
	for _, one := range refused {
		reason := kindOf(one.reason, one.item.entry.InteractionID)
		if same[reason]++; same[reason] >= least && same[reason]*systemicShare > of {
			return &SystemicError{Job: r.job, Refused: same[reason], Of: of, Reason: one.reason}
		}
	}
	return nil
}

var values = regexp.MustCompile(`"[^"]*"|'[^']*'|[0-9]+`)

// kindOf is a reason without what it says of one row alone.
func kindOf(reason, interactionID string) string {
	if interactionID != "" {
		reason = strings.ReplaceAll(reason, interactionID, "…")
	}
	return values.ReplaceAllString(reason, "…")
}
