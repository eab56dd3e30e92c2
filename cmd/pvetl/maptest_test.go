package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/maptest"
)

// goodTests are two tests that pass: what they say is worked out by hand.
const goodTests = `tests:
  a solved ticket:
    job: tickets
    types: {updated_at: timestamp}
    given:
      interaction: {id: 0010, status: 2, subject: null, csat: 1.50, tags: "vip, billing", agent: null, updated_at: 2026-01-01 10:00:00}
      comments:
        - {id: 2, ticket_id: 0010, body: <p>Second</p>, kind: out, author: ana, written: 2026-01-01 12:00:00}
        - {id: 1, ticket_id: 0010, body: "", kind: in, author: null, written: 2026-01-01 11:00:00}
        - {id: 3, ticket_id: 0010, body: x, kind: fax, author: null, written: null}
      attachments:
        - {id: 9, message_id: 2, name: a.pdf, mime: application/pdf, content: text of it}
    expect:
      interaction:
        interaction_id: "0010"
        assignee_id: unassigned
        moved_date: 2026-01-01T09:00:00Z
        status: solved
        csat: 1.5
        tag_names: [vip, billing]
        comments:
          - {body: "", type: customer_comment, added_at: 2026-01-01T10:00:00Z}
          - {body: Second, type: agent_comment, author_id: ana, added_at: 2026-01-01T11:00:00Z, attachments: [{name: a.pdf, url: uploaded}]}
      rejects:
        - {stream: comments, key: 3, field: type, rule: map}
  a strange status:
    job: tickets
    given:
      interaction: {id: 7, status: 9, subject: null, csat: null, tags: null, agent: null, updated_at: 2026-01-01}
    expect:
      rejects: [{key: 7, field: status, value: 9}]
`

