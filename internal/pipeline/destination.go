package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pvetl/internal/crash"
	"pvetl/load"
	"pvetl/state"
)

// What state.JobRecord says of a job that has not come to the end of its first run: Playvox may hold what the ledger does
// not know of.
const (
	checking = "check" // finding such an interaction stops the run
	adopting = "adopt" // it is taken over
)

// ChangedIntegrationError says that the ledger speaks of another integration than the job sends to now.
type ChangedIntegrationError struct {
	Job  string
	Name string
}

func (e *ChangedIntegrationError) Error() string {
	return fmt.Sprintf("the integration %q is not the one that job %s sent to before: another account, or one that was deleted and made anew: "+
		"use another state for another account, or 'pvetl run %s --adopt' to forget what was sent and begin anew", e.Name, e.Job, e.Job)
}

// LostStateError says that Playvox holds interactions that the ledger should know of and does not.
type LostStateError struct {
	Job   string
	Keys  []string // some of the rows
	Found int
}

func (e *LostStateError) Error() string {
	return fmt.Sprintf("Playvox holds %d interactions that job %s is about to send (keys %s), and the state knows nothing of them: was it lost? "+
		"'pvetl run %s --adopt' takes over what Playvox holds and sends only what differs", e.Found, e.Job, strings.Join(e.Keys, ", "), e.Job)
}

// SentByOtherError says that another job has sent what a job is about to send.
type SentByOtherError struct {
	Job, Other string
	Keys       []string // some of the rows
	Found      int
}

func (e *SentByOtherError) Error() string {
	return fmt.Sprintf("job %s has sent %d interactions that job %s is about to send (keys %s): where it was renamed, 'pvetl run %s --adopt' "+
		"takes over what Playvox holds and sends only what differs; two jobs cannot send the same interactions",
		e.Other, e.Found, e.Job, strings.Join(e.Keys, ", "), e.Job)
}

// findIntegration asks for the integration's id when something has to be sent for the first time; a run that has nothing
// to send makes no request at all. It sees to it that the ledger speaks of that integration, and that the integration
// takes what is sent.
func (r *run) findIntegration(ctx context.Context) error {
	if r.remoteID != "" {
		return nil
	}
	found, err := r.playvox.FindIntegration(ctx, r.integration.Name)
	if err != nil {
		return err
	}
	record, _, err := r.store.Job(ctx, r.job)
	switch {
	case err != nil:
		return err
	case record.IntegrationID != "" && record.IntegrationID != found.ID:
		return &ChangedIntegrationError{Job: r.job, Name: r.integration.Name}
	}
	if err := found.Fit(r.integration, r.interactions.filled); err != nil {
		return err
	}
	if record.IntegrationID == "" {
		if record, err = r.firstRecord(ctx, found.ID, record.Adopting); err != nil {
			return err
		}
	}
	if r.others, err = r.store.JobsThatSendTo(ctx, found.ID); err != nil {
		return err
	}
	r.others = slices.DeleteFunc(r.others, func(job string) bool { return job == r.job })
	r.remoteID, r.adopting = found.ID, record.Adopting != ""
	return nil
}

// firstRecord notes where a job sends to. Where the ledger is empty and the integration is not, what the job is about to
// send may be there: from another state, which was lost.
func (r *run) firstRecord(ctx context.Context, integrationID, mode string) (state.JobRecord, error) {
	record := state.JobRecord{Job: r.job, IntegrationID: integrationID, Adopting: mode}
	known, err := r.store.CountEntries(ctx, r.job)
	if err != nil {
		return record, err
	}
	if mode == "" && known == 0 {
		holds, err := r.playvox.HoldsAny(ctx, integrationID)
		if err != nil {
			return record, err
		}
		if holds {
			record.Adopting = checking
		}
	}
	return record, r.store.SaveJob(ctx, record)
}

// startOver forgets what the ledger says of the job, to take over what Playvox holds. What an earlier run left on its way
// is given the time to arrive.
func (r *run) startOver(ctx context.Context) error {
	open, err := r.store.OpenBatches(ctx, r.job)
	if err != nil {
		return err
	}
	if len(open) > 0 {
		if err := r.waitUntil(ctx, r.now().Add(r.settleDelay())); err != nil {
			return err
		}
	}
	err = r.store.StartOver(ctx, state.JobRecord{Job: r.job, Adopting: adopting})
	crash.At(crash.Adopted)
	return err
}

// endAdoption notes that everything that Playvox may have held has been asked for.
func (r *run) endAdoption(ctx context.Context) error {
	if !r.adopting || r.options.DryRun || !r.tickets.tracker.done() {
		return nil
	}
	return r.store.SaveJob(ctx, state.JobRecord{Job: r.job, IntegrationID: r.remoteID})
}

