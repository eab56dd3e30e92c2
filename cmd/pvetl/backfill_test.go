package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/internal/secret"
	"pvetl/state"
)

func TestABackfillThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	bounds := []string{"backfill", "tickets", "--from", "2026-01-01", "--to", "2026-01-02"}
	for _, test := range []struct {
		args []string
		says string
	}{
		{[]string{"backfill"}, "name one job"},
		{[]string{"backfill", "tickets"}, "--from and --to"},
		{bounds[:4], "--from and --to"},
		{append(bounds[:1:1], append([]string{"nosuchjob"}, bounds[2:]...)...), "there is tickets"},
		{slices.Concat(bounds, []string{"--parallel", "0"}), "--parallel"},
		{slices.Concat(bounds, []string{"--slice", "soon"}), `"soon"`},
		{slices.Concat(bounds, []string{"--slice", "-24h"}), `"-24h"`},
		{slices.Concat(bounds, []string{"--slice", "0"}), `"0"`},
		{[]string{"backfill", "list", "nosuchjob"}, "there is tickets"},
		{[]string{"backfill", "show"}, "by its id"},
		{[]string{"backfill", "pause"}, "by its id"},
		{[]string{"backfill", "resume", "1", "2"}, "by its id"},
		{[]string{"backfill", "cancel"}, "by its id"},
	} {
		code, stdout, stderr := w.pvetl(test.args...)
		require.Equal(t, exitUsage, code, "%v: %s", test.args, stderr)
		require.Empty(t, stdout)
		require.Contains(t, stderr, test.says, "%v", test.args)
	}
}

// planOf is a backfill that could be started, changed a little.
func planOf(change func(*pipeline.BackfillPlan)) pipeline.BackfillPlan {
	plan := pipeline.BackfillPlan{
		Job: "tickets", Span: extract.Span{From: "2024-01-01", To: "2026-01-01"},
		Estimate: pipeline.Estimate{
			Slices: 61, Rows: new(int64(1200000)), Requests: new(int64(24000)), Seconds: new(int64(14400)), Expired: new(int64(12)), RetentionMinutes: 129600,
		},
		Warnings: []string{"12 rows are older than the integration keeps them"},
	}
	change(&plan)
	return plan
}

func TestAPlanSaysWhatABackfillWillTake(t *testing.T) {
	t.Parallel()
	const head = "backfill of job tickets: from 2024-01-01 to before 2026-01-01\n"
	const warning = "warning: 12 rows are older than the integration keeps them\n"
	for name, test := range map[string]struct {
		change func(*pipeline.BackfillPlan)
		want   string
	}{
		"counted": {func(*pipeline.BackfillPlan) {}, head + `
  slices    61, the oldest first
  rows      1200000
  requests  about 24000; those for rows that Playvox holds already are saved
  takes     about 4 h 0 min at 100 requests a minute
`[1:] + warning},
		"not counted, the newest first": {func(p *pipeline.BackfillPlan) {
			p.Options.NewestFirst, p.Warnings = true, nil
			p.Estimate.Rows, p.Estimate.Requests, p.Estimate.Seconds, p.Estimate.Expired = nil, nil, nil, nil
		}, head + `
  slices  61, the newest first
  rows    not known: the source cannot count them cheaply
`[1:]},
		"begun before": {func(p *pipeline.BackfillPlan) { p.Unended = "3" }, head +
			"backfill 3 has these bounds and has not ended: it goes on, in the order and with the slices it was begun with\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			a := &app{Process: Process{Stdout: &out}}
			cfg := config.Config{Playvox: config.Playvox{RequestsPerMinute: 100}}
			require.NoError(t, a.reportPlan(cfg, planOf(test.change)))
			require.Equal(t, test.want, out.String())
		})
	}
}

func TestAPlanForMachines(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*pipeline.BackfillPlan){
		`{"command": "backfill", "ok": true, "job": "tickets", "from": "2024-01-01", "to": "2026-01-01", "unended": null,
			"estimate": {"slices": 61, "rows": 1200000, "requests": 24000, "seconds": 14400, "expired": 12, "retention_minutes": 129600},
			"warnings": ["12 rows are older than the integration keeps them"]}`: func(*pipeline.BackfillPlan) {},
		`{"command": "backfill", "ok": true, "job": "tickets", "from": "2024-01-01", "to": "2026-01-01", "unended": "3", "estimate": null, "warnings": []}`: func(p *pipeline.BackfillPlan) {
			p.Unended, p.Warnings = "3", nil
		},
	} {
		var out bytes.Buffer
		require.NoError(t, (&app{Process: Process{Stdout: &out}, json: true}).reportPlan(config.Config{}, planOf(change)))
		require.JSONEq(t, want, out.String())
	}
}

