package pipeline

import (
	"errors"
	"math"
	"time"

	"github.com/cenkalti/backoff/v5"

	"pvetl/extract"
	"pvetl/load"
)

// meter tells how fast work goes on, by what it saw in the last minute.
type meter struct {
	samples []sample
}

type sample struct {
	at       time.Time
	rows     int64
	requests int64
}

const meterSpan = time.Minute

func (m *meter) observe(now time.Time, rows, requests int64) {
	m.samples = append(m.samples, sample{now, rows, requests})
	for len(m.samples) > 2 && now.Sub(m.samples[1].at) >= meterSpan {
		m.samples = m.samples[1:]
	}
}

// fill writes what can be told into a status whose rows are known.
func (m *meter) fill(status *BackfillStatus) {
	if len(m.samples) < 2 {
		return
	}
	first, last := m.samples[0], m.samples[len(m.samples)-1]
	rows := float64(last.rows - first.rows)
	perSecond := rows / last.at.Sub(first.at).Seconds()
	status.RowsPerSecond = &perSecond
	if status.Rows == nil {
		return
	}
	left := float64(max(0, *status.Rows-status.RowsSettled))
	each := float64(requestsForEach) / load.MaxBatch
	if rows > 0 {
		each = float64(last.requests-first.requests) / rows
		eta := int64(math.Ceil(left / perSecond))
		status.EtaSeconds = &eta
	}
	requests := int64(math.Ceil(left * each))
	status.RequestsLeft = &requests
}

// passes reports whether what stopped the work may be over by itself after a while.
func passes(err error) bool {
	_, isPaused := errors.AsType[*load.PausedError](err)
	return isPaused || errors.Is(err, errUndone) || load.Passes(err) || extract.Passes(err)
}

const (
	firstRest   = time.Minute
	longestRest = 30 * time.Minute
	longestWait = 12 * time.Hour // without a row coming through
)

// patience is how long a backfill waits for what passes by itself, longer from time to time.
type patience struct {
	delays *backoff.ExponentialBackOff
	since  time.Time
}

func newPatience(first time.Duration) *patience {
	if first == 0 {
		first = firstRest
	}
	p := &patience{delays: backoff.NewExponentialBackOff()}
	p.delays.InitialInterval, p.delays.Multiplier, p.delays.MaxInterval = first, 2, longestRest
	p.renew()
	return p
}

// renew begins anew, after something went well.
func (p *patience) renew() {
	p.delays.Reset()
	p.since = time.Now()
}

// next is how long to wait now; ok is false when that has been tried long enough.
func (p *patience) next(cause error) (delay time.Duration, ok bool) {
	delay = p.delays.NextBackOff()
	if paused, isPaused := errors.AsType[*load.PausedError](cause); isPaused {
		delay = max(delay, time.Until(paused.Until))
	}
	return delay, time.Since(p.since) < longestWait
}
