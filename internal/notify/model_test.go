package notify_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pvetl/internal/notify"
)

// model is what a receiver should have heard of a job, however its runs end.
type model struct {
	failing        bool
	rejected, told map[string]bool
	expected       []string
}

func (m *model) happens(what string) {
	switch what {
	case "reject status", "reject csat":
		m.rejected[what[len("reject "):]] = true
	case "heal status", "heal csat":
		delete(m.rejected, what[len("heal "):])
	case "fails gone":
		if !m.failing {
			m.expected = append(m.expected, "failed")
		}
		m.failing = true
	case "good":
		if m.failing {
			m.expected = append(m.expected, "recovered")
		}
		m.failing = false
		fresh := false
		for kind := range m.rejected {
			fresh = fresh || !m.told[kind]
		}
		if fresh {
			m.expected = append(m.expected, "rejects")
		}
		m.told = make(map[string]bool)
		for kind := range m.rejected {
			m.told[kind] = true
		}
	}
}

// Whoever of four processes sees a run end, whether or not the receiver answers, and whoever dies before it has sent what it
// wrote down: each change arrives, once and in order.
func TestEachChangeArrivesOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	now := time.Now()
	clock := func() time.Time { return now }
	checks := 0
	rapid.Check(t, func(rt *rapid.T) {
		m := model{rejected: make(map[string]bool), told: make(map[string]bool)}
		checks++
		now = time.Now()
		w.job = fmt.Sprint("job", checks)
		for i := range w.notifiers {
			w.notifiers[i] = w.newNotifierAt(clock)
		}
		var arrived []heard
		steps := rapid.SliceOfN(rapid.SampledFrom([]string{
			"good", "good", "fails gone", "fails gone", "reject status", "heal status", "reject csat", "heal csat", "skipped", "held", "away", "back", "deliver", "die",
		}), 1, 25).Draw(rt, "steps")
		for _, step := range steps {
			who := rapid.IntRange(0, 3).Draw(rt, "who")
			switch step {
			case "away":
				w.answering(503)
			case "back":
				w.answering(204)
			case "deliver":
				arrived = append(arrived, w.deliver()...)
			case "die":
				w.notifiers[who] = w.newNotifierAt(clock)
			default:
				m.happens(step)
				w.happen(w.notifiers[who], step)
			}
		}
		w.answering(204)
		for range 2 {
			now = now.Add(2 * time.Hour)
			arrived = append(arrived, w.deliver()...)
		}
		got := kinds(arrived)
		slices.Sort(got)
		slices.Sort(m.expected)
		require.Equal(rt, m.expected, got, "%v", steps)
		require.Zero(rt, w.waiting())
		ids := make(map[string]bool)
		for _, notice := range arrived {
			ids[notice.ID] = true
		}
		require.Len(rt, ids, len(arrived))
	})
}

// Several who see the same at the same time tell it once.
func TestSeveralAtTheSameTimeTellAChangeOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	together := func(do func(n *notify.Notifier)) {
		var all sync.WaitGroup
		for _, n := range w.notifiers {
			all.Go(func() { do(n) })
		}
		all.Wait()
	}
	together(func(n *notify.Notifier) { w.happen(n, "fails gone") })
	together(func(n *notify.Notifier) { n.Deliver(t.Context()) })
	together(func(n *notify.Notifier) { w.happen(n, "fails gone") })
	together(func(n *notify.Notifier) { n.Look(t.Context()) })
	w.happen(w.notifiers[1], "break")
	together(func(n *notify.Notifier) { n.Look(t.Context()) })
	together(func(n *notify.Notifier) { n.Deliver(t.Context()) })
	require.ElementsMatch(t, []string{"failed", "config_broken"}, kinds(w.deliver()))
}

// Two processes, a run every quarter of an hour, three days of faults: a notice for each change, and none for a run.
func TestThreeDaysOfFaults(t *testing.T) {
	inBubble(t, 2, func(t *testing.T, w *world) {
		begin := time.Now()
		during := func(from, to float64) bool {
			at := time.Since(begin).Hours()
			return at >= from && at < to
		}
		var got []string
		once := make(map[string]bool)
		at := func(hour float64, what string) {
			if during(hour, 1000) && !once[fmt.Sprint(hour, what)] {
				once[fmt.Sprint(hour, what)] = true
				w.happen(w.notifiers[0], what)
			}
		}
		for quarter := range 72 * 4 {
			at(8, "reject status")
			at(12, "heal status")
			at(14, "reject status")
			at(15, "reject csat")
			at(40, "break")
			at(43, "mend")
			w.answering(204)
			if during(20, 25) {
				w.answering(0)
			}
			n := w.notifiers[quarter%2]
			switch {
			case during(3, 6):
				w.happen(n, fmt.Sprintf("fails no connection to 10.0.0.%d:5432", quarter))
			case during(19, 23):
				w.happen(n, fmt.Sprintf("fails POST /jobs: status 503: try %d", quarter))
			case during(30, 34): // nobody is there
			case during(50, 58):
				w.happen(n, []string{"fails gone", "fails full"}[quarter%2])
			case quarter%4 == 0:
				w.happen(n, "news")
			case quarter%4 == 1:
				w.happen(n, "skipped")
			default:
				w.happen(n, "good")
			}
			for look := range 2 {
				pass(450 * time.Second)
				w.notifiers[look%2].Look(t.Context())
				for _, notice := range w.deliver() {
					got = append(got, fmt.Sprintf("%.0fh %s", notice.At.Sub(begin).Hours(), notice.Kind))
				}
			}
		}
		require.Equal(t, []string{
			"3h failed", "6h recovered",
			"8h rejects", "14h rejects", "15h rejects",
			"19h failed", "23h recovered",
			"31h behind", "34h caught_up",
			"40h config_broken", "43h config_mended",
			"50h failed", "50h failed", "58h recovered",
		}, got)
		require.Zero(t, w.waiting())
	})
}
