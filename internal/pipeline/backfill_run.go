package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"pvetl/internal/config"
	"pvetl/internal/crash"
	"pvetl/load"
	"pvetl/state"
)

// leaseOf names the lease of whoever is at work on a backfill. No job of jobs.yaml is called so.
func leaseOf(id string) string { return "(backfill " + id + ")" }

// What ends a turn of a backfill without being a failure.
var (
	errAside     = errors.New("a run of the job goes first")
	errPaused    = errors.New("the backfill was paused")
	errCancelled = errors.New("the backfill was cancelled")
)

// errUndone ends a turn that did all it could.
var errUndone = errors.New("what became of some rows is not known yet, or their turn did not come: resume the backfill later")

// history is a backfill under way. It holds a lease of its own, and that of its job for one turn at a time: when somebody
// else wants the job it steps aside, and what is on its way is finished by that run as if the backfill had died. So the
// job never has two at work on it, and nothing is compared with what another is about to change.
type history struct {
	cfg      config.Config
	job      config.Job
	tools    Tools
	source   *Source
	options  Options
	backfill state.Backfill
	parallel int
	requests *load.Requests
	log      *slog.Logger
	batches  int // made in the turns before

	mu      sync.Mutex // guards what follows
	total   Summary    // of the turns before
	latest  Summary    // of the present one
	slices  []state.Slice
	reading map[int]bool // slices, by their numbers
	word    string
	meter   meter
}

// RunBackfill carries a backfill out from where it stands, as the only process that does: until it is done, ctx ends, or
// somebody pauses or cancels it, which its summary tells. It steps aside while a run of the job wants to.
func RunBackfill(ctx context.Context, cfg config.Config, job config.Job, tools Tools, id string, options Options) (Summary, error) {
	lease, err := tools.Store.Acquire(ctx, leaseOf(id), Owner())
	if err != nil {
		return NotStarted(ctx, job, nil, options, err)
	}
	defer release(ctx, lease, tools.Log)
	holding, stop := lease.Context(ctx)
	defer stop()
	h, err := takeUp(holding, cfg, job, tools, id)
	if err != nil {
		return NotStarted(ctx, job, nil, options, err)
	}
	defer h.source.Close()
	h.options = options
	return h.run(holding)
}

