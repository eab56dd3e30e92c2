package schedule_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// zones have clocks that jump by an hour and by half of one, at night and at midnight, by a whole day, for good, and never;
// each with a year in which they do.
var zones = map[string]int{
	"Europe/Rome": 2026, "America/New_York": 2026, "America/Bogota": 2026, "Australia/Lord_Howe": 2026, "America/Sao_Paulo": 2018,
	"Africa/Cairo": 2026, "Pacific/Apia": 2011, "Asia/Pyongyang": 2018, "Africa/Casablanca": 2026, "Europe/Dublin": 2026,
}

// kinds are schedules with what they mean, as whoever writes them reads them.
var kinds = []struct {
	spec     string
	realTime bool
	means    func(wall time.Time) bool
}{
	{"0 0 * * *", false, func(w time.Time) bool { return w.Hour() == 0 && w.Minute() == 0 }},
	{"30 2 * * *", false, func(w time.Time) bool { return w.Hour() == 2 && w.Minute() == 30 }},
	{"*/10 1-3 * * *", false, func(w time.Time) bool { return w.Hour() >= 1 && w.Hour() <= 3 && w.Minute()%10 == 0 }},
	{"45 */2 * * *", false, func(w time.Time) bool { return w.Hour()%2 == 0 && w.Minute() == 45 }},
	{"15 2 * * 0", false, func(w time.Time) bool { return w.Weekday() == 0 && w.Hour() == 2 && w.Minute() == 15 }},
	{"*/5 0-22 * * *", false, func(w time.Time) bool { return w.Hour() < 23 && w.Minute()%5 == 0 }},
	{"0 * * * *", true, func(w time.Time) bool { return w.Minute() == 0 }},
	{"*/7 * * * *", true, func(w time.Time) bool { return w.Minute()%7 == 0 }},
	{"20 0-23 * * 6", true, func(w time.Time) bool { return w.Weekday() == 6 && w.Minute() == 20 }},
}

// wallOf is what a clock in the zone of t shows, as if it stood in Greenwich.
func wallOf(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// expectedRuns stands before the clock on the wall, minute after minute. By real time, a minute counts each time it is shown;
// otherwise when the clock shows it, or something later, for the first time.
func expectedRuns(from, to time.Time, realTime bool, means func(time.Time) bool) []time.Time {
	var runs []time.Time
	shown := wallOf(from)
	for at := from.Add(time.Minute); at.Before(to); at = at.Add(time.Minute) {
		wall := wallOf(at)
		due := realTime && means(wall)
		for ; shown.Before(wall); shown = shown.Add(time.Minute) {
			due = due || !realTime && means(shown.Add(time.Minute))
		}
		if due {
			runs = append(runs, at)
		}
	}
	return runs
}

// jumps returns the times in a year at which the clocks of a zone change.
func jumps(year int, zone *time.Location) []time.Time {
	var all []time.Time
	_, end := time.Date(year, 1, 1, 0, 0, 0, 0, zone).ZoneBounds()
	for ; !end.IsZero() && end.Year() == year; _, end = end.ZoneBounds() {
		all = append(all, end)
	}
	return all
}

func TestAroundEveryChangeOfTheClocksTheRunsAreThoseOfSomeoneWhoWatches(t *testing.T) {
	t.Parallel()
	for name, year := range zones {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			zone := zoneOf(t, name)
			for _, change := range append(jumps(year, zone), time.Date(year, 6, 1, 0, 0, 0, 0, zone)) {
				from, to := change.Add(-84*time.Hour), change.Add(84*time.Hour)
				for _, kind := range kinds {
					s := parsed(t, kind.spec, name)
					at := s.Next(from)
					for _, expected := range expectedRuns(from, to, kind.realTime, kind.means) {
						require.True(t, at.Equal(expected), "%s in %s: %s, expected %s", kind.spec, name, at, expected.In(zone))
						at = s.Next(at)
					}
					require.False(t, at.Before(to), "%s in %s: %s", kind.spec, name, at)
				}
			}
		})
	}
}

func TestTheNextRunLiesAheadWithNothingBeforeIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(kinds).Draw(t, "kind")
		s := parsed(t, kind.spec, rapid.SampledFrom(slices.Sorted(maps.Keys(zones))).Draw(t, "zone"))
		after := time.Unix(rapid.Int64Range(1_200_000_000, 1_900_000_000).Draw(t, "after"), rapid.Int64Range(0, 999_999_999).Draw(t, "part"))
		next := s.Next(after)
		require.True(t, next.After(after))
		begins, _ := next.ZoneBounds()
		require.True(t, kind.means(wallOf(next)) || next.Equal(begins), "%s is neither meant nor the end of a gap", next)
		between := after.Add(time.Duration(rapid.Int64Range(0, int64(next.Sub(after))-1).Draw(t, "between")))
		again := s.Next(between)
		require.True(t, again.Equal(next), "from %s it is %s, from %s it is %s", after, next, between, again)
	})
}