func TestWhatBecameOfABackfillDecidesTheExitStatus(t *testing.T) {
	t.Parallel()
	stopped, cancel := context.WithCancelCause(t.Context())
	cancel(stoppedError{syscall.SIGINT})
	const resume = "  to go on where it was: pvetl backfill resume 3\n"
	in := func(state string) func(*pipeline.Summary) {
		return func(s *pipeline.Summary) {
			s.Backfill = backfillOf(func(b *pipeline.BackfillStatus) {
				*b = pipeline.BackfillStatus{ID: "3", Job: "tickets", State: state, Slices: 2, SlicesDone: 1}
			})
		}
	}
	for name, test := range map[string]struct {
		ctx    context.Context
		change func(*pipeline.Summary)
		code   int
		ends   string
	}{
		"done":      {t.Context(), in("done"), exitDone, "  backfill 3 of tickets: done, 1 of 2 slices, 0 rows\n"},
		"paused":    {t.Context(), in("paused"), exitDone, "  backfill 3 of tickets: paused, 1 of 2 slices, 0 rows\n" + resume},
		"cancelled": {t.Context(), in("cancelled"), exitDone, "  backfill 3 of tickets: cancelled, 1 of 2 slices, 0 rows\n"},
		"Ctrl-C":    {stopped, in("interrupted"), 130, "  backfill 3 of tickets: interrupted, 1 of 2 slices, 0 rows\n" + resume},
		"rejects": {t.Context(), func(s *pipeline.Summary) {
			in("done")(s)
			s.Status = pipeline.Partial
		}, exitRejects, "  backfill 3 of tickets: done, 1 of 2 slices, 0 rows\n"},
		"paused, with rejects": {t.Context(), func(s *pipeline.Summary) {
			in("paused")(s)
			s.Status = pipeline.Partial
		}, exitDone, resume},
		"failed": {t.Context(), func(s *pipeline.Summary) {
			in("interrupted")(s)
			s.Status, s.Error = pipeline.Failed, new("the source is gone")
		}, exitFailed, "  error: the source is gone\n  backfill 3 of tickets: interrupted, 1 of 2 slices, 0 rows\n" + resume},
		"not begun": {t.Context(), func(s *pipeline.Summary) {
			s.Status, s.Error = pipeline.Failed, new("the source is gone")
		}, exitFailed, "  error: the source is gone\n" + resume},
		"held": {t.Context(), func(s *pipeline.Summary) {
			s.Status, s.HeldBy = pipeline.Failed, &state.HeldError{Job: "(backfill 3)", Owner: "etl-1 pid 7", Since: s.StartedAt}
		}, exitHeld, "backfill 3 is carried out by etl-1 pid 7 since 2026-01-01 02:15:00 UTC: wait for it, or stop it with 'pvetl backfill pause 3'\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			a := &app{Process: Process{Stdout: &out, Stderr: io.Discard}, configPath: "jobs.yaml", command: "backfill"}
			err := a.reportBackfill(test.ctx, "3", summaryOf(test.change))
			require.Equal(t, test.code, a.end(test.ctx, err))
			require.True(t, strings.HasSuffix(out.String(), test.ends), out.String())
		})
	}
}

// newHistory is the small workbench whose state knows two backfills: one that was begun and one that is cancelled.
func newHistory(t *testing.T) *workbench {
	t.Helper()
	w, _ := newSmall(t)
	w.history(func(store *state.Store) {
		for _, from := range []string{"2024-01-01", "2025-01-01"} {
			_, err := store.CreateBackfill(t.Context(), state.Backfill{Job: "tickets", From: from, To: "2026-01-01", Parallel: 1, State: state.BackfillActive}, []state.Slice{
				{Number: 1, From: from, To: "2025-12-01", Rows: 40}, {Number: 2, From: "2025-12-01", To: "2026-01-01", Rows: 2},
			})
			require.NoError(t, err)
		}
		_, err := store.SetBackfillState(t.Context(), "2", state.BackfillCancelled)
		require.NoError(t, err)
	})
	return w
}

