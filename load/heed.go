package load

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

const (
	notably       = 0.95 // of the rate in force: less is worth telling everybody
	afterRefusal  = time.Hour
	afterUsedUp   = 10 * time.Minute
	glance        = 10 * time.Second // how long a rate holds that is read from an answer: the next answers tell more
	fewest        = 5                // requests that say anything about a rate
	longestSpell  = 10 * time.Minute // through which an allowance that was saved up may have carried us
	quotaPatience = 5 * time.Second
)

// goes notes that a request has its turn, and whether it had to wait for it.
func (p *pacer) goes(arrived time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.Sub(arrived) < shortestSleep {
		p.record.atOnce = now
	}
}

// sending notes a request on its way and returns its time.
func (p *pacer) sending() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.record.sending(now)
	return now
}

// sent notes that a request is no longer on its way.
func (p *pacer) sent() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.record.inFlight--
}

func (p *pacer) usage() Usage {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Usage{
		PerMinute: float64(p.record.sent.since(time.Now().Add(-time.Minute + time.Second))),
		Allowed:   float64(time.Minute) / float64(p.every),
	}
}

// heed learns from an answer how much the server takes, before the quota is used up rather than after.
func (c *Client) heed(ctx context.Context, got reply, sent time.Time) {
	now := time.Now()
	if got.status == http.StatusTooManyRequests {
		c.requests.Throttled.Add(1)
		c.pacer.refused(ctx, sent, askedPause(got.header, now))
		return
	}
	c.pacer.taken(sent)
	left, err := strconv.Atoi(got.header.Get("X-RateLimit-Remaining"))
	ahead := askedPause(got.header, now)
	switch {
	case err != nil || ahead < 0 || ahead > maxPause: // a pause too long to wait for is left for a 429 to ask for
	case left > c.pacer.inFlight():
		c.pacer.spread(ctx, left, ahead)
	default:
		c.pacer.usedUp(ctx, sent, ahead+rounding(got.header))
	}
}

// rounding is what a reset that is told as a time in whole seconds may be short of.
func rounding(header http.Header) time.Duration {
	if reset, _ := number(header.Get("X-RateLimit-Reset")); reset >= 1e9 && header.Get("Retry-After") == "" {
		return time.Second
	}
	return 0
}

// inFlight is how many requests the server may not have counted yet.
func (p *pacer) inFlight() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.record.inFlight
}

func (p *pacer) taken(sent time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.record.taken.add(sent)
	p.record.total++
}

// spread spreads what the server has left over the time until it grants more. It compares with the least time that may
// be meant, and tells only what is notably less than the rate in force.
func (p *pacer) spread(ctx context.Context, left int, ahead time.Duration) {
	p.mu.Lock()
	p.record.longest = max(p.record.longest, min(ahead, time.Minute))
	least := ahead - time.Second // resets are told in whole seconds
	free := float64(max(1, left-p.record.inFlight))
	inForce := float64(time.Minute) / float64(p.every)
	p.mu.Unlock()
	if least < time.Second || float64(left)/least.Minutes() > inForce*notably {
		return
	}
	lasting := glance
	if ahead < 2*glance {
		lasting = ahead + time.Second
	}
	p.limit(ctx, 0, free/ahead.Minutes(), lasting)
}

// usedUp pauses until the server grants more. When we have used all of it, what we sent in the window that it counts in
// is what it takes.
func (p *pacer) usedUp(ctx context.Context, sent time.Time, ahead time.Duration) {
	p.mu.Lock()
	perMinute, _ := p.record.rate(sent)
	if perMinute > notably*float64(time.Minute)/float64(p.every) {
		perMinute = 0 // it takes about as much as we send
	}
	p.mu.Unlock()
	p.limit(ctx, ahead, perMinute*notably, afterUsedUp)
}

// refused learns from a 429 how much the server takes, and pauses for as long as that has been too much where the server
// does not say.
func (p *pacer) refused(ctx context.Context, sent time.Time, asked time.Duration) {
	p.mu.Lock()
	now, r := time.Now(), &p.record
	perMinute, window := r.rate(sent)
	pause, spell := window, now.Sub(r.began)
	if begun := r.taken.since(now.Add(asked - window)); asked > 0 && begun >= fewest {
		perMinute = min(perMinute, float64(begun)/window.Minutes()) // the window ends when the pause does
	}
	switch {
	case spell <= window:
		pause -= spell // the window began with us
	case spell <= longestSpell:
		// An allowance that was saved up may have carried us so far: as much again as the server takes in a window.
		perMinute = min(perMinute, float64(r.total)/(spell+window).Minutes())
	}
	if asked >= 0 {
		pause = 0
	}
	p.mu.Unlock()
	if perMinute > 0 {
		p.limit(ctx, pause, perMinute*notably, afterRefusal)
	}
}

// limit has everybody who shares the quota keep to a rate, or pause. What cannot be shared is kept by this process: the
// request that taught it went well, and the next turn will say what is wrong with the quota.
func (p *pacer) limit(ctx context.Context, pause time.Duration, perMinute float64, lasting time.Duration) {
	p.mu.Lock()
	now := time.Now()
	if until := now.Add(min(pause, longestHold)); pause > 0 && until.After(p.until) {
		p.until, p.asked = until, now.Add(pause)
	}
	if perMinute > 0 {
		p.every = max(p.every, interval(perMinute))
	}
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), quotaPatience)
	defer cancel()
	_ = p.quota.LimitQuota(ctx, p.account, min(pause, longestHold), perMinute, lasting)
}

func (p *pacer) pause(ctx context.Context, d time.Duration) { p.limit(ctx, d, 0, 0) }
