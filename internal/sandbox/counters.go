package sandbox

import (
	"maps"
	"sync"
)

// Kind sorts API requests by what they are for.
type Kind string

// The kinds of requests.
const (
	SchemaRead   Kind = "schema_reads"   // integrations and users listed
	SchemaWrite  Kind = "schema_writes"  // integrations and metadata
	Bulk         Kind = "bulk"           // bulk requests
	Poll         Kind = "polls"          // jobs asked for
	Create       Kind = "creates"        // single interactions
	Update       Kind = "updates"        // single interactions
	Delete       Kind = "deletes"        // single interactions
	CommentWrite Kind = "comment_writes" // single comments created, updated or deleted
	Lookup       Kind = "lookups"        // interactions and comments listed
	Upload       Kind = "uploads"        // files
	Other        Kind = "other"          // unknown paths and methods
)

// Counters count the API requests that arrived, each once in Total, Kinds and Routes, whatever came of it.
type Counters struct {
	Total     int
	Kinds     map[Kind]int
	Routes    map[string]int // by method and path: "POST /api/v1/integrations/{integration}/interactions"
	Throttled int            // of them answered 429
	Failed    int            // of them answered 5xx on purpose
	Dropped   int            // of them dropped on purpose
}

// Writes counts the requests that meant to change data: all but reads, polls and changes of the schema.
func (c Counters) Writes() int {
	return c.Kinds[Bulk] + c.Kinds[Create] + c.Kinds[Update] + c.Kinds[Delete] + c.Kinds[CommentWrite] + c.Kinds[Upload]
}

type requests struct {
	mu       sync.Mutex
	counters Counters
}

func (r *requests) count(method string, called route) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counters.Total++
	r.counters.Kinds[called.kind]++
	r.counters.Routes[method+" "+apiPrefix+called.path]++
}

func (r *requests) countFault(kind faultKind) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch kind {
	case throttled:
		r.counters.Throttled++
	case failed:
		r.counters.Failed++
	case dropBefore, dropAfter:
		r.counters.Dropped++
	default:
	}
}

// Requests returns what has arrived since the start or the last ResetRequests.
func (s *Server) Requests() Counters {
	s.requests.mu.Lock()
	defer s.requests.mu.Unlock()
	counters := s.requests.counters
	counters.Kinds = maps.Clone(counters.Kinds)
	counters.Routes = maps.Clone(counters.Routes)
	return counters
}

// ResetRequests starts the counts anew.
func (s *Server) ResetRequests() {
	s.requests.mu.Lock()
	defer s.requests.mu.Unlock()
	s.requests.counters = Counters{Kinds: map[Kind]int{}, Routes: map[string]int{}}
}
