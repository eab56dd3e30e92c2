package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// limiter counts requests in fixed windows; a window begins with the first request after the last one ended.
type limiter struct {
	limit  int
	window time.Duration

	mu    sync.Mutex
	start time.Time
	used  int
}

// take uses up one request of the quota and writes the quota's headers. The error is a 429.
func (l *limiter) take(header http.Header, now time.Time) error {
	if l.limit == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.start) >= l.window {
		l.start, l.used = now, 0
	}
	exceeded := l.used >= l.limit
	if !exceeded {
		l.used++
	}
	setQuota(header, l.limit-l.used, l.start.Add(l.window))
	if exceeded {
		return &refusal{
			status: http.StatusTooManyRequests,
			reason: fmt.Sprintf("rate limit of %d requests per %s is used up", l.limit, l.window),
		}
	}
	return nil
}

// setQuota rounds the reset up: whoever waits for the whole second finds the window over.
func setQuota(header http.Header, remaining int, reset time.Time) {
	seconds := reset.Add(time.Second - time.Nanosecond).Unix()
	header.Set("X-RateLimit-Remaining", strconv.Itoa(remaining))
	header.Set("X-RateLimit-Reset", strconv.FormatInt(seconds, 10))
}
