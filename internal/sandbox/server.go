// Package sandbox is a server that speaks the Playvox Custom Integrations API under /api/v1/ and shows under / what it
// holds. It refuses whatever the API's documentation does not allow and says why, can misbehave on purpose, and keeps
// exact accounts of what it was sent. `pvetl sandbox` and `pvetl demo` serve it; tests use it as the receiving end.
package sandbox

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Server is the sandbox, an http.Handler. It is made by New and given back with Close.
type Server struct {
	options  Options
	log      *slog.Logger
	mux      *http.ServeMux
	limiter  limiter
	faults   *faults
	requests requests
	arrived  atomic.Int64 // API requests that Intercept was asked about

	stop       chan struct{}
	background sync.WaitGroup

	mu     sync.Mutex // guards what follows
	store  store
	closed bool
}

// New returns a server that holds what its data file says, or nothing. Bulk jobs that the data file has as unfinished
// go on. The error says which option is wrong or what is the matter with the data file.
func New(options Options) (*Server, error) {
	options, err := options.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{
		options: options,
		log:     options.Logger,
		mux:     http.NewServeMux(),
		limiter: limiter{limit: options.RateLimit, window: options.RateWindow},
		faults:  newFaults(options),
		stop:    make(chan struct{}),
		store:   newStore(),
	}
	s.ResetRequests()
	if err := s.store.open(options.DataFile); err != nil {
		return nil, err
	}
	s.resumeJobs()
	s.handleAPI()
	s.handlePages()
	return s, nil
}

// Close ends the background work, waits for it and closes the data file. Bulk jobs that are not finished stay so: a
// server on the same data file goes on with them.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.stop)
	s.mu.Unlock()
	s.background.Wait()
	return s.store.close()
}

// ServeHTTP answers API calls under /api/v1/ and pages elsewhere.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// serve answers one API call, in the order of a server behind a gateway: quota, credentials, faults, work.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, called route) {
	s.requests.count(r.Method, called)
	r, reaction := s.react(r)
	if !pause(r.Context(), s.options.Latency) {
		return
	}
	drawn := s.faults.next() // also where it is not used, so that the others' draws stay the same
	if reaction.interferes() {
		s.interfere(w, r, called, reaction)
		return
	}
	if drawn.kind == dropBefore {
		s.drop(w)
		return
	}
	answer, err := s.answer(w.Header(), r, called, drawn)
	if !pause(r.Context(), reaction.Delay) {
		return
	}
	if drawn.kind == dropAfter {
		s.drop(w)
		return
	}
	maps.Copy(w.Header(), reaction.Header)
	s.write(w, r, answer, err)
}

func (s *Server) answer(header http.Header, r *http.Request, called route, drawn fault) ([]byte, error) {
	if err := s.limiter.take(header, time.Now()); err != nil {
		s.requests.countFault(throttled)
		return nil, err
	}
	if err := s.authorize(r); err != nil {
		return nil, err
	}
	if err := drawn.refusal(header, time.Now()); err != nil {
		s.requests.countFault(drawn.kind)
		return nil, err
	}
	body, err := called.accepts.read(r)
	if err != nil {
		return nil, err
	}
	return s.perform(r, body, called)
}

// perform does a route's work and has it on disk before there is an answer.
func (s *Server) perform(r *http.Request, body []byte, called route) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, &refusal{status: http.StatusServiceUnavailable, reason: "the sandbox is shutting down"}
	}
	if s.store.broken != nil {
		return nil, s.store.broken
	}
	result, err := called.work(r, body)
	if err != nil {
		return nil, err
	}
	if err := s.store.commit(); err != nil {
		return nil, err
	}
	return s.envelope(result)
}

// pause waits for d and reports whether the request still wants its answer.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
