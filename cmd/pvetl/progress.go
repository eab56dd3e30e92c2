package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"pvetl/internal/pipeline"
)

// progress shows how far a run is, in one line that is written over, on a terminal only.
type progress struct {
	w io.Writer // nil where nobody looks

	mu    sync.Mutex
	last  time.Time
	width int
}

const progressEvery = 200 * time.Millisecond

func (a *app) newProgress() *progress {
	if !a.Terminal || a.json {
		return &progress{}
	}
	return &progress{w: a.Stderr}
}

func (p *progress) show(s pipeline.Summary) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w == nil || time.Since(p.last) < progressEvery {
		return
	}
	p.last = time.Now()
	line := fmt.Sprintf("%s: %d read, %d new, %d changed, %d unchanged, %d rejected, %d requests",
		s.Job, s.Interactions.Read, s.Interactions.New, s.Interactions.Changed, s.Interactions.Unchanged, s.Interactions.Rejected, s.Requests.Total)
	fmt.Fprintf(p.w, "\r%-*s", p.width, line)
	p.width = len(line)
}

func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.width > 0 {
		fmt.Fprintf(p.w, "\r%*s\r", p.width, "")
	}
}
