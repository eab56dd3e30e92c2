package web

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"pvetl/load"
)

const (
	planFor       = 5 * time.Minute  // how long an answer of Playvox counts
	faultFor      = time.Minute      // and how long a failure to get one
	planPatience  = 20 * time.Second // how long Playvox may take
	plansKept     = 100
	longestChange = 500
)

// plan is what Playvox said of an integration.
type plan struct {
	mu   sync.Mutex
	plan load.Plan
	err  error
	at   time.Time
}

func (p *plan) counts(now time.Time) bool {
	if p.err != nil {
		return now.Sub(p.at) < faultFor
	}
	return now.Sub(p.at) < planFor
}

// planCache keeps Playvox from being asked each time somebody looks.
type planCache struct {
	mu    sync.Mutex
	plans map[planKey]*plan
}

type planKey struct {
	integration string
	reading     int
}

// of returns what Playvox says of an integration, and asks once though several wait for it.
func (c *planCache) of(key planKey, now func() time.Time, ask func() (load.Plan, error)) (load.Plan, time.Time, error) {
	known := c.entry(key)
	known.mu.Lock()
	defer known.mu.Unlock()
	if !known.counts(now()) {
		known.plan, known.err = ask()
		known.at = now()
	}
	return known.plan, known.at, known.err
}

func (c *planCache) entry(key planKey) *plan {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.plans == nil || len(c.plans) >= plansKept { // those of readings that are over are dropped with the others
		c.plans = make(map[planKey]*plan)
	}
	if c.plans[key] == nil {
		c.plans[key] = &plan{}
	}
	return c.plans[key]
}

type integrationPage struct {
	Job     string
	Key     string
	Name    string
	Asked   time.Time
	Fault   string
	Pending int
	Changes []changeView
	Same    int // metadata fields that are as they should be
}

type changeView struct {
	Sign, Action, Kind, Name string
	Unnamed                  bool
	Fields                   []fieldView
	Notes                    []string
}

type fieldView struct{ Name, Old, New string }

func (s *server) showIntegration(ctx context.Context, r *http.Request) (view, error) {
	job, err := s.jobOf(r)
	if err != nil {
		return view{}, err
	}
	reading := s.Settings()
	integration, _ := reading.File.Config.Integration(job.Integration)
	plan, asked, err := s.plans.of(planKey{job.Integration, reading.Number}, s.Now, func() (load.Plan, error) {
		// Whoever asked may have gone by then; the answer is for the next one too.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), planPatience)
		defer cancel()
		return s.Plan(ctx, integration)
	})
	page := integrationPage{Job: job.Name, Key: job.Integration, Name: integration.Name, Asked: asked}
	if err != nil {
		page.Fault = s.errorOf(err.Error())
	} else {
		page.Pending = plan.Pending()
		page.addChanges(plan)
	}
	return view{Title: "Integration of " + job.Name, Name: "integration.html", Body: page}, nil
}

func (p *integrationPage) addChanges(plan load.Plan) {
	for _, change := range plan.Changes {
		if change.Action == load.ActionNone && len(change.Notes) == 0 && !change.Unnamed {
			if change.Kind == load.KindMetadata {
				p.Same++
			}
			continue
		}
		p.Changes = append(p.Changes, changeView{
			Action: actionWords[change.Action], Sign: change.Action, Kind: kindWords[change.Kind], Name: change.Name,
			Unnamed: change.Unnamed, Fields: fieldsOf(change), Notes: change.Notes,
		})
	}
}

var (
	actionWords = map[string]string{
		load.ActionCreate: "create", load.ActionUpdate: "change", load.ActionDelete: "delete", load.ActionNone: "leave",
	}
	kindWords = map[string]string{load.KindIntegration: "integration", load.KindMetadata: "field"}
)

func fieldsOf(change load.Change) []fieldView {
	var fields []fieldView
	for name, values := range change.Fields {
		if len(values) == 2 {
			fields = append(fields, fieldView{name, clip(values[0], longestChange), clip(values[1], longestChange)})
		}
	}
	slices.SortFunc(fields, func(a, b fieldView) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return fields
}
