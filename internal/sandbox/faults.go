package sandbox

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"
)

type faultKind int

const (
	noFault faultKind = iota
	throttled
	failed
	dropBefore
	dropAfter
)

// fault is what goes wrong on purpose with one request.
type fault struct {
	kind   faultKind
	status int
}

// faults draws the faults. The same seed and the same order of requests give the same faults.
type faults struct {
	options Options
	mu      sync.Mutex
	random  *rand.Rand
}

func newFaults(options Options) *faults {
	return &faults{options: options, random: rand.New(rand.NewPCG(options.Seed, 0))}
}

// next draws two numbers for every request, whatever they lead to, so that one share does not shift the others' draws.
func (f *faults) next() fault {
	f.mu.Lock()
	draw, which := f.random.Float64(), f.random.IntN(4)
	f.mu.Unlock()

	statuses := [4]int{http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}
	for _, candidate := range []struct {
		share float64
		fault fault
	}{
		{f.options.Fail429, fault{throttled, http.StatusTooManyRequests}},
		{f.options.Fail5xx, fault{failed, statuses[which]}},
		{f.options.DropBefore, fault{kind: dropBefore}},
		{f.options.DropAfter, fault{kind: dropAfter}},
	} {
		if draw < candidate.share {
			return candidate.fault
		}
		draw -= candidate.share
	}
	return fault{}
}

// refusal is the answer of a fault that is answered, nil for the others.
func (f fault) refusal(header http.Header, now time.Time) error {
	if f.status == 0 {
		return nil
	}
	if f.kind == throttled {
		setQuota(header, 0, now.Add(time.Second))
	}
	return &refusal{status: f.status, reason: "fault made on purpose: " + strconv.Itoa(f.status) + " " + http.StatusText(f.status)}
}

// drop closes the connection without an answer. A connection that cannot be taken over (HTTP/2, a recorder) gets a
// bare 502 instead.
func (s *Server) drop(w http.ResponseWriter) {
	s.requests.countFault(dropBefore)
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	_ = conn.Close()
}