// writeTests puts a file beside the configuration.
func (w *workbench) writeTests(content string) string {
	w.t.Helper()
	path := filepath.Join(w.dir, "jobs.test.yaml")
	require.NoError(w.t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func (w *workbench) tests() string {
	w.t.Helper()
	content, err := os.ReadFile(filepath.Join(w.dir, "jobs.test.yaml"))
	require.NoError(w.t, err)
	return string(content)
}

func TestMappingTestsNeedNeitherDatabaseNorVariables(t *testing.T) {
	t.Parallel()
	w := newWorkbench(t, conversationsYAML, "sqlite:there-is-none.db")
	clear(w.env)
	w.writeTests(goodTests)
	require.Equal(t, "ok    tickets: a solved ticket\nok    tickets: a strange status\n2 passed, 0 failed\n", w.mustRun(exitDone, "test"))
	elsewhere := filepath.Join(t.TempDir(), "more.yaml")
	require.NoError(t, os.WriteFile(elsewhere, []byte(goodTests), 0o600))
	require.Contains(t, w.mustRun(exitDone, "test", elsewhere, filepath.Join(w.dir, "jobs.test.yaml")), "4 passed, 0 failed\n")
}

func TestAFailingMappingTestShowsWhereItDiffersAndExits1(t *testing.T) {
	t.Parallel()
	w := newWorkbench(t, conversationsYAML, "sqlite:there-is-none.db")
	path := w.writeTests(goodTests)
	w.edit("{1: open, 2: solved}", "{1: open, 2: open, 9: solved}")
	require.Equal(t, fmt.Sprintf(`FAIL  tickets: a solved ticket (%[1]s:2:3)
        status: expected "solved", got "open" (from status, value "2", rule map)
FAIL  tickets: a strange status (%[1]s:26:3)
        interaction: expected nothing, got {"interaction_id":"7","assignee_id":"unassigned","moved_date":"2025-12-31T23:00:00Z","status":"solved"} `+
		`(no interaction is expected, which means that the row is rejected)
        rejects[0]: expected {"field":"status","key":"7","value":"9"}, got nothing
0 passed, 2 failed
`, path), w.mustRun(exitFailed, "test"))
	var report struct {
		OK    bool
		Tests []maptest.Result
	}
	require.NoError(t, json.Unmarshal([]byte(w.mustRun(exitFailed, "test", "--json")), &report))
	require.False(t, report.OK)
	require.Equal(t, maptest.Result{
		Name: "a solved ticket", Job: "tickets", File: path, Line: 2, Column: 3, Differences: []maptest.Difference{{
			Path: "status", Expected: json.RawMessage(`"solved"`), Got: json.RawMessage(`"open"`), Detail: `from status, value "2", rule map`,
		}},
	}, report.Tests[0])
}

func TestABrokenFileOfTestsExits2AndNamesEveryFault(t *testing.T) {
	t.Parallel()
	w := newWorkbench(t, conversationsYAML, "sqlite:there-is-none.db")
	_, hint := w.failure(exitUsage, "test")
	require.Contains(t, hint, "pvetl test --record tickets")
	path := w.writeTests(strings.NewReplacer("job: tickets", "job: tikets", "rejects: [{key: 7", "rejects: [{kee: 7").Replace(goodTests))
	message, _ := w.failure(exitUsage, "test")
	require.Contains(t, message, path+":31:18: ")
	require.Contains(t, message, "did you mean key?")
	w.writeTests(strings.ReplaceAll(goodTests, "job: tickets", "job: tikets"))
	message, _ = w.failure(exitUsage, "test")
	require.Contains(t, message, path+":3:10: ")
	require.Contains(t, message, path+":27:10: ")
	require.Contains(t, message, "did you mean tickets?")
}

func TestAMappingThatDependsOnAVariableNeedsItInTests(t *testing.T) {
	t.Parallel()
	w := newWorkbench(t, conversationsYAML, "sqlite:there-is-none.db")
	clear(w.env)
	w.writeTests(goodTests)
	w.edit("subject: subject\n", `subject: {column: subject, default: "${SUBJECT}"}`+"\n")
	message, _ := w.failure(exitUsage, "test")
	require.Contains(t, message, "SUBJECT")
	require.NotContains(t, message, "PLAYVOX")
}

func TestManyMappingTestsAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorkbench(t, conversationsYAML, "sqlite:there-is-none.db")
	var file strings.Builder
	file.WriteString("tests:\n")
	for i := range 200 {
		fmt.Fprintf(&file, "  test %d:\n    job: tickets\n    given:\n      interaction: {id: %[1]d, status: 2, subject: null, csat: 1.5, tags: a, agent: null, updated_at: 2026-01-01}\n"+
			"      comments: [{id: 1, ticket_id: %[1]d, body: <p>a</p>, kind: in, author: b, written: 2026-01-01}]\n"+
			"    expect:\n      interaction: {interaction_id: \"%[1]d\", assignee_id: unassigned, moved_date: 2025-12-31T23:00:00Z, status: solved, csat: 1.5, tag_names: [a]}\n", i)
	}
	w.writeTests(file.String())
	require.Contains(t, w.mustRun(exitDone, "test"), "200 passed, 0 failed\n")
}

func TestARecordedTestPassesAndHoldsNothingPersonal(t *testing.T) {
	t.Parallel()
	w, _ := newConversations(t)
	w.withoutPlayvox()
	out := w.mustRun(exitDone, "test", "--record", "tickets")
	require.Contains(t, out, "recorded  tickets 1 (recorded)\n")
	recorded := w.tests()
	for _, personal := range []string{"Josefina", "Wachowski", "ana@", "acme", "300", "4567", "passport", "morning", "Refund", "secret", "vip", "waits"} {
		require.NotContains(t, recorded, personal)
	}
	for _, kept := range []string{"<p>", "<br>", "application/pdf", ".pdf", "kind: fax", "csat: 4.50", "2026-01-01 10:00:00", "person1@example.com", "Person 1", "types:"} {
		require.Contains(t, recorded, kept)
	}
	require.NotContains(t, recorded, "internal:", "a column that no rule uses")
	clear(w.env)
	require.Contains(t, w.mustRun(exitDone, "test"), "3 passed, 0 failed\n")
}

func TestCompletionKnowsTheJobsThatCanBeRecorded(t *testing.T) {
	t.Parallel()
	w, _ := newConversations(t)
	var out bytes.Buffer
	code := Main(t.Context(), Process{
		Args:   []string{"__complete", "--config", filepath.Join(w.dir, "jobs.yaml"), "test", "--record", ""},
		Stdout: &out, Stderr: io.Discard, LookupEnv: w.lookup,
	})
	require.Equal(t, exitDone, code)
	require.True(t, strings.HasPrefix(out.String(), "tickets\n"), out.String())
}

func TestRecordingAgainAppendsUnderNewNames(t *testing.T) {
	t.Parallel()
	w, _ := newConversations(t)
	w.writeTests("# ours\n" + goodTests + "\n# the end")
	w.mustRun(exitDone, "test", "--record", "tickets", "--key", "2")
	before := w.tests()
	require.True(t, strings.HasPrefix(before, "# ours\n"+goodTests+"\n# the end\n"), "what was there stays as it is")
	out := w.mustRun(exitDone, "test", "--record", "tickets", "--key", "2", "--json")
	require.JSONEq(t, fmt.Sprintf(`{"ok": true, "file": %q, "recorded": ["tickets 2 (recorded 2)"]}`, filepath.Join(w.dir, "jobs.test.yaml")), out)
	require.True(t, strings.HasPrefix(w.tests(), before))
	require.Contains(t, w.mustRun(exitDone, "test"), "4 passed, 0 failed\n")
	entries, err := os.ReadDir(w.dir)
	require.NoError(t, err)
	for _, entry := range entries {
		require.NotContains(t, entry.Name(), "jobs.test.yaml.", "nothing is left behind")
	}
}

func TestRecordingRefusesWhatItCannotAppendTo(t *testing.T) {
	t.Parallel()
	w, _ := newConversations(t)
	for _, content := range []string{
		"tests: {}\n",
		"tests: {a: {job: tickets, given: {interaction: {id: 1}}, expect: {rejects: [{key: 1}]}}}\n",
		"tests:\n  a: {job: tickets, given: {interaction: {id: 1}}, expect: {rejects: [{key: 1}]}}\n...\n",
		"tests: [\n",
		"{tests: null}",
	} {
		path := w.writeTests(content)
		message, hint := w.failure(exitUsage, "test", "--record", "tickets")
		require.Contains(t, message, path)
		require.Contains(t, hint, "another")
		require.Equal(t, content, w.tests(), "it is left alone")
	}
	message, _ := w.failure(exitFailed, "test", "--record", "tickets", "--key", "77", filepath.Join(w.dir, "new.yaml"))
	require.Contains(t, message, "keys have a row")
	require.NoFileExists(t, filepath.Join(w.dir, "new.yaml"))
}
