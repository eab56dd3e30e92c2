package notify

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// about is what notices that come of a run have in common.
func (e end) about(kind string, since time.Time) body {
	return body{Kind: kind, Job: e.job, Since: since, At: e.at, RunID: e.run, Status: e.status, Counts: &e.counts}
}

func (e end) because() string { return cmp.Or(e.fault, "see its log") }

func hasFailed(e end) body {
	b := e.about(Failed, e.at)
	b.Error, b.Action = e.fault, "pvetl check "+e.job
	b.Summary = fmt.Sprintf("%s fails since %s: %s", e.job, clock(e.at), e.because())
	return b
}

func failsOtherwise(e end, f failing) body {
	b := e.about(Failed, f.Since)
	b.Error, b.Action = e.fault, "pvetl check "+e.job
	b.Summary = fmt.Sprintf("%s still fails, now for another reason (%d runs since %s): %s", e.job, f.Runs, clock(f.Since), e.because())
	return b
}

func hasRecovered(e end, f failing) body {
	b := e.about(Recovered, f.Since)
	b.Summary = fmt.Sprintf("%s works again: it failed for %s since %s (%s)", e.job, span(e.at.Sub(f.Since)), clock(f.Since), several(f.Runs, "run"))
	return b
}

// shownKinds is how many kinds of rejects a text names.
const shownKinds = 10

func rejectsRows(e end, fresh []rejects) body {
	b := e.about(Rejects, e.at)
	b.Rejects, b.Action = fresh, "pvetl rejects "+e.job
	causes := make([]string, 0, shownKinds)
	for _, r := range fresh[:min(len(fresh), shownKinds)] {
		causes = append(causes, fmt.Sprintf("%s of %s (%s: %s, %s)", several(r.Count, "row"), r.Stream, r.Stage, r.Field, r.Rule))
	}
	if more := len(fresh) - len(causes); more > 0 {
		causes = append(causes, several(more, "more cause"))
	}
	b.Summary = fmt.Sprintf("%s rejects rows since %s for a cause that was not there before: %s", e.job, clock(e.at), strings.Join(causes, "; "))
	return b
}

func isQuiet(e end, since time.Time) body {
	b := e.about(Quiet, since)
	b.Action = "pvetl check " + e.job
	b.Summary = fmt.Sprintf("%s finds nothing new or changed since %s (%s), though its runs go well", e.job, clock(since), span(e.at.Sub(since)))
	return b
}

func bringsNews(e end, since time.Time) body {
	b := e.about(News, since)
	b.Summary = fmt.Sprintf("%s finds new rows again: there were none for %s since %s", e.job, span(e.at.Sub(since)), clock(since))
	return b
}

func isBehind(g glance, since, good time.Time) body {
	b := body{Kind: Behind, Job: g.job, Since: since, At: g.at, Action: "pvetl status"}
	what := "no run has been good since then"
	if good.IsZero() {
		what = "no run has been good yet"
	}
	b.Summary = fmt.Sprintf("%s is not up to date since %s (%s): %s", g.job, clock(since), span(g.at.Sub(since)), what)
	return b
}

func hasCaughtUp(e end, since time.Time) body {
	b := e.about(CaughtUp, since)
	b.Summary = fmt.Sprintf("%s is up to date again: it was not since %s (%s)", e.job, clock(since), span(e.at.Sub(since)))
	return b
}

func isBroken(e edit) body {
	return body{
		Kind: ConfigBroken, Since: e.faultSince, At: e.at, Error: e.fault, Action: "pvetl validate",
		Summary: fmt.Sprintf("jobs.yaml is broken since %s, and what was read at %s stays in use: %s", clock(e.faultSince), clock(e.readAt), e.fault),
	}
}

func isWhole(e edit, since time.Time) body {
	return body{
		Kind: ConfigMended, Since: since, At: e.at,
		Summary: fmt.Sprintf("jobs.yaml is whole again and in use: it was broken since %s (%s)", clock(since), span(e.at.Sub(since))),
	}
}

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// span is a duration as people say it.
func span(d time.Duration) string {
	d = max(d, 0).Round(time.Minute)
	days, hours, minutes := d/(24*time.Hour), d%(24*time.Hour)/time.Hour, d%time.Hour/time.Minute
	switch {
	case days > 0:
		return fmt.Sprintf("%dd %dh", days, hours)
	case hours > 0:
		return fmt.Sprintf("%dh %dm", hours, minutes)
	default:
		return fmt.Sprintf("%dm", minutes)
	}
}

func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
