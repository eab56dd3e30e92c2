package config

import (
	"fmt"
	"slices"
	"strings"
)

// NeedIntegrations is every integration.
const NeedIntegrations Need = "integrations"

// Select returns the jobs of the given names in the given order, or all jobs where there is none.
func (c Config) Select(names []string) ([]Job, error) {
	if len(names) == 0 {
		return c.Jobs, nil
	}
	var jobs []Job
	for i, name := range names {
		job, ok := c.Job(name)
		if !ok {
			return nil, fmt.Errorf("there is no job %q: there is %s", name, strings.Join(c.NamesBut(nil), ", "))
		}
		if !slices.Contains(names[:i], name) {
			jobs = append(jobs, job)
		}
	}
	return jobs, nil
}

// NamesBut returns the names of the jobs that are not among the given ones.
func (c Config) NamesBut(taken []string) []string {
	var names []string
	for _, job := range c.Jobs {
		if !slices.Contains(taken, job.Name) {
			names = append(names, job.Name)
		}
	}
	return names
}
