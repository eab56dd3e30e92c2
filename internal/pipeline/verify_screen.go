package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"pvetl/extract"
	"pvetl/state"
)

// suspect is what needs a second look.
type suspect struct {
	key  string // of its row; empty where only Playvox knows it
	id   string // interaction_id; empty where the row cannot be mapped and was never sent
	sent bool   // whether the ledger knew it at the first look
}

// screenSource compares every row of the source with the shelf.
func (v *verification) screenSource(ctx context.Context) error {
	return v.readSource(ctx, func(rows extract.Page) error {
		return v.screen(ctx, rows)
	})
}

// screen compares rows with the shelf by their hashes.
func (v *verification) screen(ctx context.Context, found extract.Page) error {
	rows, _ := v.apply(found, page{})
	rows = slices.DeleteFunc(rows, func(row mapped) bool { return v.known.has(row.key) }) // it moved on while we read
	known, rejects, err := v.lookUp(ctx, rows)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if reject, ok := rejects[row.key]; ok {
			row.item.reject = &reject
		}
	}
	for chunk := range slices.Chunk(rows, parentsAtOnce) {
		talks, err := v.conversations(ctx, keysOf(chunk))
		if err != nil {
			return err
		}
		for _, row := range chunk {
			if err := v.screenRow(ctx, row, known, talks[row.key]); err != nil {
				return err
			}
		}
		v.tell()
	}
	return nil
}

func keysOf(rows []mapped) []string {
	keys := make([]string, len(rows))
	for i, row := range rows {
		keys[i] = row.key
	}
	return keys
}

func (v *verification) screenRow(ctx context.Context, row mapped, known ledgerView, ours talk) error {
	v.known.add(row.key)
	entry, sent := known.byKey[row.key]
	s := suspect{key: row.key, id: cmp.Or(row.item.interaction.ID, entry.InteractionID), sent: sent}
	v.found.Compared++
	v.found.Interactions.Source++
	v.found.Comments.Source += int64(len(ours.remarks))
	v.found.Comments.Ledger += int64(len(ours.known))
	if row.fault != nil && row.fault.Field == "key" && row.fault.Rule == "max_length" { // it cannot be read by its key again
		v.judgeRejected(row, entry, sent, row.item.reject, false)
		return nil
	}
	shown := v.shelf.interactions[s.id]
	same, err := v.looksSame(ctx, row, entry, shown, ours)
	if err != nil {
		return err
	}
	if shown != nil {
		same = same && sent && !shown.claimed
		shown.claimed = true
	}
	if !same {
		v.suspects = append(v.suspects, s)
	}
	return nil
}

// looksSame compares hashes. Where the listing does not show comments they are asked for, if there should be any.
func (v *verification) looksSame(ctx context.Context, row mapped, entry state.Entry, shown *shelved, ours talk) (bool, error) {
	if shown == nil {
		return false, nil
	}
	theirs := shown.talk
	if v.comments != nil && !shown.shows && ours.any() {
		comments, err := v.askComments(ctx, row.key, shown.remoteID)
		if err != nil {
			return false, err
		}
		theirs = v.shelf.sumsOfShown(comments)
	}
	v.found.Comments.Playvox += theirs.comments
	alike := row.fault == nil && shown.copies == 1 && shown.remoteID == entry.RemoteID &&
		v.shelf.sumsOf(row.item.interaction).sameAs(shown.fields)
	return alike && (v.comments == nil || v.soundsSame(ours, theirs)), nil
}

// soundsSame compares a conversation as the source and the ledger have it with what Playvox shows of it.
func (v *verification) soundsSame(ours talk, theirs talkSums) bool {
	var sums talkSums
	timed := 0
	for _, m := range ours.remarks {
		_, sent := ours.entry(m.key)
		if m.fault != nil || !sent {
			return false
		}
		w := wordsOf(m.comment)
		if w.at != "" {
			timed++
		}
		v.shelf.addWords(&sums, w, ours.files[m.key])
	}
	switch {
	case sums.comments != theirs.comments || len(ours.known) != len(ours.remarks):
		return false
	case timed == len(ours.remarks):
		return sums.timed == theirs.timed
	default: // where only some have a time, the second look decides on each
		return timed == 0 && sums.untimed == theirs.untimed
	}
}

