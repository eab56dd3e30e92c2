package extract

import "time"

// ParseCursor reads a cursor's text as the point in time it stands for, ok false where it is none. A time without a zone
// is meant in zoneless, unless the type of its column says that it is UTC.
func ParseCursor(text, columnType string, zoneless *time.Location) (t time.Time, ok bool) {
	if columnType == mysqlInstant {
		zoneless = time.UTC
	}
	form, wall, ok := formOf(text, zoneless)
	if !ok {
		return t, false
	}
	year, month, day := wall.Date()
	return time.Date(year, month, day, wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), form.zone), true
}
