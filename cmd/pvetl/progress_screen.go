package main

import (
	"errors"
	"io"
	"sync"

	"github.com/vbauerster/mpb/v8"
)

// screen is stderr for those who share it: what is written to it stays, above the bars that are drawn over and over.
type screen struct {
	w io.Writer

	mu   sync.Mutex
	bars *mpb.Progress // nil while none are shown
}

// Write lets a log line neither tear the bars nor be lost with them.
func (s *screen) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bars != nil {
		if n, err := s.bars.Write(text); !errors.Is(err, mpb.ErrDone) {
			return n, err
		}
	}
	return s.w.Write(text)
}

// open begins to show bars.
func (s *screen) open() *mpb.Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bars = mpb.New(mpb.WithOutput(s.w), mpb.WithAutoRefresh())
	return s.bars
}

// close takes the bars away, which have to have ended.
func (s *screen) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bars.Wait()
	s.bars = nil
}
