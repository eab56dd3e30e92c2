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

// Rows reads the interactions of a source in the order of their cursor.
type Rows interface {
	Window(ctx context.Context, from *extract.Position) (extract.Window, error)
	Page(ctx context.Context, w extract.Window, after *extract.Position) (extract.Page, error)
	Gaps(ctx context.Context, w extract.Window) (extract.Gaps, error)
	Later(a, b extract.Position) bool
}

// Children reads the comments that belong to some interactions.
type Children interface {
	Children(ctx context.Context, parents []string) (extract.Page, error)
}

// Ledger remembers what Playvox holds and what it refused. Settle writes all of a settlement or nothing.
type Ledger interface {
	Known(ctx context.Context, job string, keys, interactionIDs []string) ([]state.Entry, error)
	KnownRejects(ctx context.Context, job, stream string, keys []string) (map[string]state.Reject, error)
	Watermark(ctx context.Context, job, stream string) (state.Watermark, bool, error)
	Settle(ctx context.Context, s state.Settlement) error
}

// Batches remembers bulk requests on their way.
type Batches interface {
	SaveBatch(ctx context.Context, b state.Batch) error
	OpenBatches(ctx context.Context, job string) ([]state.Batch, error)
	JobSeconds(ctx context.Context, job string, n int) ([]float64, error)
}

// Journal remembers runs.
type Journal interface {
	StartRun(ctx context.Context, run state.Run) error
	FinishRun(ctx context.Context, run state.Run) error
	CountRejects(ctx context.Context, job string) (int, error)
}

// Finder asks Playvox what it has.
type Finder interface {
	FindIntegration(ctx context.Context, name string) (load.RemoteIntegration, error)
	Lookup(ctx context.Context, integrationID string, ids []string, since time.Time) (map[string][]string, error)
}

// Playvox is both.
type Playvox interface {
	Finder
	Sender
}

// Sender brings interactions to Playvox.
type Sender interface {
	SubmitBulk(ctx context.Context, integrationID string, batch []byte) (jobID string, err error)
	Await(ctx context.Context, jobID string, pace *load.Pace) (load.JobStatus, time.Duration, error)
	UpdateInteraction(ctx context.Context, integrationID, remoteID string, fields []load.Field) error
}

// Pipeline is one job, made ready to run.
type Pipeline struct {
	job          string
	integration  load.Integration
	loading      load.Options
	timeout      time.Duration
	fingerprint  fingerprint
	maxInFlight  int
	interactions *interactions
	comments     *comments // nil where the job has none
	ledger       Ledger
	batches      Batches
	journal      Journal
	finder       Finder
	sender       Sender
	requests     *load.Requests
	log          *slog.Logger
	now          func() time.Time
}

// interactions is the stream of interactions with its mapping.
type interactions struct {
	rows   Rows
	key    func(extract.Row) string
	mapper *mapping.InteractionMapper
	cursor string // the cursor's column; without one every run reads everything
}

// comments is the stream of comments with its mapping.
type comments struct {
	rows   Children
	key    func(extract.Row) string
	parent func(extract.Row) string
	mapper *mapping.CommentMapper
}

// Options say what kind of run it is.
type Options struct {
	DryRun   bool          // read, map and compare, and change nothing anywhere
	Limit    int64         // send this many interactions at most and leave the watermark; 0 is no limit
	Progress func(Summary) // called now and then while the run is under way

	// SettleDelay is how long after a batch went astray the absence of its rows means anything; 0 is as the pace of
	// earlier jobs says.
	SettleDelay time.Duration
}
