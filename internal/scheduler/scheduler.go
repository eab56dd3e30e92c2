// Package scheduler carries out jobs when they are due, once among all who share a state. What is due, and what has begun and
// not ended, stands in the state; who may begin it is settled by the job's lease. What a run does is not its business.
package scheduler

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/state"
)

// What may be asked for beside the schedule, as state.Schedule.Wanted and Doing keep it.
const (
	DoRun   = "run"   // an ordinary run
	DoRetry = "retry" // the rejects of the job, read again
)

// Options are what a scheduler works with.
type Options struct {
	Store    *state.Store
	Settings func() config.Reading // as they are in use now
	Owner    string                // names this process to others
	Log      *slog.Logger
	Now      func() time.Time // nil: time.Now

	// Carry carries out a job whose lease is held, and calls show now and then with how far it is.
	Carry func(ctx context.Context, reading config.Reading, job config.Job, doing string, lease *state.Lease, show func(pipeline.Summary)) (pipeline.Summary, error)
	// Ended is told how a run ended; not of one that was stopped because the scheduler was, nor of one that lost its lease.
	// Where the process dies after it, it may be told of the run that is begun in the place of this one as well.
	Ended func(ctx context.Context, job config.Job, summary pipeline.Summary)
}

// atOnce is how many jobs are carried out at a time: each holds a page of rows and its batches in memory.
const atOnce = 8

// Scheduler carries out jobs. It is safe for concurrent use.
type Scheduler struct {
	Options

	wake  chan struct{}  // has a token where it is to look at once
	slots chan struct{}  // has a token for each job at work
	work  sync.WaitGroup // what goes on beside the looks

	mu        sync.Mutex // guards what follows
	ticked    time.Time
	faults    map[string]fault
	turns     map[string]*turn    // by job
	sightings map[string]sighting // by job
	plans     map[string]plan     // by job
}

// New returns a scheduler that does nothing yet.
func New(options Options) *Scheduler {
	if options.Now == nil {
		options.Now = time.Now
	}
	return &Scheduler{
		Options: options, wake: make(chan struct{}, 1), slots: make(chan struct{}, atOnce),
		faults: make(map[string]fault), turns: make(map[string]*turn), sightings: make(map[string]sighting), plans: make(map[string]plan),
	}
}

// Run works until ctx is done, and returns when all that it began has come to rest. A run that is stopped by that is begun again by
// whoever comes next. Nothing else ends it; the error is nil.
func (s *Scheduler) Run(ctx context.Context) error {
	s.work.Go(func() { s.beat(ctx) })
	s.work.Go(func() { s.tidy(ctx) })
	for ctx.Err() == nil {
		s.rest(ctx, s.look(ctx))
	}
	s.work.Wait()
	s.stopBeating(ctx)
	return nil
}

// rest waits until it is time to look again.
func (s *Scheduler) rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-s.wake:
	case <-timer.C:
	}
}

// Wake has it look now.
func (s *Scheduler) Wake() {
	select {
	case s.wake <- struct{}{}:
	default: // it is about to
	}
}

// now is what clocks on walls show. The monotonic part goes, because it stands still while a machine is suspended.
func (s *Scheduler) now() time.Time { return s.Now().Round(0) }

// bookkeeping bounds what is written down when the scheduler is stopped. With what a run takes for its own it has to stay below the
// ten seconds that a container is given.
const bookkeeping = 5 * time.Second

// afterEffect returns a context for writing down what has happened already, though the scheduler is stopped meanwhile.
func afterEffect(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), bookkeeping)
}
