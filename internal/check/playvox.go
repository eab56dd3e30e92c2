package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pvetl/internal/config"
	"pvetl/load"
)

// checkPlayvox reports on the account, on the integrations of the jobs, and on whom their interactions are assigned to.
func (c *checker) checkPlayvox(ctx context.Context, jobs []config.Job) {
	all, err := c.client.Integrations(ctx)
	switch {
	case load.OutcomeOf(err) == load.Unauthorized:
		c.say(config.SeverityError, "playvox.uid", err.Error(), "compare uid and api_key with Settings > API Keys in Playvox")
		return
	case err != nil:
		c.say(config.SeverityError, "playvox.base_url", "Playvox cannot be asked: "+err.Error(), "see that base_url is https://SUBDOMAIN.playvox.com/api/v1 and that this machine may connect to it")
		return
	}
	c.good("the credentials are accepted, %d integration(s) there", len(all))
	var seen []string
	for _, job := range jobs {
		fits := c.checkFit(all, job)
		if fits && !slices.Contains(seen, job.Integration) {
			seen = append(seen, job.Integration)
			c.checkIntegration(ctx, job)
		}
	}
	c.checkAssignees(ctx, jobs)
}

// checkFit reports what would keep a job from sending, and whether nothing does.
func (c *checker) checkFit(all []load.RemoteIntegration, job config.Job) bool {
	want, _ := c.file.Config.Integration(job.Integration)
	at := slices.IndexFunc(all, func(i load.RemoteIntegration) bool { return i.Name == want.Name })
	if at < 0 {
		return true // that there is none is said by the plan
	}
	var filled []string
	for _, field := range job.Mapping.Interaction.Metadata {
		filled = append(filled, field.Name)
	}
	err := all[at].Fit(want, filled)
	if err != nil {
		c.say(config.SeverityError, string(config.NeedIntegration(job.Integration)), err.Error(), "run pvetl plan, then pvetl apply")
	}
	return err == nil
}

// checkIntegration compares an integration with what Playvox has of it.
func (c *checker) checkIntegration(ctx context.Context, job config.Job) {
	want, _ := c.file.Config.Integration(job.Integration)
	path := string(config.NeedIntegration(job.Integration))
	plan, err := c.client.Plan(ctx, want, false)
	switch {
	case err != nil:
		c.say(config.SeverityError, path+".name", err.Error(), "pvetl plan asks again")
	case plan.Pending() == 0:
		c.good("integration %s is as jobs.yaml says", job.Integration)
	case slices.ContainsFunc(plan.Changes, func(ch load.Change) bool { return ch.Kind == load.KindIntegration && ch.Action == load.ActionCreate }):
		c.say(config.SeverityError, path, fmt.Sprintf("Playvox has no integration named %q yet", want.Name), "run pvetl apply")
	default:
		c.say(config.SeverityWarning, path, fmt.Sprintf("the integration %q in Playvox differs from jobs.yaml: %s", want.Name, differing(plan)), "pvetl plan shows how, pvetl apply changes it")
	}
}

func differing(plan load.Plan) string {
	var names []string
	for _, change := range plan.Changes {
		if change.Action != load.ActionNone {
			names = append(names, change.Kind+" "+change.Name)
		}
	}
	return strings.Join(names, ", ")
}

// checkAssignees compares whom the sampled rows are assigned to with the users of Playvox.
func (c *checker) checkAssignees(ctx context.Context, jobs []config.Job) {
	at := slices.IndexFunc(jobs, func(job config.Job) bool { return len(c.assignees[job.Name]) > 0 })
	if at < 0 {
		return
	}
	users, err := c.client.Users(ctx)
	if err != nil {
		why := "the users of Playvox cannot be listed: " + err.Error()
		if errors.Is(err, load.ErrNoUsers) {
			why = err.Error()
		}
		c.say(config.SeverityHint, string(config.NeedJob(jobs[at].Name))+".mapping.interaction.assignee_id",
			why+", so whether it knows the assignees cannot be said", "they should be the e-mails or usernames of users in Playvox")
		return
	}
	known := make(map[string]bool)
	for _, user := range users {
		known[strings.ToLower(user.Email)], known[strings.ToLower(user.Username)] = true, true
	}
	for _, job := range jobs {
		c.sayUnknown(job, known)
	}
}

// sayUnknown names a few of the assignees that are nobody's.
func (c *checker) sayUnknown(job config.Job, known map[string]bool) {
	const shown = 5
	var unknown []string
	seen := make(map[string]bool)
	for _, a := range c.assignees[job.Name] {
		if !seen[a.id] && !known[strings.ToLower(a.id)] {
			unknown = append(unknown, fmt.Sprintf("%s (row %s)", shorten(a.id), a.key))
		}
		seen[a.id] = true
	}
	switch n := len(unknown); {
	case len(seen) == 0:
	case n == 0:
		c.good("job %s: Playvox knows the %d assignee(s) of the first rows", job.Name, len(seen))
	default:
		more := ""
		if n > shown {
			more = fmt.Sprintf(" and %d more", n-shown)
		}
		c.say(config.SeverityWarning, string(config.NeedJob(job.Name))+".mapping.interaction.assignee_id",
			"Playvox knows no user "+strings.Join(unknown[:min(n, shown)], ", ")+more, "map them to the e-mails or usernames of users in Playvox, or create these users there")
	}
}
