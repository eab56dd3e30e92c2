package pipeline

import (
	"context"

	"pvetl/extract"
	"pvetl/internal/crash"
	"pvetl/state"
)

// settlement is what becomes true at once.
type settlement struct {
	state.Settlement
	rows  map[page]int     // settled rows by their page; all of one stream
	count []func(*Summary) // what the settled rows count as
	free  []string         // what is neither in flight nor held any more
}

func newSettlement() *settlement { return &settlement{rows: make(map[page]int)} }

func (s *settlement) counts(add func(*Summary)) { s.count = append(s.count, add) }

// heal takes a row that went through off the list of rejects.
func (s *settlement) heal(stream, key string) {
	s.Healed = append(s.Healed, state.RejectKey{Stream: stream, Key: key})
}

func (s *settlement) isEmpty() bool {
	return s.Batch == nil && s.Watermark == nil &&
		len(s.Entries)+len(s.Comments)+len(s.Forgotten)+len(s.ForgottenComments)+len(s.Rejects)+len(s.Healed) == 0
}

// settle writes a settlement, and with it the watermark that it moves (W1).
func (r *run) settle(ctx context.Context, s *settlement) error {
	ctx, cancel := afterEffect(ctx)
	defer cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	s.Job = r.job
	of := r.moveWatermark(s)
	if !r.options.DryRun && !s.isEmpty() {
		if err := r.store.Settle(ctx, s.Settlement); err != nil {
			return err
		}
	}
	if s.Watermark != nil {
		of.position = &extract.Position{Cursor: s.Watermark.Cursor, Key: s.Watermark.Key, Type: s.Watermark.Type}
		crash.At(crash.PageSettled)
	}
	for _, name := range s.free {
		delete(r.inFlight, name)
		delete(r.held, name)
	}
	for _, add := range s.count {
		add(&r.summary)
	}
	return nil
}

// moveWatermark finds out which stream's watermark moves, and where to. A run with a limit or without effect moves none:
// it has not settled everything below.
func (r *run) moveWatermark(s *settlement) *progress {
	var of *progress
	rows := make(map[int]int, len(s.rows))
	for page, n := range s.rows {
		if page.of != nil {
			of = page.of
			rows[page.number] = n
		}
	}
	if of == nil {
		return nil
	}
	if moved := of.settled(r.job, rows); r.readsEverything() && !r.options.DryRun {
		s.Watermark = moved
	}
	return of
}

// endRescans marks the watermarks as the present mapping's, once everything below them has been settled under it.
func (r *run) endRescans(ctx context.Context) error {
	ctx, cancel := afterEffect(ctx)
	defer cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range []*progress{r.tickets, r.remarks} {
		if !p.rescan || !p.tracker.done() || r.options.DryRun {
			continue
		}
		if err := r.store.Settle(ctx, state.Settlement{Job: r.job, Watermark: p.watermarkAt(r.job, *p.position)}); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) beginPage(p *progress, rows extract.Page) page {
	r.mu.Lock()
	defer r.mu.Unlock()
	return page{p, p.tracker.begin(rows.Last, len(rows.Rows))}
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
