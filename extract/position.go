package extract

import (
	"slices"
	"strings"
	"time"
)

// Position is a place in a stream's order: the cursor and the key of the row that stands there, as the source's own
// texts, and how they are to be read when they go back. Only this package looks inside.
type Position struct {
	Cursor string
	Key    string
	Type   string
}

// clockForm is how a column writes a point in time. Postgres and MySQL have one form for each type; SQLite has whatever
// the application wrote, and compares it as text, so bounds have to be written the same way.
type clockForm struct {
	dateOnly bool
	sep      byte   // between date and time
	digits   int    // of the fraction
	suffix   string // Z, +00, +00:00, -05:00 or nothing
	zone     *time.Location
}

// formOf reads the form off a value, ok false where it is no time.
func formOf(text string, zoneless *time.Location) (form clockForm, t time.Time, ok bool) {
	const date = "2006-01-02"
	if len(text) == len(date) {
		t, err := time.Parse(date, text)
		return clockForm{dateOnly: true, zone: zoneless}, t, err == nil
	}
	if len(text) < len(date)+1+len("15:04") || text[len(date)] != ' ' && text[len(date)] != 'T' {
		return form, t, false
	}
	form.sep = text[len(date)]
	clock := text[len(date)+1:]
	if at := strings.IndexAny(clock, "Zz+-"); at >= 0 {
		clock, form.suffix = clock[:at], clock[at:]
	}
	if _, fraction, found := strings.Cut(clock, "."); found {
		form.digits = len(fraction)
	}
	if strings.Count(clock, ":") == 1 {
		clock += ":00"
	}
	t, err := time.Parse("2006-01-02 15:04:05", text[:len(date)]+" "+clock)
	if err != nil {
		return form, t, false
	}
	form.zone = zoneless
	if form.suffix != "" {
		offset, ok := parseOffset(form.suffix)
		if !ok {
			return form, t, false
		}
		form.zone = time.FixedZone(form.suffix, offset)
	}
	return form, t, true
}

// parseOffset reads Z, +00, +0530 or -05:00 as seconds east of UTC.
func parseOffset(suffix string) (seconds int, ok bool) {
	layouts := []string{"Z07", "Z0700", "Z07:00", "-07", "-0700", "-07:00"}
	i := slices.IndexFunc(layouts, func(layout string) bool {
		t, err := time.Parse(layout, strings.ToUpper(suffix))
		if err == nil {
			_, seconds = t.Zone()
		}
		return err == nil
	})
	return seconds, i >= 0
}

// write gives an instant in this form: in its zone, and cut to its precision.
func (f clockForm) write(t time.Time) string { return f.writeWall(t.In(f.zone)) }

// writeWall gives the date and time as they stand on t's clock.
func (f clockForm) writeWall(t time.Time) string {
	text := t.Format("2006-01-02")
	if f.dateOnly {
		return text
	}
	layout := "15:04:05"
	if f.digits > 0 {
		layout += "." + strings.Repeat("0", min(f.digits, 9))
	}
	return text + string(f.sep) + t.Format(layout) + f.suffix
}

// fallBack is how far the zone's clocks are set back within a day and a half of wall, which is how much earlier a row
// written later may be stamped.
func fallBack(zone *time.Location, wall time.Time) time.Duration {
	const reach = 36 * time.Hour
	_, before := wall.Add(-reach).In(zone).Zone()
	_, after := wall.Add(reach).In(zone).Zone()
	return time.Duration(max(0, before-after)) * time.Second
}
