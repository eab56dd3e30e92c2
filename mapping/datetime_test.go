package mapping_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pvetl/extract"
	"pvetl/mapping"
)

func zone(tb testing.TB, name string) *time.Location {
	tb.Helper()
	location, err := time.LoadLocation(name)
	require.NoError(tb, err)
	return location
}

func rome(tb testing.TB) *time.Location {
	tb.Helper()
	return zone(tb, "Europe/Rome")
}

func TestDatetimesAreUTCInWholeSeconds(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, from, want string }{
		{"a date alone", "2026-11-22", "2026-11-22T00:00:00Z"},
		{"hours and minutes", "2026-11-22 10:05", "2026-11-22T10:05:00Z"},
		{"seconds", "2026-11-22 10:05:06", "2026-11-22T10:05:06Z"},
		{"a T between", "2026-11-22T10:05:06", "2026-11-22T10:05:06Z"},
		{"a fraction is cut", "2026-11-22 10:05:06.999999", "2026-11-22T10:05:06Z"},
		{"a fraction of any length is cut", "2026-11-22 10:05:06.9999999999999999", "2026-11-22T10:05:06Z"},
		{"a fraction before 1970 is dropped too", "1969-12-31 23:59:59.999", "1969-12-31T23:59:59Z"},
		{"RFC 3339", "2026-11-22T10:05:06Z", "2026-11-22T10:05:06Z"},
		{"RFC 3339 in small letters", "2026-11-22t10:05:06z", "2026-11-22T10:05:06Z"},
		{"RFC 3339 with an offset", "2026-11-22T10:05:06.5-05:00", "2026-11-22T15:05:06Z"},
		{"hours of offset", "2026-11-22 10:05:06+02", "2026-11-22T08:05:06Z"},
		{"an offset without a colon", "2026-11-22 10:05:06+0530", "2026-11-22T04:35:06Z"},
		{"an offset with seconds", "1890-01-01 00:00:00+00:49:56", "1889-12-31T23:10:04Z"},
		{"an offset after a blank", "2026-11-22 10:05:06 -0330", "2026-11-22T13:35:06Z"},
		{"UTC spelt out", "2026-11-22 10:05:06 UTC", "2026-11-22T10:05:06Z"},
		{"a zone without seconds", "2026-11-22 10:05Z", "2026-11-22T10:05:00Z"},
		{"a date with a zone", "2026-11-22+02:00", "2026-11-21T22:00:00Z"},
		{"a date with a zone after a blank", "2026-11-22 +02", "2026-11-21T22:00:00Z"},
		{"blanks around it", " 2026-11-22  ", "2026-11-22T00:00:00Z"},
		{"a leap day", "2024-02-29", "2024-02-29T00:00:00Z"},
		{"the first second", "0001-01-01", "0001-01-01T00:00:00Z"},
		{"the last second", "9999-12-31 23:59:59.9", "9999-12-31T23:59:59Z"},
		{"before the first second, in UTC", "0001-01-01 00:00:00+01", ""},
		{"after the last second, in UTC", "9999-12-31 23:59:59-01", ""},
		{"year 0", "0000-01-01", ""},
		{"year 0, though not in UTC", "0000-12-31 23:00:00-02", ""},
		{"year 10000", "10000-01-01 00:00:00+00", ""},
		{"before Christ", "0044-03-15 00:00:00+00 BC", ""},
		{"infinity", "infinity", ""},
		{"minus infinity", "-infinity", ""},
		{"no leap day", "2026-02-29", ""},
		{"day 0", "2026-11-00", ""},
		{"month 13", "2026-13-01", ""},
		{"month 0", "2026-00-01", ""},
		{"hour 24", "2026-11-22 24:00:00", ""},
		{"minute 60", "2026-11-22 10:60:00", ""},
		{"a leap second", "2026-12-31 23:59:60", ""},
		{"hours alone", "2026-11-22 10", ""},
		{"a point without a fraction", "2026-11-22 10:05:06.", ""},
		{"a comma", "2026-11-22 10:05:06,5", ""},
		{"one digit", "2026-1-2", ""},
		{"no dashes", "20261122", ""},
		{"slashes", "11/22/2026", ""},
		{"a number", "1763805600", ""},
		{"an offset of 24 hours", "2026-11-22 10:05:06+24:00", ""},
		{"an offset of 60 minutes", "2026-11-22 10:05:06+02:60", ""},
		{"half an offset", "2026-11-22 10:05:06+2", ""},
		{"an offset with colons here and there", "2026-11-22 10:05:06+02:0000", ""},
		{"an offset with seconds and no colon", "2026-11-22 10:05:06+020000", ""},
		{"an offset too long", "2026-11-22 10:05:06+02:00:00:00", ""},
		{"two blanks", "2026-11-22  10:05:06", ""},
		{"a zone's name", "2026-11-22 10:05:06 CET", ""},
		{"words after it", "2026-11-22 10:05:06 or so", ""},
		{"a time alone", "10:05:06", ""},
		{"empty", "", ""},
		{"a word", "yesterday", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, fault := one{field: field("datetime")}.convert(t, tt.from)
			if tt.want == "" {
				requireResult(t, refused("datetime"), got, fault)
				return
			}
			requireResult(t, `"`+tt.want+`"`, got, fault)
		})
	}
}

