package serve

import "pvetl/internal/config"

// sayWhatIsServed logs where the page is and how many jobs there are.
func (s *service) sayWhatIsServed(address string) {
	jobs := s.live.Current().File.Config.Jobs
	scheduled := scheduledOf(jobs)
	s.Log.Info("serving", "page", s.Page.url(address), "jobs", len(jobs), "scheduled", scheduled, "version", s.Version)
	if scheduled == 0 {
		s.Log.Warn("no job has a schedule: nothing runs by itself", "config", s.Path)
	}
	if s.Listening != nil {
		s.Listening(s.Page.url(address))
	}
}

// sayWhatChanged logs what became of an edit of jobs.yaml.
func (s *service) sayWhatChanged(before, now config.Reading) {
	switch {
	case now.Fault != nil:
		s.Log.Error("jobs.yaml cannot be used as it is now; the one read before stays in use", "config", s.Path, "in_use_since", before.ReadAt.UTC(), "error", now.Fault)
	case now.Number == before.Number:
		s.Log.Info("jobs.yaml is again what is in use", "config", s.Path)
	default:
		jobs := now.File.Config.Jobs
		s.Log.Info("jobs.yaml was read again and is in use", "config", s.Path, "jobs", len(jobs), "scheduled", scheduledOf(jobs))
	}
}

func scheduledOf(jobs []config.Job) int {
	n := 0
	for _, job := range jobs {
		if job.Schedule != "" {
			n++
		}
	}
	return n
}
