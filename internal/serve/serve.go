// Package serve is the program that stays: it puts together the scheduler, the notices, the metrics and the pages, and has
// jobs.yaml read again when it changes. What each of them does stands in its own package.
package serve

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"pvetl/internal/config"
	"pvetl/internal/metrics"
	"pvetl/internal/notify"
	"pvetl/internal/pipeline"
	"pvetl/internal/scheduler"
	"pvetl/internal/secret"
	"pvetl/internal/web"
	"pvetl/load"
	"pvetl/state"
)

// Options say what to serve, and to whom.
type Options struct {
	Path     string // of jobs.yaml
	Env      config.Env
	Page     Page
	Log      *slog.Logger
	Redactor *secret.Growing // is taught the credentials of each jobs.yaml
	Version  string
	Hangups  <-chan os.Signal // each has jobs.yaml read again; nil: none come

	Listening func(address string) // is told where the page is, once it is there
}

// service is what is put together.
type service struct {
	Options

	live      *config.Live
	store     *state.Store
	accounts  *accounts
	scheduler *scheduler.Scheduler
	notifier  *notify.Notifier
	metrics   *metrics.Metrics
	news      chan struct{} // something may be waiting to be sent
}

// Run serves until ctx is done, and returns when all that it began has come to rest. Whoever wants to know why it cannot begin
// gets what config.Read and state.Open say, as it is.
func Run(ctx context.Context, options Options) error {
	s := &service{Options: options, accounts: &accounts{}, news: make(chan struct{}, 1)}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", options.Page.Listen)
	if err != nil {
		return err // names the address
	}
	defer listener.Close()
	if s.live, err = config.Watch(options.Path, options.Env, s.accept); err != nil {
		return err
	}
	if s.store, err = state.Open(ctx, s.live.Current().File.Config.State); err != nil {
		return err
	}
	defer s.store.Close()
	defer s.accounts.close()
	s.assemble(listener.Addr().String())
	s.sayWhatIsServed(listener.Addr().String())
	return s.serve(ctx, listener)
}

// accept says whether a jobs.yaml can be served, after another one or as the first.
func (s *service) accept(file, inUse *config.File) error {
	s.Redactor.Learn(file.Redactor())
	needs := []config.Need{config.NeedState, config.NeedPlayvox, config.NeedNotify}
	for _, job := range file.Config.Jobs {
		needs = append(needs, config.NeedJob(job.Name))
	}
	if err := file.Require(needs...); err != nil {
		return err
	}
	if inUse != nil && inUse.Config.State != file.Config.State {
		return errors.New("state: it names another database than before: restart pvetl serve to move there")
	}
	return nil
}

func (s *service) assemble(address string) {
	owner := pipeline.Owner()
	settings := s.live.Current
	s.metrics = metrics.New(metrics.Options{
		Store: s.store, Settings: settings, Snapshot: func() scheduler.Snapshot { return s.scheduler.Snapshot() }, Usage: s.usage, Version: s.Version,
	})
	s.notifier = notify.New(notify.Options{
		Store: s.store, Settings: settings, Log: s.Log, Redact: s.Redactor.Redact, Sent: s.metrics.Sent,
		Page: secret.Text(s.Page.link(address)),
	})
	s.scheduler = scheduler.New(scheduler.Options{
		Store: s.store, Settings: settings, Owner: owner, Log: s.Log, Carry: s.carry, Ended: s.ended,
	})
}

// serve has all parts at work until ctx is done or the page cannot be served any more.
func (s *service) serve(ctx context.Context, listener net.Listener) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var parts sync.WaitGroup
	parts.Go(func() { s.reread(ctx) })
	parts.Go(func() { s.tell(ctx) })
	parts.Go(func() { stop(s.Page.serve(ctx, listener, s.pages(), s.Log)) })
	parts.Go(func() {
		<-ctx.Done()
		s.Log.Info("stopping: what is on its way is written down", "why", context.Cause(ctx))
	})
	err := s.scheduler.Run(ctx)
	stop(err)
	parts.Wait()
	s.farewell(ctx)
	s.Log.Info("stopped")
	if cause := context.Cause(ctx); err == nil && errors.As(cause, new(*pageError)) {
		err = cause
	}
	return err
}

