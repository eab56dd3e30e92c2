package sandbox

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"time"
)

// Reaction is what a test has happen with one request. The zero Reaction is nothing out of the ordinary.
type Reaction struct {
	Status      int           // answer this, with Body, instead of doing the work
	Body        string        // of the answer, as it is; JSON unless Header says otherwise
	Header      http.Header   // goes with any answer
	AfterEffect bool          // do the work, and have it on disk, before the request is answered with Status or dropped
	Drop        bool          // close the connection without an answer
	Delay       time.Duration // before the answer, or the drop, and behind the work
	JobDelay    time.Duration // the job of this bulk request starts that much later, and its rows are there that much later
}

// interferes reports whether the request gets another answer than its work's.
func (r Reaction) interferes() bool { return r.Status != 0 || r.Drop }

type jobDelayKey struct{}

// react asks the test what is to happen with a request. The test may read the request's body, which is whole again
// for whoever reads it next.
func (s *Server) react(r *http.Request) (*http.Request, Reaction) {
	if s.options.Intercept == nil {
		return r, Reaction{}
	}
	n := int(s.arrived.Add(1))
	rest := io.Reader(r.Body)
	head, err := io.ReadAll(io.LimitReader(r.Body, batch.limit))
	if err != nil {
		rest = brokenBody{err} // the body itself would say that it has ended
	}
	asked := r.Clone(r.Context())
	asked.Body = io.NopCloser(bytes.NewReader(head))
	reaction := s.options.Intercept(asked, n)
	r = r.WithContext(context.WithValue(r.Context(), jobDelayKey{}, reaction.JobDelay))
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(head), rest))
	return r, reaction
}

// brokenBody is what is left of a body that could not be read to its end.
type brokenBody struct{ err error }

func (b brokenBody) Read([]byte) (int, error) { return 0, b.err }

// jobDelay is how much later the job of a bulk request is to start.
func jobDelay(ctx context.Context) time.Duration {
	delay, _ := ctx.Value(jobDelayKey{}).(time.Duration)
	return delay
}

// interfere answers or drops a request as its reaction says.
func (s *Server) interfere(w http.ResponseWriter, r *http.Request, called route, reaction Reaction) {
	var err error
	if reaction.AfterEffect {
		_, err = s.answer(w.Header(), r, called, fault{})
	}
	if !pause(r.Context(), reaction.Delay) {
		return
	}
	if reaction.Drop {
		s.drop(w)
		return
	}
	switch {
	case reaction.Status == http.StatusTooManyRequests:
		s.requests.countFault(throttled)
	case reaction.Status >= http.StatusInternalServerError:
		s.requests.countFault(failed)
	}
	s.logAnswer(r, reaction.Status, err)
	w.Header().Set("Content-Type", jsonDoc)
	maps.Copy(w.Header(), reaction.Header)
	w.WriteHeader(reaction.Status)
	_, _ = io.WriteString(w, reaction.Body)
}
