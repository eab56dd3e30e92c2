package schedule_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/schedule"
)

func zoneOf(t require.TestingT, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	require.NoError(t, err)
	return zone
}

// parsed returns a schedule in the zone of a name.
func parsed(t require.TestingT, spec, zone string) schedule.Schedule {
	s, err := schedule.Parse(spec, zoneOf(t, zone))
	require.NoError(t, err, spec)
	return s
}

// instant reads a time with its offset.
func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at
}

func TestNext(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spec, zone, after string
		next              []string
	}{
		"five fields, in the zone": {
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
		"a time that is skipped is the end of the gap": {
			"30 2 * * *", "Europe/Rome", "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"},
		},
		"several that are skipped are one run": {
			"*/10 2 * * *", "Europe/Rome", "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"},
		},
		"a time that comes twice is the first": {
			"30 2 * * *", "Europe/Rome", "2026-10-24T12:00:00Z",
			[]string{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		},
		"a time that comes twice has been when it comes again": {
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
		"every hour, where they are put back by half of one": {
			"0 * * * *", "Australia/Lord_Howe", "2026-04-04T13:30:00Z",
			[]string{"2026-04-04T14:00:00Z", "2026-04-04T15:30:00Z"},
		},
		"half an hour that is skipped": {
			"15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z",
			[]string{"2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"},
		},
		"half an hour that comes twice": {
			"45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00:00Z",
			[]string{"2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"},
		},
		"a midnight that is skipped": {
			"0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z",
			[]string{"2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"},
		},
		"a midnight that is skipped in Africa": {
			"0 0 * * *", "Africa/Cairo", "2026-04-23T12:00:00Z",
			[]string{"2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"},
		},
		"a whole day that is skipped": {
			"0 9 * * *", "Pacific/Apia", "2011-12-29T12:00:00Z",
			[]string{"2011-12-29T19:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T19:00:00Z"},
		},
		"an offset that changes for good": {
			"30 0 * * *", "Asia/Pyongyang", "2018-05-03T00:00:00Z",
			[]string{"2018-05-03T16:00:00Z", "2018-05-04T15:30:00Z"},
		},
		"a leap day": {"0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", []string{"2028-02-29T00:00:00Z"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, at := parsed(t, test.spec, test.zone), instant(t, test.after)
			for _, expected := range test.next {
				at = s.Next(at)
				require.Equal(t, expected, at.UTC().Format(time.RFC3339))
				require.Equal(t, test.zone, at.Location().String())
			}
		})
	}
}

func TestAnIntervalKeepsItsStep(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ spec, due, now, next string }{
		"on time":               {"@every 10m", "2026-11-20T00:03:00Z", "2026-11-20T00:03:00Z", "2026-11-20T00:13:00Z"},
		"a little late":         {"@every 10m", "2026-11-20T00:03:00Z", "2026-11-20T00:12:59Z", "2026-11-20T00:13:00Z"},
		"several were missed":   {"@every 10m", "2026-11-20T00:03:00Z", "2026-11-20T01:03:00Z", "2026-11-20T01:13:00Z"},
		"the clock was set":     {"@every 10m", "2030-01-01T00:00:00Z", "2026-11-20T00:03:00Z", "2026-11-20T00:13:00Z"},
		"never due before":      {"@every 10m", "0001-01-01T00:00:00Z", "2026-11-20T00:03:00Z", "2026-11-20T00:13:00Z"},
		"parts of a second":     {"@every 1900ms", "2026-11-20T00:00:00Z", "2026-11-20T00:00:05Z", "2026-11-20T00:00:06Z"},
		"a time of day has one": {"15 2 * * *", "2026-11-01T02:15:00Z", "2026-11-20T00:03:00Z", "2026-11-20T02:15:00Z"},
	} {
		next := parsed(t, test.spec, "UTC").NextOf(instant(t, test.due), instant(t, test.now))
		require.Equal(t, test.next, next.UTC().Format(time.RFC3339), name)
	}
}

func TestJitterSpreadsJobsAndStays(t *testing.T) {
	t.Parallel()
	for spec, most := range map[string]time.Duration{
		"15 2 * * *": 30 * time.Second, "@every 10m": 30 * time.Second, "* * * * *": 6 * time.Second, "@every 2s": 200 * time.Millisecond,
	} {
		s, different := parsed(t, spec, "Europe/Rome"), map[time.Duration]bool{}
		for _, job := range []string{"tickets", "chats", "calls", "mails", "orders"} {
			jitter := s.Jitter(job)
			require.Equal(t, jitter, parsed(t, spec, "Europe/Rome").Jitter(job))
			require.GreaterOrEqual(t, jitter, time.Duration(0))
			require.Less(t, jitter, most, spec)
			different[jitter] = true
		}
		require.Greater(t, len(different), 1, spec)
	}
}

func TestEachDayOfAYearOnce(t *testing.T) {
	t.Parallel()
	for name, year := range map[string]int{"Europe/Rome": 2026, "America/Bogota": 2026, "America/Sao_Paulo": 2018} {
		for _, spec := range []string{"30 2 * * *", "15 2 * * *", "0 0 * * *", "59 23 * * *"} {
			s, day := parsed(t, spec, name), 0
			for at := s.Next(time.Date(year, 1, 1, 0, 0, 0, -1, zoneOf(t, name))); at.Year() == year; at = s.Next(at) {
				day++
				require.Equal(t, day, at.YearDay(), "%s in %s", spec, name)
			}
			require.Equal(t, 365, day, "%s in %s", spec, name)
		}
	}
}

func TestEachHourOfRealTimeOnce(t *testing.T) {
	t.Parallel()
	s, zone := parsed(t, "0 * * * *", "Europe/Rome"), zoneOf(t, "Europe/Rome")
	runs := map[string]int{}
	for at := s.Next(time.Date(2026, 1, 1, 0, 0, 0, -1, zone)); at.Year() == 2026; at = s.Next(at) {
		runs[at.Format(time.DateOnly)]++
		runs["all year"]++
	}
	require.Equal(t, 365*24, runs["all year"])
	require.Equal(t, 23, runs["2026-03-29"])
	require.Equal(t, 24, runs["2026-03-30"])
	require.Equal(t, 25, runs["2026-10-25"])
}
