package schedule_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/schedule"
)

func TestWhatIsNoSchedule(t *testing.T) {
	t.Parallel()
	for spec, reason := range map[string]string{
		"":                         "five cron fields",
		"* * * *":                  "five cron fields",
		"0 15 2 * * *":             "five cron fields",
		"60 2 * * *":               "above maximum",
		"* 25 * * *":               "above maximum",
		"@nightly":                 "five cron fields",
		"TZ=UTC 15 2 * * *":        "the key timezone is for it",
		"CRON_TZ=Europe/Rome":      "the key timezone is for it",
		"TZ=":                      "the key timezone is for it",
		"0 0 30 2 *":               "not within 5 years",
		"@every 100ms":             "at least 1s",
		"@every -1h":               "at least 1s",
		"@every":                   "five cron fields",
		"@every soon":              "at least 1s",
		"@every 99999999999999h":   "at least 1s",
		"1-18446744073709551615 *": "five cron fields",
	} {
		_, err := schedule.Parse(spec, time.UTC)
		require.ErrorContains(t, err, reason, spec)
		require.ErrorContains(t, err, "expected ", spec)
	}
}

func TestSchedulesThatAreEqualAreWrittenEqually(t *testing.T) {
	t.Parallel()
	rome := parsed(t, "15 2 * * *", "Europe/Rome")
	require.Equal(t, "15 2 * * * Europe/Rome", rome.String())
	require.NotEqual(t, rome.String(), parsed(t, "15 2 * * *", "America/Bogota").String())
}

// What is a schedule has a next time, and that comes later; anything else is refused in words.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"15 2 * * *", "@daily", "@every 15m", "@every 1s", "*/7 1-5 13 2 5", "0 0 29 2 *", "TZ=UTC * * * * *", "TZ=", "60 * * * *", "* * * *", "@"} {
		f.Add(text, int64(1_800_000_000))
	}
	rome, err := time.LoadLocation("Europe/Rome")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string, seconds int64) {
		const first, last = 0, 3_900_000_000 // the years up to 2100 have no leap day, which may be all that is asked for
		if len(text) > 1000 || seconds < first || seconds > last {
			return
		}
		s, err := schedule.Parse(text, rome)
		if err != nil {
			return
		}
		after := time.Unix(seconds, 0)
		next := s.Next(after)
		require.True(t, next.After(after), "%s after %s", next, after)
		require.True(t, s.NextOf(after, next).After(next))
		require.Less(t, s.Jitter("job"), 30*time.Second)
	})
}
