package state_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

func schedules(t *testing.T, store *state.Store) []state.Schedule {
	t.Helper()
	found, err := store.Schedules(t.Context())
	require.NoError(t, err)
	return found
}

func TestAScheduleIsKeptAsItIs(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		rome := time.FixedZone("Rome", 3600)
		want := state.Schedule{
			Job: "tickets", Spec: "15 2 * * * ñ 🙂", NextDue: at(t, "02:15:00.123"), Due: at(t, "01:15:00.000"), Doing: "run", Wanted: "retry",
			Paused: at(t, "00:00:00.001"), Tries: 2, Skips: 3, SkipRun: "r1",
		}
		made, err := store.ChangeSchedule(t.Context(), "tickets", func(s *state.Schedule) bool {
			require.Equal(t, state.Schedule{Job: "tickets"}, *s, "there was none")
			*s = want
			s.Job, s.NextDue, s.Due, s.Paused = "another's", want.NextDue.Add(456*time.Microsecond).In(rome), want.Due.In(rome), want.Paused.In(rome)
			return true
		})
		require.NoError(t, err)
		require.Equal(t, want, made)
		_, err = store.ChangeSchedule(t.Context(), "chats", func(s *state.Schedule) bool { s.Skips = 1; return true })
		require.NoError(t, err)
		require.Equal(t, []state.Schedule{{Job: "chats", Skips: 1}, want}, schedules(t, d.openReadOnly(t)))

		made, err = store.ChangeSchedule(t.Context(), "tickets", func(s *state.Schedule) bool {
			require.Equal(t, want, *s)
			*s = state.Schedule{Spec: "@daily"}
			return true
		})
		require.NoError(t, err)
		require.Equal(t, state.Schedule{Job: "tickets", Spec: "@daily"}, made)
		require.Equal(t, made, schedules(t, store)[1])
	})
}

func TestAChangeThatIsNotWantedLeavesNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		look := func(s *state.Schedule) bool { s.Skips = 9; return false }
		found, err := store.ChangeSchedule(t.Context(), "tickets", look)
		require.NoError(t, err)
		require.Equal(t, state.Schedule{Job: "tickets"}, found)
		require.Empty(t, schedules(t, store))

		_, err = store.ChangeSchedule(t.Context(), "tickets", func(s *state.Schedule) bool { s.Skips = 1; return true })
		require.NoError(t, err)
		found, err = store.ChangeSchedule(t.Context(), "tickets", look)
		require.NoError(t, err)
		require.Equal(t, state.Schedule{Job: "tickets", Skips: 1}, found)
		require.Equal(t, []state.Schedule{found}, schedules(t, store))
	})
}

// together does something at once from many places in two processes, as far as a store is one.
func together(t *testing.T, d database, do func(ctx context.Context, store *state.Store) error) (workers int) {
	t.Helper()
	var all sync.WaitGroup
	for _, store := range []*state.Store{d.open(t), d.open(t)} {
		for range 4 {
			workers++
			all.Go(func() {
				if err := do(t.Context(), store); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	return workers
}

func TestNoChangeOfAScheduleIsLost(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		const each = 5
		workers := together(t, d, func(ctx context.Context, store *state.Store) error {
			for range each {
				if _, err := store.ChangeSchedule(ctx, "tickets", func(s *state.Schedule) bool { s.Skips++; return true }); err != nil {
					return err
				}
			}
			return nil
		})
		require.Equal(t, workers*each, schedules(t, d.open(t))[0].Skips)
	})
}
