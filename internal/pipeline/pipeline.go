package pipeline

import (
	"context"
	"log/slog"
	"time"

	"pvetl/extract"
	"pvetl/load"
	"pvetl/mapping"
	"pvetl/state"
)

// Rows reads a stream, in the order of its cursor or by keys.
type Rows interface {
	Pages
	Rows(ctx context.Context, keys []string) (extract.Page, error)
}

// Pages reads a stream in the order of its cursor.
type Pages interface {
	Window(ctx context.Context, from *extract.Position) (extract.Window, error)
	Page(ctx context.Context, w extract.Window, after *extract.Position) (extract.Page, error)
	Gaps(ctx context.Context, w extract.Window) (extract.Gaps, error)
	Later(a, b extract.Position) bool
}

// Planner knows how the source would read a page.
type Planner interface {
	ScanWarning(ctx context.Context) (string, error)
}

// Children reads the rows that belong to some rows of another stream.
type Children interface {
	Children(ctx context.Context, parents []string) (extract.Page, error)
}

// Ledger remembers what Playvox holds. Settle writes all of a settlement or nothing.
type Ledger interface {
	Known(ctx context.Context, job string, keys, interactionIDs []string) ([]state.Entry, error)
	Comments(ctx context.Context, job string, parents []string) (map[string][]state.CommentEntry, error)
	Settle(ctx context.Context, s state.Settlement) error
}

// Inventory goes through the whole ledger of a job.
type Inventory interface {
	Entries(ctx context.Context, job, after string, limit int) ([]state.Entry, error)
	CountEntries(ctx context.Context, job string) (int64, error)
}

// Refusals remembers what could not be mapped or was refused.
type Refusals interface {
	KnownRejects(ctx context.Context, job, stream string, keys []string) (map[string]state.Reject, error)
	CountRejects(ctx context.Context, job string) (int, error)
	AnyRejects(ctx context.Context, job string) (bool, error)
}

// Uploads remembers where the files are that Playvox holds.
type Uploads interface {
	Files(ctx context.Context, hashes []string) (map[string]string, error)
	SaveFile(ctx context.Context, hash, url string) error
}

// Batches remembers requests on their way.
type Batches interface {
	SaveBatch(ctx context.Context, b state.Batch) error
	MoveBatch(ctx context.Context, b state.Batch) error
	OpenBatches(ctx context.Context, job string) ([]state.Batch, error)
	JobSeconds(ctx context.Context, job string, n int) ([]float64, error)
}

// Journal remembers runs, and how far jobs have come.
type Journal interface {
	Watermark(ctx context.Context, job, stream string) (state.Watermark, bool, error)
	StartRun(ctx context.Context, run state.Run) error
	FinishRun(ctx context.Context, run state.Run) error
}

// Destinations remembers where jobs send to.
type Destinations interface {
	Job(ctx context.Context, job string) (state.JobRecord, bool, error)
	JobsThatSendTo(ctx context.Context, integrationID string) ([]string, error)
	SaveJob(ctx context.Context, record state.JobRecord) error
	StartOver(ctx context.Context, record state.JobRecord) error
}

// State is what a run remembers.
type State interface {
	Ledger
	Inventory
	Refusals
	Uploads
	Batches
	Journal
	Destinations
}

// Finder asks Playvox what it has.
type Finder interface {
	FindIntegration(ctx context.Context, name string) (load.RemoteIntegration, error)
	HoldsAny(ctx context.Context, integrationID string) (bool, error)
	Find(ctx context.Context, integrationID string, ids []string, since time.Time) (map[string][]load.RemoteInteraction, error)
	Comments(ctx context.Context, interactionID string) ([]load.RemoteComment, error)
}

// Sender brings interactions to Playvox, a batch at a time.
type Sender interface {
	SubmitBulk(ctx context.Context, integrationID string, batch []byte) (jobID string, err error)
	Await(ctx context.Context, jobID string, pace *load.Pace) (load.JobStatus, time.Duration, error)
	Upload(ctx context.Context, file load.File) (url string, err error)
}

// Writer changes interactions that Playvox holds, one at a time.
type Writer interface {
	UpdateInteraction(ctx context.Context, integrationID, remoteID string, fields []load.Field) error
	DeleteInteraction(ctx context.Context, integrationID, remoteID string) error
}

// Talker changes their comments, one at a time.
type Talker interface {
	CreateComment(ctx context.Context, interactionID string, comment load.Comment) (id string, err error)
	UpdateComment(ctx context.Context, interactionID, commentID string, comment load.Comment) error
	DeleteComment(ctx context.Context, interactionID, commentID string) error
}

// Playvox is all of it.
type Playvox interface {
	Finder
	Sender
	Writer
	Talker
}

// Pipeline is one job, made ready to run.
type Pipeline struct {
	job          string
	integration  load.Integration
	loading      load.Options
	timeout      time.Duration
	maxInFlight  int
	interactions *interactions
	comments     *comments    // nil where the job has none
	attachments  *attachments // nil where the job has none
	store        State
	playvox      Playvox
	requests     *load.Requests
	watch        *stopwatch
	log          *slog.Logger
	now          func() time.Time
}

// interactions is the stream of interactions with its mapping.
type interactions struct {
	rows        Rows
	planner     Planner
	key         func(extract.Row) string
	mapper      *mapping.InteractionMapper
	cursor      string   // the cursor's column; without one every run reads everything
	whole       bool     // whether a read from the beginning reads every row that there is
	filled      []string // metadata fields that a rule fills
	fingerprint fingerprint
}

// comments is the stream of comments with its mapping.
type comments struct {
	rows        Rows
	children    Children
	key         func(extract.Row) string
	parent      func(extract.Row) string
	mapper      *mapping.CommentMapper
	cursor      string // without one, comments are compared whenever their interaction's row is read
	fingerprint fingerprint
	stream      *extract.Stream
}

// progress is that of the comments before anything is read; nil stands for a job that has none.
func (c *comments) progress() *progress {
	if c == nil {
		return &progress{stream: StreamComments}
	}
	return &progress{stream: StreamComments, cursor: c.cursor, rows: c.rows, planner: c.stream, fingerprint: c.fingerprint}
}

func (i *interactions) progress() *progress {
	return &progress{stream: StreamInteractions, cursor: i.cursor, rows: i.rows, planner: i.planner, fingerprint: i.fingerprint}
}

// Options say what kind of run it is.
type Options struct {
	DryRun   bool           // read, map and compare, and change nothing anywhere
	Limit    int64          // send this many interactions at most and leave the watermarks; 0 is no limit
	Adopt    bool           // forget what the ledger says and take over what Playvox holds
	Retry    []state.Reject // read these again, and nothing else; nil is an ordinary run
	Repair   []string       // make Playvox hold the interactions with these keys as the source says, and nothing else; nil likewise
	Progress func(Summary)  // called now and then while the run is under way

	// SettleDelay is how long after a request went astray the absence of its effect means anything; 0 is as the pace of
	// earlier jobs says.
	SettleDelay time.Duration
	// RetryDelay is how long a backfill waits the first time for what passes by itself, such as an outage; 0 is a minute.
	RetryDelay time.Duration
}

// command names what kind of run it is, for the list of runs.
func (o Options) command() string {
	switch {
	case o.Retry != nil:
		return "rejects retry"
	case o.Repair != nil:
		return "verify --repair"
	default:
		return "run"
	}
}
