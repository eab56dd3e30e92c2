package notify

import (
	"slices"
	"time"

	"pvetl/internal/pipeline"
)

// standing is what is known of a job, so that a change can be told from what is known already. The one of no job is that of
// jobs.yaml.
type standing struct {
	Run      string    `json:"run,omitempty"`     // the last that was heard of
	Started  time.Time `json:"started,omitzero"`  // when it was
	Good     time.Time `json:"good,omitzero"`     // when the last good one began
	News     time.Time `json:"news,omitzero"`     // when a run last brought something
	Limit    string    `json:"limit,omitempty"`   // by which the job was judged last
	Expected time.Time `json:"expected,omitzero"` // nothing was expected of the job before
	Paused   bool      `json:"paused,omitempty"`
	Failing  *failing  `json:"failing,omitempty"`
	Rejects  []kind    `json:"rejects,omitempty"` // that have been told
	Quiet    time.Time `json:"quiet,omitzero"`    // since when, where that has been told
	Behind   time.Time `json:"behind,omitzero"`   // since when, where that has been told
	Broken   time.Time `json:"broken,omitzero"`   // since when jobs.yaml is, where that has been told
	Edited   time.Time `json:"edited,omitzero"`   // the last event of jobs.yaml that was told
}

// failing is a job none of whose runs was good since one failed.
type failing struct {
	Since  time.Time `json:"since"`
	Runs   int       `json:"runs"`
	Causes []string  `json:"causes"`         // that have been told
	Other  time.Time `json:"other,omitzero"` // when another than the first was told
}

// kind is a cause for which rows are rejected.
type kind struct {
	Stream string `json:"stream"`
	Stage  string `json:"stage"`
	Field  string `json:"field"`
	Rule   string `json:"rule"`
}

// rejects are the rows of a kind.
type rejects struct {
	kind

	Count int `json:"count"`
}

// end is how a run ended.
type end struct {
	job, run, status string
	started, at, now time.Time
	counts           pipeline.Counts
	fault            string
	rejects          []rejects // all that stay behind, where the run was good
	paused           bool
	quietAfter       time.Duration
}

func (e end) isGood() bool { return e.status != pipeline.Failed }

// ended takes note of the end of a run. A job that is paused has nothing new go wrong: that is told when it goes on.
func (s *standing) ended(e end) (told []body) {
	isOld := s.Started.After(e.started) && !s.Started.After(e.now) // and not a clock that was far ahead
	if isOld || e.run != "" && e.run == s.Run {
		return nil
	}
	s.Run, s.Started = e.run, e.started
	s.pause(e.paused, e.started)
	if e.counts.New+e.counts.Changed+e.counts.Deleted > 0 {
		told = append(told, s.brought(e)...)
	}
	if !e.isGood() {
		return append(told, s.failed(e)...)
	}
	told = append(s.recovered(e), told...)
	s.Good = e.started
	told = append(told, s.caughtUp(e)...)
	told = append(told, s.rejected(e)...)
	return append(told, s.broughtNothing(e)...)
}

// pause begins the time anew in which something is expected of a job when it is paused no more.
func (s *standing) pause(paused bool, at time.Time) {
	if s.Paused && !paused {
		s.Expected = at
	}
	s.Paused = paused
}

// otherCauseEvery bounds how often a job is told of that fails in changing ways.
const otherCauseEvery = 24 * time.Hour

func (s *standing) failed(e end) []body {
	cause := causeOf(e.fault)
	switch f := s.Failing; {
	case f == nil && e.paused:
		return nil
	case f == nil:
		s.Failing = &failing{Since: e.at, Runs: 1, Causes: []string{cause}}
		return []body{hasFailed(e)}
	default:
		f.Runs++
		if e.paused || slices.Contains(f.Causes, cause) || e.at.Sub(f.Other) < otherCauseEvery {
			return nil
		}
		f.Causes, f.Other = append(f.Causes, cause), e.at
		return []body{failsOtherwise(e, *f)}
	}
}

func (s *standing) recovered(e end) []body {
	if s.Failing == nil {
		return nil
	}
	was := *s.Failing
	s.Failing = nil
	return []body{hasRecovered(e, was)}
}

func (s *standing) caughtUp(e end) []body {
	if s.Behind.IsZero() {
		return nil
	}
	since := s.Behind
	s.Behind = time.Time{}
	return []body{hasCaughtUp(e, since)}
}

// rejected tells kinds that were not there before. One that has gone, and comes back, is new.
func (s *standing) rejected(e end) []body {
	var known []kind
	var fresh []rejects
	for _, r := range e.rejects {
		isKnown := slices.Contains(s.Rejects, r.kind)
		if !isKnown && !e.paused {
			fresh = append(fresh, r)
		}
		if isKnown || !e.paused {
			known = append(known, r.kind)
		}
	}
	s.Rejects = known
	if len(fresh) == 0 {
		return nil
	}
	return []body{rejectsRows(e, fresh)}
}

func (s *standing) brought(e end) []body {
	since := s.Quiet
	s.News, s.Quiet = e.at, time.Time{}
	if since.IsZero() {
		return nil
	}
	return []body{bringsNews(e, since)}
}

// broughtNothing is judged when a run ends and not by time alone: as long as nobody has looked, nothing is known.
func (s *standing) broughtNothing(e end) []body {
	if s.News.IsZero() {
		s.News = e.at
	}
	since := later(s.News, s.Expected)
	if !s.Quiet.IsZero() || e.paused || e.quietAfter == 0 || e.at.Sub(since) < e.quietAfter {
		return nil
	}
	s.Quiet = since
	return []body{isQuiet(e, since)}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
