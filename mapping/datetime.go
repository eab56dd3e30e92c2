package mapping

import (
	"bytes"
	"time"

	"pvetl/load"
)

var (
	refuseDatetime = &refusal{
		load.TypeDatetime, "a datetime is YYYY-MM-DD[ HH:MM[:SS[.ffffff]]][zone], or as in RFC 3339",
	}
	refuseYear = &refusal{load.TypeDatetime, "the year of a datetime lies in 1 to 9999"}
)

// The first and the last second of the years 1 to 9999 in UTC, counted from 1970.
const (
	firstSecond = -62135596800
	lastSecond  = 253402300799
)

// appendDatetime appends the moment that text names as a JSON string in UTC, cut to whole seconds. Zone is where text
// without a zone was written.
func appendDatetime(dst, text []byte, zone *time.Location) ([]byte, *refusal) {
	seconds, refused := readDatetime(unpadded(text), zone)
	if refused != nil {
		return dst, refused
	}
	dst = append(dst, '"')
	dst = time.Unix(seconds, 0).UTC().AppendFormat(dst, time.RFC3339)
	return append(dst, '"'), nil
}

// appendTimeText is appendDatetime for a column of times that goes into a string. What is no time stays as it is:
// SQLite lets a column hold anything.
func appendTimeText(dst, text []byte, zone *time.Location) ([]byte, *refusal) {
	out, refused := appendDatetime(dst, text, zone)
	if refused == refuseDatetime {
		return appendString(dst, text), nil
	}
	return out, refused
}

// withoutZeroDate makes NULL of MySQL's zero date.
func withoutZeroDate(text []byte) []byte {
	if bytes.HasPrefix(unpadded(text), []byte("0000-00-00")) {
		return nil
	}
	return text
}

// readDatetime returns the moment that text names in seconds since 1970.
func readDatetime(text []byte, zone *time.Location) (int64, *refusal) {
	year, _ := digits(text)
	if unread := len(year) - len("2006"); unread > 0 {
		return 0, tooFar(text[unread:])
	}
	if before, ok := bytes.CutSuffix(text, []byte(" BC")); ok {
		return 0, tooFar(before)
	}
	if len(year) == 0 {
		return 0, endless(text)
	}
	wall, rest, ok := readWall(text)
	if !ok {
		return 0, refuseDatetime
	}
	seconds := moment(wall, zone)
	if len(rest) > 0 {
		var offset int64
		offset, ok = readZone(rest)
		seconds = wall - offset
	}
	switch {
	case !ok:
		return 0, refuseDatetime
	case seconds < firstSecond || seconds > lastSecond || bytes.HasPrefix(text, []byte("0000")):
		return 0, refuseYear
	}
	return seconds, nil
}

// tooFar tells a time in a year before 1 or after 9999, of which text is all but the surplus, from what is no time.
func tooFar(text []byte) *refusal {
	if _, rest, ok := readWall(text); ok {
		if _, zoned := readZone(rest); zoned || len(rest) == 0 {
			return refuseYear
		}
	}
	return refuseDatetime
}

// endless tells infinity from what is no time.
func endless(text []byte) *refusal {
	_, text = sign(text)
	if bytes.EqualFold(text, []byte("infinity")) {
		return refuseYear
	}
	return refuseDatetime
}

// readWall reads date and time of day, in seconds since 1970 as if they were UTC. The digits of a fraction are dropped.
func readWall(text []byte) (seconds int64, rest []byte, ok bool) {
	if len(text) < len("2006-01-02") || text[4] != '-' || text[7] != '-' {
		return 0, nil, false
	}
	century, ok1 := two(text)
	years, ok2 := two(text[2:])
	month, ok3 := two(text[5:])
	day, ok4 := two(text[8:])
	if !ok1 || !ok2 || !ok3 || !ok4 || month < 1 || month > 12 {
		return 0, nil, false
	}
	date := time.Date(100*century+years, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if day == 0 || date.Day() != day {
		return 0, nil, false
	}
	clock, rest, ok := readClock(text[len("2006-01-02"):])
	return date.Unix() + clock, rest, ok
}

// readClock reads the time of day if there is one.
func readClock(text []byte) (seconds int64, rest []byte, ok bool) {
	if len(text) < len("T15:04") || (text[0] != ' ' && text[0] != 'T' && text[0] != 't') || text[3] != ':' {
		return 0, text, true // a date alone, perhaps with a zone
	}
	hour, ok1 := two(text[1:])
	minute, ok2 := two(text[4:])
	second, ok3 := 0, true
	rest = text[len("T15:04"):]
	if len(rest) >= len(":05") && rest[0] == ':' {
		second, ok3 = two(rest[1:])
		if rest = rest[len(":05"):]; len(rest) > 1 && rest[0] == '.' && isDigit(rest[1]) {
			_, rest = digits(rest[1:])
		}
	}
	ok = ok1 && ok2 && ok3 && hour < 24 && minute < 60 && second < 60
	return int64(3600*hour + 60*minute + second), rest, ok
}

// readZone reads an offset from UTC in seconds: Z, UTC, +HH, +HHMM, +HH:MM or +HH:MM:SS, perhaps after a blank.
func readZone(text []byte) (offset int64, ok bool) {
	text = bytes.TrimPrefix(text, []byte(" "))
	switch string(text) {
	case "Z", "z", "UTC":
		return 0, true
	}
	if len(text) < len("+07") || (text[0] != '+' && text[0] != '-') {
		return 0, false
	}
	negative, text := sign(text)
	var parts [3]int
	colon := len(text) > 2 && text[2] == ':'
	for i := 0; len(text) > 0; i++ {
		if i > 0 && colon {
			if text[0] != ':' {
				return 0, false
			}
			text = text[1:]
		}
		part, ok := two(text)
		if !ok || i == len(parts) || (i == 2 && !colon) || part >= 60 {
			return 0, false
		}
		parts[i], text = part, text[2:]
	}
	offset = int64(3600*parts[0] + 60*parts[1] + parts[2])
	if negative {
		offset = -offset
	}
	return offset, parts[0] < 24
}

// two reads two digits.
func two(text []byte) (int, bool) {
	if len(text) < 2 || !isDigit(text[0]) || !isDigit(text[1]) {
		return 0, false
	}
	return 10*int(text[0]-'0') + int(text[1]-'0'), true
}
