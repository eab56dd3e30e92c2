package pipeline

import (
	"context"
	"slices"

	"pvetl/state"
)

// remarkView is what the ledger knows of some comments and of their interactions.
type remarkView struct {
	parents  map[string]state.Entry
	comments map[string][]state.CommentEntry // by their interaction's key
}

func (v remarkView) of(m *remark) (state.CommentEntry, bool) {
	entries := v.comments[m.parent]
	i := slices.IndexFunc(entries, func(e state.CommentEntry) bool { return e.Key == m.key })
	if i < 0 {
		return state.CommentEntry{}, false
	}
	return entries[i], true
}

func (r *run) lookUpRemarks(ctx context.Context, remarks []*remark) (remarkView, error) {
	view := remarkView{parents: make(map[string]state.Entry)}
	if r.anyRemarkUnderWay(remarks) {
		r.open.Wait()
	}
	var parents []string
	for _, m := range remarks {
		parents = append(parents, m.parent)
	}
	slices.Sort(parents)
	parents = slices.Compact(parents)
	entries, err := r.store.Known(ctx, r.job, parents, nil)
	if err != nil {
		return view, err
	}
	for _, entry := range entries {
		view.parents[entry.Key] = entry
	}
	if view.comments, err = r.store.Comments(ctx, r.job, parents); err != nil {
		return view, err
	}
	return view, r.knowRejects(ctx, remarks)
}

// anyRemarkUnderWay reports whether the fate of a comment, or of its interaction, is being found out. What the ledger says
// of it before that has come to an end means nothing.
func (r *run) anyRemarkUnderWay(remarks []*remark) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(remarks, func(m *remark) bool {
		return r.inFlight[m.name()] || r.held[m.name()] || r.held[nameOfKey(m.parent)]
	})
}

// carryOutRemarks judges comments, settles what needs no request in one go, and sends the others one by one.
func (r *run) carryOutRemarks(ctx context.Context, remarks []*remark) error {
	known, err := r.lookUpRemarks(ctx, remarks)
	if err != nil {
		return err
	}
	verdicts, err := r.judgeRemarks(ctx, remarks, known)
	if err != nil {
		return err
	}
	done := newSettlement()
	var sends []*remark
	for i, m := range remarks {
		switch verdict := verdicts[i]; verdict {
		case isNew, isChanged:
			r.count(m.read)
			sends = append(sends, m)
		default:
			r.settleVerdict(done, m, verdict)
		}
	}
	if err := r.settle(ctx, done); err != nil {
		return err
	}
	for _, m := range sends {
		if err := r.sendRemark(ctx, m, known); err != nil {
			return err
		}
	}
	return nil
}

// settleVerdict settles a comment that needs no request. One that is held or whose fate is open keeps its page open.
func (r *run) settleVerdict(s *settlement, m *remark, verdict verdict) {
	switch verdict {
	case isRejected:
		r.rejectRemark(s, m)
	case isStillRejected:
		r.tallyRejected(s, m, *m.reject)
	case isWaiting:
		r.tallyRemark(s, m, asWaiting)
	case isHeld:
		s.counts(func(sum *Summary) { m.read(sum); m.end(sum, asUnknown) })
	default:
		if verdict == isUnchanged && m.reject != nil {
			s.heal(StreamComments, m.key)
		}
		healFiles(s, m)
		r.tallyRemark(s, m, asUnchanged)
	}
}

// judgeRemarks compares comments with what is known, with their files only where nothing else decides.
func (r *run) judgeRemarks(ctx context.Context, remarks []*remark, known remarkView) ([]verdict, error) {
	verdicts := make([]verdict, len(remarks))
	var goes, stays []*remark
	for i, m := range remarks {
		verdicts[i] = r.judgeRemark(m, known)
		switch verdicts[i] {
		case isNew, isChanged:
			goes = append(goes, m)
		case isUnchanged:
			stays = append(stays, m)
		default: // no file decides
		}
	}
	if r.attachments == nil {
		return verdicts, nil
	}
	if err := r.attach(ctx, goes, !r.options.DryRun); err != nil {
		return nil, err
	}
	if err := r.attach(ctx, stays, false); err != nil {
		return nil, err
	}
	return verdicts, r.compareFiles(ctx, remarks, verdicts, known)
}

// compareFiles finds the comments whose files alone changed.
func (r *run) compareFiles(ctx context.Context, remarks []*remark, verdicts []verdict, known remarkView) error {
	var goes []*remark
	for i, m := range remarks {
		entry, _ := known.of(m)
		if verdicts[i] == isUnchanged && r.loading.Updates && m.hash != parseHash(entry.Hash) {
			verdicts[i], m.counts = isChanged, true
			goes = append(goes, m)
		}
	}
	return r.attach(ctx, goes, !r.options.DryRun)
}

func (r *run) judgeRemark(m *remark, known remarkView) verdict {
	parent, sent := known.parents[m.parent]
	went := sent && parent.RunID == r.id // with its comments, which have been counted
	switch {
	case m.again:
		m.counts = !went && !r.isCounted(m.parent)
		return isSuperseded
	case r.isHeld(nameOfKey(m.parent)), r.isHeld(m.name()):
		m.counts = !r.isCounted(m.parent)
		return isHeld
	case !sent:
		m.counts = !r.isCounted(m.parent)
		return isWaiting
	case m.fault != nil:
		m.counts = !went || m.reject == nil || m.reject.LastSeen.Before(r.summary.StartedAt)
		return rejection(m.fault, m.reject)
	}
	entry, there := known.of(m)
	says := there && m.hash.says(parseHash(entry.Hash))
	switch {
	case says, there && !r.loading.Updates:
		m.counts = !went || r.options.Retry != nil
		return isUnchanged
	case m.reject != nil && m.hash.says(parseHash(m.reject.Hash)) && r.options.Retry == nil:
		return stillRejected(m.reject)
	case there:
		return isChanged
	default:
		return isNew
	}
}
