package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pvetl/internal/crash"
	"pvetl/load"
	"pvetl/state"
)

// single is one request that changes one thing in Playvox. Like a batch it has a record, which is committed before it is
// sent, because it may take effect without our knowing (W2).
type single struct {
	kind    state.BatchKind
	entry   state.Entry // what Playvox is to hold; with one comment where the request is about that
	send    func(context.Context) (id string, err error)
	done    func(s *settlement, id string) // it took effect
	refuse  func(s *settlement, reason string)
	lose    func(s *settlement)         // nobody knows
	gone    func(context.Context) error // what it was to change is not there; nil is a refusal
	record  state.Batch
	lost    bool   // nobody will know before the next run
	refused string // why Playvox does not do it, if it does not
}

// The crash points of the kinds of single requests.
var crashPoints = map[state.BatchKind]struct{ recorded, sent, settled crash.Point }{
	state.Update:      {crash.UpdateRecorded, crash.UpdateSent, crash.UpdateSettled},
	state.NewComment:  {crash.CommentRecorded, crash.CommentSent, crash.CommentSettled},
	state.EditComment: {crash.EditRecorded, crash.EditSent, crash.EditSettled},
	state.Deletion:    {crash.DeletionRecorded, crash.InteractionDeleted, crash.DeletionSettled},
}

// write records a request, sends it, and settles it as far as its outcome is known: lost says that it is not.
func (r *run) write(ctx context.Context, w *single) (lost bool, err error) {
	w.record = r.newBatch(w.kind, []state.Entry{w.entry})
	w.record.State, w.record.SentAt = state.Sending, r.now()
	if err := r.store.SaveBatch(ctx, w.record); err != nil {
		return false, err
	}
	crash.At(crashPoints[w.kind].recorded)
	id, err := w.send(ctx) // W2: the record is committed
	crash.At(crashPoints[w.kind].sent)
	if err == nil {
		r.isCertain()
		return false, r.settleSingle(ctx, w, func(s *settlement) { w.done(s, id) })
	}
	switch outcome := load.OutcomeOf(err); {
	case outcome == load.Missing && w.gone != nil:
		if err := r.giveBack(ctx, w.record, nil); err != nil {
			return false, err
		}
		return false, w.gone(ctx)
	case outcome == load.Refused:
		w.refused = words(err)
		return false, r.settleSingle(ctx, w, func(s *settlement) { w.refuse(s, w.refused) })
	case outcome == load.Missing:
		reason := fmt.Sprintf("Playvox does not hold the interaction any more (%s): 'pvetl verify %s --repair' sends it again", words(err), r.job)
		return false, r.settleSingle(ctx, w, func(s *settlement) { w.refuse(s, reason) })
	case outcome == load.Uncertain:
		r.log.Warn("a request has no answer: it may have taken effect", "kind", string(w.kind), "key", w.entry.Key, "error", err)
		if tooMany := r.tooUncertain(err); tooMany != nil {
			return false, errors.Join(tooMany, r.loseSingle(ctx, w))
		}
		return true, r.mark(ctx, w.record)
	default:
		return false, r.giveBack(ctx, w.record, err)
	}
}

// settleSingle closes the record of a request together with what became of it.
func (r *run) settleSingle(ctx context.Context, w *single, with func(*settlement)) error {
	s := newSettlement()
	with(s)
	w.record.State = state.Settled
	s.Batch = &w.record
	err := r.settle(ctx, s)
	crash.At(crashPoints[w.kind].settled)
	return err
}

// loseSingle leaves a request to the next run, which looks before it does anything.
func (r *run) loseSingle(ctx context.Context, w *single) error {
	s := newSettlement()
	w.lose(s)
	return errors.Join(r.mark(ctx, w.record), r.settle(ctx, s))
}

// findOut looks whether a lost request took effect, and sends it again where it did not.
func (r *run) findOut(ctx context.Context, w *single) error {
	found, took, err := r.lookForSingle(ctx, w.record)
	switch {
	case err != nil:
		r.log.Warn("it is not known whether a request took effect: the next run looks again", "key", w.entry.Key, "error", err)
		w.lost = true
		return errors.Join(stopping(ctx, err), r.loseSingle(ctx, w))
	case took:
		return r.settleSingle(ctx, w, func(s *settlement) { w.done(s, remoteIDOf(found)) })
	}
	if err := r.giveBack(ctx, w.record, nil); err != nil {
		return err
	}
	lost, err := r.write(ctx, w)
	if err != nil || !lost {
		return err
	}
	return r.findOut(ctx, w)
}

