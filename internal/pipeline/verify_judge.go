package pipeline

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"pvetl/load"
	"pvetl/mapping"
	"pvetl/state"
)

// differs reports a difference of an interaction.
func (v *verification) differs(key, kind, detail string, mendable bool) {
	v.found.Differences = append(v.found.Differences, Difference{
		Job: v.job, Stream: StreamInteractions, Key: key, Kind: kind, Detail: detail, of: key, mendable: mendable,
	})
}

// remarkDiffers reports a difference of a comment.
func (v *verification) remarkDiffers(parent, key, kind, detail string, mendable bool) {
	v.found.Differences = append(v.found.Differences, Difference{
		Job: v.job, Stream: StreamComments, Key: key, Kind: kind, Detail: "of interaction " + parent + ": " + detail, of: parent, mendable: mendable,
	})
}

func compareDifferences(a, b Difference) int {
	return cmp.Or(-strings.Compare(a.Stream, b.Stream), compareKeys(a.Key, b.Key)) // interactions first
}

// examine judges one suspect by what the source, the ledger and Playvox say of it now.
func (v *verification) examine(ctx context.Context, s suspect, known facts, shown []load.RemoteInteraction) error {
	row, there := known.rows[s.key]
	entry, sent := known.ledger.byKey[s.key]
	var reject *state.Reject
	if found, ok := known.rejects[s.key]; ok {
		reject = &found
	}
	ours := known.talks[s.key]
	if v.counting && there {
		v.countOne(sent, len(shown), ours)
	}
	if there && len(shown) > 1 {
		v.differs(s.key, Extra, copiesOf(len(shown)), false)
	}
	switch mapped := row.fault == nil; {
	case !there:
		v.judgeGone(s, entry, sent, len(shown))
	case !mapped:
		v.judgeRejected(row, entry, sent, reject, len(shown) > 0)
	case len(shown) == 0:
		return v.judgeAbsent(ctx, s, row, entry, sent, reject, len(ours.remarks))
	default:
		return v.judgeShown(ctx, row, entry, sent, theOne(shown, entry), ours)
	}
	return nil
}

func (v *verification) countOne(sent bool, copies int, ours talk) {
	v.found.Compared++
	v.found.Interactions.Source++
	v.found.Interactions.Playvox += int64(copies)
	v.found.Comments.Source += int64(len(ours.remarks))
	v.found.Comments.Ledger += int64(len(ours.known))
	if sent {
		v.found.Interactions.Ledger++
	}
}

// theOne is, of several copies, the one that the ledger speaks of.
func theOne(shown []load.RemoteInteraction, entry state.Entry) load.RemoteInteraction {
	i := slices.IndexFunc(shown, func(one load.RemoteInteraction) bool { return one.ID == entry.RemoteID })
	return shown[max(0, i)]
}

// judgeGone judges what the source does not have.
func (v *verification) judgeGone(s suspect, entry state.Entry, sent bool, copies int) {
	more := ""
	if copies > 1 {
		more = ", " + copiesOf(copies)
	}
	switch {
	case copies > 0 && sent:
		v.differs(s.key, Extra, "its row is in the source no more"+more, false)
	case copies > 0:
		v.differs(cmp.Or(s.key, s.id), Extra, "neither the source nor the ledger knows it"+more, false)
	case sent && s.sent && v.isExpired(entry):
		v.found.Expired++
	case sent && s.sent:
		v.differs(s.key, Missing, sentAt(entry)+"; its row is in the source no more, so it cannot be sent again", false)
	}
}

// judgeRejected judges a row that makes no interaction.
func (v *verification) judgeRejected(row mapped, entry state.Entry, sent bool, reject *state.Reject, shown bool) {
	why := reasonFor(row.fault)
	switch {
	case rejection(row.fault, reject) == isDismissed:
		v.found.Dismissed++
	case shown && sent:
		v.differs(row.key, Altered, "the row cannot be mapped any more: "+why, false)
	case sent && v.isExpired(entry):
		v.found.Expired++
	case sent:
		v.differs(row.key, Missing, "the row cannot be mapped any more: "+why, false)
	default:
		v.differs(row.key, NotSent, "rejected: "+why, false)
	}
}

