package main

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

func TestAStoppedRunExitsAsTheSignalSaysAndTheNextOneFinishesItsWork(t *testing.T) {
	t.Parallel()
	for signal, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			w, _ := newSmall(t, func(o *sandbox.Options) { o.Duplicates, o.JobDuration = sandbox.KeepDuplicates, time.Second })
			w.mustRun(exitDone, "apply")
			ctx, stop := context.WithCancelCause(t.Context())
			go func() { // once the server works on the batch
				for w.box.Requests().Kinds[sandbox.Poll] == 0 && t.Context().Err() == nil {
					<-time.NewTimer(5 * time.Millisecond).C
				}
				stop(stoppedError{signal})
			}()
			code, stdout, _ := w.pvetlContext(ctx, "run", "tickets")
			require.Equal(t, want, code)
			require.Contains(t, stdout, "stopped by "+signalName(signal))
			require.EqualValues(t, 4, w.runJob(exitRejects).Interactions.Unchanged, "the batch was finished, not sent again")
			for _, interaction := range w.box.Snapshot().Interactions {
				require.Equal(t, 1, interaction.Creates, interaction.InteractionID)
			}
			require.Len(t, w.box.Snapshot().Interactions, 4)
		})
	}
}
