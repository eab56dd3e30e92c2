package pipeline

import (
	"math"
	"sync/atomic"
	"time"
)

// Timings says where the time of a run went, in seconds. Stages overlap, and several requests are under way at a time: they add up
// to more than the run took.
type Timings struct {
	Read    float64 `json:"read_seconds"`    // asking the source
	Map     float64 `json:"map_seconds"`     // rows into interactions and comments
	Compare float64 `json:"compare_seconds"` // asking the state what is known of rows
	Send    float64 `json:"send_seconds"`    // requests that write, with the wait for their turns
	Poll    float64 `json:"poll_seconds"`    // waiting for Playvox's jobs
	Settle  float64 `json:"settle_seconds"`  // writing down what became of rows
}

// add adds those of another stretch of work.
func (t *Timings) add(o Timings) {
	t.Read = toMillis(t.Read + o.Read)
	t.Map = toMillis(t.Map + o.Map)
	t.Compare = toMillis(t.Compare + o.Compare)
	t.Send = toMillis(t.Send + o.Send)
	t.Poll = toMillis(t.Poll + o.Poll)
	t.Settle = toMillis(t.Settle + o.Settle)
}

func toMillis(seconds float64) float64 { return math.Round(seconds*1000) / 1000 }

// stopwatch adds up nanoseconds by what they went into.
type stopwatch struct {
	read, mapped, compared, sent, polled, settled atomic.Int64
}

func (w *stopwatch) timings() Timings {
	seconds := func(total *atomic.Int64) float64 { return toMillis(time.Duration(total.Load()).Seconds()) }
	return Timings{
		Read: seconds(&w.read), Map: seconds(&w.mapped), Compare: seconds(&w.compared),
		Send: seconds(&w.sent), Poll: seconds(&w.polled), Settle: seconds(&w.settled),
	}
}

// since adds the time that has gone by: to be deferred, so that begun is when the call began.
func since(total *atomic.Int64, begun time.Time) { total.Add(int64(time.Since(begun))) }
