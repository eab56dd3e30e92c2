//go:build crashpoints

package crash

import (
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// fate is what happens to the process, and where.
type fate struct {
	signal  syscall.Signal
	point   Point
	passing int64
	passed  atomic.Int64
}

var (
	killed  = newFate(syscall.SIGKILL, variable("PVETL_CRASH"))
	stopped = newFate(syscall.SIGSTOP, variable("PVETL_STOP"))
)

func newFate(signal syscall.Signal, text string) *fate {
	f := &fate{signal: signal}
	f.point, f.passing = parse(text)
	return f
}

// meets sends the signal, which nothing can hold up, at the right passing of the point.
func (f *fate) meets(p Point) bool {
	if p != f.point || f.passed.Add(1) != f.passing {
		return false
	}
	_ = syscall.Kill(syscall.Getpid(), f.signal)
	return true
}

// standStill stops the process and comes back when somebody lets it go on. The signal reaches one thread first: the one
// that sent it would go on for a while.
func standStill(p Point) {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	if stopped.meets(p) {
		<-continued
	}
}

// parse reads a point with the number of the passing that is deadly: "bulk_sent" or "bulk_sent:3".
func parse(text string) (Point, int64) {
	name, number, _ := strings.Cut(text, ":")
	if n, err := strconv.ParseInt(number, 10, 64); err == nil {
		return Point(name), n
	}
	return Point(name), 1
}

// At kills the process, as a power cut does, when PVETL_CRASH names this point and this passing of it: "bulk_sent", or
// "bulk_sent:3" for the third. Nothing that the caller does afterwards, deferred or not, happens. Where PVETL_STOP names it,
// the process stands still until somebody lets it go on.
func At(p Point) {
	if stopped.point != "" {
		standStill(p)
	}
	if killed.meets(p) {
		select {} // until the signal is there
	}
}

// SettleDelay is the duration in PVETL_CRASH_SETTLE_DELAY, to be taken instead of the measured one: a test that kills
// hundreds of times cannot wait half a minute after each. 0 where there is none.
func SettleDelay() time.Duration {
	d, err := time.ParseDuration(variable("PVETL_CRASH_SETTLE_DELAY"))
	if err != nil {
		return 0
	}
	return d
}

// variable reads the environment, which nothing but a test's binary does here.
func variable(name string) string {
	text, _ := os.LookupEnv(name)
	return text
}