// history does something with the state of the workbench.
func (w *workbench) history(work func(*state.Store)) {
	w.t.Helper()
	store, err := state.Open(w.t.Context(), secret.Text(w.env["PVETL_STATE"]))
	require.NoError(w.t, err)
	work(store)
	require.NoError(w.t, store.Close())
}

func TestBackfillsAreListedAndShown(t *testing.T) {
	t.Parallel()
	empty, _ := newSmall(t)
	require.Equal(t, "no backfills\n", empty.mustRun(exitDone, "backfill", "list"))
	require.JSONEq(t, `{"backfills": []}`, empty.mustRun(exitDone, "backfill", "list", "--json"))
	message, _ := empty.failure(exitUsage, "backfill", "show", "1")
	require.Contains(t, message, "none was begun")

	w := newHistory(t)
	list := w.mustRun(exitDone, "backfill", "list", "tickets")
	require.Regexp(t, `(?s)2 +tickets +2025-01-01 +2026-01-01 +cancelled +0 of 2 +0 of 42 rows.*1 +tickets +2024-01-01 +2026-01-01 +interrupted +0 of 2`, list)
	shown := w.mustRun(exitDone, "backfill", "show", "1")
	require.Contains(t, shown, "backfill 1 of tickets: interrupted, 0 of 2 slices, 0 of 42 rows\n  from 2024-01-01 to before 2026-01-01, begun ")
	require.Regexp(t, `2 +2025-12-01 +2026-01-01 +to do +0 of 2 rows`, shown)
	status := w.mustRun(exitDone, "status")
	require.Contains(t, status, "\nbackfill 1 of tickets: interrupted, 0 of 2 slices, 0 of 42 rows\n")
	require.NotContains(t, status, "backfill 2", "it has ended")
	for _, args := range [][]string{{"show"}, {"pause"}, {"resume"}, {"cancel"}} {
		message, hint := w.failure(exitUsage, append([]string{"backfill"}, append(args, "7")...)...)
		require.Equal(t, `there is no backfill "7": there is 2 (tickets), 1 (tickets)`, message)
		require.Contains(t, hint, "pvetl backfill list")
	}
}

func TestABackfillForMachines(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 1, 2, 15, 0, 0, time.UTC)
	var out bytes.Buffer
	a := &app{Process: Process{Stdout: &out}, json: true}
	status := pipeline.BackfillStatus{ID: "3", Job: "tickets", State: "paused", OpenSlices: []pipeline.SliceStatus{}, CreatedAt: at, UpdatedAt: at}
	require.NoError(t, a.reportShown(shownBackfill{status, []pipeline.SliceStatus{{Number: 1, From: "a", To: "b", Rows: new(int64(4)), Settled: 2}}}))
	const object = `{"id": "3", "job": "tickets", "from": "", "to": "", "newest_first": false, "parallel": 0, "state": "paused", "slices": 0, "slices_done": 0,
		"rows": null, "rows_settled": 0, "rows_per_second": null, "quota_use": null, "requests_left": null, "eta_seconds": null, "open_slices": [],
		"created_at": "2026-01-01T02:15:00Z", "updated_at": "2026-01-01T02:15:00Z", "finished_at": null, "held_by": null}`
	require.JSONEq(t, `{"backfill": `+object+`, "slices": [{"number": 1, "from": "a", "to": "b", "rows": 4, "settled": 2, "done": false}]}`, out.String())
	out.Reset()
	require.NoError(t, a.reportBackfillList([]pipeline.BackfillStatus{status}))
	require.JSONEq(t, `{"backfills": [`+object+`]}`, out.String())
	out.Reset()
	require.NoError(t, a.reportStatus([]jobStatus{{JobStatus: pipeline.JobStatus{LastRun: []byte("null")}, Backfills: []pipeline.BackfillStatus{status}}}))
	require.Contains(t, out.String(), `"backfills": [`)
}

