package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"pvetl/internal/pipeline"
	"pvetl/load"
	"pvetl/state"
)

// runsShown is how many runs a job's page lists.
const runsShown = 30

type jobPage struct {
	*jobView

	Integration load.Integration
	Source      string
	Timeout     time.Duration
	Progress    *progressView
	Backfills   []pipeline.BackfillStatus // that have not ended
	Ended       []pipeline.BackfillStatus
	Batches     []batchesView
	Groups      []state.RejectGroup
	Runs        []runView
}

// batchesView is the open batches in one state.
type batchesView struct {
	State  state.BatchState
	Means  string
	Count  int
	Oldest time.Time
}

var batchWords = map[state.BatchState]string{
	state.Prepared: "recorded, not sent",
	state.Sending:  "may be on their way",
	state.Accepted: "Playvox works on them",
	state.Unknown:  "may or may not have arrived: the next run looks",
}

func (s *server) showJob(ctx context.Context, r *http.Request) (view, error) {
	job, err := s.jobOf(r)
	if err != nil {
		return view{}, err
	}
	seen, err := s.look(ctx, job.Name)
	if err != nil {
		return view{}, err
	}
	shown, err := s.jobView(ctx, seen, job)
	if err != nil {
		return view{}, err
	}
	page := jobPage{jobView: shown, Source: job.Source, Timeout: job.Timeout, Groups: seen.groups}
	page.Integration, _ = seen.reading.File.Config.Integration(job.Integration)
	if shown.Running != nil {
		page.Progress = progressOf(shown.Running.Summary, seen.now)
	}
	if err := s.addHistory(ctx, &page); err != nil {
		return view{}, err
	}
	return view{Title: job.Name, Name: "job.html", Body: page, Live: true, State: job.Name + " " + shown.Word}, nil
}

// addHistory adds what has been begun and what has ended.
func (s *server) addHistory(ctx context.Context, page *jobPage) error {
	backfills, err := pipeline.Backfills(ctx, s.Store, page.Name)
	if err != nil {
		return err
	}
	for _, b := range backfills {
		if b.State == pipeline.BackfillDone || b.State == pipeline.BackfillCancelled {
			page.Ended = append(page.Ended, b)
			continue
		}
		page.Backfills = append(page.Backfills, b)
	}
	if page.Open > 0 {
		batches, err := s.Store.OpenBatches(ctx, page.Name)
		if err != nil {
			return err
		}
		page.Batches = byState(batches)
	}
	runs, err := s.Store.Runs(ctx, page.Name, runsShown)
	if err != nil {
		return err
	}
	page.Runs, err = s.runViews(ctx, runs...)
	return err
}

// byState counts batches, which come oldest first.
func byState(batches []state.Batch) []batchesView {
	var views []batchesView
	for _, batch := range batches {
		i := slices.IndexFunc(views, func(v batchesView) bool { return v.State == batch.State })
		if i < 0 {
			views = append(views, batchesView{State: batch.State, Means: batchWords[batch.State], Oldest: batch.CreatedAt})
			i = len(views) - 1
		}
		views[i].Count++
	}
	return views
}
