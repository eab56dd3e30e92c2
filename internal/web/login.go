package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// wrongFor is how long the answer to a wrong token takes.
const wrongFor = time.Second

// gate lets one guess in at a time, and a few wait.
type gate struct {
	waiting chan struct{}
	turn    chan struct{}
}

func newGate() gate { return gate{make(chan struct{}, 4), make(chan struct{}, 1)} }

// enter reports whether it is one's turn; leave ends it.
func (g gate) enter(ctx context.Context) bool {
	select {
	case g.waiting <- struct{}{}:
	default:
		return false
	}
	select {
	case g.turn <- struct{}{}:
		return true
	case <-ctx.Done():
		<-g.waiting
		return false
	}
}

func (g gate) leave() { <-g.turn; <-g.waiting }

type loginPage struct {
	Next  string
	Wrong bool
}

func (s *server) showLogin(_ context.Context, r *http.Request) (view, error) {
	return view{Title: "Sign in", Name: "login.html", Body: loginPage{Next: localPath(r.FormValue("next"))}}, nil
}

// sendToLogin asks a person for the token, and tells anything else to send it.
func (s *server) sendToLogin(w http.ResponseWriter, r *http.Request) {
	if !reads(r) || r.URL.Path == "/metrics" {
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, "this needs the token of the page: Authorization: Bearer TOKEN", http.StatusUnauthorized)
		return
	}
	http.Redirect(w, r, loginPath+"?"+url.Values{"next": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
}

// login compares the token. A wrong one is answered late, one at a time, so that guessing is slow; a right one waits its turn
// too, or guesses would be told apart by the time they take.
func (s *server) login(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.PostFormValue("next"))
	if !s.gate.enter(r.Context()) {
		w.Header().Set("Retry-After", "5")
		s.refuse(w, r, http.StatusTooManyRequests, "Too many attempts", "Others are trying to sign in: wait some seconds, then try again.")
		return
	}
	defer s.gate.leave()
	if s.isToken(strings.TrimSpace(r.PostFormValue("token"))) {
		http.SetCookie(w, s.newSession(r))
		http.Redirect(w, r, next, http.StatusSeeOther)
		return
	}
	s.Log.Warn("somebody tried to sign in to the page with a wrong token", "remote", r.RemoteAddr)
	wait := time.NewTimer(wrongFor)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-r.Context().Done():
	}
	s.render(w, r, http.StatusUnauthorized, view{Title: "Sign in", Name: "login.html", Body: loginPage{Next: next, Wrong: true}})
}

func (s *server) logout(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, s.cookie(r, "", -1))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// localPath is an address on this page, and / for any other.
func localPath(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.IsAbs() || parsed.Host != "" || !strings.HasPrefix(address, "/") ||
		strings.HasPrefix(address, "//") || strings.ContainsAny(address, "\\\r\n\t") {
		return "/"
	}
	return address
}
