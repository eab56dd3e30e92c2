package pipeline

import (
	"cmp"
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"pvetl/extract"
	"pvetl/state"
)

// slice is a part of a backfill that is being read. It has a progress of its own, as a stream has its watermark.
type slice struct {
	backfill string
	number   int
	window   extract.Window
	read     bool // whether its last page has been begun
}

// progressAt is how far a slice has come with a settlement that passes rows of it.
func (s *slice) progressAt(p *progress, reached extract.Position, passed int) state.SliceProgress {
	return state.SliceProgress{
		Backfill: s.backfill, Number: s.number, Cursor: reached.Cursor, Key: reached.Key, At: reached.Type,
		Settled: int64(passed), Done: s.read && p.tracker.done(),
	}
}

// slicePage is a page of a slice, or the end of it.
type slicePage struct {
	of   *progress
	rows extract.Page
}

// readSlices reads the slices of a backfill that are not done. They are read side by side, and all that is read goes
// through the same comparison and into the same batches, one page after the other (W3).
func (r *run) readSlices(ctx context.Context) error {
	reading, stop := context.WithCancel(ctx) // what was read goes on its way after the last reader has ended
	defer stop()
	unread := r.history.unread(r.interactions)
	pages, failed := make(chan slicePage), make(chan error, 1)
	readers, reading := errgroup.WithContext(reading)
	for range r.history.parallel {
		readers.Go(func() error { return r.readEach(reading, unread, pages) })
	}
	go func() {
		failed <- readers.Wait()
		close(pages)
	}()
	err := r.takeSlices(ctx, pages)
	stop()
	for range pages { // whoever waits to hand one over
	}
	return cmp.Or(err, <-failed)
}

func (r *run) takeSlices(ctx context.Context, pages <-chan slicePage) error {
	for page := range pages {
		if err := r.takeSlice(ctx, page); err != nil {
			return err
		}
	}
	return nil
}

// takeSlice takes one page of a slice through the flow.
func (r *run) takeSlice(ctx context.Context, page slicePage) error {
	if len(page.rows.Rows) > 0 {
		return r.takePage(ctx, page.rows, r.beginSlicePage(page))
	}
	return r.endSlice(ctx, page.of)
}

func (r *run) beginSlicePage(p slicePage) page {
	r.mu.Lock()
	defer r.mu.Unlock()
	p.of.slice.read = !p.rows.More
	return page{p.of, p.of.tracker.begin(p.rows.Last, len(p.rows.Rows))}
}

// endSlice notes that a slice holds no more rows. It is done at once where all before are settled.
func (r *run) endSlice(ctx context.Context, p *progress) error {
	r.mu.Lock()
	p.slice.read = true
	done := p.tracker.done()
	r.mu.Unlock()
	if !done {
		return nil
	}
	s := newSettlement()
	s.Slices = []state.SliceProgress{{Backfill: p.slice.backfill, Number: p.slice.number, Done: true}}
	return r.settle(ctx, s)
}

func (r *run) readEach(ctx context.Context, unread <-chan *progress, pages chan<- slicePage) error {
	for p := range unread {
		r.history.begin(p)
		if err := readSlice(ctx, p, pages); err != nil {
			return err
		}
	}
	return nil
}

// readSlice reads a slice from where it stands, a page at a time.
func readSlice(ctx context.Context, p *progress, pages chan<- slicePage) error {
	after := p.position
	for {
		rows, err := p.rows.Page(ctx, p.slice.window, after)
		if err != nil {
			return fmt.Errorf("reading slice %d of %s: %w", p.slice.number, p.stream, err)
		}
		select {
		case pages <- slicePage{p, rows}:
		case <-ctx.Done():
			return ctx.Err()
		}
		if len(rows.Rows) == 0 || !rows.More {
			return nil
		}
		after = &rows.Last
	}
}
