package pipeline_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/load"
	"pvetl/state"
)

// mortalState is a state until its process dies.
type mortalState struct {
	pipeline.State
	*mortal
}

// mortalPlayvox is Playvox as a process reaches it until it dies.
type mortalPlayvox struct {
	pipeline.Playvox
	*mortal
}

// errDead is what everything returns once the process has died.
var errDead = errors.New("the process is dead")

// mortal dies at one of its calls, before or after the call has its effect: from then on nothing has any.
type mortal struct {
	mu    sync.Mutex
	left  int  // calls to live
	after bool // whether the last one still has its effect
	dead  bool
}

func live[T any](m *mortal, call func() (T, error)) (T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var none T
	if m.dead {
		return none, errDead
	}
	m.left--
	if m.left > 0 {
		return call()
	}
	m.dead = true
	if m.after {
		_, _ = call()
	}
	return none, errDead
}

func do(m *mortal, call func() error) error {
	_, err := live(m, func() (struct{}, error) { return struct{}{}, call() })
	return err
}

func (m mortalState) Settle(ctx context.Context, s state.Settlement) error {
	return do(m.mortal, func() error { return m.State.Settle(ctx, s) })
}

func (m mortalState) SaveBatch(ctx context.Context, b state.Batch) error {
	return do(m.mortal, func() error { return m.State.SaveBatch(ctx, b) })
}

func (m mortalState) MoveBatch(ctx context.Context, b state.Batch) error {
	return do(m.mortal, func() error { return m.State.MoveBatch(ctx, b) })
}

func (m mortalState) StartRun(ctx context.Context, r state.Run) error {
	return do(m.mortal, func() error { return m.State.StartRun(ctx, r) })
}

func (m mortalState) FinishRun(ctx context.Context, r state.Run) error {
	return do(m.mortal, func() error { return m.State.FinishRun(ctx, r) })
}

func (m mortalPlayvox) SubmitBulk(ctx context.Context, id string, batch []byte) (string, error) {
	return live(m.mortal, func() (string, error) { return m.Playvox.SubmitBulk(ctx, id, batch) })
}

func (m mortalPlayvox) UpdateInteraction(ctx context.Context, id, remote string, fields []load.Field) error {
	return do(m.mortal, func() error { return m.Playvox.UpdateInteraction(ctx, id, remote, fields) })
}

func (m mortalPlayvox) Await(ctx context.Context, job string, pace *load.Pace) (load.JobStatus, time.Duration, error) {
	m.mu.Lock()
	dead := m.dead
	m.mu.Unlock()
	if dead {
		return load.JobStatus{}, 0, errDead
	}
	return m.Playvox.Await(ctx, job, pace)
}

func (m mortalPlayvox) Find(ctx context.Context, id string, ids []string, since time.Time) (map[string][]load.RemoteInteraction, error) {
	return live(m.mortal, func() (map[string][]load.RemoteInteraction, error) { return m.Playvox.Find(ctx, id, ids, since) })
}

func (m mortalPlayvox) Comments(ctx context.Context, id string) ([]load.RemoteComment, error) {
	return live(m.mortal, func() ([]load.RemoteComment, error) { return m.Playvox.Comments(ctx, id) })
}

func (m mortalPlayvox) CreateComment(ctx context.Context, id string, comment load.Comment) (string, error) {
	return live(m.mortal, func() (string, error) { return m.Playvox.CreateComment(ctx, id, comment) })
}

func (m mortalPlayvox) UpdateComment(ctx context.Context, id, commentID string, comment load.Comment) error {
	return do(m.mortal, func() error { return m.Playvox.UpdateComment(ctx, id, commentID, comment) })
}

func (m mortalPlayvox) DeleteComment(ctx context.Context, id, commentID string) error {
	return do(m.mortal, func() error { return m.Playvox.DeleteComment(ctx, id, commentID) })
}

func (m mortalState) SaveJob(ctx context.Context, record state.JobRecord) error {
	return do(m.mortal, func() error { return m.State.SaveJob(ctx, record) })
}

func (m mortalPlayvox) FindIntegration(ctx context.Context, name string) (load.RemoteIntegration, error) {
	return live(m.mortal, func() (load.RemoteIntegration, error) { return m.Playvox.FindIntegration(ctx, name) })
}

// A process may die before or after any of its effects, on the first run and on the one that finishes its work while the
// source changes: in the end Playvox holds what the source says, each row once, though the server keeps every duplicate it
// is sent.
func TestADeathAtAnyPointLosesNothingAndSendsNothingTwice(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		how   edit
		after bool // whether the call at which it dies first has its effect
	}{
		"comments by a cursor, before an effect":     {byCursor, false},
		"comments without a cursor, after an effect": {withoutCursor, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for dieAt := 1; ; dieAt++ {
				w := newWorld(t, 11, sandbox.Options{Duplicates: sandbox.KeepDuplicates}, tt.how)
				w.quicken()
				_, died := w.run(dieAt, tt.after)
				w.change(tt.how)
				_, diedAgain := w.run(dieAt/2+1, !tt.after)
				w.converge()
				w.checkChanged(dieAt)
				w.box.ResetRequests()
				w.mustRun()
				require.Zero(t, w.box.Requests().Total, "death at call %d", dieAt)
				if !died && !diedAgain {
					require.Greater(t, dieAt, 20, "the deaths reach through the whole run")
					return
				}
			}
		})
	}
}

// change makes a ticket solved, a remark new, one edited and one a note.
func (w *world) change(how edit) {
	w.t.Helper()
	w.exec("UPDATE tickets SET status = 3 - status, updated_at = '2026-01-02 10:00:00' WHERE id = 2")
	w.message(101, 3, "a second remark", "2026-01-02 10:00:00")
	w.message(5, 5, "corrected", "2026-01-02 10:00:00")
	w.exec("UPDATE messages SET kind = 'internal_note', updated_at = '2026-01-02 10:00:00' WHERE id = 6")
	w.touch(how, 3, 5, 6)
}

func (w *world) checkChanged(dieAt int) {
	t := w.t
	t.Helper()
	held := w.box.Snapshot().Interactions
	require.Len(t, held, 11, "death at call %d", dieAt)
	for _, interaction := range held {
		require.Equal(t, 1, interaction.Creates, "death at call %d: %s", dieAt, interaction.InteractionID)
		switch interaction.InteractionID {
		case "2":
			require.Equal(t, `"solved"`, string(interaction.Fields["status"]), "death at call %d", dieAt)
		case "3":
			require.Equal(t, []string{"hello 3", "a second remark"}, w.bodies(3), "death at call %d", dieAt)
		case "5":
			require.Equal(t, []string{"corrected"}, w.bodies(5), "death at call %d", dieAt)
		case "6":
			require.Len(t, interaction.Comments, 1, "death at call %d", dieAt)
			require.Equal(t, "internal_note", interaction.Comments[0].Type, "death at call %d", dieAt)
		default:
			require.Len(t, interaction.Comments, 1, "death at call %d: %s", dieAt, interaction.InteractionID)
		}
	}
}
