package scheduler_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/scheduler"
	"pvetl/state"
)

// Servers come and go, clocks jump, jobs are paused, edited and asked for, and runs take as long as they take: no two runs of a job
// go on at once, nothing that was due is begun a second time, and in the end the job runs as its schedule says.
func TestWhateverHappens(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			inBubble(t, "2026-03-28 22:00:00", func(_ *testing.T, w *world) { // clocks change the night after
				c := newChaos(w, seed)
				for range 80 {
					c.happen()
				}
				c.comeToRest()
			}, job("tickets", "@every 7m"))
		})
	}
}

// chaos does one thing after the other, by chance.
type chaos struct {
	*world

	mu      sync.Mutex
	random  *rand.Rand
	servers map[string]server
}

func newChaos(w *world, seed uint64) *chaos {
	c := &chaos{world: w, random: rand.New(rand.NewPCG(seed, 0)), servers: make(map[string]server)}
	w.does(func(ctx context.Context, _ carried) error {
		timer := time.NewTimer(c.upTo(8 * time.Minute))
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-timer.C:
			return nil
		}
	})
	return c
}

func (c *chaos) upTo(d time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Duration(c.random.Int64N(int64(d)))
}

func (c *chaos) oneOf(n int) int { return int(c.upTo(time.Duration(n))) }

func (c *chaos) happen() {
	specs := []string{"@every 7m", "@hourly", "30 2 * * *", "*/20 * * * *", ""}
	zones := []string{"UTC", "Europe/Rome", "Australia/Lord_Howe"}
	switch name := []string{"a", "b", "c"}[c.oneOf(3)]; c.oneOf(8) {
	case 0, 1:
		c.pass(c.upTo(15 * time.Minute))
	case 2:
		c.set(c.upTo(3 * time.Hour))
	case 3, 4:
		if s, ok := c.servers[name]; ok {
			s.stop()
			delete(c.servers, name)
		} else {
			c.servers[name] = c.serve(name)
		}
	case 5:
		c.change("tickets", func(row *state.Schedule) {
			if row.Paused.IsZero() {
				row.Paused = c.now()
			} else {
				row.Paused = time.Time{}
			}
		})
	case 6:
		c.change("tickets", func(row *state.Schedule) { row.Wanted = scheduler.DoRetry })
	case 7:
		c.edit(job("tickets", specs[c.oneOf(len(specs))], zones[c.oneOf(len(zones))]))
	}
	c.pass(time.Second)
}

func (c *chaos) comeToRest() {
	c.edit(job("tickets", "@every 10m"))
	c.change("tickets", func(row *state.Schedule) { row.Paused = time.Time{} })
	last := c.serve("last")
	c.pass(20 * time.Minute) // what was left behind
	before := len(c.runs())
	c.pass(time.Hour)
	require.GreaterOrEqual(c.t, len(c.runs())-before, 5)
	require.LessOrEqual(c.t, len(c.runs())-before, 7)
	for _, s := range c.servers {
		s.stop()
	}
	last.stop()
	require.Empty(c.t, c.overlap)
	require.True(c.t, c.row("tickets").NextDue.Add(time.Minute).After(c.now()), "the next is planned")
	begun := make(map[string]bool)
	for _, line := range c.said("run begins") {
		if line["again"] == nil && line["doing"] == scheduler.DoRun {
			require.False(c.t, begun[line["due"].(string)], line)
			begun[line["due"].(string)] = true
		}
	}
}
