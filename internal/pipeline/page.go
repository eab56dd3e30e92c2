package pipeline

import (
	"context"
	"errors"
	"fmt"
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
	page        int // number of its page in the tracker; -1 for what an earlier run left
	interaction load.Interaction
	entry       state.Entry
	rejected    bool              // whether it is a known reject, to be taken off the list once it goes through
	healed      []state.RejectKey // known rejects among its comments that map now
	faults      []state.Reject    // comments that stay behind
}

// page takes one page through mapping and comparison, settles what needs no request, updates what changed, and collects
// what is new.
func (r *run) page(ctx context.Context, page extract.Page) error {
	rows, superseded := r.apply(page)
	known, rejects, err := r.lookUp(ctx, rows)
	if err != nil {
		return err
	}
	number := r.beginPage(page)
	done := newSettlement()
	done.rows[number] = superseded
	r.count(func(s *Summary) {
		s.Interactions.Read += int64(superseded)
		s.Interactions.Unchanged += int64(superseded)
	})
	err = r.carryOutAll(ctx, rows, number, known, rejects, done)
	if err := errors.Join(err, r.settle(ctx, done)); err != nil { // what has been decided holds, whatever came after it
		return err
	}
	r.report()
	return r.checkRejects()
}

func (r *run) carryOutAll(
	ctx context.Context, rows []mapped, page int, known ledgerView, rejects map[string]state.Reject, done *settlement,
) error {
	ids := make(map[string]string) // keys by interaction_id, of this page
	for _, row := range rows {
		if r.limitReached() {
			return nil
		}
		r.count(func(s *Summary) { s.Interactions.Read++ })
		row.item.page = page
		reject, wasRejected := rejects[row.key]
		row.item.rejected = wasRejected
		verdict, fault := r.judge(row, known, reject, ids)
		if err := r.carryOut(ctx, row, verdict, fault, known, done); err != nil {
			return err
		}
	}
	return nil
}

// mapped is a row behind the mapping.
type mapped struct {
	key   string
	item  *item
	fault *mapping.Fault
}

// apply maps a page. Of several rows with one key the last counts; the others are superseded.
func (r *run) apply(page extract.Page) (rows []mapped, superseded int) {
	latest := make(map[string]int, len(page.Rows))
	for i, row := range page.Rows {
		latest[r.interactions.key(row)] = i
	}
	rows = make([]mapped, 0, len(latest))
	for i, row := range page.Rows {
		key := r.interactions.key(row)
		if latest[key] != i {
			superseded++
			continue
		}
		rows = append(rows, r.mapRow(key, row))
	}
	if superseded > 0 {
		r.log.Warn("several rows share a key, the last of them counts: is the key unique?", "rows", superseded)
	}
	return rows, superseded
}

func (r *run) mapRow(key string, row extract.Row) mapped {
	if utf8.RuneCountInString(key) > maxKey {
		return mapped{key: cutKey(key), item: &item{}, fault: &mapping.Fault{
			Field: "key", Value: cutKey(key), Rule: "max_length", Reason: fmt.Sprintf("the key of a row has at most %d characters", maxKey),
		}}
	}
	interaction, fault := r.interactions.mapper.Map(row)
	if fault != nil {
		return mapped{key: key, item: &item{}, fault: fault}
	}
	return mapped{key: key, item: &item{interaction: interaction, entry: entryOf(key, interaction)}}
}

func cutKey(key string) string { return string([]rune(key)[:min(maxKey, utf8.RuneCountInString(key))]) }

