package pipeline

import (
	"context"
	"maps"
	"slices"
	"time"

	"pvetl/extract"
	"pvetl/internal/crash"
	"pvetl/state"
)

// newTurn is a run that brings a part of a backfill. Its batches go on in the numbers of the turns before.
func (p *Pipeline) newTurn(h *history) *run {
	options := h.options
	options.Progress = h.show
	r := p.newRun(options)
	r.id, r.log, r.history, r.batchNo = h.total.RunID, h.log, h, h.batches
	r.summary.RunID, r.summary.StartedAt, r.summary.causes = h.total.RunID, h.total.StartedAt, h.total.causes
	return r
}

// turn works until the backfill is done or ctx ends. It has no watermark to move; those of the streams are only shown.
func (r *run) turn(ctx context.Context) (Summary, error) {
	err := r.beginTurn(ctx)
	if err == nil {
		err = r.work(ctx)
	}
	after, cancel := afterEffect(ctx)
	defer cancel()
	return r.close(after, causeOf(ctx, err))
}

func (r *run) beginTurn(ctx context.Context) error {
	for _, p := range []*progress{r.tickets, r.remarks} {
		known, ok, err := r.store.Watermark(ctx, r.job, p.stream)
		if err != nil {
			return err
		}
		if ok {
			p.position = &extract.Position{Cursor: known.Cursor, Key: known.Key, Type: known.Type}
		}
	}
	return r.learn(ctx)
}

// unread is what is left of the backfill, in the order in which it is to be read.
func (h *history) unread(i *interactions) <-chan *progress {
	h.mu.Lock()
	defer h.mu.Unlock()
	left := slices.DeleteFunc(slices.Clone(h.slices), func(s state.Slice) bool { return s.Done })
	if h.backfill.NewestFirst {
		slices.Reverse(left)
	}
	unread := make(chan *progress, len(left))
	for _, s := range left {
		p := i.progress()
		p.slice = &slice{
			backfill: h.backfill.ID, number: s.Number, window: h.source.stream.Within(extract.Span{From: s.From, To: s.To, Type: s.Type}),
		}
		if s.Cursor != "" || s.Key != "" {
			p.position = &extract.Position{Cursor: s.Cursor, Key: s.Key, Type: s.At}
		}
		unread <- p
	}
	close(unread)
	return unread
}

// begin notes that a slice is being read.
func (h *history) begin(p *progress) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reading[p.slice.number] = true
}

// note keeps what was settled of a slice.
func (h *history) note(moved state.SliceProgress) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := &h.slices[moved.Number-1]
	s.Settled += moved.Settled
	if moved.Cursor != "" || moved.Key != "" {
		s.Cursor, s.Key, s.At = moved.Cursor, moved.Key, moved.At
	}
	if moved.Done {
		s.Done = true
		delete(h.reading, moved.Number)
		crash.At(crash.SliceEnded)
	}
}

func (h *history) isDone() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !slices.ContainsFunc(h.slices, func(s state.Slice) bool { return !s.Done })
}

// with adds what the turns before have done; a run had none.
func (h *history) with(s Summary) Summary {
	if h == nil {
		return s
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	sum := h.total
	sum.Interactions.add(s.Interactions)
	sum.Comments.add(s.Comments)
	sum.Attachments.add(s.Attachments)
	sum.Timings.add(s.Timings)
	if s.Watermark != (Watermarks{}) {
		sum.Watermark = s.Watermark
	}
	return sum
}

// addSettled adds a turn that another one follows: what it left undone is read again and counted then.
func (h *history) addSettled(s Summary) {
	for _, counts := range []*Counts{&s.Interactions, &s.Comments, &s.Attachments} {
		counts.Read -= counts.Unknown + counts.Waiting
		counts.Unknown, counts.Waiting = 0, 0
	}
	h.add(s)
}

func (h *history) add(s Summary) {
	sum := h.with(s)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.total, h.latest = sum, Summary{}
}

func (h *history) say(word string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.word = word
}

// show tells whoever watches how far the backfill is.
func (h *history) show(s Summary) {
	h.mu.Lock()
	h.latest = s
	h.mu.Unlock()
	h.showAgain()
}

// showAgain does so when nothing came of the work for a while, such as when it waits.
func (h *history) showAgain() {
	if h.options.Progress == nil {
		return
	}
	h.mu.Lock()
	latest := h.latest
	h.mu.Unlock()
	sum, status := h.with(latest), h.status()
	sum.Requests, sum.Backfill = counted(h.requests), &status
	h.options.Progress(sum)
}

// measure takes a look at how fast it goes.
func (h *history) measure(now time.Time) BackfillStatus {
	h.mu.Lock()
	settled := int64(0)
	for _, s := range h.slices {
		settled += s.Settled
	}
	h.meter.observe(now, settled, h.requests.Total.Load())
	h.mu.Unlock()
	return h.status()
}

// status is where the backfill stands, as this process knows it.
func (h *history) status() BackfillStatus {
	h.mu.Lock()
	defer h.mu.Unlock()
	status := newBackfillStatus(h.backfill)
	owner := Owner()
	status.State, status.HeldBy, status.UpdatedAt = h.word, &owner, time.Now().UTC()
	all := make([]SliceStatus, len(h.slices))
	for i, s := range h.slices {
		all[i] = statusOfSlice(s)
	}
	status.addUp(all)
	for _, number := range slices.Sorted(maps.Keys(h.reading)) {
		if s := all[number-1]; s.Settled == 0 { // the others are there
			status.OpenSlices = append(status.OpenSlices, s)
		}
	}
	h.meter.fill(&status)
	if used := h.tools.Client.Usage(); used.Allowed > 0 {
		share := used.PerMinute / used.Allowed
		status.QuotaUse = &share
	}
	return status
}
