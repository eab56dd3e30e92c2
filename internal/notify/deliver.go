package notify

import (
	"context"
	"encoding/json"
	"time"

	"github.com/cenkalti/backoff/v5"

	"pvetl/internal/config"
	"pvetl/state"
)

const (
	patience    = time.Minute     // within which whoever has claimed a notice has sent it, or put it off
	giveUpAfter = 72 * time.Hour  // of trying
	giveUpAt    = 5               // attempts, where the receiver says that the notice itself is wrong
	longestWait = time.Hour       // between two attempts
	afterwards  = 3 * time.Second // for writing down what became of an attempt
)

// Deliver sends what waits to be sent, and returns when there is nothing left that is due, or the receiver is to be left alone
// for a while. What could not be sent waits in the state.
func (n *Notifier) Deliver(ctx context.Context) {
	n.delivering.Lock()
	defer n.delivering.Unlock()
	for ctx.Err() == nil && !n.now().Before(n.until) && n.deliverNext(ctx) {
	}
}

// deliverNext takes one at a time, so that those that nobody has tried count no attempt.
func (n *Notifier) deliverNext(ctx context.Context) (more bool) {
	settings := n.options.Settings().File.Config.Notify
	due := n.now()
	if settings.Webhook == "" {
		due = due.Add(-giveUpAfter) // another process may know whom to tell; after that nobody does
	}
	claimed, err := n.options.Store.ClaimNotices(ctx, due, patience, 1)
	if ctx.Err() == nil && (err != nil || len(claimed) > 0) { // one who finds nothing has written nothing
		n.streak(toNote, err == nil, n.now(), "fault", n.options.Redact(errorText(err)))
	}
	if err != nil || len(claimed) == 0 {
		return false
	}
	notice := claimed[0]
	var told body
	if err := json.Unmarshal(notice.Body, &told); err != nil || settings.Webhook == "" {
		n.giveUp(ctx, notice, told, "nobody to tell it to")
		return true
	}
	return n.deliver(ctx, settings, notice, told)
}

func (n *Notifier) deliver(ctx context.Context, settings config.Notify, notice state.Notice, told body) (more bool) {
	failed := n.post(ctx, settings, told.linked(n.options.Page.Reveal()))
	if n.options.Sent != nil {
		n.options.Sent(told.Kind, failed == nil)
	}
	if failed == nil {
		n.streak(toSend, true, n.now())
		n.drop(ctx, notice)
		return true
	}
	now := n.now()
	if ctx.Err() != nil {
		n.putOff(ctx, notice, now) // it was not the receiver's fault
		return false
	}
	n.streak(toSend, false, now, "kind", told.Kind, "job", told.Job, "fault", failed.words)
	if now.Sub(notice.CreatedAt) >= giveUpAfter || failed.isOfNotice && notice.Attempts >= giveUpAt {
		n.giveUp(ctx, notice, told, failed.words)
		return true
	}
	until := now.Add(max(waitAfter(notice.Attempts), min(failed.after, longestWait)))
	n.putOff(ctx, notice, until)
	if !failed.isOfNotice {
		n.until = until // for all of them, so that what happened first is told first
	}
	return failed.isOfNotice
}

// waitAfter is how long to wait after the attempts-th attempt.
func waitAfter(attempts int) (wait time.Duration) {
	waits := backoff.ExponentialBackOff{InitialInterval: 30 * time.Second, RandomizationFactor: 0.2, Multiplier: 2, MaxInterval: longestWait}
	for range max(attempts, 1) {
		wait = waits.NextBackOff()
	}
	return min(wait, longestWait)
}

func (n *Notifier) giveUp(ctx context.Context, notice state.Notice, told body, why string) {
	n.options.Log.Warn("a notice is given up: see that notify.webhook is right, and what the notice says in the log of the run",
		"kind", told.Kind, "job", told.Job, "run", told.RunID, "attempts", notice.Attempts, "fault", why)
	n.drop(ctx, notice)
}

// drop is done though the process is being stopped: what was sent must not be sent again.
func (n *Notifier) drop(ctx context.Context, notice state.Notice) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
	defer cancel()
	err := n.options.Store.DropNotice(ctx, notice.ID)
	n.streak(toNote, err == nil, n.now(), "fault", n.options.Redact(errorText(err)))
}

func (n *Notifier) putOff(ctx context.Context, notice state.Notice, until time.Time) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
	defer cancel()
	err := n.options.Store.PutOffNotice(ctx, notice.ID, until)
	n.streak(toNote, err == nil, n.now(), "fault", n.options.Redact(errorText(err)))
}
