package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/load"
	"pvetl/state"
)

// errDead is what everything returns once the process has died.
var errDead = errors.New("the process is dead")

// mortal dies at one of its calls, before or after the call has its effect: from then on nothing has any.
type mortal struct {
	pipeline.State
	pipeline.Playvox
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

func (m *mortal) Settle(ctx context.Context, s state.Settlement) error {
	return do(m, func() error { return m.State.Settle(ctx, s) })
}

func (m *mortal) SaveBatch(ctx context.Context, b state.Batch) error {
	return do(m, func() error { return m.State.SaveBatch(ctx, b) })
}

func (m *mortal) StartRun(ctx context.Context, r state.Run) error {
	return do(m, func() error { return m.State.StartRun(ctx, r) })
}

func (m *mortal) FinishRun(ctx context.Context, r state.Run) error {
	return do(m, func() error { return m.State.FinishRun(ctx, r) })
}

func (m *mortal) SubmitBulk(ctx context.Context, id string, batch []byte) (string, error) {
	return live(m, func() (string, error) { return m.Playvox.SubmitBulk(ctx, id, batch) })
}

func (m *mortal) UpdateInteraction(ctx context.Context, id, remote string, fields []load.Field) error {
	return do(m, func() error { return m.Playvox.UpdateInteraction(ctx, id, remote, fields) })
}

func (m *mortal) Await(ctx context.Context, job string, pace *load.Pace) (load.JobStatus, time.Duration, error) {
	m.mu.Lock()
	dead := m.dead
	m.mu.Unlock()
	if dead {
		return load.JobStatus{}, 0, errDead
	}
	return m.Playvox.Await(ctx, job, pace)
}

func (m *mortal) Lookup(ctx context.Context, id string, ids []string, since time.Time) (map[string][]string, error) {
	return live(m, func() (map[string][]string, error) { return m.Playvox.Lookup(ctx, id, ids, since) })
}

func (m *mortal) FindIntegration(ctx context.Context, name string) (load.RemoteIntegration, error) {
	return live(m, func() (load.RemoteIntegration, error) { return m.Playvox.FindIntegration(ctx, name) })
}

// A process may die before or after any of its effects, on the first run and on the one that finishes its work: the
// source's rows are all in Playvox in the end, each once, though the server keeps every duplicate it is sent.
func TestADeathAtAnyPointLosesNothingAndSendsNothingTwice(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("after its effect %v", after), func(t *testing.T) {
			t.Parallel()
			for dieAt := 1; ; dieAt++ {
				w := newWorld(t, 11, sandbox.Options{Duplicates: sandbox.KeepDuplicates})
				_, died := w.run(dieAt, after)
				if !died {
					require.Greater(t, dieAt, 20, "the deaths reach through the whole run")
					return
				}
				w.exec("UPDATE tickets SET status = 3 - status, updated_at = '2026-01-02 10:00:00' WHERE id = 2")
				w.run(dieAt/2+1, !after)
				last, _ := w.run(0, false)
				require.Equal(t, pipeline.Succeeded, last.Status, "death at call %d: %+v", dieAt, last)
				w.check(dieAt)
				again, _ := w.run(0, false)
				require.Zero(t, again.Interactions.New+again.Interactions.Changed+again.Interactions.Unknown, "death at call %d", dieAt)
			}
		})
	}
}

func (w *world) check(dieAt int) {
	t := w.t
	t.Helper()
	held := w.box.Snapshot().Interactions
	require.Len(t, held, 11, "death at call %d", dieAt)
	for _, interaction := range held {
		require.Equal(t, 1, interaction.Creates, "death at call %d: %s", dieAt, interaction.InteractionID)
		require.Len(t, interaction.Comments, 1, "death at call %d: %s", dieAt, interaction.InteractionID)
		if interaction.InteractionID == "2" {
			require.Equal(t, `"solved"`, string(interaction.Fields["status"]), "death at call %d", dieAt)
		}
	}
}
