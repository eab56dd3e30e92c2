package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// lateAfter is how long something that goes on all the time may be silent.
const lateAfter = 2 * time.Minute

func (s *server) answerHealth(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok") }

// answerReadiness says whether jobs would run now. Anybody may ask, so that it names no host and no path.
func (s *server) answerReadiness(w http.ResponseWriter, r *http.Request) {
	if reasons := s.unready(r); len(reasons) > 0 {
		answer(w, http.StatusServiceUnavailable, strings.Join(reasons, "\n"))
		return
	}
	answer(w, http.StatusOK, "ok")
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, text)
}

func (s *server) unready(r *http.Request) (reasons []string) {
	snapshot := s.Snapshot()
	if snapshot.Fault != nil && !s.hasBeaten(r) {
		reasons = append(reasons, "state: it cannot be read or written now; the log of pvetl serve says why")
	}
	switch late := s.Now().Sub(snapshot.Ticked); {
	case snapshot.Ticked.IsZero():
		reasons = append(reasons, "scheduler: it has not looked yet what is due")
	case late > lateAfter:
		reasons = append(reasons, "scheduler: it looked last what is due "+roughly(late)+" ago")
	}
	return reasons
}

// hasBeaten reports whether this process has written to the state of late, so that one fault in between is no reason.
func (s *server) hasBeaten(r *http.Request) bool {
	ctx, cancel := patient(r.Context())
	defer cancel()
	pulses, err := s.Store.Pulses(ctx)
	if err != nil {
		return false
	}
	for _, pulse := range pulses {
		if pulse.Owner == s.Owner {
			return pulse.Now.Sub(pulse.Last) < lateAfter
		}
	}
	return false
}
