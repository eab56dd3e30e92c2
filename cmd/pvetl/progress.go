package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"pvetl/internal/pipeline"
)

// progress shows how far a command is, in one line that is written over, on a terminal only.
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
	due := time.Since(p.last) >= progressEvery
	if due {
		p.last = time.Now()
	}
	p.mu.Unlock()
	if due {
		p.write(progressLine(s))
	}
}

// write shows a line in the place of the one before.
func (p *progress) write(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w == nil {
		return
	}
	fmt.Fprintf(p.w, "\r%-*s", p.width, line)
	p.width = len(line)
}

// progressLine leaves out what there is nothing of.
func progressLine(s pipeline.Summary) string {
	i := s.Interactions
	parts := []string{fmt.Sprintf("%d read, %d new, %d changed, %d unchanged, %d rejected", i.Read, i.New, i.Changed, i.Unchanged, i.Rejected)}
	for _, part := range []struct {
		n    int64
		what string
	}{{i.Deleted, "deleted"}, {s.Comments.Read, "comments"}, {s.Attachments.Read, "files"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	parts = append(parts, fmt.Sprintf("%d requests", s.Requests.Total))
	return s.Job + ": " + strings.Join(parts, ", ")
}

func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.width > 0 {
		fmt.Fprintf(p.w, "\r%*s\r", p.width, "")
	}
}
