package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/internal/testdb"
)

// smallYAML is a job over a table of five tickets, one of which cannot be mapped.
const smallYAML = `version: 1
playvox: {base_url: "${PLAYVOX_BASE_URL}", uid: "${PLAYVOX_UID}", api_key: "${PLAYVOX_API_KEY}", requests_per_minute: 600000}
state: ${PVETL_STATE}
sources:
  helpdesk: {dsn: "${HELPDESK_DSN}"}
integrations:
  helpdesk:
    name: Small Helpdesk
    metadata:
      moved_date: {type: datetime, required: true}
      status: {type: string, allowed: [open, solved]}
jobs:
  tickets:
    schedule: "15 2 * * *"
    source: helpdesk
    integration: helpdesk
    extract:
      interactions: {query: "SELECT id, status, updated_at FROM tickets", key: id, cursor: updated_at}
    mapping:
      interaction:
        interaction_id: id
        metadata:
          moved_date: updated_at
          status: {column: status, map: {1: open, 2: solved}}
`

// newSmall is a workbench with the small job, its source filled.
func newSmall(t *testing.T, change ...func(*sandbox.Options)) (*workbench, *sql.DB) {
	t.Helper()
	dsn := testdb.SQLite(t)
	db, err := sql.Open("sqlite", strings.TrimPrefix(dsn, "sqlite:")+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	execute(t, db, "CREATE TABLE tickets (id INTEGER PRIMARY KEY, status INTEGER, updated_at TEXT)")
	execute(t, db, `INSERT INTO tickets VALUES (1, 1, '2026-01-01 10:00:00'), (2, 2, '2026-01-01 10:00:00'), (3, 9, '2026-01-01 11:00:00'),
		(4, NULL, '2026-01-02 10:00:00'), (5, 1, '2026-01-03 10:00:00')`)
	return newWorkbench(t, smallYAML, dsn, change...), db
}

func execute(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), statement)
	require.NoError(t, err)
}

// edit replaces a part of the configuration.
func (w *workbench) edit(before, after string) {
	w.t.Helper()
	path := filepath.Join(w.dir, "jobs.yaml")
	content, err := os.ReadFile(path)
	require.NoError(w.t, err)
	require.Contains(w.t, string(content), before)
	require.NoError(w.t, os.WriteFile(path, []byte(strings.Replace(string(content), before, after, 1)), 0o600))
}

// failure is what --json prints of a command that failed.
func (w *workbench) failure(want int, args ...string) (message, hint string) {
	w.t.Helper()
	var failed struct {
		Command string `json:"command"`
		OK      *bool  `json:"ok"`
		Error   struct{ Message, Hint string }
	}
	stdout := w.mustRun(want, append(args, "--json")...)
	require.NoError(w.t, json.Unmarshal([]byte(stdout), &failed), stdout)
	require.True(w.t, strings.HasPrefix(strings.Join(args, " "), failed.Command), failed.Command)
	require.False(w.t, *failed.OK)
	return failed.Error.Message, failed.Error.Hint
}

func TestEveryCommandHasHelpWithAnExample(t *testing.T) {
	t.Parallel()
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		if name := cmd.Name(); name != "help" && name != "completion" && cmd.Parent() != nil && cmd.Parent().Name() != "completion" {
			require.NotEmpty(t, cmd.Short, cmd.CommandPath())
			require.Contains(t, cmd.Example, cmd.CommandPath(), cmd.CommandPath())
		}
		for _, child := range cmd.Commands() {
			visit(child)
		}
	}
	visit((&app{}).root())
}

func TestWrongUsageExits2AndSaysWhatToDo(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	for _, args := range [][]string{
		{"rum"},
		{"run", "--nonsense"},
		{"run", "nosuchjob"},
		{"preview"},
		{"preview", "tickets", "--limit", "0"},
		{"status", "tickets"},
		{"watermark"},
		{"watermark", "tickets", "set"},
		{"watermark", "tickets", "move", "1"},
		{"watermark", "tickets", "keep", "--stream", "comments"},
		{"watermark", "tickets", "reset", "--stream", "attachments"},
		{"run", "--limit", "-1"},
		{"run", "--adopt"},
		{"run", "tickets", "--adopt", "--limit", "1"},
		{"run", "tickets", "--adopt", "--dry-run"},
		{"rejects", "retry", "nosuchjob"},
		{"rejects", "retry", "tickets", "--stream", "messages"},
		{"rejects", "dismiss", "--all"},
		{"rejects", "dismiss", "tickets"},
		{"rejects", "dismiss", "tickets", "--stream", "comments"},
		{"rejects", "dismiss", "tickets", "--all", "--key", "3"},
		{"run", "--log-level", "loud"},
	} {
		code, stdout, stderr := w.pvetl(args...)
		require.Equal(t, exitUsage, code, "%v: %s", args, stderr)
		require.Empty(t, stdout, "%v", args)
		require.True(t, strings.HasPrefix(stderr, "pvetl: "), "%v: %s", args, stderr)
	}
}

