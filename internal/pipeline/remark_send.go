package pipeline

import (
	"context"
	"slices"

	"pvetl/internal/crash"
	"pvetl/load"
	"pvetl/state"
)

// sendRemark brings a comment that is new or changed.
func (r *run) sendRemark(ctx context.Context, m *remark, known remarkView) error {
	parent := known.parents[m.parent]
	entry, there := known.of(m)
	if r.options.DryRun {
		s := newSettlement()
		as := asNew
		if there {
			as = asChanged
		}
		r.settleRemark(s, m, as)
		return r.settle(ctx, s)
	}
	if err := r.findIntegration(ctx); err != nil {
		return err
	}
	if r.isInFlight(nameOfKey(m.parent)) { // what Playvox shows of a conversation is read while nothing is added to it
		r.open.Wait()
	}
	if !there {
		return r.createComment(ctx, m, parent, asNew)
	}
	return r.changeComment(ctx, m, parent, entry)
}

// changeComment edits a comment or, where an edit cannot say what changed, puts a new one in its place.
func (r *run) changeComment(ctx context.Context, m *remark, parent state.Entry, entry state.CommentEntry) error {
	remoteID, upToDate, err := r.locate(ctx, m, parent, entry)
	switch {
	case err != nil:
		return r.failRemark(ctx, m, err)
	case remoteID == "": // it is not there any more
		return r.createComment(ctx, m, parent, asChanged)
	case upToDate:
		s := newSettlement()
		s.Comments = []state.CommentChange{{Parent: m.parent, CommentEntry: m.entry(remoteID)}}
		r.settleSentRemark(s, m, asChanged)
		return r.settle(ctx, s)
	}
	was := parseHash(entry.Hash)
	if was.fixed == m.hash.fixed && was.files == m.hash.files {
		return r.editComment(ctx, m, parent, remoteID)
	}
	if err := r.doubt(ctx, m.parent, state.CommentEntry{Key: m.key, RemoteID: remoteID}); err != nil {
		return err
	}
	if err := r.removeComment(ctx, parent, remoteID); err != nil {
		return r.failRemark(ctx, m, err)
	}
	s := newSettlement()
	s.ForgottenComments = []state.CommentRef{{Parent: m.parent, Key: m.key}}
	if err := r.settle(ctx, s); err != nil {
		return err
	}
	crash.At(crash.CommentDeleted)
	return r.createComment(ctx, m, parent, asChanged)
}

// removeComment deletes a comment. Where that has no answer it is done once more: twice is the same as once.
func (r *run) removeComment(ctx context.Context, parent state.Entry, remoteID string) error {
	err := r.playvox.DeleteComment(ctx, parent.RemoteID, remoteID)
	if load.OutcomeOf(err) == load.Uncertain {
		err = r.playvox.DeleteComment(ctx, parent.RemoteID, remoteID)
	}
	return err
}

// doubt notes that it is not known any more what Playvox holds of a comment, so that whatever its row says next is sent.
func (r *run) doubt(ctx context.Context, parent string, entry state.CommentEntry) error {
	entry.Hash = ""
	s := newSettlement()
	s.Comments = []state.CommentChange{{Parent: parent, CommentEntry: entry}}
	return r.settle(ctx, s)
}

// locate finds out which of the comments that Playvox shows is the one, where the ledger does not know: the answer to a
// bulk request does not tell. It may turn out to be up to date already.
func (r *run) locate(ctx context.Context, m *remark, parent state.Entry, entry state.CommentEntry) (remoteID string, upToDate bool, err error) {
	if entry.RemoteID != "" {
		return entry.RemoteID, false, nil
	}
	shown, err := r.playvox.Comments(ctx, parent.RemoteID)
	if err != nil {
		return "", false, err
	}
	known, err := r.store.Comments(ctx, r.job, []string{m.parent}) // as it is now: the others may just have changed
	if err != nil {
		return "", false, err
	}
	free, was := unclaimed(shown, known[m.parent], m.key), parseHash(entry.Hash)
	if found, ok := free.takeFirst(was.shownAs); ok {
		return found.ID, false, nil
	}
	if found, ok := free.takeFirst(m.hash.shownAs); ok {
		return found.ID, m.hash.files == "", nil
	}
	if slices.ContainsFunc(known[m.parent], func(s state.CommentEntry) bool { return s.Key != m.key && parseHash(s.Hash).sharesFrame(was) }) {
		return "", false, nil // what is like it may be that one
	}
	found, _ := free.takeLike(was)
	return found.ID, false, nil
}

