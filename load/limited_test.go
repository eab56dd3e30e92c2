package load_test

import (
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

// limited is a server that takes so many requests a minute, counted in one of the ways in which servers count.
type limited struct {
	style  string // "fixed", "sliding" or "bucket"
	tells  string // "always", "refusals" or "never"
	most   int
	window time.Duration

	mu       sync.Mutex
	start    time.Time // of a fixed window: it begins with the first request after the last one ended
	took     []time.Time
	tokens   float64
	at       time.Time // the tokens are counted
	refusals int
}

// take reports whether a request is taken, what remains, and when more is granted.
func (l *limited) take(now time.Time) (ok bool, remaining int, reset time.Time) {
	switch l.style {
	case "fixed":
		if now.Sub(l.start) >= l.window {
			l.start, l.tokens = now, float64(l.most)
		}
		reset = l.start.Add(l.window)
	case "sliding":
		inside := l.took
		for len(inside) > 0 && now.Sub(inside[0]) >= l.window {
			inside = inside[1:]
		}
		l.tokens = float64(l.most - len(inside))
		reset = now.Add(l.window)
		if len(inside) > 0 {
			reset = inside[0].Add(l.window)
		}
	case "bucket":
		perSecond := float64(l.most) / l.window.Seconds()
		l.tokens = min(float64(l.most), l.tokens+now.Sub(l.at).Seconds()*perSecond)
		l.at = now
		defer func() {
			reset = now.Add(time.Duration((float64(l.most) - l.tokens) / perSecond * float64(time.Second)))
		}()
	}
	if ok = l.tokens >= 1; ok {
		l.tokens--
		l.took = append(l.took, now)
	}
	return ok, int(l.tokens), reset
}

func (l *limited) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ok, remaining, reset := l.take(time.Now())
	if l.tells == "always" || l.tells == "refusals" && !ok {
		w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(remaining))
		w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(reset.Add(time.Second-time.Nanosecond).Unix(), 10))
	}
	if !ok {
		l.refusals++
		replies(429, "")(w, r)
		return
	}
	replies(200, queued)(w, r)
}

// A server that takes less than is configured shows that by one 429 at most, whatever way it counts and whatever it
// tells, and is used to the full where it tells.
func TestAServerTeachesWhatItTakes(t *testing.T) {
	t.Parallel()
	const configured, minutes = 100, 10
	for _, most := range []int{60, 100} {
		for _, style := range []string{"fixed", "sliding", "bucket"} {
			for _, tells := range []string{"always", "refusals", "never"} {
				t.Run(strconv.Itoa(most)+" "+style+" "+tells, func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						year := time.NewTimer(2 * 365 * 24 * time.Hour) // to when times have ten digits
						<-year.C
						l := &limited{style: style, tells: tells, most: most, window: time.Minute, tokens: float64(most), at: time.Now()}
						client, _ := bubbled(t, configured, func(w http.ResponseWriter, r *http.Request) {
							lag := time.NewTimer(150 * time.Millisecond)
							<-lag.C
							l.ServeHTTP(w, r)
						})
						counts := &load.Requests{}
						run := client.ForRun(load.RunOptions{Requests: counts})
						began := time.Now()
						var group sync.WaitGroup
						for range 4 {
							group.Go(func() {
								for time.Since(began) < minutes*time.Minute {
									_, err := run.Job(t.Context(), "j1")
									require.NoError(t, err)
								}
							})
						}
						group.Wait()
						rate := float64(len(l.took)) / time.Since(began).Minutes()
						t.Logf("%.1f a minute of %d, %d refused", rate, most, l.refusals)
						require.LessOrEqual(t, l.refusals, 1)
						if tells == "always" {
							require.GreaterOrEqual(t, rate, 0.9*float64(most))
						}
					})
				})
			}
		}
	}
}