func TestABackfillIsPausedAndCancelledFromElsewhere(t *testing.T) {
	t.Parallel()
	w := newHistory(t)
	const resume = "to go on where it was: pvetl backfill resume 1"
	for range 2 {
		said := w.mustRun(exitDone, "backfill", "pause", "1")
		require.Contains(t, said, "backfill 1 is paused\n"+resume)
	}
	require.Contains(t, w.mustRun(exitDone, "status"), "backfill 1 of tickets: paused")
	w.history(func(store *state.Store) {
		lease, err := store.Acquire(t.Context(), "(backfill 1)", "etl-1 pid 7")
		require.NoError(t, err)
		require.Contains(t, w.mustRun(exitDone, "backfill", "pause", "1"), "etl-1 pid 7 is at work on it and stops within seconds\n")
		require.NoError(t, lease.Release(t.Context()))
	})
	for range 2 {
		require.Equal(t, "backfill 1 is cancelled\n", w.mustRun(exitDone, "backfill", "cancel", "1"))
	}
	message, _ := w.failure(exitUsage, "backfill", "pause", "1")
	require.Equal(t, "backfill 1 is cancelled: there is nothing to stop", message)
	message, hint := w.failure(exitUsage, "backfill", "resume", "1")
	require.Equal(t, "backfill 1 was cancelled", message)
	require.Contains(t, hint, "pvetl backfill tickets --from '2024-01-01' --to '2026-01-01'")
}

func TestResumeLeavesABackfillThatIsDoneAlone(t *testing.T) {
	t.Parallel()
	w := newHistory(t)
	w.history(func(store *state.Store) {
		_, err := store.SetBackfillState(t.Context(), "1", state.BackfillDone)
		require.NoError(t, err)
	})
	require.Contains(t, w.mustRun(exitDone, "backfill", "resume", "1"), "backfill 1 of tickets: done")
	require.Zero(t, w.box.Requests().Total)
}

func TestCompletionOffersTheBackfillsThatFit(t *testing.T) {
	t.Parallel()
	w := newHistory(t)
	w.history(func(store *state.Store) {
		created, err := store.CreateBackfill(t.Context(), state.Backfill{Job: "tickets", From: "1", To: "2", Parallel: 1, State: state.BackfillPaused}, []state.Slice{{Number: 1}})
		require.NoError(t, err)
		require.Equal(t, "3", created.ID)
	})
	for line, offered := range map[string][]string{
		"backfill ":        {"tickets", "list", "show", "pause", "resume", "cancel"},
		"backfill list ":   {"tickets"},
		"backfill show ":   {"1", "2", "3"},
		"backfill pause ":  {"1"},
		"backfill resume ": {"1", "3"},
		"backfill cancel ": {"1", "3"},
		"backfill show 1 ": nil,
	} {
		require.ElementsMatch(t, offered, w.completions(line), line)
	}
}

func TestABackfillAsksOnATerminal(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	w.mustRun(exitDone, "apply")
	command := []string{"backfill", "tickets", "--from", "2026-01-01", "--to", "2026-01-03", "--config", filepath.Join(w.dir, "jobs.yaml")}
	asked := func(answer string, more ...string) (code int, stdout, stderr string) {
		var out, errs bytes.Buffer
		code = Main(t.Context(), Process{
			Args: slices.Concat(command, more), Stdin: strings.NewReader(answer), Stdout: &out, Stderr: &errs, LookupEnv: w.lookup, Asks: true,
		})
		return code, out.String(), errs.String()
	}
	for _, answer := range []string{"n\n", "\n", ""} {
		code, stdout, stderr := asked(answer)
		require.Equal(t, exitFailed, code)
		require.Contains(t, stdout, "from 2026-01-01")
		require.Contains(t, stderr, "Begin? [y/N] ")
		require.Contains(t, stderr, errNotBegun.Error())
	}
	require.Equal(t, "no backfills\n", w.mustRun(exitDone, "backfill", "list"))
	code, stdout, stderr := asked("", "--dry-run")
	require.Equal(t, exitDone, code, stderr)
	require.Contains(t, stdout, "requests")
	require.Equal(t, "no backfills\n", w.mustRun(exitDone, "backfill", "list"))

	code, stdout, stderr = asked("y\n")
	require.Equal(t, exitRejects, code, "%s%s", stdout, stderr)
	require.Contains(t, stdout, "backfill 1 of tickets: done")
	code, stdout, stderr = asked("", "--yes", "--json")
	require.Equal(t, exitRejects, code, "%s%s", stdout, stderr)
	require.NotContains(t, stderr, "Begin?")
	require.Contains(t, stdout, `"command": "backfill"`)
	require.Contains(t, stdout, `"state": "done"`)
}