// failRemark deals with a comment whose request failed: refused it is a reject, and where nobody knows it is tried again
// by the next run.
func (r *run) failRemark(ctx context.Context, m *remark, err error) error {
	s := newSettlement()
	switch load.OutcomeOf(err) {
	case load.Refused, load.Missing:
		r.refuseRemark(s, m, words(err))
	case load.Uncertain:
		r.loseRemark(s, m)
		if err := r.tooUncertain(err); err != nil {
			return err
		}
	default:
		return err
	}
	return r.settle(ctx, s)
}

// createComment sends a comment that Playvox does not hold.
func (r *run) createComment(ctx context.Context, m *remark, parent state.Entry, as tally) error {
	return r.sendRemarkAside(ctx, m, r.newComment(m, parent, as))
}

func (r *run) newComment(m *remark, parent state.Entry, as tally) *single {
	return r.commentWrite(state.NewComment, m, parent, "", as, func(ctx context.Context) (string, error) {
		return r.playvox.CreateComment(ctx, parent.RemoteID, m.comment)
	})
}

// editComment changes what a comment says. One that is gone is sent anew.
func (r *run) editComment(ctx context.Context, m *remark, parent state.Entry, remoteID string) error {
	return r.sendRemarkAside(ctx, m, r.newEdit(m, parent, remoteID))
}

func (r *run) newEdit(m *remark, parent state.Entry, remoteID string) *single {
	w := r.commentWrite(state.EditComment, m, parent, remoteID, asChanged, func(ctx context.Context) (string, error) {
		return remoteID, r.playvox.UpdateComment(ctx, parent.RemoteID, remoteID, m.comment)
	})
	w.gone = func(ctx context.Context) error {
		anew := r.newComment(m, parent, asChanged)
		err := r.sendSingle(ctx, anew)
		w.lost = anew.lost
		return err
	}
	return w
}

func (r *run) commentWrite(
	kind state.BatchKind, m *remark, parent state.Entry, remoteID string, as tally, send func(context.Context) (string, error),
) *single {
	entry := state.Entry{
		Key: parent.Key, InteractionID: parent.InteractionID, RemoteID: parent.RemoteID, Comments: []state.CommentEntry{m.entry(remoteID)},
	}
	return &single{
		kind: kind, entry: entry, send: send,
		done: func(s *settlement, id string) {
			s.Comments = []state.CommentChange{{Parent: m.parent, CommentEntry: m.entry(id)}}
			r.settleSentRemark(s, m, as)
		},
		refuse: func(s *settlement, reason string) { r.refuseRemark(s, m, reason) },
		lose:   func(s *settlement) { r.loseRemark(s, m) },
	}
}

// settleSentRemark settles a comment that Playvox has taken.
func (r *run) settleSentRemark(s *settlement, m *remark, as tally) {
	if m.reject != nil {
		s.heal(StreamComments, m.key)
	}
	healFiles(s, m)
	r.settleRemark(s, m, as)
}

// refuseRemark settles a comment that Playvox does not take.
func (r *run) refuseRemark(s *settlement, m *remark, reason string) {
	r.log.Debug("row refused by Playvox", "stream", StreamComments, "key", m.key)
	refusal := state.Reject{
		Job: r.job, Stream: StreamComments, Key: m.key, Stage: "playvox", Field: "comment", Value: m.key, Rule: "refused", Reason: reason, Hash: m.hash.String(),
	}
	s.Rejects = append(s.Rejects, refusal)
	s.rows[m.page]++
	s.free = append(s.free, m.name())
	s.counts(func(sum *Summary) {
		m.end(sum, asWaiting)
		if m.counts { // the files wait for their comment, which is rejected itself
			sum.Comments.Waiting--
			sum.reject(&sum.Comments, refusal)
		}
	})
}

// loseRemark counts a comment of which nobody knows whether Playvox has it. It keeps its page open, so that the next run
// reads it again, after it has looked.
func (r *run) loseRemark(s *settlement, m *remark) {
	s.counts(func(sum *Summary) {
		r.held[m.name()] = true
		delete(r.inFlight, m.name())
		m.end(sum, asUnknown)
	})
}
