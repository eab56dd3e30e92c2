package web

import (
	"fmt"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
)

const (
	largestBody = 64 << 10
	staticPath  = "/static/"
	loginPath   = "/login"
)

// ServeHTTP lets a request through to the pages, or says why it does not.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setHeaders(w.Header())
	defer s.survive(w, r)
	r.Body = http.MaxBytesReader(w, r.Body, largestBody)
	switch r.URL.Path {
	case "/healthz":
		s.answerHealth(w, r)
	case "/readyz":
		s.answerReadiness(w, r)
	default:
		s.guard(w, r)
	}
}

func setHeaders(header http.Header) {
	header.Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
}

// guard asks, in this order: was it meant for this host, may whoever asks look, and may they act.
func (s *server) guard(w http.ResponseWriter, r *http.Request) {
	who := s.identify(r)
	switch {
	case who != byBearer && !s.knowsHost(r.Host): // another site's name that leads here would make its scripts ours
		s.refuse(w, r, http.StatusMisdirectedRequest, "Not under this name", fmt.Sprintf(
			"This page does not answer to the name %q. If it is meant to, start it with: pvetl serve --host %s", clip(r.Host, 100), shellWord(hostOf(r.Host))))
	case isOpen(r):
		s.admit(w, r, who)
	case s.Closed && who == nobody:
		s.sendToLogin(w, r)
	default:
		s.admit(w, r, who)
	}
}

// isOpen says what is needed to sign in.
func isOpen(r *http.Request) bool {
	return r.URL.Path == loginPath || strings.HasPrefix(r.URL.Path, staticPath)
}

// admit hands a request to its page. One that may change something is looked at once more.
func (s *server) admit(w http.ResponseWriter, r *http.Request, who identity) {
	if !reads(r) && !s.mayAct(w, r, who) {
		return
	}
	s.pages.ServeHTTP(w, withIdentity(r, who))
}

// mayAct refuses what was not sent from these pages by somebody who has the token.
func (s *server) mayAct(w http.ResponseWriter, r *http.Request, who identity) bool {
	fromElsewhere := s.origin.Check(r) != nil
	unsaid := r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == "" // browsers say where a form comes from
	switch {
	case fromElsewhere, unsaid && who == bySession:
		s.refuse(w, r, http.StatusForbidden, "Refused", "This request does not come from this page: act from here.")
	case s.Token == "":
		s.refuse(w, r, http.StatusForbidden, "No actions", actionsNeedToken)
	case who == nobody && r.URL.Path != loginPath:
		s.refuse(w, r, http.StatusUnauthorized, "Not signed in", "Sign in with the token first, or send it: Authorization: Bearer TOKEN")
	default:
		return true
	}
	return false
}

const actionsNeedToken = "There are no actions without a token: start pvetl serve with PVETL_TOKEN set, or with --token-file FILE."

func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

var ownHosts = []string{"localhost", "127.0.0.1", "::1"}

// knowsHost keeps names out that others have lead here.
func (s *server) knowsHost(name string) bool {
	host := hostOf(name)
	return slices.Contains(ownHosts, host) ||
		slices.ContainsFunc(s.Hosts, func(known string) bool { return host != "" && hostOf(known) == host })
}

// hostOf is a host without its port, in the form in which hosts are compared.
func hostOf(name string) string {
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(name, "[]"), "."))
}

// survive keeps a defect of one page from the others. What it was about may be a value of a row, so that only the place is
// logged.
func (s *server) survive(w http.ResponseWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	callers := make([]uintptr, 16)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	place := ""
	for more := true; more && !strings.Contains(place, "pvetl/"); {
		var frame runtime.Frame
		frame, more = frames.Next()
		place = fmt.Sprintf("%s:%d", frame.Function, frame.Line)
	}
	s.Log.Error("a page broke, which is a defect of pvetl", "method", r.Method, "path", r.URL.Path, "kind", fmt.Sprintf("%T", cause), "place", place)
	s.refuse(w, r, http.StatusInternalServerError, "This page broke", "This is a defect of pvetl; its log says where. The other pages and the jobs go on.")
}
