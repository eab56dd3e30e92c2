package load

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// askedPause reads how long the server asks to wait, negative where it does not say or what it says makes no sense.
// Retry-After is seconds or an HTTP date. [A] X-RateLimit-Reset is read as a time in seconds or milliseconds, or as
// seconds from now, by its size. Times count from the server's own clock, as far as it tells.
func askedPause(header http.Header, now time.Time) time.Duration {
	now = serverTime(header, now)
	after := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, ok := number(after); ok {
		return capped(seconds)
	}
	if at, err := http.ParseTime(after); err == nil {
		return capped(at.Sub(now).Seconds())
	}
	reset, ok := number(strings.TrimSpace(header.Get("X-RateLimit-Reset")))
	switch {
	case !ok:
		return -1
	case reset >= 1e12:
		return capped(reset/1e3 - unix(now))
	case reset >= 1e9:
		return capped(reset - unix(now))
	default:
		return capped(reset)
	}
}

// serverTime is the present by the server's clock: ours, which tells parts of a second, unless the two differ.
func serverTime(header http.Header, now time.Time) time.Time {
	const rounding = 2 * time.Second
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil || now.Sub(date).Abs() < rounding {
		return now
	}
	return date
}

func unix(at time.Time) float64 { return float64(at.UnixNano()) / 1e9 }

// number reads a number that is neither negative nor NaN.
func number(text string) (float64, bool) {
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil && n >= 0
}

// capped keeps what a server says from overflowing: a year is for ever.
func capped(seconds float64) time.Duration {
	const year = 365 * 24 * 3600
	return time.Duration(min(max(seconds, 0), year) * float64(time.Second))
}