func TestAZeroDateIsNULL(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"0000-00-00", "0000-00-00 00:00:00", "0000-00-00 00:00:00.000000"} {
		got, fault := one{field: field("datetime")}.convert(t, text)
		requireResult(t, "", got, fault)
	}
	required := field("datetime")
	required.Required = true
	got, fault := one{field: required}.convert(t, "0000-00-00")
	requireResult(t, refused("required"), got, fault)
}

func TestAFaultTellsAnEndlessTimeFromOneThatIsNone(t *testing.T) {
	t.Parallel()
	_, fault := one{field: field("datetime")}.convert(t, "infinity")
	require.Equal(t, "the year of a datetime lies in 1 to 9999", fault.Reason)
	_, fault = one{field: field("datetime")}.convert(t, "infinite")
	require.Contains(t, fault.Reason, "YYYY-MM-DD")
}

func TestATimeWithoutAZoneIsReadInTheColumns(t *testing.T) {
	t.Parallel()
	bogota := mapping.Rule{Timezone: "America/Bogota"}
	tests := []struct {
		name, source, from, want string
		rule                     mapping.Rule
		kind                     extract.Kind
	}{
		{"the source's zone", "Europe/Rome", "2026-07-01 12:00:00", "2026-07-01T10:00:00Z", mapping.Rule{}, extract.Timestamp},
		{"the rule's zone goes first", "Europe/Rome", "2026-07-01 12:00:00", "2026-07-01T17:00:00Z", bogota, extract.Timestamp},
		{"the text's own zone goes before both", "Europe/Rome", "2026-07-01 12:00:00Z", "2026-07-01T12:00:00Z", bogota, extract.Text},
		{"an instant is UTC whatever the zones", "Europe/Rome", "2026-07-01 12:00:00", "2026-07-01T12:00:00Z", bogota, extract.Instant},
		{"a date is its midnight", "Europe/Rome", "2026-07-01", "2026-06-30T22:00:00Z", mapping.Rule{}, extract.Date},
		{"a midnight that was skipped", "America/Santiago", "2024-09-08", "2024-09-08T04:00:00Z", mapping.Rule{}, extract.Date},
		{"a midnight that came twice is the first", "America/Havana", "2024-11-03", "2024-11-03T04:00:00Z", mapping.Rule{}, extract.Date},
		{"a time that came twice is the first", "Europe/Rome", "2026-10-25 02:30:00", "2026-10-25T00:30:00Z", mapping.Rule{}, extract.Timestamp},
		{"the time after those that came twice", "Europe/Rome", "2026-10-25 03:00:00", "2026-10-25T02:00:00Z", mapping.Rule{}, extract.Timestamp},
		{"the time at which clocks go ahead", "Europe/Rome", "2026-03-29 02:00:00", "2026-03-29T01:00:00Z", mapping.Rule{}, extract.Timestamp},
		{"the time to which clocks go ahead", "Europe/Rome", "2026-03-29 03:00:00", "2026-03-29T01:00:00Z", mapping.Rule{}, extract.Timestamp},
		{"a time that was skipped, east", "Europe/Rome", "2026-03-29 02:30:00", "2026-03-29T01:30:00Z", mapping.Rule{}, extract.Timestamp},
		{"a time that came twice, west", "America/New_York", "2026-11-01 01:30:00", "2026-11-01T05:30:00Z", mapping.Rule{}, extract.Timestamp},
		{"a time that was skipped, west", "America/New_York", "2026-03-08 02:30:00", "2026-03-08T07:30:00Z", mapping.Rule{}, extract.Timestamp},
		{"half an hour of summer", "Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04T14:45:00Z", mapping.Rule{}, extract.Timestamp},
		{"a day that was skipped", "Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30T22:00:00Z", mapping.Rule{}, extract.Timestamp},
		{"before zones", "Europe/Rome", "1800-01-01 00:00:00", "1799-12-31T23:10:04Z", mapping.Rule{}, extract.Timestamp},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := one{field: field("datetime"), rule: tt.rule, column: extract.Column{Kind: tt.kind}, zone: zone(t, tt.source)}
			got, fault := o.convert(t, tt.from)
			requireResult(t, `"`+tt.want+`"`, got, fault)
		})
	}
}

