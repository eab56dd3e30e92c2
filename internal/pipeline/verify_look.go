package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"pvetl/extract"
	"pvetl/load"
	"pvetl/mapping"
	"pvetl/state"
)

// lookAtOnce is how many suspects Playvox is asked for at once, and so how many interactions with their contents are in
// memory.
const lookAtOnce = 500

// lookAgain compares the suspects with what Playvox shows of them now, content by content. They are asked for by their
// interaction_ids, as long as that takes fewer requests than to walk through the listing once more: a server that ignores
// filters makes every question such a walk.
func (v *verification) lookAgain(ctx context.Context) error {
	rest := v.suspects
	v.suspects = nil
	perLook := lookAtOnce / 100
	for len(rest) > 0 {
		looks := (len(rest) + lookAtOnce - 1) / lookAtOnce
		if v.pages > 0 && looks > 1 && looks*perLook > v.pages {
			return v.walkAgain(ctx, rest)
		}
		some := rest[:min(lookAtOnce, len(rest))]
		before := v.requests.Lookups.Load()
		found, err := v.playvox.Find(ctx, v.remoteID, idsOfSuspects(some), noTime)
		if err != nil {
			return fmt.Errorf("asking Playvox again for what differs: %w", err)
		}
		perLook = max(perLook, int(v.requests.Lookups.Load()-before))
		if err := v.examineAll(ctx, some, found); err != nil {
			return err
		}
		rest = rest[len(some):]
	}
	return nil
}

func idsOfSuspects(suspects []suspect) []string {
	ids := make(map[string]bool, len(suspects))
	for _, s := range suspects {
		if s.id != "" {
			ids[s.id] = true
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

// walkAgain finds the suspects in the listing. Those of which there are copies wait until all have come by.
func (v *verification) walkAgain(ctx context.Context, suspects []suspect) error {
	byID := make(map[string][]suspect, len(suspects))
	for _, s := range suspects {
		byID[s.id] = append(byID[s.id], s)
	}
	var some []suspect
	found, copies := make(map[string][]load.RemoteInteraction), make(map[string][]load.RemoteInteraction)
	for remote, err := range v.listing.Interactions(ctx, v.remoteID) {
		if err != nil {
			return fmt.Errorf("listing what Playvox holds: %w", err)
		}
		id := remote.InteractionID
		if _, ok := byID[id]; !ok {
			continue
		}
		if shown := v.shelf.interactions[id]; shown != nil && shown.copies > 1 {
			copies[id] = append(copies[id], remote)
			continue
		}
		found[id] = append(found[id], remote)
		some = append(some, byID[id]...)
		delete(byID, id)
		if len(some) < lookAtOnce {
			continue
		}
		if err := v.examineAll(ctx, some, found); err != nil {
			return err
		}
		some, found = nil, make(map[string][]load.RemoteInteraction)
	}
	if err := v.examineAll(ctx, some, found); err != nil {
		return err
	}
	var rest []suspect
	for _, s := range suspects {
		if _, ok := byID[s.id]; ok {
			rest = append(rest, s)
		}
	}
	return v.examineAll(ctx, rest, copies)
}

// facts are what the source and the ledger say of some interactions.
type facts struct {
	rows    map[string]mapped // by key; with a fault also where another row has the same interaction_id
	ledger  ledgerView
	rejects map[string]state.Reject
	talks   map[string]talk
}

func (m mapped) interactionID() string {
	if m.item == nil {
		return ""
	}
	return m.item.interaction.ID
}

// factsOf reads rows again, by their keys, and what the ledger knows of them. A key may be in the ledger alone.
func (v *verification) factsOf(ctx context.Context, keys []string) (facts, error) {
	f := facts{rows: make(map[string]mapped, len(keys))}
	found, err := v.interactions.rows.Rows(ctx, keys)
	if err != nil {
		return f, fmt.Errorf("reading %s: %w", StreamInteractions, err)
	}
	rows, _ := v.apply(found, page{})
	there := len(rows)
	for key := range goneFrom(keys, found, v.interactions.key) {
		rows = append(rows, mapped{key: key, item: &item{}, fault: &mapping.Fault{}})
	}
	if f.ledger, f.rejects, err = v.lookUp(ctx, rows); err != nil {
		return f, err
	}
	ids := make(map[string]string)
	for _, row := range rows[:there] {
		if row.fault == nil {
			row.fault = v.claimID(row, f.ledger, ids)
		}
		f.rows[row.key] = row
	}
	f.talks, err = v.conversations(ctx, keysOf(rows[:there]))
	return f, err
}

// examineAll compares suspects with what Playvox shows of them, and reports what differs.
func (v *verification) examineAll(ctx context.Context, suspects []suspect, found map[string][]load.RemoteInteraction) error {
	for chunk := range slices.Chunk(suspects, parentsAtOnce) {
		var keys []string
		for _, s := range chunk {
			if s.key != "" {
				keys = append(keys, s.key)
			}
		}
		known, err := v.factsOf(ctx, keys)
		if err != nil {
			return err
		}
		for _, s := range chunk {
			if err := v.examine(ctx, s, known, found[s.id]); err != nil {
				return err
			}
		}
		v.tell()
	}
	return nil
}

// upcoming is what the next run reads of a stream.
type upcoming struct {
	all  bool   // everything
	asks bool   // nothing, before somebody has decided on its watermark
	keys keySet // nil until they are read
}

// beginUpcoming finds out where the next run begins to read a stream.
func (v *verification) beginUpcoming(ctx context.Context, p *progress) error {
	next := &upcoming{}
	v.next[p] = next
	if p.rows == nil {
		return nil
	}
	err := p.begin(ctx, v.store, v.job)
	if isChangedQuery(err) {
		next.asks, err = true, nil
	}
	next.all = p.cursor == "" || p.from == nil && !next.asks
	return err
}

// readNext reports whether the next run reads a row of a stream. It reads what lies behind the watermark, once.
func (v *verification) readNext(ctx context.Context, p *progress, key string) (bool, error) {
	next := v.next[p]
	if next.all || next.asks {
		return next.all, nil
	}
	if next.keys == nil {
		keys := make(keySet)
		keyOf := v.interactions.key
		if p == v.remarks {
			keyOf = v.comments.key
		}
		err := p.each(ctx, func(extract.Window) {}, func(rows extract.Page) (bool, error) {
			for _, row := range rows.Rows {
				keys.add(keyOf(row))
			}
			return true, nil
		})
		if err != nil {
			return false, err
		}
		next.keys = keys
	}
	return next.keys.has(key), nil
}
