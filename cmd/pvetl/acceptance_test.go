package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
)

const acceptanceYAML = `
version: 1
playvox: {base_url: "${PLAYVOX_BASE_URL}", uid: "${PLAYVOX_UID}", api_key: "${PLAYVOX_API_KEY}", requests_per_minute: 600000}
state: ${PVETL_STATE}
sources:
  helpdesk: {dsn: "${HELPDESK_DSN}", timezone: Europe/Rome}
integrations:
  helpdesk:
    name: Acme Helpdesk
    metadata:
      status: {type: string, allowed: [open, pending, solved]}
      score: {type: float}
      ratio: {type: float}
      visits: {type: integer}
      vip: {type: boolean}
      tag_names: {type: list}
      labels: {type: list}
      solved_date: {type: datetime}
      opened_date: {type: datetime}
      born: {type: datetime}
      subject: {type: string}
      payload: {type: string}
      ref: {type: string}
      details: {type: string}
      link: {type: string, available_in: [display]}
jobs:
  tickets:
    source: helpdesk
    integration: helpdesk
    extract:
      interactions:
        query: SELECT t.* FROM tickets t
        key: id
        cursor: updated_at
        page_size: 333
      comments:
        query: SELECT * FROM messages -- the conversation
        key: id
        parent: ticket_id
        cursor: edited
        page_size: 333
    mapping:
      interaction:
        interaction_id: id
        assignee_id: {column: agent, default: unassigned}
        metadata:
          status: {column: status_code, map: {1: open, 2: pending, 3: solved}}
          score: score
          ratio: ratio
          visits: visits
          vip: vip
          tag_names: tags
          labels: {column: labels, split: ";"}
          solved_date: solved_at
          opened_date: opened_at
          born: born
          subject: subject
          payload: payload
          ref: ref
          details: details
          link: {template: "https://help.example/t/{id}?a=1&b={{2}}"}
      comment:
        body: {column: body, html_to_text: true}
        type: {column: kind, map: {in: customer_comment, out: agent_comment, note: internal_note}}
        author_id: author
        added_at: written
`

// The program against a strict server: what arrives is what an independent computation says must arrive, for every kind
// of source, on the first run, after a day's changes, and when nothing changed; and nothing is written that is not needed.
func TestPlayvoxHoldsExactlyWhatTheSourceSays(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{onPostgres, onMySQL, onSQLite} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			h := newHelpdesk(t, kind)
			w := newWorkbench(t, acceptanceYAML, h.dsn)
			yesterday := time.Now().UTC().Add(-24 * time.Hour).Truncate(time.Second)
			h.fill(0, atFirst, yesterday)
			w.mustRun(exitDone, "apply")

			first := w.runJob(exitRejects)
			require.EqualValues(t, atFirst, first.Interactions.Read)
			require.EqualValues(t, len(h.want), first.Interactions.New)
			require.EqualValues(t, len(h.bad), first.Interactions.Rejected)
			require.EqualValues(t, h.comments(), first.Comments.New)
			h.compare(w)
			require.Equal(t, (len(h.want)+99)/100, w.box.Requests().Kinds[sandbox.Bulk], "batches are full")
			require.Equal(t, (len(h.want)+99)/100, w.box.Requests().Writes())

			later := yesterday.Add(time.Hour)
			h.rewrite(37, later)
			h.answer(55, later)
			h.correct(10, later)
			h.fill(atFirst, atFirst+inserted, later)
			w.box.ResetRequests()
			second := w.runJob(exitRejects)
			require.EqualValues(t, len(h.want)-int(first.Interactions.New), second.Interactions.New, "the inserted rows alone are sent")
			require.EqualValues(t, 37, second.Interactions.Changed)
			require.EqualValues(t, h.comments()-int(first.Comments.New), second.Comments.New)
			require.EqualValues(t, 10, second.Comments.Changed)
			h.compare(w)
			requireWrites(t, w.box.Requests(), 2, 37, 55, 10)

			w.box.ResetRequests()
			third := w.runJob(exitRejects)
			require.Zero(t, third.Interactions.New+third.Interactions.Changed+third.Comments.New+third.Comments.Changed)
			require.Zero(t, w.box.Requests().Total, "a run without changes asks nothing of Playvox")
			h.compare(w)
		})
	}
}

const (
	atFirst  = 1100 // tickets, read in two pages
	inserted = 140  // in a day: two batches of those that can be sent
)

// requireWrites holds what was written against what had to be, request by request.
func requireWrites(t *testing.T, made sandbox.Counters, bulk, updates, newComments, edits int) {
	t.Helper()
	const comments = "/api/v1/interactions/{interaction}/comments"
	require.Equal(t, bulk, made.Kinds[sandbox.Bulk])
	require.Equal(t, updates, made.Kinds[sandbox.Update])
	require.Equal(t, newComments, made.Routes["POST "+comments])
	require.Equal(t, edits, made.Routes["PUT "+comments+"/{comment}"])
	require.Equal(t, bulk+updates+newComments+edits, made.Writes())
	require.Equal(t, edits, made.Kinds[sandbox.Lookup], "a comment that went with a batch is looked for before it is edited")
}