// screenLedger turns to what the ledger knows and the source did not show: its row vanished, or the read of the source
// does not reach it.
func (v *verification) screenLedger(ctx context.Context) error {
	for after := ""; ; {
		entries, err := v.store.Entries(ctx, v.job, after, ledgerPage)
		if err != nil || len(entries) == 0 {
			return err
		}
		after = entries[len(entries)-1].Key
		entries = slices.DeleteFunc(entries, func(entry state.Entry) bool { return v.known.has(entry.Key) })
		if len(entries) == 0 {
			continue
		}
		keys := make([]string, len(entries))
		for i, entry := range entries {
			keys[i] = entry.Key
		}
		rows, err := v.interactions.rows.Rows(ctx, keys)
		if err != nil {
			return fmt.Errorf("reading %s: %w", StreamInteractions, err)
		}
		if err := v.screen(ctx, rows); err != nil {
			return err
		}
		for _, entry := range entries {
			if v.known.has(entry.Key) {
				continue
			}
			if shown := v.shelf.interactions[entry.InteractionID]; shown != nil {
				shown.claimed = true
			}
			v.suspects = append(v.suspects, suspect{key: entry.Key, id: entry.InteractionID, sent: true})
		}
	}
}

// screenRest turns to what Playvox shows and neither the source nor the ledger has. What another job of the integration
// has sent is no business of this one.
func (v *verification) screenRest(ctx context.Context) error {
	var rest []string
	for id, shown := range v.shelf.interactions {
		if !shown.claimed {
			rest = append(rest, id)
		}
	}
	slices.Sort(rest)
	for ids := range slices.Chunk(rest, ledgerPage) {
		ids, err := v.notOfOthers(ctx, ids)
		if err != nil {
			return err
		}
		if err := v.screenUnread(ctx, ids); err != nil {
			return err
		}
		for _, id := range ids {
			if !v.shelf.interactions[id].claimed {
				v.suspects = append(v.suspects, suspect{id: id})
			}
		}
	}
	return nil
}

// screenUnread looks for rows that the read of the source does not reach, such as those before its start. They can be
// found where the key is the interaction_id.
func (v *verification) screenUnread(ctx context.Context, ids []string) error {
	rows, err := v.interactions.rows.Rows(ctx, ids)
	if err != nil {
		return fmt.Errorf("reading %s: %w", StreamInteractions, err)
	}
	rows.Rows = slices.DeleteFunc(rows.Rows, func(row extract.Row) bool {
		interaction, fault := v.interactions.mapper.Map(row)
		return fault != nil || interaction.ID != v.interactions.key(row)
	})
	return v.screen(ctx, rows)
}

func (v *verification) notOfOthers(ctx context.Context, ids []string) ([]string, error) {
	for _, job := range v.others {
		entries, err := v.store.Known(ctx, job, nil, ids)
		if err != nil {
			return nil, err
		}
		theirs := make(map[string]bool, len(entries))
		for _, entry := range entries {
			theirs[entry.InteractionID] = true
		}
		ids = slices.DeleteFunc(ids, func(id string) bool {
			if theirs[id] {
				v.found.Interactions.Playvox -= int64(v.shelf.interactions[id].copies)
			}
			return theirs[id]
		})
	}
	return ids, nil
}

// drawSample draws rows of the source at random, each as likely as any other.
func (v *verification) drawSample(ctx context.Context) error {
	var drawn []string
	read := 0
	err := v.readSource(ctx, func(rows extract.Page) error {
		for _, row := range rows.Rows {
			read++
			key := v.interactions.key(row)
			if len(drawn) < v.asked.Sample {
				drawn = append(drawn, key)
			} else if i := rand.IntN(read); i < len(drawn) {
				drawn[i] = key
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	slices.Sort(drawn)
	return v.suspectAll(ctx, slices.Compact(drawn))
}

// suspectAll has the rows with these keys looked at.
func (v *verification) suspectAll(ctx context.Context, keys []string) error {
	for chunk := range slices.Chunk(keys, retryPage) {
		known, err := v.factsOf(ctx, chunk)
		if err != nil {
			return err
		}
		for _, key := range chunk {
			entry, sent := known.ledger.byKey[key]
			s := suspect{key: key, id: cmp.Or(known.rows[key].interactionID(), entry.InteractionID), sent: sent}
			v.suspects = append(v.suspects, s)
		}
	}
	return nil
}
