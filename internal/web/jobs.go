package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"pvetl/internal/config"
	"pvetl/load"
	"pvetl/state"
)

// jobsPage is where everything stands.
type jobsPage struct {
	Troubles  []trouble
	Jobs      []*jobView
	Processes []processView
	Usage     load.Usage
	Quotas    []state.Quota
	Backfills int // that have not ended
	Notices   int // that wait to be sent
	ReadAt    time.Time
}

// trouble is what keeps everything from going as it should.
type trouble struct {
	What  string
	Since time.Time // zero where it is not known
	Text  string
	Next  string // what to do
}

type processView struct {
	state.Pulse
	Ours bool
	Late bool // it has given no sign for a while
}

func (s *server) showJobs(ctx context.Context, _ *http.Request) (view, error) {
	seen, err := s.look(ctx, "")
	if err != nil {
		return view{}, err
	}
	page := jobsPage{Troubles: s.troubles(seen), Usage: s.Usage(), ReadAt: seen.reading.ReadAt}
	var words []string
	for _, job := range seen.reading.File.Config.Jobs {
		shown, err := s.jobView(ctx, seen, job)
		if err != nil {
			return view{}, err
		}
		page.Jobs = append(page.Jobs, shown)
		words = append(words, job.Name+" "+shown.Word)
	}
	if err := s.addCompany(ctx, &page); err != nil {
		return view{}, err
	}
	return view{Title: "Jobs", Name: "jobs.html", Body: page, Live: true, State: strings.Join(words, ", ")}, nil
}

// addCompany adds what is shared with the other processes.
func (s *server) addCompany(ctx context.Context, page *jobsPage) (err error) {
	pulses, err := s.Store.Pulses(ctx)
	if err != nil {
		return err
	}
	for _, pulse := range pulses {
		page.Processes = append(page.Processes, processView{pulse, pulse.Owner == s.Owner, pulse.Now.Sub(pulse.Last) > lateAfter})
	}
	if page.Quotas, err = s.Store.Quotas(ctx); err != nil {
		return err
	}
	backfills, err := s.Store.Backfills(ctx, "")
	if err != nil {
		return err
	}
	for _, backfill := range backfills {
		if backfill.State == state.BackfillActive || backfill.State == state.BackfillPaused {
			page.Backfills++
		}
	}
	page.Notices, err = s.Store.CountNotices(ctx)
	return err
}

// troubles are what concerns all jobs.
func (s *server) troubles(seen sight) []trouble {
	var all []trouble
	if seen.reading.Fault != nil {
		all = append(all, trouble{
			What: "jobs.yaml cannot be used as it is now", Since: seen.reading.FaultSince, Text: clip(s.Redact(seen.reading.Fault.Error()), longestShown),
			Next: "The one read at " + momentOf(seen.now, seen.reading.ReadAt).Shown + " stays in use. Mend the file: it is read again by itself.",
		})
	}
	if seen.snapshot.Fault != nil {
		all = append(all, trouble{
			What: "The scheduler cannot work", Since: seen.snapshot.Ticked, Text: clip(s.Redact(seen.snapshot.Fault.Error()), longestShown),
			Next: "No job begins until this is over. It is tried again every few seconds.",
		})
	} else if seen.snapshot.Ticked.IsZero() || seen.now.Sub(seen.snapshot.Ticked) > lateAfter {
		all = append(all, trouble{
			What: "The scheduler does not look", Since: seen.snapshot.Ticked,
			Next: "Nothing begins by itself in this process. If this stays so for minutes, restart pvetl serve.",
		})
	}
	return all
}

// jobOf finds the job that an address names.
func (s *server) jobOf(r *http.Request) (config.Job, error) {
	job, ok := s.Settings().File.Config.Job(r.PathValue("job"))
	if !ok {
		return config.Job{}, errNotFound
	}
	return job, nil
}
