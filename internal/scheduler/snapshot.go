package scheduler

import (
	"cmp"
	"slices"
	"time"

	"pvetl/internal/pipeline"
)

// Snapshot is what a scheduler does at a moment.
type Snapshot struct {
	Ticked  time.Time // when it looked last what is due, with success
	Fault   error     // why it cannot do its work; nil where it can
	Running []Running // by job
}

// Running is a job under way in this process.
type Running struct {
	Job     string
	Doing   string
	Since   time.Time
	Summary pipeline.Summary // as far as it is
}

// Snapshot tells what it does now.
func (s *Scheduler) Snapshot() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	snapshot := Snapshot{Ticked: s.ticked, Fault: s.worst()}
	for _, t := range s.turns {
		if t.begun {
			snapshot.Running = append(snapshot.Running, t.Running)
		}
	}
	slices.SortFunc(snapshot.Running, func(a, b Running) int { return cmp.Compare(a.Job, b.Job) })
	return snapshot
}