func TestCompletionKnowsWhatMayFollow(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	w.mustRun(exitDone, "apply")
	w.runJob(exitRejects)
	for line, offered := range map[string]string{
		"run ":                           "tickets",
		"rejects ":                       "retry tickets dismiss",
		"rejects retry ":                 "tickets",
		"rejects retry tickets --key ":   "3",
		"rejects dismiss tickets --key ": "3",
		"rejects retry --stream ":        "interactions comments attachments",
		"watermark ":                     "tickets",
		"watermark tickets ":             "explain set reset keep",
		"watermark tickets set ":         "",
		"watermark tickets --stream ":    "interactions comments",
	} {
		require.ElementsMatch(t, strings.Fields(offered), w.completions(line), line)
	}
}

// completions are what the shell is offered after a line.
func (w *workbench) completions(line string) []string {
	w.t.Helper()
	var out bytes.Buffer
	args := slices.Concat([]string{"__complete", "--config", filepath.Join(w.dir, "jobs.yaml")}, strings.Split(line, " "))
	require.Equal(w.t, exitDone, Main(w.t.Context(), Process{Args: args, Stdout: &out, Stderr: io.Discard, LookupEnv: w.lookup}))
	var words []string
	for suggestion := range strings.Lines(out.String()) {
		if word, _, _ := strings.Cut(strings.TrimSpace(suggestion), "\t"); !strings.HasPrefix(word, ":") {
			words = append(words, word)
		}
	}
	return words
}

func TestValidateListsUnsetVariablesAsHintsAndEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	clear(w.env)
	require.Contains(t, w.mustRun(exitDone, "validate"), "hint: ")
	w.edit("cursor: updated_at", "curser: updated_at")
	w.edit("map: {1: open, 2: solved}", "map: {1: opened, 2: solved}")
	out := w.mustRun(exitUsage, "validate")
	require.Contains(t, out, "curser")
	require.Contains(t, out, "did you mean")
	require.Contains(t, out, "opened")
	var report struct {
		OK       bool
		Findings []struct {
			Severity, File, Path, Message string
			Line, Column                  int
		}
	}
	require.NoError(t, json.Unmarshal([]byte(w.mustRun(exitUsage, "validate", "--json")), &report))
	require.False(t, report.OK)
	for _, finding := range report.Findings {
		require.Positive(t, finding.Line)
		require.Positive(t, finding.Column)
	}
}

func TestACommandNamesAllVariablesItNeedsAndNoOthers(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	clear(w.env)
	message, hint := w.failure(exitUsage, "run")
	for _, name := range []string{"PLAYVOX_BASE_URL", "PLAYVOX_UID", "PLAYVOX_API_KEY", "PVETL_STATE", "HELPDESK_DSN"} {
		require.Contains(t, message, name)
	}
	require.NotEmpty(t, hint)
	message, _ = w.failure(exitUsage, "preview", "tickets")
	require.Contains(t, message, "HELPDESK_DSN")
	require.NotContains(t, message, "PLAYVOX")
	message, _ = w.failure(exitUsage, "status")
	require.Contains(t, message, "PVETL_STATE")
	require.NotContains(t, message, "HELPDESK_DSN")
}

func TestAMissingConfigurationIsWrongUsage(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	require.NoError(t, os.Remove(filepath.Join(w.dir, "jobs.yaml")))
	message, hint := w.failure(exitUsage, "run")
	require.Contains(t, message, "jobs.yaml")
	require.Contains(t, hint, "pvetl demo")
}

func TestADryRunCountsAndChangesNothing(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	delete(w.env, "PLAYVOX_API_KEY")
	summary := w.runJob(exitRejects, "--dry-run")
	require.EqualValues(t, 5, summary.Interactions.Read)
	require.EqualValues(t, 4, summary.Interactions.New)
	require.EqualValues(t, 1, summary.Interactions.Rejected)
	require.Zero(t, w.box.Requests().Total)
	require.NoFileExists(t, filepath.Join(w.dir, "state.db"))
}