// ledgerView is what the ledger knows of a page's rows.
type ledgerView struct {
	byKey map[string]state.Entry
	byID  map[string]string // keys by interaction_id
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
	keys, ids := make([]string, len(rows)), make([]string, 0, len(rows))
	for i, row := range rows {
		keys[i] = row.key
		if row.fault == nil {
			ids = append(ids, row.item.interaction.ID)
		}
	}
	entries, err := r.ledger.Known(ctx, r.job, keys, ids)
	if err != nil {
		return ledgerView{}, nil, err
	}
	view := ledgerView{byKey: make(map[string]state.Entry, len(entries)), byID: make(map[string]string, len(entries))}
	for _, entry := range entries {
		view.byKey[entry.Key], view.byID[entry.InteractionID] = entry, entry.Key
	}
	rejects, err := r.ledger.KnownRejects(ctx, r.job, StreamInteractions, keys)
	return view, rejects, err
}

func (r *run) anyInFlight(rows []mapped) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, row := range rows {
		if r.inFlight[row.key] || r.inFlight[idMark+row.item.interaction.ID] {
			return true
		}
	}
	return false
}

// idMark tells an interaction_id from a key among what is in flight.
const idMark = "\x00id:"

// verdict is what is to be done with a row.
type verdict uint8

const (
	isNew verdict = iota
	isChanged
	isUnchanged
	isRejected      // for the first time, or again
	isStillRejected // just as Playvox refused it before: sending it again would be needless
	isHeld          // Playvox may have it already
)

// judge compares a row with what is known.
func (r *run) judge(row mapped, known ledgerView, reject state.Reject, ids map[string]string) (verdict, *mapping.Fault) {
	if row.fault != nil {
		return isRejected, row.fault
	}
	id := row.item.interaction.ID
	owner, taken := known.byID[id]
	if !taken {
		owner, taken = ids[id]
	}
	if taken && owner != row.key {
		return isRejected, &mapping.Fault{Field: "interaction_id", Value: id, Rule: "unique", Reason: fmt.Sprintf("the row with key %s has the same interaction_id", owner)}
	}
	ids[id] = row.key
	entry, sent := known.byKey[row.key]
	switch {
	case r.isHeld(row.key):
		return isHeld, nil
	case sent && (entry.Hash == row.item.entry.Hash || !r.loading.Updates):
		return isUnchanged, nil
	case row.item.rejected && reject.Hash == row.item.entry.Hash:
		return isStillRejected, nil
	case sent:
		return isChanged, nil
	default:
		return isNew, nil
	}
}

// carryOut does what the verdict on a row asks for, as far as that can be done at once.
func (r *run) carryOut(ctx context.Context, row mapped, verdict verdict, fault *mapping.Fault, known ledgerView, done *settlement) error {
	count := func(add func(*Counts)) { r.count(func(s *Summary) { add(&s.Interactions) }) }
	page := row.item.page
	switch verdict {
	case isUnchanged:
		count(func(c *Counts) { c.Unchanged++ })
		done.heal(row.item, row.key)
		done.rows[page]++
	case isRejected:
		count(func(c *Counts) { c.Rejected++ })
		r.log.Debug("row rejected", "stream", StreamInteractions, "key", row.key, "field", fault.Field, "rule", fault.Rule)
		done.rejects = append(done.rejects, r.reject(StreamInteractions, row.key, fault))
		done.rows[page]++
	case isStillRejected:
		count(func(c *Counts) { c.Rejected++ })
		done.rows[page]++
	case isHeld:
		r.parked = append(r.parked, row)
	case isChanged:
		r.sends++
		return r.update(ctx, row.item, known.byKey[row.key])
	case isNew:
		r.sends++
		return r.collect(ctx, row.item)
	}
	return nil
}

func (r *run) reject(stream, key string, fault *mapping.Fault) state.Reject {
	return state.Reject{
		Job: r.job, Stream: stream, Key: key, Stage: "mapping",
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
	rejected := r.summary.Interactions.Rejected + r.summary.Comments.Rejected
	read := r.summary.Interactions.Read + r.summary.Comments.Read
	if r.loading.MaxRejects.Exceeded(rejected, read) {
		return &TooManyRejectsError{Rejected: rejected, Read: read, Job: r.job}
	}
	return nil
}
