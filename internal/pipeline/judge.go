package pipeline

import (
	"context"
	"fmt"

	"pvetl/mapping"
	"pvetl/state"
)

// verdict is what is to be done with a row.
type verdict uint8

const (
	isNew verdict = iota
	isChanged
	isUnchanged
	isRejected      // for the first time, or again
	isStillRejected // just as Playvox refused it before: sending it again would be needless
	isDismissed     // as it was when somebody decided to live with it
	isSuperseded    // another row of the same key counts
	isHeld          // Playvox may have it already
	isWaiting       // a comment whose interaction is not in Playvox
)

// judge compares a row with what is known.
func (r *run) judge(row mapped, known ledgerView, ids map[string]string) (verdict, *mapping.Fault) {
	fault := row.fault
	switch {
	case fault != nil:
	case known.held[row.key]: // whose the interaction_id is will be known when it is found out
		return isHeld, nil
	default:
		fault = r.claimID(row, known, ids)
	}
	if fault != nil {
		return rejection(fault, row.item.reject), fault
	}
	entry, sent := known.byKey[row.key]
	sent = sent && r.options.Repair == nil // what the ledger says is what is in doubt
	switch {
	case sent && (entry.Hash == row.item.entry.Hash || !r.loading.Updates):
		return isUnchanged, nil
	case r.refusedBefore(row.item.reject, row.item.entry.Hash):
		return stillRejected(row.item.reject), nil
	case sent:
		return isChanged, nil
	default:
		return isNew, nil
	}
}

// claimID sees to it that an interaction_id belongs to one row.
func (r *run) claimID(row mapped, known ledgerView, ids map[string]string) *mapping.Fault {
	id := row.item.interaction.ID
	owner, taken := known.byID[id]
	if !taken {
		owner, taken = ids[id]
	}
	if taken && owner != row.key {
		return &mapping.Fault{Field: "interaction_id", Value: id, Rule: "unique", Reason: fmt.Sprintf("the row with key %s has the same interaction_id", owner)}
	}
	ids[id] = row.key
	return nil
}

// rejection tells a fault that is news from one that somebody has decided to live with.
func rejection(fault *mapping.Fault, known *state.Reject) verdict {
	if known != nil && !known.Dismissed.IsZero() && known.Field == fault.Field && known.Value == fault.Value && known.Rule == fault.Rule {
		return isDismissed
	}
	return isRejected
}

// refusedBefore reports whether Playvox has refused just this, and nobody wants it tried again.
func (r *run) refusedBefore(known *state.Reject, hash string) bool {
	return known != nil && known.Hash != "" && known.Hash == hash && r.options.Retry == nil && r.options.Repair == nil
}

func stillRejected(known *state.Reject) verdict {
	if !known.Dismissed.IsZero() {
		return isDismissed
	}
	return isStillRejected
}

// carryOut does what the verdict on a row asks for, as far as that can be done at once.
func (r *run) carryOut(ctx context.Context, row mapped, verdict verdict, fault *mapping.Fault, known ledgerView, done *settlement) error {
	page := row.item.page
	switch verdict {
	case isUnchanged, isDismissed:
		r.count(func(s *Summary) { s.Interactions.Unchanged++ })
		if verdict == isUnchanged && row.item.reject != nil {
			done.heal(StreamInteractions, row.key)
		}
		done.rows[page]++
	case isRejected:
		reject := r.rejectOf(StreamInteractions, row.key, fault)
		r.count(func(s *Summary) { s.reject(&s.Interactions, reject) })
		r.log.Debug("row rejected", "stream", StreamInteractions, "key", row.key, "field", fault.Field, "rule", fault.Rule)
		done.Rejects = append(done.Rejects, reject)
		done.rows[page]++
	case isStillRejected:
		r.count(func(s *Summary) { s.reject(&s.Interactions, *row.item.reject) })
		done.rows[page]++
	case isHeld:
		r.parked = append(r.parked, row)
	case isChanged:
		r.sends++
		return r.update(ctx, row.item, known.byKey[row.key])
	default:
		r.sends++
		return r.collect(ctx, row.item)
	}
	return nil
}

func (r *run) rejectOf(stream, key string, fault *mapping.Fault) state.Reject {
	reject := faulty(stream, key, fault)
	reject.Job = r.job
	return reject
}

func faulty(stream, key string, fault *mapping.Fault) state.Reject {
	return state.Reject{
		Stream: stream, Key: key, Stage: "mapping",
		Field: fault.Field, Column: fault.Column, Value: fault.Value, Rule: fault.Rule, Reason: fault.Reason,
	}
}

// refusal is a reject by Playvox of what the row holds now.
func (r *run) refusal(entry state.Entry, reason string) state.Reject {
	return state.Reject{
		Job: r.job, Stream: StreamInteractions, Key: entry.Key, Stage: "playvox",
		Field: "interaction_id", Value: entry.InteractionID, Rule: "refused", Reason: reason, Hash: entry.Hash,
	}
}

// TooManyRejectsError says that load.max_rejects stopped the run.
type TooManyRejectsError struct {
	Rejected int64
	Read     int64
	Job      string
}

func (e *TooManyRejectsError) Error() string {
	return fmt.Sprintf("%d of %d rows are rejected, more than load.max_rejects allows: see 'pvetl rejects %s'", e.Rejected, e.Read, e.Job)
}

func (r *run) checkRejects() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.history.with(r.summary)
	rejected := s.Interactions.Rejected + s.Comments.Rejected + s.Attachments.Rejected
	read := s.Interactions.Read + s.Comments.Read + s.Attachments.Read
	if r.loading.MaxRejects.Exceeded(rejected, read) {
		return &TooManyRejectsError{Rejected: rejected, Read: read, Job: r.job}
	}
	return nil
}
