package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/state"
)

// errFull is what a state says whose disk is full.
var errFull = &state.Error{State: "/data/pvetl.db", Cure: "the state store is full: free space on its disk", Err: errors.New("database or disk is full")}

// failingState is a state whose writes fail from one on.
type failingState struct {
	pipeline.State
	*failures
}

// failures counts writes.
type failures struct {
	mu     sync.Mutex
	good   int  // writes until the first that fails
	once   bool // whether the next one succeeds again
	failed int
}

func (f *failures) write(do func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.good--; f.good >= 0 || f.once && f.good < -1 {
		return do()
	}
	f.failed++
	return errFull
}

func (s failingState) Settle(ctx context.Context, settled state.Settlement) error {
	return s.write(func() error { return s.State.Settle(ctx, settled) })
}

func (s failingState) MoveBatch(ctx context.Context, batch state.Batch) error {
	return s.write(func() error { return s.State.MoveBatch(ctx, batch) })
}

func (s failingState) SaveBatch(ctx context.Context, batch state.Batch) error {
	return s.write(func() error { return s.State.SaveBatch(ctx, batch) })
}

func (s failingState) SaveFile(ctx context.Context, hash, url string) error {
	return s.write(func() error { return s.State.SaveFile(ctx, hash, url) })
}

func (s failingState) StartRun(ctx context.Context, run state.Run) error {
	return s.write(func() error { return s.State.StartRun(ctx, run) })
}

func (s failingState) FinishRun(ctx context.Context, run state.Run) error {
	return s.write(func() error { return s.State.FinishRun(ctx, run) })
}

func (s failingState) SaveJob(ctx context.Context, record state.JobRecord) error {
	return s.write(func() error { return s.State.SaveJob(ctx, record) })
}

// A state may fail at any of its writes, that one alone or all from then on, and answers may be lost meanwhile. The run
// stops, says so, and sends nothing that is not recorded. With a state that works again nothing is lost and nothing is there
// twice.
func TestAStateThatFailsAtAnyWriteLosesNothingAndSendsNothingTwice(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		once, lossy bool
	}{{false, false}, {true, false}, {true, true}} {
		t.Run(fmt.Sprintf("one write alone: %t, answers are lost: %t", tt.once, tt.lossy), func(t *testing.T) {
			t.Parallel()
			for good := 0; ; good++ {
				w, bad := newTroubledWorld(t, 5, keepAll, byCursor, withFiles("content: content"))
				w.exec("INSERT INTO files VALUES (1, 1, 'a.txt', 'some bytes')")
				if tt.lossy {
					bad.begin(everyThird(dropAfter)())
				}
				first := w.failAt(good, tt.once)
				w.changeALittle()
				second := w.failAt(good/2, tt.once)
				bad.begin(nil)
				w.converge()
				tickets, comments := w.creates()
				require.Equal(t, map[string]int{"1": 1, "2": 1, "3": 1, "4": 1, "5": 1}, tickets, "write %d", good)
				require.Equal(t, 1, comments["one more"], "write %d", good)
				w.requireDelivered()
				if first == 0 && second == 0 {
					require.Greater(t, good, 12, "the failures reach through the whole run")
					return
				}
			}
		})
	}
}

// failAt is a run whose state fails behind so many writes; it returns how many failed.
func (w *world) failAt(good int, once bool) int {
	w.t.Helper()
	see := w.seenState
	defer func() { w.seenState = see }()
	f := &failures{good: good, once: once}
	w.seenState = func(s pipeline.State) pipeline.State { return failingState{see(s), f} }
	summary, err := w.try()
	requireSane(w.t, summary, err)
	if f.failed > 0 {
		require.ErrorContains(w.t, err, "the state store is full", "write %d", good)
	}
	return f.failed
}

// changeALittle changes something of each kind.
func (w *world) changeALittle() {
	w.t.Helper()
	w.exec("UPDATE tickets SET status = 3 - status, updated_at = '2026-01-02 10:00:00' WHERE id = 2")
	w.message(101, 3, "one more", "2026-01-02 10:00:00")
	w.message(4, 4, "corrected", "2026-01-02 10:00:00")
	w.exec("UPDATE messages SET kind = 'internal_note', updated_at = '2026-01-02 10:00:00' WHERE id = 5")
}
