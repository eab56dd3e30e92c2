package pipeline

import (
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"time"

	"pvetl/load"
	"pvetl/state"
)

// noTime bounds nothing.
var noTime time.Time

// keySet remembers keys by their hashes: a hundred thousand fit where their texts would not. A key that is taken for
// another is taken to be there, and so not deleted.
type keySet map[uint64]struct{}

var keySeed = maphash.MakeSeed()

func (s keySet) add(key string) { s[maphash.String(keySeed, key)] = struct{}{} }

func (s keySet) has(key string) bool {
	_, ok := s[maphash.String(keySeed, key)]
	return ok
}

// remember notes which keys were read, where it matters.
func (r *run) remember(keys map[string]int) {
	if !r.deletes() {
		return
	}
	for key := range keys {
		r.seen.add(key)
	}
}

// deletes reports whether this run deletes what vanished: it has to read every row that there is.
func (r *run) deletes() bool {
	return r.loading.Deletes == "delete" && r.interactions.whole && r.tickets.from == nil && r.readsEverything()
}

// VanishedError says that so much vanished from the source that it is taken for broken.
type VanishedError struct {
	Job      string
	Vanished int64
	Of       int64
}

func (e *VanishedError) Error() string {
	return fmt.Sprintf("%d of the %d interactions that job %s has sent vanished from the source, more than load.max_deletes allows: "+
		"nothing is deleted; if they are meant to go, raise load.max_deletes for one run", e.Vanished, e.Of, e.Job)
}

// ledgerPage is how many entries of the ledger are looked at at once.
const ledgerPage = 1000

// removeVanished deletes the interactions whose rows are in the source no more.
func (r *run) removeVanished(ctx context.Context) error {
	if !r.deletes() {
		return nil
	}
	vanished, err := r.vanished(ctx)
	if err != nil || len(vanished) == 0 {
		return err
	}
	total, err := r.store.CountEntries(ctx, r.job)
	if err != nil {
		return err
	}
	if n := int64(len(vanished)); n == total && len(r.seen) == 0 || exceeds(r.loading.MaxDeletes, n, total) {
		return &VanishedError{Job: r.job, Vanished: n, Of: total}
	}
	for keys := range slices.Chunk(vanished, ledgerPage) {
		if err := r.deleteAll(ctx, keys); err != nil {
			return err
		}
	}
	return nil
}

// exceeds judges a share by any number of rows: a small ledger that is emptied is emptied all the same.
func exceeds(limit load.Limit, n, total int64) bool {
	if limit.Percent > 0 {
		return float64(n)*100 > limit.Percent*float64(total)
	}
	return limit.Set && n > limit.Count
}

// vanished returns the keys in the ledger that were not read, and that the source does not know when it is asked for them
// by name either (W5).
func (r *run) vanished(ctx context.Context) ([]string, error) {
	var vanished []string
	for after := ""; ; {
		entries, err := r.store.Entries(ctx, r.job, after, ledgerPage)
		if err != nil || len(entries) == 0 {
			return vanished, err
		}
		after = entries[len(entries)-1].Key
		var missing []string
		for _, entry := range entries {
			if !r.seen.has(entry.Key) {
				missing = append(missing, entry.Key)
			}
		}
		if len(missing) == 0 {
			continue
		}
		page, err := r.interactions.rows.Rows(ctx, missing)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", StreamInteractions, err)
		}
		there := make(map[string]bool)
		for _, row := range page.Rows {
			there[r.interactions.key(row)] = true
		}
		vanished = append(vanished, slices.DeleteFunc(missing, func(key string) bool { return there[key] })...)
	}
}

func (r *run) deleteAll(ctx context.Context, keys []string) error {
	if r.options.DryRun {
		r.count(func(s *Summary) { s.Interactions.Deleted += int64(len(keys)) })
		return nil
	}
	if err := r.findIntegration(ctx); err != nil {
		return err
	}
	entries, err := r.store.Known(ctx, r.job, keys, nil)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		w := r.deletion(entry)
		if err := r.sendSingle(ctx, w); err != nil {
			return err
		}
		if w.refused != "" {
			return fmt.Errorf("deleting the interaction with key %s: %s", entry.Key, w.refused)
		}
	}
	return nil
}

func (r *run) deletion(entry state.Entry) *single {
	return &single{
		kind: state.Deletion, entry: withoutComments(entry),
		send: func(ctx context.Context) (string, error) {
			return entry.RemoteID, r.playvox.DeleteInteraction(ctx, r.remoteID, entry.RemoteID)
		},
		done: func(s *settlement, _ string) {
			s.Forgotten = []string{entry.Key}
			s.heal(StreamInteractions, entry.Key)
			s.counts(func(sum *Summary) { sum.Interactions.Deleted++ })
		},
		refuse: func(*settlement, string) {},
		lose:   func(*settlement) {}, // its record tells the next run to look
	}
}
