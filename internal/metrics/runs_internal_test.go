package metrics

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"pvetl/internal/scheduler"
)

// Of two scrapes at once the one that saw less cannot count after the other: what runs show is asked for under the lock.
func TestOneScrapeLooksAtATime(t *testing.T) {
	t.Parallel()
	var r *runs
	looked := false
	r = newRuns(func() scheduler.Snapshot {
		looked = true
		require.False(t, r.mu.TryLock())
		return scheduler.Snapshot{}
	})
	r.Collect(make(chan prometheus.Metric, 1000))
	require.True(t, looked)
}