// adoptHeld takes those of the items that Playvox holds already out of a batch, where it may hold what the ledger does
// not know, and brings them up to date.
func (r *run) adoptHeld(ctx context.Context, items []*item) (rest []*item, err error) {
	if !r.adopting && r.options.Repair == nil {
		return items, r.refuseSentByOthers(ctx, items)
	}
	record, _, err := r.store.Job(ctx, r.job)
	if err != nil {
		return nil, err
	}
	found, err := r.playvox.Find(ctx, r.remoteID, idsOf(items), noTime)
	if err != nil {
		return nil, err
	}
	if record.Adopting == checking && r.options.Repair == nil && len(found) > 0 {
		return nil, r.lostState(items, found)
	}
	for _, it := range items {
		remote := found[it.entry.InteractionID]
		if len(remote) == 0 {
			rest = append(rest, it)
			continue
		}
		if err := r.bringUpToDate(ctx, it, remote[0]); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

// refuseSentByOthers keeps what another job has sent from being sent again: above all after a job was renamed, and renamed back.
func (r *run) refuseSentByOthers(ctx context.Context, items []*item) error {
	for _, other := range r.others {
		sent, err := r.store.Known(ctx, other, nil, idsOf(items))
		if err != nil {
			return err
		}
		if len(sent) > 0 {
			return &SentByOtherError{Job: r.job, Other: other, Keys: someKeys(sent), Found: len(sent)}
		}
	}
	return nil
}

func someKeys(entries []state.Entry) (keys []string) {
	for _, entry := range entries[:min(3, len(entries))] {
		keys = append(keys, entry.Key)
	}
	return keys
}

func (r *run) lostState(items []*item, found map[string][]load.RemoteInteraction) error {
	lost := &LostStateError{Job: r.job, Found: len(found)}
	for _, it := range items {
		if _, there := found[it.entry.InteractionID]; there && len(lost.Keys) < 3 {
			lost.Keys = append(lost.Keys, it.entry.Key)
		}
	}
	return lost
}

// adoptExisting looks for interactions that Playvox refused because it holds them, and brings them up to date.
func (r *run) adoptExisting(ctx context.Context, items []*item) error {
	if len(items) == 0 {
		return nil
	}
	found, err := r.playvox.Find(ctx, r.remoteID, idsOf(items), noTime)
	if err != nil {
		return r.leaveUnknown(ctx, items, err)
	}
	for _, it := range items {
		remote := found[it.entry.InteractionID]
		if !it.isOurs() { // nothing is known of its content any more: it is read again
			r.release([]*item{it})
			continue
		}
		if len(remote) == 0 {
			s := newSettlement()
			r.settleRefused(s, it, "Playvox says that it exists already, and does not show it")
			if err := r.settle(ctx, s); err != nil {
				return err
			}
			continue
		}
		if err := r.bringUpToDate(ctx, it, remote[0]); err != nil {
			return err
		}
	}
	return nil
}

var errUnknownComment = errors.New("it is not known whether one of its comments arrived")

// bringUpToDate makes an interaction that Playvox holds, and the ledger does not, what the source says. The comments come
// first: once the ledger has the interaction, nobody looks for them.
func (r *run) bringUpToDate(ctx context.Context, it *item, remote load.RemoteInteraction) error {
	it.entry.RemoteID, it.entry.RunID = remote.ID, r.id
	shown := remote.Comments
	nameless := slices.ContainsFunc(shown, func(c load.RemoteComment) bool { return c.ID == "" })
	if len(it.remarks) > 0 && (nameless || !remote.ShowsComments) {
		var err error
		if shown, err = r.playvox.Comments(ctx, remote.ID); err != nil {
			return r.leaveUnknown(ctx, []*item{it}, err)
		}
	}
	s := newSettlement()
	lost, err := r.bringComments(ctx, it, shown, s)
	if err != nil {
		return err
	}
	it.remarks, it.entry.Comments = nil, nil // each is settled for itself
	fields := differing(it.interaction, remote.Fields, r.integration.Metadata)
	if !lost && len(fields) == 0 {
		s.Entries = append(s.Entries, it.entry)
		r.settleItem(s, it)
		s.counts(func(sum *Summary) { sum.Interactions.Unchanged++ })
	}
	if err := r.settle(ctx, s); err != nil || !lost && len(fields) == 0 {
		return err
	}
	if lost { // once the ledger had the interaction, nobody would read this comment again
		return r.leaveUnknown(ctx, []*item{it}, errUnknownComment)
	}
	return r.sendSingle(ctx, r.updateWrite(it, fields, asChanged))
}

// bringComments makes a conversation what the source says. What is so already becomes part of the settlement. It reports
// whether the fate of a comment is unknown.
func (r *run) bringComments(ctx context.Context, it *item, shown []load.RemoteComment, found *settlement) (lost bool, err error) {
	known, err := r.store.Comments(ctx, r.job, []string{it.entry.Key})
	if err != nil {
		return false, err
	}
	pairs, _, _ := talk{remarks: it.remarks, known: known[it.entry.Key]}.pair(shown)
	for _, m := range it.remarks {
		w, err := r.bringComment(ctx, it, m, pairs[m], found)
		if err == nil && w != nil {
			err = r.sendSingle(ctx, w)
			lost = lost || w.lost
		}
		if err != nil {
			return lost, err
		}
	}
	return lost, nil
}

// bringComment returns the request that makes a comment what the source says; nil where Playvox shows it so.
func (r *run) bringComment(ctx context.Context, it *item, m *remark, shown *load.RemoteComment, found *settlement) (*single, error) {
	switch {
	case shown == nil:
		return r.newComment(m, it.entry, asNew), nil
	case len(shown.Attachments) != len(m.comment.Attachments), m.hash.fixed != hashTexts(shown.Type, shown.AuthorID):
		if err := r.removeComment(ctx, it.entry, shown.ID); err != nil {
			return nil, fmt.Errorf("replacing the comment with key %s: %w", m.key, err)
		}
		return r.newComment(m, it.entry, asChanged), nil
	case m.hash.shownAs(*shown):
		// Its files are taken to be the same: there are as many.
		found.Comments = append(found.Comments, state.CommentChange{Parent: m.parent, CommentEntry: m.entry(shown.ID)})
		r.settleSentRemark(found, m, asUnchanged)
		return nil, nil
	default:
		return r.newEdit(m, it.entry, shown.ID), nil
	}
}
