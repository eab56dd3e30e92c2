// Package check looks at everything that a run of a job would depend on: the databases, their tables and rows, Playvox,
// the state. It sends no interaction and writes nothing but the state's own tables; pvetl check calls it.
package check

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/load"
)

// stepTime bounds each step, and queryTime what a database may work on one query, so that a check ends and strains nothing.
const (
	stepTime  = 30 * time.Second
	queryTime = 10 * time.Second
)

// Result is what there is to say about one thing, good or bad.
type Result struct {
	Subject string          // such as source helpdesk
	Good    string          // what is well; empty where there is a finding
	Finding *config.Finding // nil where all is well
}

// Findings returns those of the results that are not good news.
func Findings(results []Result) []config.Finding {
	findings := []config.Finding{}
	for _, result := range results {
		if result.Finding != nil {
			findings = append(findings, *result.Finding)
		}
	}
	return findings
}

// Run checks the given jobs with their sources and integrations, the account and the state. A step that fails does not
// hide the others. Begun is told of each when it begins.
func Run(ctx context.Context, file *config.File, jobs []config.Job, client *load.Client, log *slog.Logger, begun func(subject string)) []Result {
	c := &checker{file: file, client: client, log: log, begun: begun, assignees: make(map[string][]assignee)}
	sources := make(map[string]*source)
	defer func() {
		for _, s := range sources {
			s.db.Close()
		}
	}()
	for _, job := range jobs {
		if _, known := sources[job.Source]; known {
			continue
		}
		c.step(ctx, "source "+job.Source, func(ctx context.Context) {
			if s := c.openSource(ctx, job.Source); s != nil {
				sources[job.Source] = s
			}
		})
	}
	for _, job := range jobs {
		if s, ok := sources[job.Source]; ok {
			c.step(ctx, "job "+job.Name, func(ctx context.Context) { c.checkJob(ctx, s, job) })
		}
	}
	c.step(ctx, "playvox", func(ctx context.Context) { c.checkPlayvox(ctx, jobs) })
	c.step(ctx, "state", func(ctx context.Context) { c.checkState(ctx, jobs) })
	return c.results
}

// checker collects the results of one check.
type checker struct {
	file      *config.File
	client    *load.Client
	log       *slog.Logger
	begun     func(subject string)
	subject   string
	results   []Result
	assignees map[string][]assignee // by job
}

// step gives the results of work their subject, and it a limited time.
func (c *checker) step(ctx context.Context, subject string, work func(context.Context)) {
	if ctx.Err() != nil {
		return
	}
	ctx, cancel := context.WithTimeoutCause(ctx, stepTime, errSlow)
	defer cancel()
	c.subject = subject
	c.begun(subject)
	work(ctx)
}

var errSlow = errors.New("no answer within " + stepTime.String())

func (c *checker) good(format string, args ...any) {
	c.results = append(c.results, Result{Subject: c.subject, Good: fmt.Sprintf(format, args...)})
}

func (c *checker) say(severity config.Severity, at, message, suggestion string) {
	c.add(c.file.Finding(severity, at, message, suggestion))
}

func (c *checker) add(finding config.Finding) {
	redact := c.file.Redactor().Redact
	finding.Message, finding.Suggestion = redact(finding.Message), redact(finding.Suggestion)
	c.results = append(c.results, Result{Subject: c.subject, Finding: &finding})
}

// worse reports whether one of the results from the n-th on is an error.
func (c *checker) worse(n int) bool {
	return slices.ContainsFunc(c.results[n:], func(r Result) bool { return r.Finding != nil && r.Finding.Severity == config.SeverityError })
}

// source is an open source with its catalogue.
type source struct {
	name      string
	db        *extract.Source
	tables    []extract.Table
	kind      kind
	zoneGiven bool // whether jobs.yaml says in which zone columns without one are read
}
