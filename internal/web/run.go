package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"pvetl/internal/pipeline"
	"pvetl/state"
)

// runView is one run.
type runView struct {
	ID       string
	Job      string
	Command  string
	Status   string
	Tone     string
	Started  time.Time
	Finished time.Time // zero: it did not come to its end
	Took     string
	Summary  pipeline.Summary
	Error    string
}

var tones = map[string]string{
	pipeline.Succeeded: "good", pipeline.Partial: "wary", pipeline.Failed: "bad", pipeline.Running: "busy", pipeline.Skipped: "calm",
}

// runViews shows runs.
func (s *server) runViews(ctx context.Context, runs ...state.Run) ([]runView, error) {
	reports, err := pipeline.Reports(ctx, s.Store, runs)
	views := make([]runView, len(reports))
	for i, report := range reports {
		views[i] = s.runView(runs[i], report)
	}
	return views, err
}

func (s *server) runView(run state.Run, report json.RawMessage) runView {
	shown := runView{ID: run.ID, Job: run.Job, Command: run.Command, Status: run.Status, Started: run.StartedAt, Finished: run.FinishedAt}
	if err := json.Unmarshal(report, &shown.Summary); err != nil {
		shown.Error = "the record of this run is damaged"
	} else {
		shown.Status = shown.Summary.Status
	}
	if shown.Summary.Error != nil {
		shown.Error = s.errorOf(*shown.Summary.Error)
	}
	if !run.FinishedAt.IsZero() {
		shown.Took = secondsOf(run.FinishedAt.Sub(run.StartedAt).Seconds())
	}
	shown.Tone = tones[shown.Status]
	return shown
}

type runPage struct {
	runView

	Streams  []streamView
	Stages   []stageView
	Rejects  []pipeline.RejectGroup
	Progress *progressView
}

type streamView struct {
	Name string
	pipeline.Counts
}

// AddsUp reports whether every row that was read is counted.
func (v streamView) AddsUp() bool { return v.Missing() == 0 }

// stageView is where a part of the time went.
type stageView struct {
	Name, Means string
	Seconds     float64
	Part        int // of the longest stage
}

func (s *server) showRun(ctx context.Context, r *http.Request) (view, error) {
	run, ok, err := s.Store.Run(ctx, r.PathValue("run"))
	if err != nil {
		return view{}, err
	}
	if !ok {
		return view{}, errNotFound
	}
	views, err := s.runViews(ctx, run)
	if err != nil {
		return view{}, err
	}
	page := runPage{runView: views[0]}
	isUnderWay := page.Status == pipeline.Running
	for _, running := range s.Snapshot().Running {
		if running.Summary.RunID == run.ID {
			page.Summary, page.Progress = running.Summary, progressOf(running.Summary, s.Now())
		}
	}
	page.Streams, page.Stages = streamsOf(page.Summary), stagesOf(page.Summary.Timings)
	page.Rejects = s.maskedGroups(page.Summary.RejectGroups)
	return view{Title: "Run " + run.ID, Name: "run.html", Body: page, Live: isUnderWay, State: page.Status}, nil
}

// maskedGroups are what a run rejected. A reason is that of one row, whose value is not at hand to look for in it.
func (s *server) maskedGroups(groups []pipeline.RejectGroup) []pipeline.RejectGroup {
	shown := make([]pipeline.RejectGroup, len(groups))
	for i, group := range groups {
		shown[i] = group
		shown[i].Keys = nil
		for _, key := range group.Keys {
			shown[i].Keys = append(shown[i].Keys, clip(key, state.MaxKey))
		}
		if shown[i].Reason = clip(s.Redact(group.Reason), longestShown); !s.Values && group.Reason != "" {
			shown[i].Reason = hidden
		}
	}
	return shown
}

func streamsOf(s pipeline.Summary) []streamView {
	return []streamView{
		{pipeline.StreamInteractions, s.Interactions}, {pipeline.StreamComments, s.Comments}, {pipeline.StreamAttachments, s.Attachments},
	}
}

// stagesOf is where the time of a run went; nothing for one that is older than that record.
func stagesOf(t pipeline.Timings) []stageView {
	if t == (pipeline.Timings{}) {
		return nil
	}
	stages := []stageView{
		{"read", "asking the source", t.Read, 0},
		{"map", "rows into interactions", t.Map, 0},
		{"compare", "with the ledger", t.Compare, 0},
		{"send", "to Playvox, with the wait for turns", t.Send, 0},
		{"poll", "waiting for Playvox to finish", t.Poll, 0},
		{"settle", "writing down what became of rows", t.Settle, 0},
	}
	most := max(t.Read, t.Map, t.Compare, t.Send, t.Poll, t.Settle)
	for i := range stages {
		stages[i].Part = partOf(stages[i].Seconds, most)
	}
	return stages
}

// progressView is how far a run is.
type progressView struct {
	Counts   pipeline.Counts
	Comments int64
	Requests int64
	Took     string
	Rate     string // empty before it says anything
}

func progressOf(s pipeline.Summary, now time.Time) *progressView {
	shown := &progressView{Counts: s.Interactions, Comments: s.Comments.Read, Requests: s.Requests.Total}
	if s.StartedAt.IsZero() {
		return shown
	}
	took := now.Sub(s.StartedAt).Seconds()
	shown.Took = secondsOf(took)
	if took >= 1 {
		shown.Rate = rateOf(float64(s.Interactions.Read) / took)
	}
	return shown
}
