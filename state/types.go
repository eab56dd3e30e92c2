package state

import (
	"encoding/json"
	"time"
)

// Watermark says how far a stream of a job has been settled. Cursor and Key are the source's own texts and mean nothing
// here; Type is the type of the cursor's column, Fingerprint that of the query and mapping it belongs to.
type Watermark struct {
	Job         string
	Stream      string
	Cursor      string
	Key         string
	Type        string
	Fingerprint string
	UpdatedAt   time.Time // set by the store
}

// Entry is a line of the ledger: what Playvox is known to hold of one interaction.
type Entry struct {
	Key           string // of the row in the source
	InteractionID string
	RemoteID      string // the _id that Playvox gave it
	Hash          string // of the whole content
	Fields        string // the hash of each field, as JSON: opaque here
	Comments      []CommentEntry
}

// CommentEntry is what Playvox is known to hold of one comment.
type CommentEntry struct {
	Key      string
	RemoteID string // empty while it is not known: the answer to a bulk request does not tell it
	Hash     string
}

// BatchState is where a batch stands between being made and being settled.
type BatchState string

// The states of a batch. Every state but Settled is open: the next run has to finish it.
const (
	Prepared BatchState = "prepared" // recorded, not sent
	Sending  BatchState = "sending"  // the request may be on its way
	Accepted BatchState = "accepted" // Playvox named the job that works on it
	Unknown  BatchState = "unknown"  // it may have been queued without our knowing
	Settled  BatchState = "settled"  // every row of it is in the ledger, a reject, or given back to be sent in another batch
)

// Batch is one bulk request and what became of it.
type Batch struct {
	ID         string
	Job        string
	RunID      string
	State      BatchState
	JobID      string  // of the background job, from Accepted on
	Items      []Entry // what it carries, without remote ids
	CreatedAt  time.Time
	SentAt     time.Time
	JobSeconds float64 // how long its job took, once it is over
}

// Reject is a row that could not be mapped or that Playvox refused.
type Reject struct {
	ID        int64
	Job       string
	Stream    string
	Key       string
	Stage     string // mapping or playvox
	Field     string
	Column    string
	Value     string
	Rule      string
	Reason    string
	Hash      string // of the content that Playvox refused; empty for a row that could not be mapped
	FirstSeen time.Time
	LastSeen  time.Time
	Attempts  int
}

// RejectKey names a reject of a job.
type RejectKey struct {
	Stream string
	Key    string
}

// Settlement is everything that becomes true at once. It is written in one transaction or not at all.
type Settlement struct {
	Job       string
	Entries   []Entry     // written over what the ledger holds of the same key; comments are added or replaced by key
	Rejects   []Reject    // a known one (same stream and key) keeps its id and first_seen and counts one attempt more
	Healed    []RejectKey // rejects that are none any more
	Batch     *Batch      // its new state
	Watermark *Watermark
}

// Run is one execution of a job. Summary is its result as JSON, opaque here.
type Run struct {
	ID         string
	Job        string
	Command    string
	Status     string
	StartedAt  time.Time
	FinishedAt time.Time // zero while it runs, or if it died
	Summary    json.RawMessage
}
