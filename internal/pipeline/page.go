package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"pvetl/extract"
	"pvetl/load"
	"pvetl/mapping"
	"pvetl/state"
)

// maxKey is how long the key of a row may be, in characters: what every kind of state can index.
const maxKey = 255

// item is one row of the interactions on its way through a run.
type item struct {
	page        page
	interaction load.Interaction
	entry       state.Entry
	reject      *state.Reject // what is known against it, to be taken off the list once it goes through
	remarks     []*remark     // its conversation, once it is read
}

// The names by which the parts of a run speak of what is pending, in flight or held.
func nameOfKey(key string) string             { return "key\x00" + key }
func nameOfID(interactionID string) string    { return "id\x00" + interactionID }
func nameOfComment(parent, key string) string { return "comment\x00" + parent + "\x00" + key }

func (it *item) names() []string {
	return []string{nameOfKey(it.entry.Key), nameOfID(it.entry.InteractionID)}
}

// mapped is a row behind the mapping.
type mapped struct {
	key   string
	item  *item
	fault *mapping.Fault
}

// takePage takes one page through mapping and comparison, settles what needs no request, updates what changed, and
// collects what is new.
func (r *run) takePage(ctx context.Context, rows extract.Page, of page) error {
	mapped, superseded := r.apply(rows, of)
	done := newSettlement()
	if superseded > 0 {
		done.rows[of] = superseded
	}
	r.supersede(mapped, done)
	r.count(func(s *Summary) {
		s.Interactions.Read += int64(superseded)
		s.Interactions.Unchanged += int64(superseded)
	})
	err := r.carryOutAll(ctx, mapped, done, func() bool {
		if r.limitReached() {
			return false
		}
		r.count(func(s *Summary) { s.Interactions.Read++ })
		return true
	})
	if err := errors.Join(err, r.settle(ctx, done)); err != nil { // what has been decided holds, whatever came after it
		return err
	}
	r.report()
	return r.checkRejects()
}

// carryOutAll judges rows by what is known of them and does what the verdicts ask for. Comments that are not found by a
// cursor of their own are compared first, as long as their interactions' rows keep the page open. It ends before the row at
// which begin says so.
func (r *run) carryOutAll(ctx context.Context, rows []mapped, done *settlement, begin func() bool) error {
	known, rejects, err := r.lookUp(ctx, rows)
	if err != nil {
		return err
	}
	if err := r.compareConversations(ctx, rows, known); err != nil {
		return err
	}
	ids := make(map[string]string) // keys by interaction_id, of these rows
	for _, row := range rows {
		if !begin() {
			return nil
		}
		if reject, ok := rejects[row.key]; ok {
			row.item.reject = &reject
		}
		verdict, fault := r.judge(row, known, ids)
		if err := r.carryOut(ctx, row, verdict, fault, known, done); err != nil {
			return err
		}
	}
	return nil
}

// apply maps a page. Of several rows with one key the last counts; the others are superseded.
func (r *run) apply(rows extract.Page, of page) (all []mapped, superseded int) {
	defer since(&r.watch.mapped, time.Now())
	latest := make(map[string]int, len(rows.Rows))
	for i, row := range rows.Rows {
		latest[r.interactions.key(row)] = i
	}
	all = make([]mapped, 0, len(latest))
	for i, row := range rows.Rows {
		key := r.interactions.key(row)
		if latest[key] != i {
			superseded++
			continue
		}
		one := r.mapRow(key, row)
		one.item.page = of
		all = append(all, one)
	}
	r.remember(latest)
	if superseded > 0 {
		r.log.Warn("several rows share a key, the last of them counts: is the key unique?", "rows", superseded)
	}
	return all, superseded
}

func (r *run) mapRow(key string, row extract.Row) mapped {
	if fault := tooLong(key); fault != nil {
		return mapped{key: fault.Value, item: &item{}, fault: fault}
	}
	interaction, fault := r.interactions.mapper.Map(row)
	if fault != nil {
		return mapped{key: key, item: &item{}, fault: fault}
	}
	return mapped{key: key, item: &item{interaction: interaction, entry: entryOf(key, interaction)}}
}

// tooLong is what is wrong with a key that no state could index.
func tooLong(key string) *mapping.Fault {
	if utf8.RuneCountInString(key) <= maxKey {
		return nil
	}
	return &mapping.Fault{
		Field: "key", Value: string([]rune(key)[:maxKey]), Rule: "max_length", Reason: fmt.Sprintf("the key of a row has at most %d characters", maxKey),
	}
}

// supersede settles rows that were held when they were read, and have been read again since: what they said is out of date.
func (r *run) supersede(newer []mapped, done *settlement) {
	if len(r.parked) == 0 {
		return
	}
	keys := make(map[string]bool, len(newer))
	for _, row := range newer {
		keys[row.key] = true
	}
	r.parked = slices.DeleteFunc(r.parked, func(row mapped) bool {
		if !keys[row.key] {
			return false
		}
		done.rows[row.item.page]++
		done.counts(func(s *Summary) { s.Interactions.Unchanged++ })
		return true
	})
}

// ledgerView is what the ledger knows of a page's rows.
type ledgerView struct {
	byKey map[string]state.Entry
	byID  map[string]string // keys by interaction_id
	held  map[string]bool   // keys of rows that Playvox may have
}

// lookUp asks the state about all rows of a page at once. A row that is still in flight from an earlier page has to come
// to rest before it can be compared.
func (r *run) lookUp(ctx context.Context, rows []mapped) (ledgerView, map[string]state.Reject, error) {
	if r.anyInFlight(rows) {
		if err := r.dispatch(ctx); err != nil {
			return ledgerView{}, nil, err
		}
		r.open.Wait()
	}
	keys := make([]string, len(rows))
	for i, row := range rows {
		keys[i] = row.key
	}
	held := r.heldAmong(rows) // before the ledger is read: what is released meanwhile it may not show yet
	view := ledgerView{byKey: make(map[string]state.Entry, len(rows)), byID: make(map[string]string, len(rows)), held: held}
	if err := view.add(r.store.Known(ctx, r.job, keys, nil)); err != nil {
		return view, nil, err
	}
	if ids := view.strangers(rows); len(ids) > 0 {
		if err := view.add(r.store.Known(ctx, r.job, nil, ids)); err != nil {
			return view, nil, err
		}
	}
	rejects, err := r.knownRejects(ctx, StreamInteractions, keys)
	return view, rejects, err
}

func (v ledgerView) add(entries []state.Entry, err error) error {
	for _, entry := range entries {
		v.byKey[entry.Key], v.byID[entry.InteractionID] = entry, entry.Key
	}
	return err
}

// strangers are the interaction_ids that are not those of their rows' keys in the ledger: another row may have them.
func (v ledgerView) strangers(rows []mapped) []string {
	var ids []string
	for _, row := range rows {
		if row.fault == nil && v.byKey[row.key].InteractionID != row.item.interaction.ID {
			ids = append(ids, row.item.interaction.ID)
		}
	}
	return ids
}

// heldAmong returns the keys of the rows that Playvox may have already (W2).
func (r *run) heldAmong(rows []mapped) map[string]bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	held := make(map[string]bool)
	for _, row := range rows {
		if r.held[nameOfKey(row.key)] || r.held[nameOfID(row.item.interaction.ID)] {
			held[row.key] = true
		}
	}
	return held
}

func (r *run) anyInFlight(rows []mapped) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, row := range rows {
		if r.inFlight[nameOfKey(row.key)] || r.inFlight[nameOfID(row.item.interaction.ID)] {
			return true
		}
	}
	return false
}
