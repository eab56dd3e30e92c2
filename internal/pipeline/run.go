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
	"pvetl/internal/crash"
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

	history  *history  // the backfill that this is a turn of; nil for a run
	tickets  *progress // with the interactions
	remarks  *progress // with the comments
	remoteID string    // of the integration, once it is needed
	others   []string  // jobs that send to the same integration, or did
	adopting bool      // whether Playvox may hold what the ledger does not know of
	pending  []*item   // new interactions that wait for their batch to be full
	sends    int64     // interactions decided to be sent, for Options.Limit
	parked   []mapped  // rows that were held when they were read
	seen     keySet    // keys that were read, where vanished ones are deleted
	pace     *load.Pace

	group *errgroup.Group // batches in flight
	open  sync.WaitGroup  // the same, to wait for them and go on

	filing sync.Mutex // one looks for files and uploads them at a time, so that none goes up twice

	mu        sync.Mutex // guards what follows
	batchNo   int
	held      map[string]bool // what Playvox may have: not to be sent again
	inFlight  map[string]bool // what is pending or in flight
	counted   map[string]bool // interactions that are not in the ledger, and whose comments have been counted
	summary   Summary
	spotless  bool // whether no row of the job is rejected, for certain
	uncertain int  // requests in a row whose outcome is unknown
	maxBytes  int  // of a bulk request
}

func (p *Pipeline) newRun(options Options) *run {
	now := p.now().UTC().Truncate(time.Millisecond) // as the state keeps times, with which it is compared
	id := newRunID(now)
	return &run{
		Pipeline: p, id: id, options: options, log: p.log.With("job", p.job, "run", id),
		held: make(map[string]bool), inFlight: make(map[string]bool), counted: make(map[string]bool), seen: make(keySet),
		maxBytes: maxBatchBytes, tickets: p.interactions.progress(), remarks: p.comments.progress(),
		summary: Summary{Job: p.job, RunID: id, Status: Running, StartedAt: now, causes: make(causes)},
	}
}

// paceMemory is how many earlier jobs tell how long the next ones will take.
const paceMemory = 100

// start records that the run has begun and finds out where to begin.
func (r *run) start(ctx context.Context) error {
	if !r.options.DryRun {
		begun := state.Run{ID: r.id, Job: r.job, Command: r.options.command(), Status: Running, StartedAt: r.summary.StartedAt}
		if err := r.store.StartRun(ctx, begun); err != nil {
			return err
		}
		crash.At(crash.RunStarted)
	}
	if err := r.learn(ctx); err != nil {
		return err
	}
	if r.options.Adopt && !r.options.DryRun {
		if err := r.startOver(ctx); err != nil {
			return err
		}
	}
	for _, p := range []*progress{r.tickets, r.remarks} {
		if err := p.begin(ctx, r.store, r.job); err != nil {
			return err
		}
		if p.rescan {
			r.log.Info("the mapping changed, so everything is read again; only what differs is sent", "stream", p.stream)
		}
	}
	return nil
}

// learn finds out what earlier runs have seen: how long Playvox's jobs take, and whether rows were rejected.
func (r *run) learn(ctx context.Context) error {
	seconds, err := r.store.JobSeconds(ctx, "", paceMemory)
	if err != nil {
		return err
	}
	r.pace = load.NewPace(seconds, r.maxInFlight)
	rejected, err := r.store.AnyRejects(ctx, r.job)
	r.spotless = err == nil && !rejected
	return err
}

// work is the flow of a run.
func (r *run) work(ctx context.Context) error {
	group, working := errgroup.WithContext(ctx)
	group.SetLimit(r.maxInFlight)
	r.group = group
	err := inTurn(working, r.steps())
	if failed := group.Wait(); failed != nil {
		err = failed // the cause; what the reader saw is that it was stopped
	}
	if err != nil || !r.readsEverything() {
		return err
	}
	return inTurn(ctx, []step{r.removeVanished, r.endRescans, r.endAdoption})
}

type step func(context.Context) error

