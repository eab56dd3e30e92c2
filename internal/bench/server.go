package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"
)

// server speaks just enough of Playvox's API for a first load and a re-read, and keeps nothing but account: internal/sandbox,
// which keeps and checks everything, would take more of the machine than what is measured.
type server struct {
	jobTakes time.Duration
	*httptest.Server

	mu       sync.Mutex // guards what follows
	arrivals *arrivals
	jobs     map[string]job // those that nobody has seen the end of
	numbered int
}

type job struct {
	ids  []int
	over time.Time
}

func newServer(jobTakes time.Duration) *server {
	s := &server{jobTakes: jobTakes}
	s.expect(0, 0)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/integrations", s.integrations)
	mux.HandleFunc("GET /api/v1/integrations/bench/interactions", s.interactions)
	mux.HandleFunc("POST /api/v1/integrations/bench/bulk/interactions", s.bulk)
	mux.HandleFunc("GET /api/v1/jobs/{job}", s.job)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.account().countRequest()
		mux.ServeHTTP(w, r)
	}))
	return s
}

// expect begins a new account.
func (s *server) expect(tickets, perTicket int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrivals, s.jobs = newArrivals(tickets, perTicket), make(map[string]job)
}

func (s *server) account() *arrivals {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.arrivals
}

// integrations shows one without its metadata: what is not shown is taken to fit.
func (s *server) integrations(w http.ResponseWriter, _ *http.Request) {
	answer(w, []any{map[string]any{"_id": "bench", "name": integrationName}})
}

func (s *server) interactions(w http.ResponseWriter, _ *http.Request) { answer(w, []any{}) }

var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func (s *server) bulk(w http.ResponseWriter, r *http.Request) {
	body, _ := bodies.Get().(*bytes.Buffer)
	defer bodies.Put(body)
	body.Reset()
	if _, err := body.ReadFrom(r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	ids := s.account().take(body.Bytes())
	s.mu.Lock()
	s.numbered++
	id := "job" + strconv.Itoa(s.numbered)
	s.jobs[id] = job{ids, time.Now().Add(s.jobTakes)}
	s.mu.Unlock()
	answer(w, map[string]any{"_id": id, "status": "queued", "total": len(ids), "total_completed": 0, "total_failed": 0})
}

func (s *server) job(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("job")
	s.mu.Lock()
	found, ok := s.jobs[id]
	over := ok && time.Now().After(found.over)
	if over {
		delete(s.jobs, id)
	}
	s.mu.Unlock()
	switch {
	case !ok:
		http.NotFound(w, r)
	case !over:
		answer(w, map[string]any{"_id": id, "status": "running", "total": len(found.ids), "total_completed": 0, "total_failed": 0})
	default:
		rows := make([]string, len(found.ids))
		for i, ticket := range found.ids {
			rows[i] = fmt.Sprintf(`{"_id":"5f0c0a7e9b1e8a%010d","interaction_id":"%d"}`, ticket, ticket)
		}
		answer(w, map[string]any{
			"_id": id, "status": "completed", "total": len(rows), "total_completed": len(rows), "total_failed": 0,
			"completed": json.RawMessage("[" + strings.Join(rows, ",") + "]"), "failed": []any{},
		})
	}
}

func answer(w http.ResponseWriter, result any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"success": true, "result": result, "next_page": false}) // who hung up is not answered
}

// base is where the API is.
func (s *server) base() string { return s.URL + "/api/v1" }