var zones = []string{
	"UTC", "Europe/Rome", "America/New_York", "America/Bogota", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia",
	"America/Santiago", "Europe/Dublin", "Antarctica/Troll",
}

// TestEveryLocalTimeIsTheFirstThatShowedIt tries every instant around, rather than being clever.
func TestEveryLocalTimeIsTheFirstThatShowedIt(t *testing.T) {
	t.Parallel()
	const layout = "2006-01-02 15:04:05"
	for _, name := range zones {
		location := zone(t, name)
		m := one{field: field("datetime"), column: extract.Column{Kind: extract.Timestamp}, zone: location}.compile(t)
		rapid.Check(t, func(rt *rapid.T) {
			near := time.Unix(rapid.Int64Range(0, 2_200_000_000).Draw(rt, "second"), 0).In(location)
			if _, change := near.ZoneBounds(); !change.IsZero() && rapid.Bool().Draw(rt, "near a change") {
				near = change.Add(time.Duration(rapid.IntRange(-90, 90).Draw(rt, "minutes")) * time.Minute)
			}
			wall := near.Format(layout)
			if rapid.Bool().Draw(rt, "shifted") { // into a gap, perhaps
				asUTC, _ := time.Parse(layout, wall)
				wall = asUTC.Add(time.Duration(rapid.IntRange(-120, 120).Draw(rt, "shift")) * time.Minute).Format(layout)
			}
			got, fault := mapped(t, m, wall)
			require.Nil(rt, fault)
			require.Equal(rt, `"`+firstShowing(wall, location)+`"`, got, "%s in %s", wall, name)
		})
	}
}

// firstShowing walks through the offsets that are in force within two days.
func firstShowing(wall string, location *time.Location) string {
	asUTC, _ := time.Parse("2006-01-02 15:04:05", wall)
	var offsets []int
	for at := asUTC.Add(-26 * time.Hour); at.Before(asUTC.Add(26 * time.Hour)); at = at.Add(15 * time.Minute) {
		if _, offset := at.In(location).Zone(); len(offsets) == 0 || offsets[len(offsets)-1] != offset {
			offsets = append(offsets, offset)
		}
	}
	var first time.Time
	for _, offset := range offsets {
		at := asUTC.Add(-time.Duration(offset) * time.Second)
		if at.In(location).Format("2006-01-02 15:04:05") == wall && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	if first.IsZero() { // no clock showed it: the offset before the first jump over it
		first = asUTC.Add(-time.Duration(offsets[0]) * time.Second)
		for i := 1; i < len(offsets); i++ {
			before, after := asUTC.Add(-time.Duration(offsets[i-1])*time.Second), asUTC.Add(-time.Duration(offsets[i])*time.Second)
			if _, o := before.In(location).Zone(); o == offsets[i] && after.Before(before) {
				first = before
				break
			}
		}
	}
	return first.UTC().Format(time.RFC3339)
}

// FuzzDatetime holds the conversion against package time wherever that reads the text as well.
func FuzzDatetime(f *testing.F) {
	for _, text := range []string{
		"2026-11-22", "2026-11-22 10:05", "2026-11-22T10:05:06.5+02:00", "2026-11-22 10:05:06 UTC", "infinity", "0044-03-15 BC",
		"10000-01-01", "2026-11-22 10:05:06+00:49:56", "0000-00-00", "2026-02-29", "9999-12-31T23:59:59-23:59",
	} {
		f.Add(text)
	}
	m := one{field: field("datetime")}.compile(f)
	asString := one{field: field("string"), column: extract.Column{Kind: extract.Timestamp}}.compile(f)
	f.Fuzz(func(t *testing.T, text string) {
		got, fault := mapped(t, m, text)
		_, _ = mapped(t, asString, text)
		if fault == nil && got != "" {
			require.Regexp(t, `^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"$`, got)
		}
		for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly, "2006-01-02 15:04:05.999999999Z07"} {
			want, err := time.Parse(layout, text)
			if err != nil || want.UTC().Year() < 1 || want.UTC().Year() > 9999 || text[:4] == "0000" {
				continue
			}
			if fault != nil {
				// Package time also reads a comma before the fraction, and more hours of offset.
				require.Regexp(t, `,|[+-](2[4-9]|[3-9])[0-9:]*$|.[T ][0-9]:`, text, "refused: %v", fault)
				continue
			}
			require.Equal(t, `"`+want.UTC().Format(time.RFC3339)+`"`, got)
		}
	})
}
