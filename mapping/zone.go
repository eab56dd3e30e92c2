package mapping

import "time"

// widest is further than any zone has ever been from UTC.
const widest = 24 * 60 * 60

// moment returns when the clocks of a zone showed a time, given as if it were UTC, both in seconds since 1970. A time
// that they showed twice is the first of the two, one that they skipped is read with the offset before the gap, as
// RFC 5545 has it. time.Date does not promise either.
func moment(wall int64, zone *time.Location) int64 {
	if zone == time.UTC {
		return wall
	}
	// The offsets in force, one after the other, until one ends after the moment that it would make of wall.
	before := int64(0)
	for from := time.Unix(wall-widest, 0).In(zone); ; {
		_, seconds := from.Zone()
		start, end := from.ZoneBounds()
		offset := int64(seconds)
		at := wall - offset
		switch {
		case !end.IsZero() && at >= end.Unix():
			before, from = offset, end
		case !start.IsZero() && at < start.Unix():
			return wall - before
		default:
			return at
		}
	}
}
