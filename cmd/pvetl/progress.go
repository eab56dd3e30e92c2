package main

import (
	"fmt"
	"sync"
	"time"

	"pvetl/internal/pipeline"
	"pvetl/load"
)

// progress tells how far a command is: on a terminal as it goes, elsewhere in a log line now and then.
type progress struct {
	usage func() load.Usage // of the quota; nil where nothing is sent

	mu    sync.Mutex
	bars  *bars     // nil where no terminal is looked at
	shown time.Time // when the bars were told last
	last  *pipeline.Summary

	stop   chan struct{}  // ends the lines in the log,
	logged sync.WaitGroup // which have ended
}

const (
	drawEvery = 200 * time.Millisecond
	logEvery  = 30 * time.Second
)

func (a *app) newProgress() *progress {
	p := &progress{stop: make(chan struct{})}
	if a.Terminal && !a.json {
		p.bars = newBars(a.screen)
		return p
	}
	log := a.logger()
	p.logged.Go(func() { p.logNowAndThen(log) })
	return p
}

// show takes what is known now. It may be called as often as one likes.
func (p *progress) show(s pipeline.Summary) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = &s
	if p.isDue() {
		p.bars.show(s, time.Now())
	}
}

func (p *progress) showVerification(v pipeline.Verification) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isDue() {
		p.bars.write(fmt.Sprintf("%s: %d listed, %d compared, %d differ, %d requests",
			v.Job, v.Interactions.Playvox, v.Compared, len(v.Differences), v.Requests.Total))
	}
}

// isDue reports whether somebody looks who has not been told for a moment.
func (p *progress) isDue() bool {
	now := time.Now()
	if p.bars == nil || now.Sub(p.shown) < drawEvery {
		return false
	}
	p.shown = now
	return true
}

// write shows a line where somebody looks.
func (p *progress) write(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bars != nil {
		p.bars.write(line)
	}
}

// clear ends it, and leaves nothing on a terminal.
func (p *progress) clear() {
	close(p.stop)
	p.logged.Wait()
	if p.bars != nil {
		p.bars.clear()
	}
}
