package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
)

// A run counts once, and one whose end is told late changes nothing that a newer one has changed.
func TestARunThatIsToldTwiceOrLateIsHeardOnce(t *testing.T) {
	inBubble(t, 1, func(t *testing.T, w *world) {
		fault := "gone"
		tell := func(id, status string, ago time.Duration) {
			end := time.Now().Add(-ago)
			w.notifiers[0].Ended(t.Context(), config.Job{Name: "tickets"}, pipeline.Summary{
				Job: "tickets", RunID: id, Status: status, StartedAt: end, FinishedAt: &end, Error: &fault,
			})
		}
		tell("2", pipeline.Failed, time.Hour)
		tell("2", pipeline.Failed, time.Hour)
		tell("3", pipeline.Succeeded, time.Minute)
		tell("1", pipeline.Failed, 2*time.Hour)
		arrived := w.deliver()
		require.Equal(t, []string{"failed", "recovered"}, kinds(arrived))
		require.Contains(t, arrived[1].Summary, "(1 run)")
	})
}

// Of several processes one may have read jobs.yaml before it was broken, and still sees the good one.
func TestWhoHasNotSeenABrokenEditDoesNotCallItMended(t *testing.T) {
	inBubble(t, 1, func(t *testing.T, w *world) {
		before := w.reading
		pass(time.Minute)
		w.happen(w.notifiers[0], "break")
		broken := w.reading
		look := func(reading config.Reading) []string {
			w.reading = reading
			w.happen(w.notifiers[0], "look")
			return kinds(w.deliver())
		}
		require.Equal(t, []string{"config_broken"}, look(before))
		require.Empty(t, look(broken))
		pass(time.Minute)
		w.happen(w.notifiers[0], "mend")
		require.Equal(t, []string{"config_mended"}, look(w.reading))
		require.Empty(t, look(broken), "another has not read it yet")
	})
}
