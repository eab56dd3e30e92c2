package web

import (
	"net/http"
	"time"

	"pvetl/internal/scheduler"
	"pvetl/state"
)

// action changes what is planned for a job, and returns the word for what it did; empty where there was nothing to do.
type action func(schedule *state.Schedule, now time.Time) string

var actions = map[string]action{
	"run":   func(schedule *state.Schedule, _ time.Time) string { return ask(schedule, scheduler.DoRun, "run") },
	"retry": func(schedule *state.Schedule, _ time.Time) string { return ask(schedule, scheduler.DoRetry, "retry") },
	"pause": func(schedule *state.Schedule, now time.Time) string {
		if !schedule.Paused.IsZero() {
			return ""
		}
		schedule.Paused = now
		return "pause"
	},
	"resume": func(schedule *state.Schedule, _ time.Time) string {
		if schedule.Paused.IsZero() {
			return ""
		}
		schedule.Paused = time.Time{}
		return "resume"
	},
}

// ask wants something done, unless it is being done or somebody has asked already.
func ask(schedule *state.Schedule, doing, word string) string {
	if !schedule.Due.IsZero() || schedule.Wanted != "" {
		return ""
	}
	schedule.Wanted = doing
	return word
}

// flashes are what a page says after an action, by the word for it.
var flashes = map[string]string{
	"run":    "A run is asked for: it begins within seconds, unless another one is still under way.",
	"retry":  "A retry of the rejects is asked for: it begins within seconds.",
	"pause":  "Paused: nothing begins by itself until the job is resumed. What is under way goes on.",
	"resume": "Resumed: the job runs when it is due.",
	"same":   "Nothing to do: it was so already, or a run is under way or asked for.",
}

// act carries an action out and leads back to the job.
func (s *server) act(name string, act action) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		job, err := s.jobOf(r)
		if err != nil {
			s.notFound(w, r)
			return
		}
		ctx, cancel := patient(r.Context())
		defer cancel()
		word := ""
		_, err = s.Store.ChangeSchedule(ctx, job.Name, func(schedule *state.Schedule) bool {
			word = act(schedule, s.Now())
			return word != ""
		})
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.Log.Info("asked for on the page", "action", name, "job", job.Name, "remote", r.RemoteAddr, "done", word != "")
		if word == "" {
			word = "same"
		}
		s.Wake()
		http.Redirect(w, r, jobURL(job.Name)+"?done="+word, http.StatusSeeOther)
	}
}
