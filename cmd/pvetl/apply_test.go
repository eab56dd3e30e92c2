package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

// atTerminal carries out a command where somebody sits who types.
func (w *workbench) atTerminal(ctx context.Context, typed io.Reader, watch func(said string), args ...string) (code int, stdout, stderr string) {
	w.t.Helper()
	var out bytes.Buffer
	errs := &watched{see: watch}
	args = append(args, "--config", filepath.Join(w.dir, "jobs.yaml"))
	code = Main(ctx, Process{Args: args, Stdin: typed, Stdout: &out, Stderr: errs, LookupEnv: w.lookup, Asks: true})
	return code, out.String(), errs.String()
}

// watched calls see after each write, with all that was written.
type watched struct {
	bytes.Buffer
	see func(string)
}

func (b *watched) Write(text []byte) (int, error) {
	n, err := b.Buffer.Write(text)
	if b.see != nil {
		b.see(b.String())
	}
	return n, err
}

func TestApplyCreatesOnceAndIsSafeToRepeat(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	require.Equal(t, `+ integration Small Helpdesk (data_storage_minutes: 129600)
+ metadata moved_date (datetime; required)
+ metadata status (string; allowed: open, solved)

3 created, 0 unchanged
`, w.mustRun(exitDone, "apply"))
	w.box.ResetRequests()
	require.Equal(t, "  integration Small Helpdesk\n  2 unchanged\n\nPlayvox is as jobs.yaml says: nothing to apply\n", w.mustRun(exitDone, "apply"))
	require.Zero(t, w.schemaWrites())
	require.Equal(t, 1, w.box.Requests().Total)
}

func TestApplyUpdatesAndDeletesOnlyWhatItIsAskedTo(t *testing.T) {
	t.Parallel()
	w := newPlanned(t)
	out := w.mustRun(exitDone, "apply")
	require.True(t, strings.HasPrefix(out, plannedChanges), out)
	require.Contains(t, out, "\n1 created, 2 updated, 3 unchanged\n")
	require.Equal(t, 3, w.schemaWrites())
	require.Len(t, w.box.Snapshot().Integrations[0].Metadata, 5, "what jobs.yaml does not name is left alone")
	require.Equal(t, "by hand", w.box.Snapshot().Integrations[0].Description)

	require.Contains(t, w.mustRun(exitDone, "apply", "--prune"), "\n1 deleted, 5 unchanged\n")
	require.Equal(t, 4, w.schemaWrites())
	require.Len(t, w.box.Snapshot().Integrations[0].Metadata, 4)
	w.mustRun(exitDone, "apply", "--prune")
	require.Equal(t, 4, w.schemaWrites())
}

func TestApplyAsksOnATerminal(t *testing.T) {
	t.Parallel()
	for typed, yes := range map[string]bool{
		"y\n": true, "YES\r\n": true, " y \n": true, "y": true,
		"n\n": false, "\n": false, "": false, "yes please\n": false,
	} {
		t.Run(typed, func(t *testing.T) {
			t.Parallel()
			w := newPlanned(t)
			code, stdout, stderr := w.atTerminal(t.Context(), strings.NewReader(typed), nil, "apply")
			require.True(t, strings.HasPrefix(stdout, plannedChanges), "first it shows what is asked for")
			require.True(t, strings.HasPrefix(stderr, "\nApply these 3 changes? [y/N] "), stderr)
			if yes {
				require.Equal(t, exitDone, code, stderr)
				require.Equal(t, 3, w.schemaWrites())
				return
			}
			require.Equal(t, exitFailed, code)
			require.True(t, strings.HasSuffix(stderr, "pvetl: nothing was changed\n"), stderr)
			require.Zero(t, w.schemaWrites())
		})
	}
}

func TestApplyDoesNotAskWhereThereIsNothingToAsk(t *testing.T) {
	t.Parallel()
	never := func(said string) { require.NotContains(t, said, "?") }
	w := newPlanned(t)
	code, _, stderr := w.atTerminal(t.Context(), nil, never, "apply", "--yes")
	require.Equal(t, exitDone, code, stderr)
	code, stdout, stderr := w.atTerminal(t.Context(), nil, never, "apply")
	require.Equal(t, exitDone, code, stderr)
	require.Contains(t, stdout, "nothing to apply")
	code, _, stderr = w.atTerminal(t.Context(), nil, never, "plan")
	require.Equal(t, exitDone, code, stderr)
}