func (r *run) steps() []step {
	switch {
	case r.history != nil:
		return []step{r.finishOpenBatches, r.readSlices, r.settleParked, r.dispatch}
	case r.options.Retry != nil:
		return []step{r.finishOpenBatches, r.retryRejects, r.settleParked, r.dispatch}
	case r.options.Repair != nil:
		return []step{r.finishOpenBatches, r.repair, r.settleParked, r.dispatch}
	default:
		return []step{r.finishOpenBatches, r.readInteractions, r.settleParked, r.dispatch, r.readComments}
	}
}

func inTurn(ctx context.Context, steps []step) error {
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// readsEverything reports whether the run, when it comes to its end, has read all rows that it should.
func (r *run) readsEverything() bool {
	return r.history == nil && r.options.Limit == 0 && r.options.Retry == nil && r.options.Repair == nil
}

// movesProgress reports whether what is settled stays settled for the runs to come.
func (r *run) movesProgress() bool {
	return (r.readsEverything() || r.history != nil) && !r.options.DryRun
}

func (r *run) readInteractions(ctx context.Context) error {
	first := func(window extract.Window) { r.firstLook(ctx, r.tickets, window) }
	return r.tickets.each(ctx, first, func(rows extract.Page) (bool, error) {
		err := r.takePage(ctx, rows, r.beginPage(r.tickets, rows))
		return !r.limitReached(), err
	})
}

// firstLook says at the first run of a job what is to be known about a stream.
func (r *run) firstLook(ctx context.Context, p *progress, window extract.Window) {
	r.warnOfScan(ctx, p)
	r.warnOfGaps(ctx, p, window)
}

// warnOfScan says when each page would be a burden to the source.
func (r *run) warnOfScan(ctx context.Context, p *progress) {
	ctx, cancel := context.WithTimeout(ctx, aMoment)
	defer cancel()
	if warning, err := p.planner.ScanWarning(ctx); err == nil && warning != "" {
		r.log.Warn(warning, "stream", p.stream) //nolint:sloglint // the source words its own warnings
	}
}

// warnOfGaps says which rows no incremental run will ever see. It reads everything once, so only the first run does it.
func (r *run) warnOfGaps(ctx context.Context, p *progress, window extract.Window) {
	log := r.log.With("stream", p.stream)
	gaps, err := p.rows.Gaps(ctx, window)
	if err != nil {
		log.Warn("rows that cannot be read could not be counted", "error", err)
		return
	}
	if gaps.NullCursor > 0 {
		log.Warn("rows with a NULL cursor are never read", "rows", gaps.NullCursor, "cursor", p.cursor)
	}
	if gaps.NullKey > 0 {
		log.Warn("rows with a NULL key cannot be read", "rows", gaps.NullKey)
	}
	if gaps.Ahead > 0 {
		log.Warn("rows are ahead of the source's clock and wait for their time", "rows", gaps.Ahead)
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

// end closes the run's books, and writes them down.
func (r *run) end(ctx context.Context, err error) (Summary, error) {
	err = causeOf(ctx, err)
	ctx, cancel := afterEffect(ctx)
	defer cancel()
	summary, err := r.close(ctx, err)
	if r.options.DryRun {
		return summary, err
	}
	err = errors.Join(err, record(ctx, r.store, r.options.command(), summary))
	summary.tell(r.log)
	crash.At(crash.RunFinished)
	return summary, err
}

// causeOf is why a context ended, where that is what err says.
func causeOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, ctx.Err()) {
		return cause
	}
	return err
}

// close adds up what became of the rows.
func (r *run) close(ctx context.Context, err error) (Summary, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &r.summary
	if err != nil { // the turn of what was read and is counted nowhere did not come
		for _, counts := range []*Counts{&s.Interactions, &s.Comments, &s.Attachments} {
			counts.Waiting += counts.Missing()
		}
	}
	err = errors.Join(err, s.check())
	finished := r.now().UTC()
	s.FinishedAt, s.Requests, s.Timings, s.RejectGroups = &finished, counted(r.requests), r.watch.timings(), s.causes.groups()
	s.Watermark = Watermarks{Interactions: cursorOf(r.tickets.position), Comments: cursorOf(r.remarks.position)}
	err = s.judge(ctx, r.store, err)
	return *s, err
}