func TestALimitSendsThatManyAndLeavesTheWatermark(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	w.mustRun(exitDone, "apply")
	summary := w.runJob(exitDone, "--limit", "2")
	require.EqualValues(t, 2, summary.Interactions.New)
	require.Nil(t, summary.Watermark.Interactions)
	require.Len(t, w.box.Snapshot().Interactions, 2)
	summary = w.runJob(exitRejects)
	require.EqualValues(t, 2, summary.Interactions.New)
	require.EqualValues(t, 2, summary.Interactions.Unchanged)
	require.Equal(t, "2026-01-03 10:00:00", *summary.Watermark.Interactions)
}

func TestAChangedRowIsOneUpdateOfItsChangedFields(t *testing.T) {
	t.Parallel()
	w, db := newSmall(t)
	w.mustRun(exitDone, "apply")
	w.runJob(exitRejects)
	w.box.ResetRequests()
	execute(t, db, "UPDATE tickets SET status = NULL, updated_at = '2026-01-04 10:00:00' WHERE id = 1")
	summary := w.runJob(exitRejects)
	require.EqualValues(t, 1, summary.Interactions.Changed)
	require.Equal(t, 1, w.box.Requests().Kinds[sandbox.Update])
	require.Equal(t, 1, w.box.Requests().Writes())
	got := w.box.Snapshot().Find("1")[0]
	require.NotContains(t, got.Fields, "status", "a field that is NULL now is cleared")
	require.Equal(t, `"2026-01-04T10:00:00Z"`, string(got.Fields["moved_date"]))
}

func TestARejectHealsWhenItsRowDoes(t *testing.T) {
	t.Parallel()
	w, db := newSmall(t)
	w.mustRun(exitDone, "apply")
	w.runJob(exitRejects)
	rejects := w.rejects()
	require.Len(t, rejects, 1)
	require.Equal(t, []string{"tickets", "interactions", "3", "mapping", "status", "status", "9", "map"}, []string{
		rejects[0].Job, rejects[0].Stream, rejects[0].Key, rejects[0].Stage, rejects[0].Field, rejects[0].Column, rejects[0].Value, rejects[0].Rule,
	})
	execute(t, db, "UPDATE tickets SET status = 1, updated_at = '2026-01-05 10:00:00' WHERE id = 3")
	require.EqualValues(t, 1, w.runJob(exitDone).Interactions.New)
	require.Empty(t, w.rejects())
}

func TestANewMappingRescansAndSendsOnlyWhatDiffers(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	w.mustRun(exitDone, "apply")
	w.runJob(exitRejects)
	w.edit("map: {1: open, 2: solved}", "map: {1: open, 2: open, 9: solved}")
	summary := w.runJob(exitDone)
	require.EqualValues(t, 1, summary.Interactions.New, "the row that could not be mapped before")
	require.EqualValues(t, 1, summary.Interactions.Changed)
	require.EqualValues(t, 3, summary.Interactions.Unchanged)
	require.EqualValues(t, 1, w.runJob(exitDone).Interactions.Read, "the rescan is over: only the lag is read again")
}

func TestAChangedQueryAsksWhatToDoWithTheWatermark(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	w.mustRun(exitDone, "apply")
	w.runJob(exitRejects)
	w.edit("FROM tickets", "FROM tickets WHERE id > 1")
	code, stdout, _ := w.pvetl("run")
	require.Equal(t, exitFailed, code)
	require.Contains(t, stdout, "pvetl watermark tickets keep")
	w.mustRun(exitDone, "watermark", "tickets", "keep")
	require.EqualValues(t, 1, w.runJob(exitRejects).Interactions.Read)
	w.mustRun(exitDone, "watermark", "tickets", "reset")
	require.EqualValues(t, 4, w.runJob(exitRejects).Interactions.Read)
}

func TestTheWatermarkCanBeMovedByHand(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	w.mustRun(exitDone, "apply")
	require.Contains(t, w.mustRun(exitDone, "watermark", "tickets"), "no watermark")
	w.mustRun(exitDone, "watermark", "tickets", "set", "2026-01-02T10:00:00Z")
	var report struct {
		Watermarks []watermarkObject `json:"watermarks"`
	}
	require.NoError(t, json.Unmarshal([]byte(w.mustRun(exitDone, "watermark", "tickets", "--json")), &report))
	require.Equal(t, "2026-01-02 10:00:00", report.Watermarks[0].Cursor)
	require.EqualValues(t, 2, w.runJob(exitDone).Interactions.Read)
	message, _ := w.failure(exitFailed, "watermark", "tickets", "set", "yesterday")
	require.Contains(t, message, "yesterday")
}

