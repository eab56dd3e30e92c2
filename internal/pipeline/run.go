package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"pvetl/extract"
	"pvetl/load"
	"pvetl/state"
)

// Run carries the job out once: what an earlier run left open is finished, then all rows that changed are read, page by
// page, and brought to Playvox. The summary is valid in every case.
func (p *Pipeline) Run(ctx context.Context, options Options) (Summary, error) {
	r := p.newRun(options)
	ctx, cancel := context.WithTimeoutCause(ctx, p.timeout, fmt.Errorf("the job's timeout of %s is over", p.timeout))
	defer cancel()
	if err := r.start(ctx); err != nil {
		return r.end(ctx, err)
	}
	return r.end(ctx, r.work(ctx))
}

// run is one execution under way.
type run struct {
	*Pipeline
	id      string
	options Options
	log     *slog.Logger

	from     *extract.Position // where reading begins
	position *extract.Position // the watermark as it stands
	rescan   bool              // whether everything is read again because the mapping changed
	remoteID string            // of the integration, once it is needed
	pending  []*item           // new interactions that wait for their batch to be full
	sends    int64             // interactions decided to be sent, for Options.Limit
	parked   []mapped          // rows that were held when they were read
	pace     *load.Pace

	group *errgroup.Group // batches in flight
	open  sync.WaitGroup  // the same, to wait for them and go on

	mu        sync.Mutex // guards what follows
	batchNo   int
	held      map[string]bool // keys of rows that Playvox may have: not to be sent again
	summary   Summary
	tracker   tracker
	uncertain int             // bulk requests in a row whose outcome is unknown
	inFlight  map[string]bool // keys of rows that are pending or in flight
}

func (p *Pipeline) newRun(options Options) *run {
	now := p.now().UTC()
	id := newRunID(now)
	return &run{
		Pipeline: p, id: id, options: options, log: p.log.With("job", p.job, "run", id),
		held: make(map[string]bool), inFlight: make(map[string]bool),
		summary: Summary{Job: p.job, RunID: id, Status: Running, StartedAt: now},
	}
}

// paceMemory is how many earlier jobs tell how long the next ones will take.
const paceMemory = 100

// start finds out where to begin and records that the run has begun.
func (r *run) start(ctx context.Context) error {
	if !r.options.DryRun {
		begun := state.Run{ID: r.id, Job: r.job, Command: "run", Status: Running, StartedAt: r.summary.StartedAt}
		if err := r.journal.StartRun(ctx, begun); err != nil {
			return err
		}
	}
	seconds, err := r.batches.JobSeconds(ctx, "", paceMemory)
	if err != nil {
		return err
	}
	r.pace = load.NewPace(seconds)
	known, ok, err := r.ledger.Watermark(ctx, r.job, StreamInteractions)
	if err != nil || !ok {
		return err
	}
	r.position = &extract.Position{Cursor: known.Cursor, Key: known.Key, Type: known.Type}
	r.from = r.position
	queryChanged, mappingChanged := r.fingerprint.differs(known.Fingerprint)
	if queryChanged {
		return &ChangedQueryError{Job: r.job, Stream: StreamInteractions}
	}
	if mappingChanged {
		r.log.Info("the mapping changed, so everything is read again; only what differs is sent")
		r.from, r.rescan = nil, true
	}
	return nil
}

// work is the flow of a run.
func (r *run) work(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(r.maxInFlight)
	r.group = group
	err := r.finishOpenBatches(ctx)
	if err == nil {
		err = r.readPages(ctx)
	}
	if err == nil {
		err = r.settleParked(ctx)
	}
	if err == nil {
		err = r.dispatch(ctx)
	}
	if failed := group.Wait(); failed != nil {
		err = failed // the cause; what the reader saw is that it was stopped
	}
	if err == nil && r.rescan {
		err = r.endRescan(ctx)
	}
	return err
}

// readPages reads what changed, a page at a time. Each page is whole in memory and its query closed before anything of it
// is sent (W3).
func (r *run) readPages(ctx context.Context) error {
	window, err := r.interactions.rows.Window(ctx, r.from)
	if err != nil {
		return err
	}
	if r.position == nil {
		r.warnOfGaps(ctx, window)
	}
	var after *extract.Position
	for {
		page, err := r.interactions.rows.Page(ctx, window, after)
		if err != nil {
			return fmt.Errorf("reading %s: %w", StreamInteractions, err)
		}
		if len(page.Rows) == 0 {
			return nil
		}
		if err := r.page(ctx, page); err != nil {
			return err
		}
		if !page.More || r.limitReached() {
			return nil
		}
		after = &page.Last
	}
}

// warnOfGaps says which rows no incremental run will ever see. It reads everything once, so only the first run does it.
func (r *run) warnOfGaps(ctx context.Context, window extract.Window) {
	gaps, err := r.interactions.rows.Gaps(ctx, window)
	if err != nil {
		r.log.Warn("rows that cannot be read could not be counted", "error", err)
		return
	}
	if gaps.NullCursor > 0 {
		r.log.Warn("rows with a NULL cursor are never read", "rows", gaps.NullCursor, "cursor", r.interactions.cursor)
	}
	if gaps.NullKey > 0 {
		r.log.Warn("rows with a NULL key cannot be read", "rows", gaps.NullKey)
	}
	if gaps.Ahead > 0 {
		r.log.Warn("rows are ahead of the source's clock and wait for their time", "rows", gaps.Ahead)
	}
}

func (r *run) limitReached() bool { return r.options.Limit > 0 && r.sends >= r.options.Limit }

// bookkeeping is how long what has happened may take to be written down after the run was told to stop.
const bookkeeping = 30 * time.Second

// afterEffect returns a context for writing down what has happened already. It must not be lost because someone pressed
// Ctrl-C meanwhile.
func afterEffect(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), bookkeeping)
}

// end closes the run's books.
func (r *run) end(ctx context.Context, err error) (Summary, error) {
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, ctx.Err()) {
		err = cause
	}
	ctx, cancel := afterEffect(ctx)
	defer cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &r.summary
	if err != nil { // the turn of what was read and is counted nowhere did not come
		s.Interactions.Waiting += s.Interactions.Missing()
		s.Comments.Waiting += s.Comments.Missing()
	}
	rejects, countErr := r.journal.CountRejects(ctx, r.job)
	err = errors.Join(err, s.check(), countErr)
	finished := r.now().UTC()
	s.FinishedAt, s.Requests, s.Watermark.Interactions = &finished, counted(r.requests), cursorOf(r.position)
	switch {
	case err != nil:
		text := err.Error()
		s.Status, s.Error = Failed, &text
	case rejects > 0 || s.leftBehind() > 0:
		s.Status = Partial
	default:
		s.Status = Succeeded
	}
	if r.options.DryRun {
		return *s, err
	}
	return *s, errors.Join(err, record(ctx, r.journal, *s))
}

func cursorOf(position *extract.Position) *string {
	if position == nil {
		return nil
	}
	return &position.Cursor
}