// judgeAbsent judges a row that should be in Playvox and is not. What a run beside this has sent since the first look has
// arrived.
func (v *verification) judgeAbsent(
	ctx context.Context, s suspect, row mapped, entry state.Entry, sent bool, reject *state.Reject, comments int,
) error {
	switch {
	case sent && !s.sent:
		return nil
	case sent && v.isExpired(entry):
		v.found.Expired++
		return nil
	case sent:
		v.differs(row.key, Missing, sentAt(entry)+withComments(comments), true)
		return nil
	case reject != nil && !reject.Dismissed.IsZero() && reject.Hash == row.item.entry.Hash:
		v.found.Dismissed++
		return nil
	}
	why, err := v.whyNotSent(ctx, v.tickets, row.key, row.key, nameOfKey(row.key), reject, func(known state.Reject) bool {
		return known.Hash == row.item.entry.Hash
	})
	v.differs(row.key, NotSent, why+withComments(comments), true)
	return err
}

// whyNotSent says why Playvox does not have a row, and what brings it there.
func (v *verification) whyNotSent(
	ctx context.Context, p *progress, key, parent, name string, reject *state.Reject, still func(state.Reject) bool,
) (string, error) {
	switch {
	case reject != nil && reject.Hash != "" && still(*reject):
		return "refused by Playvox: " + clip(reject.Reason), nil
	case v.onTheWay.has(name), v.onTheWay.has(nameOfKey(parent)):
		return "a request that carries it has no known end yet: the next run looks", nil
	}
	if p == v.remarks && p.cursor == "" { // found by the interaction's row
		p, key = v.tickets, parent
	}
	next, err := v.readNext(ctx, p, key)
	switch {
	case next && p.position == nil:
		return "no run has read it yet: the next one sends it", err
	case next:
		return "newer than the watermark: the next run sends it", err
	case v.next[p].asks:
		return "no run has sent it, and the next one asks what to do with the watermark: see 'pvetl watermark'", err
	default:
		return "no run has sent it, and the watermark has passed it: --repair sends it", err
	}
}

// judgeShown compares an interaction and its conversation with what Playvox shows of them.
func (v *verification) judgeShown(
	ctx context.Context, row mapped, entry state.Entry, sent bool, remote load.RemoteInteraction, ours talk,
) error {
	before := len(v.found.Differences)
	var details []string
	if sent && entry.RemoteID != remote.ID {
		details = append(details, "the ledger knows it under another _id")
	}
	fields := differing(row.item.interaction, remote.Fields, v.integration.Metadata)
	stands, err := v.standsAsSent(row, entry, sent, remote)
	if err != nil {
		return err
	}
	if len(fields) > 0 && !stands {
		details = append(details, valuesOf(fields, remote.Fields))
		if sent && entry.Hash != row.item.entry.Hash {
			details = append(details, "the row has changed since it was sent")
		}
	}
	if len(details) > 0 {
		v.differs(row.key, Altered, strings.Join(details, "; "), true)
	}
	if err := v.judgeTalk(ctx, row.key, remote, ours); err != nil {
		return err
	}
	if !sent && len(v.found.Differences) == before {
		v.found.Unknown++
	}
	return nil
}

// standsAsSent reports whether Playvox shows what was sent to it, where changes of the source are not to be sent.
func (v *verification) standsAsSent(row mapped, entry state.Entry, sent bool, remote load.RemoteInteraction) (bool, error) {
	if v.loading.Updates || !sent || entry.Hash == row.item.entry.Hash {
		return false, nil
	}
	hashes, err := hashesOf(entry)
	return err == nil && showsAll(remote.Fields, hashes, v.integration.Metadata), err
}

// isExpired reports whether Playvox has stored an interaction for as long as the integration tells it to, so that it may
// be there no more. The ledger tells when it was first sent by the name of the run that did; of an entry that is older
// than this record nothing is known, and nothing is excused.
func (v *verification) isExpired(entry state.Entry) bool {
	at, ok := runBegan(entry.RunID)
	storage := time.Duration(v.integration.DataStorageMinutes) * time.Minute
	return ok && storage > 0 && at.Add(storage).Before(v.now())
}

const runIDTime = "20060102-150405"

// runBegan is when the run of this id began.
func runBegan(id string) (time.Time, bool) {
	if len(id) < len(runIDTime) {
		return time.Time{}, false
	}
	at, err := time.Parse(runIDTime, id[:len(runIDTime)])
	return at, err == nil
}

func reasonFor(fault *mapping.Fault) string { return clip(fault.Field + ": " + fault.Reason) }