func TestStatusAndRunsTellWhatHappened(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	var status struct{ Jobs []pipeline.JobStatus }
	require.NoError(t, json.Unmarshal([]byte(w.mustRun(exitDone, "status", "--json")), &status))
	require.Equal(t, "null", string(status.Jobs[0].LastRun))
	w.mustRun(exitDone, "apply")
	w.runJob(exitRejects)
	w.runJob(exitRejects)
	require.NoError(t, json.Unmarshal([]byte(w.mustRun(exitDone, "status", "--json")), &status))
	job := status.Jobs[0]
	require.Equal(t, "tickets", job.Job)
	require.NotNil(t, job.NextRun)
	require.Equal(t, 1, job.Rejects)
	require.Zero(t, job.OpenBatches)
	require.Positive(t, *job.BehindSeconds)
	var runs struct{ Runs []pipeline.Summary }
	require.NoError(t, json.Unmarshal([]byte(w.mustRun(exitDone, "runs", "--json")), &runs))
	require.Len(t, runs.Runs, 2)
	require.EqualValues(t, 4, runs.Runs[1].Interactions.New)
	require.Equal(t, pipeline.Partial, runs.Runs[0].Status)
}

func TestAFailedRunSaysWhichCredentialAndIsRecorded(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	w.mustRun(exitDone, "apply")
	w.env["PLAYVOX_API_KEY"] = "wrong-key-9876543210"
	code, stdout, _ := w.pvetl("run", "--json")
	require.Equal(t, exitFailed, code)
	require.Contains(t, stdout, "playvox.api_key")
	for _, reject := range w.rejects() {
		require.Equal(t, "mapping", reject.Stage, "no row is to blame for the credentials")
	}
	require.Contains(t, w.mustRun(exitDone, "runs"), "failed")
}

func TestAnIntegrationThatIsNotThereAsksForApply(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	code, stdout, _ := w.pvetl("run")
	require.Equal(t, exitFailed, code)
	require.Contains(t, stdout, "pvetl apply")
}

func TestASourceThatIsNotThereFailsItsJobAlone(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	w.env["HELPDESK_DSN"] = "sqlite:" + filepath.Join(w.dir, "nowhere.db")
	code, stdout, _ := w.pvetl("run")
	require.Equal(t, exitFailed, code)
	require.Contains(t, stdout, "nowhere.db")
	require.NoFileExists(t, filepath.Join(w.dir, "nowhere.db"))
}

func TestAStateThatCannotBeOpenedNamesItsPath(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	w.env["PVETL_STATE"] = "sqlite:" + filepath.Join(w.dir, "no", "such", "folder", "state.db")
	message, _ := w.failure(exitFailed, "run")
	require.Contains(t, message, filepath.Join(w.dir, "no", "such", "folder"))
}

func TestOneStateServesAllThreeDatabases(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]func(testing.TB) string{"postgres": testdb.Postgres, "mysql": testdb.MySQL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, db := newSmall(t)
			w.env["PVETL_STATE"] = dsn(t)
			w.mustRun(exitDone, "apply")
			require.EqualValues(t, 4, w.runJob(exitRejects).Interactions.New)
			w.box.ResetRequests()
			w.runJob(exitRejects)
			require.Zero(t, w.box.Requests().Total)
			execute(t, db, "INSERT INTO tickets VALUES (6, 1, '2026-01-06 10:00:00')")
			require.EqualValues(t, 1, w.runJob(exitRejects).Interactions.New)
			require.Contains(t, w.mustRun(exitDone, "status"), "2026-01-06 10:00:00")
		})
	}
}

func TestMaxRejectsStopsTheRun(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	w.mustRun(exitDone, "apply")
	w.edit("    mapping:\n", "    load: {max_rejects: 0}\n    mapping:\n")
	code, stdout, _ := w.pvetl("run")
	require.Equal(t, exitFailed, code)
	require.Contains(t, stdout, "load.max_rejects")
}

func TestAQuietRunSaysNothingUnlessSomethingIsWrong(t *testing.T) {
	t.Parallel()
	w, db := newSmall(t)
	execute(t, db, "DELETE FROM tickets WHERE id = 3")
	w.mustRun(exitDone, "apply")
	code, stdout, _ := w.pvetl("run", "--quiet")
	require.Equal(t, exitDone, code)
	require.Empty(t, stdout)
}

func TestVersion(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	require.Contains(t, w.mustRun(exitDone, "version"), fmt.Sprintf("pvetl %s", version()))
}
