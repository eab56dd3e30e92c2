package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Each line is how much time passes, what happens then, and which notices come of it.
func TestAChangeIsToldAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, story := range map[string]string{
		"a job that fails is told of once, and once more when it works again": `
			0m good
			15m fails no connection to 10.0.0.1:5432 > failed
			15m fails no connection to 10.0.0.2:6543
			15m good         > recovered
			15m good`,
		"its first run may fail": `
			0m fails gone    > failed
			15m fails gone
			15m good         > recovered`,
		"another cause is told, at most once a day": `
			0m fails gone    > failed
			15m fails late   > failed
			15m fails gone
			15m fails full
			15m fails late
			24h fails full   > failed
			15m fails full
			15m good         > recovered
			15m fails late   > failed`,
		"a run that did not begin changes nothing": `
			0m fails gone    > failed
			15m skipped
			15m held
			15m fails gone
			15m good         > recovered
			15m held
			15m skipped`,
		"rejects are told by their kind": `
			0m reject status
			0m good          > rejects
			15m good
			0m reject csat
			15m good         > rejects
			15m good
			0m heal csat
			15m good
			0m reject csat
			15m good         > rejects`,
		"rejects that a failing run found are told when one is good": `
			0m reject status
			0m fails gone    > failed
			15m good         > recovered rejects`,
		"nothing new for longer than it may be": `
			0m news
			71h good
			1h good          > quiet
			24h good
			24h news         > news
			71h good`,
		"as long as no run has looked nothing is known to be quiet": `
			0m news
			0m limit 1000h
			100h look
			0m news`,
		"a failing run may bring news": `
			0m news
			72h good         > quiet
			15m fails gone   > failed
			15m good         > recovered`,
		"nobody runs the job": `
			0m good
			0m look
			89m look
			2m look          > behind
			1h look
			1h good          > caught_up
			1m look`,
		"it never ran": `
			0m look
			89m look
			2m look          > behind
			1h good          > caught_up`,
		"a job that fails is behind for a reason that is known": `
			0m good
			0m look
			15m fails gone   > failed
			3h look
			0m good          > recovered`,
		"unless somebody has said how far it may be": `
			0m limit 2h
			0m good
			0m look
			15m fails gone   > failed
			2h look          > behind
			0m good          > recovered caught_up`,
		"a limit counts from when it is set": `
			0m good
			0m look
			80m limit 1h
			0m look
			59m look
			2m look          > behind`,
		"a job that is paused has nothing new go wrong": `
			0m good
			0m look
			0m pause
			0m look
			15m fails gone
			0m reject status
			15m good
			96h look
			0m resume
			1m look
			1h good          > rejects
			15m fails gone   > failed`,
		"but it has an end": `
			0m good
			0m look
			2h look          > behind
			15m fails gone   > failed
			0m pause
			15m fails late
			15m news         > recovered caught_up`,
		"jobs.yaml is broken, and whole again": `
			0m look
			1m break         > config_broken
			1m look
			1m break
			1m mend          > config_mended
			1m look
			1m break         > config_broken`,
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, 1, func(t *testing.T, w *world) {
				for line := range strings.Lines(strings.TrimSpace(story)) {
					step, want, _ := strings.Cut(strings.TrimSpace(line), ">")
					after, event, _ := strings.Cut(strings.TrimSpace(step), " ")
					d, err := time.ParseDuration(after)
					require.NoError(t, err)
					pass(d)
					w.happen(w.notifiers[0], event)
					pass(time.Second)
					require.Equal(t, strings.Fields(want), append([]string{}, kinds(w.deliver())...), line)
				}
			})
		})
	}
}