// sendSingle is write for those who wait until the outcome is known.
func (r *run) sendSingle(ctx context.Context, w *single) error {
	lost, err := r.write(ctx, w)
	if err != nil || !lost {
		return err
	}
	return r.findOut(ctx, w)
}

// remoteIDOf is the id of the one thing that a single request is about.
func remoteIDOf(entry state.Entry) string {
	if len(entry.Comments) == 1 {
		return entry.Comments[0].RemoteID
	}
	return entry.RemoteID
}

// singleDelay is how long a single request may be at work after its connection was lost. No background job does it, so it
// is shorter than that of a batch.
const singleDelay = 5 * time.Second

// lookForSingle looks whether a request took effect: a new comment twice, because it would be there twice if it were sent
// again too early; what changes something can be sent again, so one look is enough.
func (r *run) lookForSingle(ctx context.Context, record state.Batch) (state.Entry, bool, error) {
	entry := record.Items[0]
	times := 1
	if record.Kind == state.NewComment {
		times = looks
	}
	begun := record.SentAt
	for range times {
		if err := r.waitUntil(ctx, begun.Add(min(singleDelay, r.settleDelay()))); err != nil {
			return entry, false, err
		}
		found, took, err := r.shows(ctx, record.Kind, entry)
		crash.At(crash.Looked)
		if err != nil || took {
			return found, took, err
		}
		begun = r.now()
	}
	return entry, false, nil
}

// shows asks Playvox whether it holds what a request was to bring.
func (r *run) shows(ctx context.Context, kind state.BatchKind, entry state.Entry) (state.Entry, bool, error) {
	if kind == state.Update || kind == state.Deletion {
		return r.showsInteraction(ctx, kind, entry)
	}
	shown, err := r.playvox.Comments(ctx, entry.RemoteID)
	if err != nil {
		return entry, false, err
	}
	known, err := r.store.Comments(ctx, r.job, []string{entry.Key})
	if err != nil {
		return entry, false, err
	}
	comment := entry.Comments[0]
	free := unclaimed(shown, known[entry.Key], comment.Key)
	if kind == state.EditComment {
		found, ok := free.takeID(comment.RemoteID)
		return entry, ok && parseHash(comment.Hash).shownAs(found), nil
	}
	found, ok := free.takeFirst(parseHash(comment.Hash).shownAs)
	comment.RemoteID = found.ID
	entry.Comments = []state.CommentEntry{comment}
	return entry, ok, nil
}

// showsInteraction compares an interaction's fields by their hashes, or makes sure that it is gone. What Playvox does not show
// of an update is taken not to be there: it can be sent again.
func (r *run) showsInteraction(ctx context.Context, kind state.BatchKind, entry state.Entry) (state.Entry, bool, error) {
	found, err := r.playvox.Find(ctx, r.remoteID, []string{entry.InteractionID}, noTime)
	if err != nil {
		return entry, false, err
	}
	for _, remote := range found[entry.InteractionID] {
		if remote.ID != entry.RemoteID {
			continue
		}
		if kind == state.Deletion {
			return entry, false, nil
		}
		hashes, err := hashesOf(entry)
		return entry, err == nil && showsAll(remote.Fields, hashes, r.integration.Metadata), err
	}
	return entry, kind == state.Deletion, nil
}

// sendRemarkAside sends a comment. While its outcome is found out, nothing else is added to the conversation: what Playvox
// shows of it would not tell which is which.
func (r *run) sendRemarkAside(ctx context.Context, m *remark, w *single) error {
	r.claim(m.name(), nameOfKey(m.parent))
	return r.sendAside(ctx, w, func() { r.unclaim(nameOfKey(m.parent)) })
}

// sendAside sends a request and, where its outcome is unknown, lets everything else go on while it is found out.
func (r *run) sendAside(ctx context.Context, w *single, end func()) error {
	lost, err := r.write(ctx, w)
	if err != nil || !lost {
		end()
		return err
	}
	r.open.Add(1)
	r.group.Go(func() error {
		defer r.open.Done()
		defer end()
		return r.findOut(ctx, w)
	})
	return nil
}