// takeUp makes a backfill ready to go on from where it stands.
func takeUp(ctx context.Context, cfg config.Config, job config.Job, tools Tools, id string) (*history, error) {
	b, ok, err := tools.Store.Backfill(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case !ok || b.Job != job.Name:
		return nil, fmt.Errorf("job %s has no backfill %s", job.Name, id)
	case !isOpen(b):
		return nil, fmt.Errorf("backfill %s is %s: begin another one", id, b.State)
	}
	if _, err := tools.Store.SetBackfillState(ctx, id, state.BackfillActive); err != nil {
		return nil, err
	}
	slices, err := tools.Store.Slices(ctx, id)
	if err != nil {
		return nil, err
	}
	source, err := openSource(ctx, cfg, job, max(1, b.Parallel), tools.Log)
	if err != nil {
		return nil, err
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	runID := newRunID(now)
	h := &history{
		cfg: cfg, job: job, tools: tools, source: source, backfill: b, parallel: max(1, b.Parallel), requests: &load.Requests{},
		log:    tools.Log.With("job", job.Name, "run", runID, "backfill", id),
		total:  Summary{Job: job.Name, RunID: runID, Status: Running, StartedAt: now, causes: make(causes)},
		slices: slices, reading: make(map[int]bool), word: BackfillRunning,
	}
	if err := h.checkFingerprint(); err != nil {
		source.Close()
		return nil, err
	}
	return h, nil
}

// checkFingerprint refuses bounds that were meant for another query.
func (h *history) checkFingerprint() error {
	query, mapping := h.source.interactions.fingerprint.differs(h.backfill.Fingerprint)
	if query {
		return fmt.Errorf("the query, key or cursor of interactions changed since backfill %s was begun: 'pvetl backfill cancel %s', and begin another one", h.backfill.ID, h.backfill.ID)
	}
	if mapping {
		h.log.Warn("the mapping changed since the backfill was begun: what it brought before stays as it is until a run reads it again")
	}
	return nil
}

// run is one session of a backfill: turns, until there is nothing left or something ends it.
func (h *history) run(ctx context.Context) (Summary, error) {
	begun := state.Run{ID: h.total.RunID, Job: h.job.Name, Command: commandBackfill, Status: Running, StartedAt: h.total.StartedAt}
	if err := h.tools.Store.StartRun(ctx, begun); err != nil {
		return h.total, err
	}
	crash.At(crash.RunStarted)
	working, stop := context.WithCancelCause(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { h.watch(working, stop) })
	err := causeOf(working, h.turns(working))
	stop(nil)
	watching.Wait()
	return h.end(ctx, err)
}

const commandBackfill = "backfill"

// turns works on the backfill whenever nobody else wants its job.
func (h *history) turns(ctx context.Context) error {
	patience := newPatience(h.options.RetryDelay)
	for {
		summary, err := h.turn(ctx)
		if err == nil && !h.isDone() {
			err = errUndone
		}
		switch {
		case errors.Is(err, errAside):
			crash.At(crash.SteppedAside)
			h.log.Info("stepping aside: a run of the job goes first")
			h.addSettled(summary)
		case errors.Is(err, errPaused), errors.Is(err, errCancelled):
			h.addSettled(summary)
			return err
		case ctx.Err() == nil && passes(err):
			h.addSettled(summary)
			if err := h.sitOut(ctx, patience, summary, err); err != nil {
				return err
			}
		default:
			h.add(summary)
			return err
		}
	}
}

// turn is one stretch of work, as the holder of the job's lease.
func (h *history) turn(ctx context.Context) (Summary, error) {
	lease, err := h.takeJob(ctx)
	if err != nil {
		return Summary{}, err
	}
	crash.At(crash.LeaseTaken)
	defer release(ctx, lease, h.tools.Log)
	holding, stop := lease.Context(ctx)
	defer stop()
	working, end := context.WithCancelCause(holding)
	var watching sync.WaitGroup
	defer watching.Wait()
	defer end(nil)
	watching.Go(func() {
		select {
		case <-lease.Wanted():
			end(errAside)
		case <-working.Done():
		}
	})
	client := h.tools.Client.ForRun(load.RunOptions{Requests: h.requests, Guard: lease.Check, Yielding: true})
	r := New(h.cfg, h.job, h.source, lease.Store(), client, h.requests, h.tools.Log).newTurn(h)
	summary, err := r.turn(working)
	h.batches = r.batchNo
	if cause := context.Cause(working); err != nil && isAsked(cause) { // whatever that broke
		err = cause
	}
	return summary, err
}

// isAsked reports whether a turn was ended because somebody wanted it to.
func isAsked(cause error) bool {
	return errors.Is(cause, errAside) || errors.Is(cause, errPaused) || errors.Is(cause, errCancelled)
}

// askAgain is how often a backfill looks whether its job is free, and whether it was paused.
const askAgain = time.Second

// takeJob waits until nobody else works on the job or wants to.
func (h *history) takeJob(ctx context.Context) (*state.Lease, error) {
	defer h.say(BackfillRunning)
	for waiting := false; ; waiting = true {
		lease, err := h.tools.Store.AcquireYielding(ctx, h.job.Name, Owner()+", backfill "+h.backfill.ID)
		held, isHeld := errors.AsType[*state.HeldError](err)
		if !isHeld {
			return lease, err
		}
		if !waiting {
			h.log.Info("waiting for a run of the job", "owner", held.Owner)
			h.say(BackfillWaiting)
		}
		if err := rest(ctx, askAgain); err != nil {
			return nil, err
		}
	}
}

// sitOut waits for what passes by itself, such as an outage of Playvox, and gives up when that takes too long.
func (h *history) sitOut(ctx context.Context, patience *patience, summary Summary, cause error) error {
	if summary.Interactions.settled() > 0 {
		patience.renew()
	}
	delay, ok := patience.next(cause)
	if !ok {
		return cause
	}
	h.log.Warn("the backfill was stopped and goes on by itself", "error", cause, "in_seconds", int(delay.Seconds()))
	h.say(BackfillWaiting)
	defer h.say(BackfillRunning)
	return rest(ctx, delay)
}

// rest waits for d or for the end of ctx, whose error it returns.
func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// saveEvery is how many looks lie between two reports to the state.
const saveEvery = 5

// watch looks whether somebody paused or cancelled the backfill, and reports how far it is.
func (h *history) watch(ctx context.Context, stop context.CancelCauseFunc) {
	for n := 1; rest(ctx, askAgain) == nil; n++ {
		status := h.measure(time.Now())
		h.showAgain()
		b, ok, err := h.tools.Store.Backfill(ctx, h.backfill.ID)
		switch {
		case err != nil || !ok: // the work itself will tell
		case b.State == state.BackfillPaused:
			stop(errPaused)
		case b.State == state.BackfillCancelled:
			stop(errCancelled)
		}
		if n%saveEvery == 0 {
			h.save(ctx, status)
		}
	}
}

func (h *history) save(ctx context.Context, status BackfillStatus) {
	text, err := json.Marshal(status)
	if err == nil {
		err = h.tools.Store.SaveBackfillProgress(ctx, h.backfill.ID, text)
	}
	if err != nil && ctx.Err() == nil {
		h.log.Warn("the progress of the backfill could not be written down", "error", err)
	}
}

// end closes the books of a session.
func (h *history) end(ctx context.Context, err error) (Summary, error) {
	ctx, cancel := afterEffect(ctx)
	defer cancel()
	word := BackfillInterrupted
	switch {
	case errors.Is(err, errPaused):
		word, err = BackfillPaused, nil
	case errors.Is(err, errCancelled):
		word, err = BackfillCancelled, nil
	case err == nil && h.isDone():
		word = BackfillDone
		_, err = h.tools.Store.SetBackfillState(ctx, h.backfill.ID, state.BackfillDone)
		crash.At(crash.BackfillEnded)
	}
	h.say(word)
	status := h.measure(time.Now())
	h.save(ctx, status)
	s := h.with(Summary{})
	finished := time.Now().UTC()
	s.FinishedAt, s.Requests, s.RejectGroups, s.Backfill = &finished, counted(h.requests), s.causes.groups(), &status
	err = s.judge(ctx, h.tools.Store, errors.Join(err, s.check()))
	err = errors.Join(err, record(ctx, h.tools.Store, commandBackfill, s))
	s.tell(h.log.With("state", word))
	return s, err
}