func TestApplyInJSONAsksBesideTheObject(t *testing.T) {
	t.Parallel()
	w := newPlanned(t)
	code, stdout, stderr := w.atTerminal(t.Context(), strings.NewReader("y\n"), nil, "apply", "--json")
	require.Equal(t, exitDone, code, stderr)
	require.True(t, strings.HasPrefix(stderr, plannedChanges), stderr)
	require.True(t, json.Valid([]byte(stdout)), stdout)

	code, stdout, _ = newPlanned(t).atTerminal(t.Context(), strings.NewReader("n\n"), nil, "apply", "--json")
	require.Equal(t, exitFailed, code)
	require.JSONEq(t, `{"command": "apply", "ok": false, "error": {"message": "nothing was changed", "hint": ""}}`, stdout)
}

func TestCtrlCAtTheQuestionChangesNothing(t *testing.T) {
	t.Parallel()
	w := newPlanned(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	silent, hangUp := io.Pipe()
	defer hangUp.Close()
	code, _, stderr := w.atTerminal(ctx, silent, func(said string) {
		if strings.HasSuffix(said, "[y/N] ") {
			cancel(stoppedError{syscall.SIGINT})
		}
	}, "apply")
	require.Equal(t, 128+int(syscall.SIGINT), code)
	require.True(t, strings.HasSuffix(stderr, "[y/N] \npvetl: nothing was changed: stopped by Ctrl-C\n"), stderr)
	require.Zero(t, w.schemaWrites())
}

// refusesStatus has the updates of one field refused.
func refusesStatus(o *sandbox.Options) {
	o.Intercept = func(r *http.Request, _ int) (reaction sandbox.Reaction) {
		body, _ := io.ReadAll(r.Body)
		if r.Method == http.MethodPut && bytes.Contains(body, []byte("allowed")) {
			reaction.Status, reaction.Body = http.StatusUnprocessableEntity, `{"success": false, "error": "pending is in use"}`
		}
		return reaction
	}
}

func TestApplyThatFailsOnTheWayTellsWhatItDid(t *testing.T) {
	t.Parallel()
	const why = `integration "Small Helpdesk": metadata field status: PUT integrations/`
	const hint = "pvetl apply looks at what is there and goes on with the rest"
	w := newPlanned(t, refusesStatus)
	code, stdout, stderr := w.pvetl("apply")
	require.Equal(t, exitFailed, code)
	require.True(t, strings.HasSuffix(stdout, "\n1 created, 1 updated, 1 unchanged, then it stopped\n+ metadata csat\n~ metadata moved_date\n"), stdout)
	require.Contains(t, stderr, why)
	require.Contains(t, stderr, "status 422: pending is in use\n  "+hint)

	_, stdout, stderr = w.pvetl("apply")
	require.NotContains(t, stdout, "stopped", "the second time nothing was done before it failed")
	require.Contains(t, stderr, "pending is in use")

	w = newPlanned(t, refusesStatus)
	var report struct {
		Command string
		OK      *bool
		Applied *bool
		Changes []struct{ Action, Name string }
		Error   struct{ Message, Hint string }
	}
	require.NoError(t, json.Unmarshal([]byte(w.mustRun(exitFailed, "apply", "--json")), &report))
	require.Equal(t, "apply", report.Command)
	require.False(t, *report.OK)
	require.False(t, *report.Applied)
	require.Len(t, report.Changes, 3)
	require.Equal(t, "moved_date", report.Changes[2].Name)
	require.Contains(t, report.Error.Message, why)
	require.Equal(t, hint, report.Error.Hint)
}

func TestTwoIntegrationsAreOnePlanAndOneQuestion(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	w.edit("jobs:\n", "  chats:\n    name: Chats\n    description: Live chats\n    metadata: {ended_date: {type: datetime}}\njobs:\n")
	code, stdout, stderr := w.atTerminal(t.Context(), strings.NewReader("y\n"), nil, "apply")
	require.Equal(t, exitDone, code, stderr)
	require.Contains(t, stderr, "Apply these 5 changes?")
	require.Contains(t, stdout, "\n\n+ integration Chats (description: Live chats; data_storage_minutes: 129600)\n+ metadata ended_date (datetime)\n\n5 created, 0 unchanged\n")
	require.Len(t, w.box.Snapshot().Integrations, 2)
}
