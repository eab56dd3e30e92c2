package config_test

import (
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
)

// A schedule that the file may have has a next run, and it comes later; any other text is a fault of the file.
func FuzzSchedule(f *testing.F) {
	for _, text := range []string{"15 2 * * *", "@daily", "@every 15m", "@every 1s", "*/7 1-5 13 2 5", "0 0 29 2 *", "TZ=UTC * * * * *", "60 * * * *", "* * * *", "@"} {
		f.Add(text, int64(1_800_000_000))
	}
	f.Fuzz(func(t *testing.T, text string, seconds int64) {
		if text == "" || !utf8.ValidString(text) || len(text) > 1000 || seconds < 0 || seconds > 4_000_000_000 {
			return
		}
		scheduled := "    schedule: " + quote(text) + "\n    timezone: Europe/Rome\n    source: shop"
		file, err := config.Load("jobs.yaml", fixture(t, "minimal.yaml", "    source: shop", scheduled), config.Env{})
		if err != nil {
			return
		}
		after := time.Unix(seconds, 0)
		next, ok := file.Config.Jobs[0].NextRun(after)
		require.True(t, ok)
		require.True(t, next.After(after), "%s after %s", next, after)
	})
}
