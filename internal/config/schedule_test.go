package config_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
)

func TestTheNextRunOfAJobIsInItsZone(t *testing.T) {
	t.Parallel()
	job := config.Job{Schedule: "30 2 * * *", Timezone: "Europe/Rome"}
	next, ok := job.NextRun(time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC))
	require.True(t, ok)
	require.Equal(t, "2026-03-29T03:00:00+02:00", next.Format(time.RFC3339), "the end of the gap")
}

func TestAJobThatHasNoNextRun(t *testing.T) {
	t.Parallel()
	for name, job := range map[string]config.Job{
		"no schedule":      {Timezone: "UTC"},
		"a broken one":     {Schedule: "TZ=", Timezone: "UTC"},
		"an unknown zone":  {Schedule: "@daily", Timezone: "Mars/Base"},
		"a day that isn't": {Schedule: "0 0 30 2 *", Timezone: "UTC"},
	} {
		_, ok := job.NextRun(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		require.False(t, ok, name)
	}
}
