package pipeline

import (
	"context"

	"pvetl/extract"
	"pvetl/state"
)

// settlement is what becomes true at once.
type settlement struct {
	entries []state.Entry
	rejects []state.Reject
	healed  []state.RejectKey
	batch   *state.Batch
	rows    map[int]int    // settled rows by number of their page
	count   func(*Summary) // what the settled rows count as
	free    []*item        // items that are in flight no more
}

func newSettlement() *settlement {
	return &settlement{rows: make(map[int]int), count: func(*Summary) {}}
}

// heal takes a row that went through off the list of rejects.
func (s *settlement) heal(it *item, key string) {
	if it.rejected {
		s.healed = append(s.healed, state.RejectKey{Stream: StreamInteractions, Key: key})
	}
	s.healed = append(s.healed, it.healed...)
}

// settle writes a settlement, and with it the watermark that it moves.
func (r *run) settle(ctx context.Context, s *settlement) error {
	ctx, cancel := afterEffect(ctx)
	defer cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(s.rows, -1)
	watermark := r.watermark(r.tracker.settle(s.rows))
	if !r.options.DryRun && (watermark != nil || s.batch != nil || len(s.entries)+len(s.rejects)+len(s.healed) > 0) {
		err := r.ledger.Settle(ctx, state.Settlement{
			Job: r.job, Entries: s.entries, Rejects: s.rejects, Healed: s.healed, Batch: s.batch, Watermark: watermark,
		})
		if err != nil {
			return err
		}
	}
	if watermark != nil {
		r.position = &extract.Position{Cursor: watermark.Cursor, Key: watermark.Key, Type: watermark.Type}
	}
	for _, it := range s.free {
		delete(r.inFlight, it.entry.Key)
		delete(r.inFlight, idMark+it.entry.InteractionID)
		delete(r.held, it.entry.Key)
	}
	s.count(&r.summary)
	return nil
}

// watermark is where the watermark moves when the contiguous prefix of settled rows has reached a position (W1). It is nil
// where it stays: a run with a limit or without effect has not read everything below, a job without a cursor has none,
// and what the lag made us read again lies behind it already.
func (r *run) watermark(reached *extract.Position) *state.Watermark {
	switch {
	case reached == nil, r.options.Limit > 0, r.options.DryRun, r.interactions.cursor == "":
		return nil
	case r.position != nil && !r.interactions.rows.Later(*reached, *r.position):
		return nil
	}
	return r.watermarkAt(*reached)
}

func (r *run) watermarkAt(position extract.Position) *state.Watermark {
	return &state.Watermark{
		Job: r.job, Stream: StreamInteractions, Cursor: position.Cursor, Key: position.Key, Type: position.Type,
		Fingerprint: r.fingerprint.String(),
	}
}

// endRescan marks the watermark as the present mapping's, once everything below it has been settled under it.
func (r *run) endRescan(ctx context.Context) error {
	ctx, cancel := afterEffect(ctx)
	defer cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.tracker.done() || r.options.DryRun || r.options.Limit > 0 {
		return nil
	}
	return r.ledger.Settle(ctx, state.Settlement{Job: r.job, Watermark: r.watermarkAt(*r.position)})
}

func (r *run) beginPage(page extract.Page) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tracker.begin(page.Last, len(page.Rows))
}

func (r *run) count(add func(*Summary)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	add(&r.summary)
}

// report tells whoever watches how far the run is.
func (r *run) report() {
	if r.options.Progress == nil {
		return
	}
	r.mu.Lock()
	snapshot := r.summary
	r.mu.Unlock()
	snapshot.Requests = counted(r.requests)
	r.options.Progress(snapshot)
}
