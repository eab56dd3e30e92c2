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
	rows  map[page]int     // settled rows by their page
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
		len(s.Slices)+len(s.Entries)+len(s.Comments)+len(s.Forgotten)+len(s.ForgottenComments)+len(s.Rejects)+len(s.Healed) == 0
}

// settle writes a settlement, and with it the watermark that it moves (W1).
func (r *run) settle(ctx context.Context, s *settlement) error {
	ctx, cancel := afterEffect(ctx)
	defer cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	s.Job = r.job
	moves := r.moves(s)
	r.spotless = r.spotless && len(s.Rejects) == 0
	if !r.options.DryRun && !s.isEmpty() {
		if err := r.store.Settle(ctx, s.Settlement); err != nil {
			return err
		}
	}
	for _, m := range moves {
		m.carryOut()
		crash.At(crash.PageSettled)
	}
	for _, moved := range s.Slices {
		r.history.note(moved)
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

// move is a stream, or a slice of a backfill, that comes further by a settlement.
type move struct {
	of *progress
	to extract.Position
}

func (m move) carryOut() { m.of.position = &m.to }

// moves finds out what comes further, and adds to the settlement that it does. A run with a limit or without effect moves
// nothing: it has not settled everything below.
func (r *run) moves(s *settlement) []move {
	byProgress := make(map[*progress]map[int]int)
	for page, n := range s.rows {
		if page.of == nil {
			continue
		}
		if byProgress[page.of] == nil {
			byProgress[page.of] = make(map[int]int)
		}
		byProgress[page.of][page.number] = n
	}
	var moves []move
	for of, rows := range byProgress {
		reached, passed := of.tracker.settle(rows)
		if reached == nil || !of.isFurther(*reached) || !r.movesProgress() {
			continue
		}
		if of.slice != nil {
			s.Slices = append(s.Slices, of.slice.progressAt(of, *reached, passed))
		} else {
			s.Watermark = of.watermarkAt(r.job, *reached)
		}
		moves = append(moves, move{of, *reached})
	}
	return moves
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
	snapshot.Requests, snapshot.Timings = counted(r.requests), r.watch.timings()
	r.options.Progress(snapshot)
}
