package load

import (
	"cmp"
	"time"
)

const remembers = 64 // seconds

// record is what the pacer remembers of the requests that went: how many, when, and how many of them are unanswered.
type record struct {
	sent     meter
	taken    meter // those answered by anything but a 429, by when they were sent
	inFlight int

	// A spell is a time without a minute's rest.
	began, last time.Time
	total       int // taken in the spell

	atOnce  time.Time     // a request last had not to wait for its turn
	taught  time.Time     // the server last taught us a rate by its refusal
	longest time.Duration // that a reset lay ahead: the window in which the server counts, as far as it shows
}

func (r *record) sending(now time.Time) {
	if now.Sub(r.last) > time.Minute {
		r.began, r.total, r.longest = now, 0, 0
	}
	r.last = now
	r.inFlight++
	r.sent.add(now)
}

// rate is how much the server takes, by what it has taken in a window that it may count in. It is 0 where we have sent less
// than we might have, because then the quota is used up by others. What was answered together teaches once.
func (r *record) rate(sent time.Time) (perMinute float64, window time.Duration) {
	now := time.Now()
	window = cmp.Or(r.longest, time.Minute)
	count := r.taken.since(now.Add(-window))
	crowded := now.Sub(r.atOnce) > min(window, now.Sub(r.began))/2
	if !sent.After(r.taught) || count < fewest || !crowded {
		return 0, window
	}
	r.taught = now
	return float64(count) / window.Minutes(), window
}

// meter counts by the second.
type meter struct {
	seconds [remembers]int64
	counts  [remembers]int
}

func (m *meter) add(at time.Time) {
	second := at.Unix()
	slot := second % remembers
	if m.seconds[slot] != second {
		m.seconds[slot], m.counts[slot] = second, 0
	}
	m.counts[slot]++
}

// since counts from a moment on, at most a minute ago.
func (m *meter) since(from time.Time) int {
	n := 0
	for slot, second := range m.seconds {
		if second >= from.Unix() {
			n += m.counts[slot]
		}
	}
	return n
}
