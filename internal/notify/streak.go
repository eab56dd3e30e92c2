package notify

import "time"

// What can go wrong for a while, each of which is logged when it begins and when it ends.
const (
	toNote = "note"
	toSend = "send"
	toBeat = "beat"
)

var streakWords = map[string]struct{ begins, ends string }{
	toNote: {"what changes cannot be noted: notices may come late or not at all until the state answers", "what changes can be noted again"},
	toSend: {"a notice cannot be sent: it is tried again for three days; see that notify.webhook is right and answers", "notices are sent again"},
	toBeat: {"the heartbeat is not taken, and its monitor may call: see that notify.heartbeat is right and answers", "the heartbeat is taken again"},
}

// streak keeps how an attempt went, and logs when it stops going well and when it does again: not each time between.
func (n *Notifier) streak(doing string, well bool, now time.Time, attrs ...any) {
	n.mu.Lock()
	since, known := n.streaks[doing]
	switch {
	case well:
		delete(n.streaks, doing)
	case !known:
		n.streaks[doing] = now
	}
	n.mu.Unlock()
	words := streakWords[doing]
	switch {
	case !well && !known:
		n.options.Log.Warn(words.begins, attrs...) //nolint:sloglint // one of the constants above
	case well && known:
		n.options.Log.Info(words.ends, "after_seconds", int64(now.Sub(since).Seconds())) //nolint:sloglint // one of the constants above
	}
}