// compare holds what arrived against what had to arrive.
func (h *helpdesk) compare(w *workbench) {
	t := h.t
	t.Helper()
	arrived := w.box.Snapshot().Interactions
	require.Len(t, arrived, len(h.want))
	for _, got := range arrived {
		want, ok := h.want[got.InteractionID]
		require.True(t, ok, "interaction %s was not to be sent", got.InteractionID)
		require.Equal(t, 1, got.Creates, got.InteractionID)
		fields := make(map[string]string)
		for name, raw := range got.Fields {
			fields[name] = string(raw)
		}
		for name, raw := range want.fields {
			if !sameJSON(raw, fields[name]) {
				t.Errorf("interaction %s, field %s: got %.200s, want %.200s", got.InteractionID, name, fields[name], raw)
			}
			delete(fields, name)
		}
		require.Empty(t, fields, "interaction %s has fields that it should not have", got.InteractionID)
		var comments []string
		for _, c := range got.Comments {
			comments = append(comments, fmt.Sprintf("%s|%s|%s|%s", c.Body, c.Type, c.AuthorID, c.AddedAt))
		}
		require.Equal(t, want.comments, comments, "comments of %s", got.InteractionID)
	}
	rejected := make(map[string]string)
	for _, reject := range w.rejects() {
		if reject.Stream == pipeline.StreamInteractions {
			rejected[reject.Key] = reject.Rule
			require.NotEmpty(t, reject.Column, reject.Key)
		}
	}
	for key, rule := range h.bad {
		require.Equal(t, rule, rejected[key], "reject of %s", key)
	}
	require.Len(t, rejected, len(h.bad))
}

// sameJSON compares numbers digit for digit and texts by what they say, however they are escaped.
func sameJSON(a, b string) bool {
	var x, y any
	for text, into := range map[*any]string{&x: a, &y: b} {
		decoder := json.NewDecoder(bytes.NewReader([]byte(into)))
		decoder.UseNumber()
		if decoder.Decode(text) != nil {
			return false
		}
	}
	return fmt.Sprintf("%#v", x) == fmt.Sprintf("%#v", y)
}

// workbench is a folder with a jobs.yaml, a server to send to, and the program.
type workbench struct {
	t   *testing.T
	dir string
	env map[string]string
	box *sandbox.Server
}

func newWorkbench(t *testing.T, yaml, dsn string, change ...func(*sandbox.Options)) *workbench {
	t.Helper()
	options := sandbox.Options{UID: "test-uid", APIKey: "test-key-0123456789", JobDuration: 5 * time.Millisecond}
	for _, c := range change {
		c(&options)
	}
	box, err := sandbox.New(options)
	require.NoError(t, err)
	server := httptest.NewServer(box)
	w := &workbench{t: t, dir: t.TempDir(), box: box, env: map[string]string{
		"PLAYVOX_BASE_URL": server.URL + "/api/v1", "PLAYVOX_UID": options.UID, "PLAYVOX_API_KEY": options.APIKey, "HELPDESK_DSN": dsn,
	}}
	w.env["PVETL_STATE"] = "sqlite:" + filepath.Join(w.dir, "state.db")
	t.Cleanup(func() {
		server.Close()
		_ = box.Close()
	})
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "jobs.yaml"), []byte(yaml), 0o600))
	return w
}

func (w *workbench) lookup(name string) (string, bool) {
	value, ok := w.env[name]
	return value, ok
}

// pvetl carries out one command in this process.
func (w *workbench) pvetl(args ...string) (code int, stdout, stderr string) {
	return w.pvetlContext(w.t.Context(), args...)
}

func (w *workbench) pvetlContext(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	args = append(args, "--config", filepath.Join(w.dir, "jobs.yaml"))
	code = Main(ctx, Process{Args: args, Stdout: &out, Stderr: &errs, LookupEnv: w.lookup})
	if secret := w.env["PLAYVOX_API_KEY"]; secret != "" {
		require.NotContains(w.t, out.String()+errs.String(), secret, "a secret in the output")
	}
	return code, out.String(), errs.String()
}

// mustRun carries out one command that has to end with a certain status, and returns what it wrote on stdout.
func (w *workbench) mustRun(want int, args ...string) string {
	w.t.Helper()
	code, stdout, stderr := w.pvetl(args...)
	require.Equal(w.t, want, code, "pvetl %v\n%s%s", args, stdout, stderr)
	return stdout
}

// runJob runs the one job there is and checks that its counts add up.
func (w *workbench) runJob(want int, args ...string) pipeline.Summary {
	w.t.Helper()
	var report struct {
		Command string             `json:"command"`
		Jobs    []pipeline.Summary `json:"jobs"`
	}
	stdout := w.mustRun(want, slices.Concat([]string{"run", "--json"}, args)...)
	require.NoError(w.t, json.Unmarshal([]byte(stdout), &report), stdout)
	require.Len(w.t, report.Jobs, 1)
	for _, c := range []pipeline.Counts{report.Jobs[0].Interactions, report.Jobs[0].Comments} {
		require.Equal(w.t, c.Read, c.New+c.Changed+c.Unchanged+c.Rejected+c.Unknown+c.Waiting, "the counts add up: %+v", c)
	}
	return report.Jobs[0]
}

func (w *workbench) rejects() []rejectObject {
	w.t.Helper()
	var report struct {
		Rejects []rejectObject `json:"rejects"`
	}
	require.NoError(w.t, json.Unmarshal([]byte(w.mustRun(exitDone, "rejects", "--json")), &report))
	return report.Rejects
}
