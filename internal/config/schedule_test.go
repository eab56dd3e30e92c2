package config_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pvetl/internal/config"
)

func TestNextRun(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		schedule, zone, after string
		next                  []string
	}{
		"five fields, in the job's zone": {
			"15 2 * * *", "America/Bogota", "2026-11-20T00:00:00Z",
			[]string{"2026-11-20T07:15:00Z", "2026-11-21T07:15:00Z"},
		},
		"strictly after": {"15 2 * * *", "UTC", "2026-11-20T02:15:00Z", []string{"2026-11-21T02:15:00Z"}},
		"a descriptor":   {"@daily", "Europe/Rome", "2026-11-20T00:00:00Z", []string{"2026-11-20T23:00:00Z"}},
		"an interval":    {"@every 15m", "UTC", "2026-11-20T00:07:00Z", []string{"2026-11-20T00:22:00Z"}},
		"the 13th or a Friday": {
			"0 0 13 * 5", "UTC", "2026-11-06T00:00:00Z",
			[]string{"2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z"},
		},
		"a time that is skipped runs when the clocks have been put forward": {
			"30 2 * * *", "Europe/Rome", "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"},
		},
		"several that are skipped run once": {
			"*/20 2 * * *", "Europe/Rome", "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"},
		},
		"a time that comes twice runs once": {
			"30 2 * * *", "Europe/Rome", "2026-10-24T12:00:00Z",
			[]string{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		},
		"a time that comes twice has run when it comes again": {
			"30 2 * * *", "Europe/Rome", "2026-10-25T01:10:00Z", []string{"2026-10-26T01:30:00Z"},
		},
		"every half hour goes on when the clocks are put back": {
			"*/30 * * * *", "Europe/Rome", "2026-10-25T00:10:00Z",
			[]string{"2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"},
		},
		"every hour goes on when they are put forward": {
			"@hourly", "Europe/Rome", "2026-03-29T00:00:00Z",
			[]string{"2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"},
		},
		"a midnight that is skipped": {
			"0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z",
			[]string{"2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"},
		},
		"a whole day that is skipped": {
			"0 9 * * *", "Pacific/Apia", "2011-12-29T12:00:00Z",
			[]string{"2011-12-29T19:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T19:00:00Z"},
		},
		"a leap day": {"0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", []string{"2028-02-29T00:00:00Z"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			after, err := time.Parse(time.RFC3339, test.after)
			require.NoError(t, err)
			job := config.Job{Schedule: test.schedule, Timezone: test.zone}
			for _, expected := range test.next {
				next, ok := job.NextRun(after)
				require.True(t, ok)
				require.Equal(t, expected, next.UTC().Format(time.RFC3339))
				after = next
			}
		})
	}
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

func TestADailyJobRunsOnEveryDayOnce(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Europe/Rome", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu"} {
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		for _, schedule := range []string{"0 0 * * *", "30 0 * * *", "30 1 * * *", "45 1 * * *", "15 2 * * *", "0 3 * * *", "59 23 * * *"} {
			job := config.Job{Schedule: schedule, Timezone: name}
			last := time.Date(2018, 1, 1, 23, 59, 0, 0, zone)
			for range 3 * 365 {
				next, ok := job.NextRun(last)
				require.True(t, ok)
				year, month, day := last.Date()
				require.Equal(t, time.Date(year, month, day+1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), next.Format(time.DateOnly),
					"%s in %s after %s", schedule, name, last)
				last = next
			}
		}
	}
}

func TestTheNextRunLiesAheadAndNothingBeforeIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		job := config.Job{
			Schedule: rapid.SampledFrom([]string{"*/7 * * * *", "30 */2 * * *", "15 1-3 * * *", "0 2 * * 0", "@hourly"}).Draw(t, "schedule"),
			Timezone: rapid.SampledFrom([]string{"Europe/Rome", "Australia/Lord_Howe", "America/Sao_Paulo"}).Draw(t, "zone"),
		}
		after := time.Unix(rapid.Int64Range(1_400_000_000, 1_800_000_000).Draw(t, "after"), 0)
		next, ok := job.NextRun(after)
		require.True(t, ok)
		require.True(t, next.After(after))
		between := after.Add(time.Duration(rapid.Int64Range(0, int64(next.Sub(after))-1).Draw(t, "between")))
		again, _ := job.NextRun(between)
		require.True(t, again.Equal(next), "from %s it is %s, from %s it is %s", after, next, between, again)
	})
}
