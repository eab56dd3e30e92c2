package pipeline_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/state"
)

func TestAStatusSaysWhenTheJobRunsNext(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	at := func(hour, minute int) *time.Time {
		moment := time.Date(2026, 11, 23, hour, minute, 0, 0, time.UTC)
		return &moment
	}
	for name, tt := range map[string]struct {
		schedule string
		kept     *state.Schedule
		next     *time.Time
		paused   *time.Time
	}{
		"as the schedule says where nobody serves": {schedule: "15 2 * * *", next: at(2, 15)},
		"as it is kept by whoever serves":          {schedule: "@every 1h", kept: &state.Schedule{NextDue: *at(1, 20)}, next: at(1, 20)},
		"not as it was kept long ago":              {schedule: "15 2 * * *", kept: &state.Schedule{NextDue: *at(0, 15)}, next: at(2, 15)},
		"not while it is paused":                   {schedule: "15 2 * * *", kept: &state.Schedule{NextDue: *at(2, 15), Paused: *at(0, 30)}, paused: at(0, 30)},
		"by hand":                                  {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := openState(t)
			if tt.kept != nil {
				_, err := store.ChangeSchedule(t.Context(), "tickets", func(row *state.Schedule) bool {
					row.NextDue, row.Paused = tt.kept.NextDue, tt.kept.Paused
					return true
				})
				require.NoError(t, err)
			}
			status, err := pipeline.Status(t.Context(), config.Config{}, config.Job{Name: "tickets", Schedule: tt.schedule, Timezone: "UTC"}, store, now)
			require.NoError(t, err)
			require.Equal(t, tt.next, status.NextRun)
			require.Equal(t, tt.paused, status.PausedSince)
		})
	}
}

func TestASkippedRunIsNotTheLastOne(t *testing.T) {
	t.Parallel()
	store, now := openState(t), time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	require.NoError(t, store.FinishRun(t.Context(), state.Run{
		ID: "good", Job: "tickets", Command: "run", Status: pipeline.Succeeded, StartedAt: now, FinishedAt: now.Add(time.Minute), Summary: []byte(`{"run_id":"good"}`),
	}))
	_, err := pipeline.RecordSkip(t.Context(), store, "", "tickets", now.Add(time.Hour), state.HeldBy{Owner: "host pid 7", Since: now}, 1)
	require.NoError(t, err)
	status, err := pipeline.Status(t.Context(), config.Config{}, config.Job{Name: "tickets"}, store, now)
	require.NoError(t, err)
	require.JSONEq(t, `{"run_id":"good"}`, string(status.LastRun))
}
