package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"pvetl/internal/pipeline"
	"pvetl/state"
)

// rejectsPerPage is how many rejects a page shows.
const rejectsPerPage = 50

type rejectsPage struct {
	Filter       state.RejectFilter
	Jobs         []string
	Streams      []string
	Stages       []string
	Filtered     bool
	Rejects      []rejectView
	Total        int
	First, Last  int
	Start        string // the address of the first page
	Newer, Older string // addresses, empty where there is no such page
}

type rejectView struct {
	state.Reject

	Masked   bool // whether its value or its reason is hidden
	Commands []string
}

func (s *server) showRejects(ctx context.Context, r *http.Request) (view, error) {
	filter := state.RejectFilter{
		Job: r.FormValue("job"), Stream: r.FormValue("stream"), Stage: r.FormValue("stage"), Field: r.FormValue("field"),
		Rule: r.FormValue("rule"), Text: clip(r.FormValue("q"), state.MaxKey), Words: s.Values, Limit: rejectsPerPage,
	}
	number, err := strconv.Atoi(r.FormValue("page"))
	if err != nil || number < 1 || number > 1e6 {
		number = 1
	}
	filter.Offset = (number - 1) * rejectsPerPage
	found, total, err := s.Store.FindRejects(ctx, filter)
	if err != nil {
		return view{}, err
	}
	page := rejectsPage{
		Filter: filter, Total: total, First: filter.Offset + 1, Last: filter.Offset + len(found), Jobs: s.jobNames(filter.Job),
		Streams: []string{pipeline.StreamInteractions, pipeline.StreamComments, pipeline.StreamAttachments}, Stages: []string{"mapping", "playvox"},
	}
	page.Filtered = filter != state.RejectFilter{Words: filter.Words, Offset: filter.Offset, Limit: filter.Limit}
	for _, reject := range found {
		page.Rejects = append(page.Rejects, s.rejectView(reject))
	}
	page.Start = addressOf(filter, 1)
	if number > 1 {
		page.Newer = addressOf(filter, min(number-1, (total+rejectsPerPage-1)/rejectsPerPage))
	}
	if page.Last < total && len(found) > 0 {
		page.Older = addressOf(filter, number+1)
	}
	return view{Title: "Rejects", Name: "rejects.html", Body: page}, nil
}

func addressOf(filter state.RejectFilter, page int) string {
	return rejectsURL("job", filter.Job, "stream", filter.Stream, "stage", filter.Stage, "field", filter.Field, "rule", filter.Rule,
		"q", filter.Text, "page", strconv.Itoa(max(1, page)))
}

// jobNames are those to choose from. Rejects of a job may outlive it in jobs.yaml.
func (s *server) jobNames(chosen string) []string {
	var names []string
	for _, job := range s.Settings().File.Config.Jobs {
		names = append(names, job.Name)
	}
	if chosen != "" && !slices.Contains(names, chosen) {
		names = append(names, chosen)
	}
	return names
}

func (s *server) rejectView(r state.Reject) rejectView {
	shown := rejectView{Reject: r}
	shown.Value, shown.Reason = s.valueOf(r), s.reasonOf(r)
	shown.Masked = shown.Value == hidden || shown.Reason == hidden
	which := " " + shellWord(r.Job) + " --key " + shellWord(r.Key)
	if r.Stream == pipeline.StreamInteractions {
		shown.Commands = append(shown.Commands, "pvetl preview"+which)
	} else {
		which += " --stream " + shellWord(r.Stream)
	}
	shown.Commands = append(shown.Commands, "pvetl rejects retry"+which, "pvetl rejects dismiss"+which)
	return shown
}
