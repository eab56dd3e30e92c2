// Package web shows where the jobs stand, on pages and to probes, and takes the few actions that there are. It reads the
// state and asks for actions through it; internal/serve has it answer requests.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"pvetl/internal/config"
	"pvetl/internal/scheduler"
	"pvetl/internal/secret"
	"pvetl/load"
	"pvetl/state"
)

// Options are what there is to be shown, and to whom.
type Options struct {
	Store    *state.Store
	Settings func() config.Reading
	Snapshot func() scheduler.Snapshot
	Wake     func() // has the scheduler look for what was asked for
	Usage    func() load.Usage
	Plan     func(ctx context.Context, integration load.Integration) (load.Plan, error) // asks Playvox
	Redact   func(string) string
	Metrics  http.Handler
	Log      *slog.Logger
	Version  string
	Owner    string
	Now      func() time.Time // nil: time.Now

	Token  secret.Text // opens the actions; empty: there are none
	Closed bool        // whether the token is needed to look as well: where others than this host can reach the page
	Secure bool        // whether browsers get here by HTTPS
	Hosts  []string    // names under which the page may be reached, beside those of this host
	Values bool        // whether values of rows are shown
}

// server answers requests.
type server struct {
	Options

	pages  *http.ServeMux
	origin *http.CrossOriginProtection
	gate   gate
	plans  planCache
}

// New returns the pages, /metrics, /healthz and /readyz.
func New(options Options) http.Handler {
	if options.Now == nil {
		options.Now = time.Now
	}
	s := &server{Options: options, pages: http.NewServeMux(), origin: http.NewCrossOriginProtection(), gate: newGate()}
	s.pages.HandleFunc("GET /{$}", s.page(s.showJobs))
	s.pages.HandleFunc("GET /jobs/{job}", s.page(s.showJob))
	s.pages.HandleFunc("GET /jobs/{job}/integration", s.page(s.showIntegration))
	s.pages.HandleFunc("GET /runs/{run}", s.page(s.showRun))
	s.pages.HandleFunc("GET /rejects", s.page(s.showRejects))
	s.pages.HandleFunc("GET "+loginPath, s.page(s.showLogin))
	s.pages.HandleFunc("POST "+loginPath, s.login)
	s.pages.HandleFunc("POST /logout", s.logout)
	for name, act := range actions {
		s.pages.HandleFunc("POST /jobs/{job}/"+name, s.act(name, act))
	}
	s.pages.Handle("GET /metrics", options.Metrics)
	s.pages.HandleFunc("GET "+staticPath+"{file}", serveStatic)
	s.pages.HandleFunc("/", s.notHere)
	return s
}

// notHere answers what no page is for.
func (s *server) notHere(w http.ResponseWriter, r *http.Request) {
	if !reads(r) {
		w.Header().Set("Allow", "GET, HEAD")
		s.refuse(w, r, http.StatusMethodNotAllowed, "Nothing to be done here", "This address is for reading.")
		return
	}
	s.notFound(w, r)
}

func (s *server) notFound(w http.ResponseWriter, r *http.Request) {
	s.refuse(w, r, http.StatusNotFound, "Not found", "There is nothing under this address, or there is nothing any more.")
}
