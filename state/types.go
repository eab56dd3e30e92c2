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
	RunID         string // the run that first put it into the ledger, and stays; empty for one older than that record
	Comments      []CommentEntry
}

// CommentEntry is what Playvox is known to hold of one comment.
type CommentEntry struct {
	Key      string
	RemoteID string // empty while it is not known: the answer to a bulk request does not tell it
	Hash     string
}

// CommentChange is a comment of an interaction that stays as it is.
type CommentChange struct {
	Parent string // the key of the interaction
	CommentEntry
}

// CommentRef names a comment of a job.
type CommentRef struct {
	Parent string // the key of the interaction
	Key    string
}

// BatchKind is what a batch asks Playvox for.
type BatchKind string

// The kinds of batches.
const (
	Bulk        BatchKind = "bulk"    // new interactions; also what a batch without a kind is
	Update      BatchKind = "update"  // fields of one interaction
	NewComment  BatchKind = "comment" // one comment that an interaction did not have
	EditComment BatchKind = "edit"    // one comment that changed
	Deletion    BatchKind = "delete"  // an interaction that is to go
)

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

// Batch is one request that writes and what became of it.
type Batch struct {
	ID         string
	Job        string
	RunID      string
	Kind       BatchKind
	State      BatchState
	JobID      string  // of the background job, from Accepted on
	Items      []Entry // what it carries, without run ids; remote ids where they were known
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
	Dismissed time.Time // when somebody decided to leave it at that; zero: nobody did
}

// RejectKey names a reject of a job.
type RejectKey struct {
	Stream string
	Key    string
}

// Settlement is everything that becomes true at once. It is written in one transaction or not at all.
type Settlement struct {
	Job               string
	Forgotten         []string        // keys of interactions that leave the ledger, with their comments
	ForgottenComments []CommentRef    // comments that leave it alone
	Entries           []Entry         // written over what the ledger holds of the same key; comments are added or replaced by key
	Comments          []CommentChange // added or replaced by key; the interaction's own line stays
	Rejects           []Reject        // a known one (same stream and key) keeps its id and first_seen, counts one attempt more and is not dismissed any more
	Healed            []RejectKey     // rejects that are none any more
	Batch             *Batch          // its new state
	Watermark         *Watermark      // of the stream it names
	Slices            []SliceProgress // of backfills
}

// JobRecord is what a job remembers of itself beside its ledger.
type JobRecord struct {
	Job           string
	IntegrationID string // the _id of the integration that its interactions went to
	Adopting      string // opaque here
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
	Moved      Moved // what FinishRun adds to its day; not read back
}

// BackfillState is where a backfill stands.
type BackfillState string

// The states of a backfill. Whether an active one is under way tells its lease.
const (
	BackfillActive    BackfillState = "active"
	BackfillPaused    BackfillState = "paused" // until somebody resumes it
	BackfillDone      BackfillState = "done"
	BackfillCancelled BackfillState = "cancelled"
)

// Backfill is history that is brought once, in slices. Its bounds are the source's own texts and mean nothing here.
type Backfill struct {
	ID          string // a small number
	Job         string
	From        string // belongs to it
	To          string // does not
	Asked       string // both as somebody typed them
	Type        string
	Fingerprint string // of the query and mapping it was made for
	NewestFirst bool
	Parallel    int
	State       BackfillState
	Progress    json.RawMessage // what it reported last; opaque here
	CreatedAt   time.Time
	UpdatedAt   time.Time // set by the store
	FinishedAt  time.Time // zero before it is done or cancelled
}

// Slice is a part of a backfill, with its own progress.
type Slice struct {
	Number  int // from 1, the oldest first
	From    string
	To      string
	Type    string
	Rows    int64 // as they were counted beforehand; -1 where they were not
	Cursor  string
	Key     string
	At      string // the type of Cursor and Key; all three are empty before anything is settled
	Settled int64  // rows
	Done    bool
}

// SliceProgress is how far a slice has come.
type SliceProgress struct {
	Backfill string
	Number   int
	Cursor   string // with Key and At, the last row of the settled prefix; all empty leaves what is there
	Key      string
	At       string
	Settled  int64 // rows to add
	Done     bool
}