// carry has the pipeline carry out a job.
func (s *service) carry(
	ctx context.Context, reading config.Reading, job config.Job, doing string, lease *state.Lease, show func(pipeline.Summary),
) (pipeline.Summary, error) {
	options := pipeline.Options{Progress: show}
	client, err := s.accounts.client(reading.File.Config.Playvox, s.store, "pvetl/"+s.Version)
	if err != nil {
		return pipeline.NotStarted(ctx, job, lease.Store(), options, err)
	}
	if doing == scheduler.DoRetry {
		rejects, err := s.store.Rejects(ctx, job.Name)
		options.Retry = append([]state.Reject{}, rejects...) // none is not an ordinary run
		if err != nil {
			return pipeline.NotStarted(ctx, job, lease.Store(), options, err)
		}
	}
	tools := pipeline.Tools{Store: s.store, Client: client, Log: s.Log}
	summary, err := pipeline.RunUnder(ctx, lease, reading.File.Config, job, tools, options)
	if err != nil && ctx.Err() == nil {
		s.Log.Error("the run failed", "job", job.Name, "run", summary.RunID, "error", err)
	}
	return summary, err
}

func (s *service) ended(ctx context.Context, job config.Job, summary pipeline.Summary) {
	s.metrics.Ended(ctx, job, summary)
	s.notifier.Ended(ctx, job, summary)
	select {
	case s.news <- struct{}{}:
	default: // it has been said already
	}
}

// pages are what can be asked for over HTTP.
func (s *service) pages() web.Options {
	return web.Options{
		Store: s.store, Settings: s.live.Current, Snapshot: s.scheduler.Snapshot, Wake: s.scheduler.Wake, Usage: s.usage, Plan: s.plan,
		Redact: s.Redactor.Redact, Metrics: s.metrics.Handler(), Log: s.Log, Version: s.Version, Owner: pipeline.Owner(),
		Token: s.Page.Token, Closed: !s.Page.isLocal(), Secure: s.Page.isSecure(), Hosts: s.Page.Hosts, Values: s.Page.Values,
	}
}

func (s *service) usage() load.Usage { return s.accounts.usage() }

// plan asks Playvox what apply would change in an integration.
func (s *service) plan(ctx context.Context, integration load.Integration) (load.Plan, error) {
	client, err := s.accounts.client(s.live.Current().File.Config.Playvox, s.store, "pvetl/"+s.Version)
	if err != nil {
		return load.Plan{}, err
	}
	return client.Plan(ctx, integration, false)
}

const (
	lookEvery = 5 * time.Second // whether jobs.yaml has changed
	noteEvery = time.Minute     // what time alone changes
	sendEvery = 15 * time.Second
)

// reread has jobs.yaml read again when it changes, or when somebody asks for it.
func (s *service) reread(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		before := s.live.Current()
		changed := false
		select {
		case <-ctx.Done():
			return
		case <-s.Hangups:
			changed = s.live.Reread()
		case <-ticker.C:
			changed = s.live.Look()
		}
		if changed {
			s.sayWhatChanged(before, s.live.Current())
			s.scheduler.Wake()
		}
	}
}

// tell takes note of what time changes, and sends what waits to be sent.
func (s *service) tell(ctx context.Context) {
	note, send := time.NewTicker(noteEvery), time.NewTicker(sendEvery)
	defer note.Stop()
	defer send.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-note.C:
			s.notifier.Look(ctx)
		case <-send.C:
		case <-s.news:
		}
		s.notifier.Deliver(ctx)
	}
}

// farewell sends what the last runs left to be told. What cannot be sent now waits in the state.
func (s *service) farewell(ctx context.Context) {
	const patience = time.Second // of the ten that a container is given, requests on their way may take eight
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	s.notifier.Deliver(ctx)
}
