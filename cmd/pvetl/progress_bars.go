package main

import (
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"pvetl/internal/pipeline"
)

// bars show how far a command is, at the bottom of a terminal and cut to its width: a line of words, and above it, for a
// backfill, a bar for each slice that is being brought and one for all of them.
type bars struct {
	screen *screen
	all    *mpb.Progress
	slices map[int]*bar // by their numbers
	total  *bar         // nil but for a backfill
	line   *bar         // nil before there is something to say
}

// bar is a bar between words that change.
type bar struct {
	drawn         *mpb.Bar // nil on a terminal that is gone
	before, after atomic.Pointer[string]
}

// shownSlices is how many slices have a bar.
const shownSlices = 8

func newBars(s *screen) *bars {
	return &bars{screen: s, all: s.open(), slices: make(map[int]*bar)}
}

// add puts a bar below those of a lower priority. The words of bars that share their widths stand in columns.
func (b *bars) add(style mpb.BarFillerBuilder, priority int, widths decor.WC) *bar {
	added := &bar{}
	words := func(of *atomic.Pointer[string]) decor.Decorator {
		of.Store(new(string))
		return decor.Any(func(decor.Statistics) string { return *of.Load() }, widths)
	}
	before, after := mpb.PrependDecorators(words(&added.before)), mpb.AppendDecorators(words(&added.after))
	added.drawn, _ = b.all.Add(0, style.Build(), mpb.BarPriority(priority), before, after) // the work goes on without anybody looking
	return added
}

func (b *bar) say(before, after string) {
	before, after = oneLine(before), oneLine(after)
	b.before.Store(&before)
	b.after.Store(&after)
}

// fill draws rows of as many as were counted. More of them may have come since.
func (b *bar) fill(rows int64, of *int64) {
	if b.drawn == nil {
		return
	}
	if of != nil {
		b.drawn.SetTotal(max(rows, *of), false)
	}
	b.drawn.SetCurrent(rows)
}

// end takes a bar away.
func (b *bar) end() {
	if b != nil && b.drawn != nil {
		b.drawn.Abort(true)
	}
}

// write shows a line of words.
func (b *bars) write(line string) {
	if b.line == nil {
		b.line = b.add(mpb.NopStyle(), math.MaxInt, decor.WC{})
	}
	b.line.say(line, "")
}

// show draws what is known of a run.
func (b *bars) show(s pipeline.Summary, now time.Time) {
	if s.Backfill == nil {
		b.write(progressLine(s, now))
		return
	}
	b.showSlices(s.Backfill.OpenSlices)
	if b.total == nil {
		b.total = b.add(styleOf(s.Backfill.Rows), math.MaxInt-1, decor.WCSyncWidthR)
	}
	b.total.fill(s.Backfill.RowsSettled, s.Backfill.Rows)
	b.total.say(slicesOf(s.Backfill), rowsOf(s.Backfill.RowsSettled, s.Backfill.Rows))
	b.write(paceLine(s.Backfill, now))
}

// showSlices draws the slices that are open, and takes the bars of the others away.
func (b *bars) showSlices(open []pipeline.SliceStatus) {
	shown := make(map[int]bool)
	for _, s := range open[:min(len(open), shownSlices)] {
		shown[s.Number] = true
		if b.slices[s.Number] == nil {
			b.slices[s.Number] = b.add(styleOf(s.Rows), s.Number, decor.WCSyncWidthR)
		}
		b.slices[s.Number].fill(s.Settled, s.Rows)
		b.slices[s.Number].say(fmt.Sprintf("slice %d, from %s", s.Number, s.From), rowsOf(s.Settled, s.Rows))
	}
	for number, gone := range b.slices {
		if !shown[number] {
			gone.end()
			delete(b.slices, number)
		}
	}
}

// styleOf draws a spinner where nobody knows how many rows there are.
func styleOf(rows *int64) mpb.BarFillerBuilder {
	if rows == nil {
		return mpb.SpinnerStyle().PositionLeft()
	}
	return mpb.BarStyle()
}

// clear takes all of it away.
func (b *bars) clear() {
	b.showSlices(nil)
	b.total.end()
	b.line.end()
	b.screen.close()
}
