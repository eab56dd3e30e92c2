package state

import (
	"context"
	"encoding/json"
	"fmt"
)

var batchTable = upsert{
	table:   "batches",
	key:     []string{"id"},
	replace: []string{"job", "run_id", "kind", "state", "remote_job_id", "items", "sent_at", "job_seconds", "updated_at"},
	keep:    []string{"created_at"},
}

// SaveBatch writes a batch over the one of its id. CreatedAt counts the first time only and is now where it is zero. Of a
// single request nothing stays when it is settled.
func (s *Store) SaveBatch(ctx context.Context, batch Batch) error {
	return s.write(ctx, "save batch", func(w *writer) error { return w.saveBatch(ctx, batch) })
}

// MoveBatch writes where a batch stands that SaveBatch has written before, and leaves what it carries as it is.
func (s *Store) MoveBatch(ctx context.Context, batch Batch) error {
	const update = "UPDATE batches SET state = ?, remote_job_id = ?, sent_at = ?, job_seconds = ?, updated_at = ? WHERE id = ?"
	return s.write(ctx, "save batch", func(w *writer) error {
		return w.exec(ctx, update, string(batch.State), clean(batch.JobID), stamp(batch.SentAt), batch.JobSeconds, stamp(w.Now()), batch.ID)
	})
}

// isOpen is the condition for batches that are not settled. It names the states, so that an index finds them.
const isOpen = "state IN (?, ?, ?, ?)"

var openStates = []any{string(Prepared), string(Sending), string(Accepted), string(Unknown)}

// OpenBatches returns the batches of a job that are not settled, the oldest first.
func (s *Store) OpenBatches(ctx context.Context, job string) ([]Batch, error) {
	const query = `SELECT id, job, run_id, kind, state, remote_job_id, items, created_at, sent_at, job_seconds FROM batches
		WHERE job = ? AND ` + isOpen + " ORDER BY created_at, id"
	into := func(b *Batch) []any {
		return []any{
			&b.ID, &b.Job, &b.RunID, &b.Kind, &b.State, &b.JobID, itemsTo{&b.Items}, timeTo{&b.CreatedAt}, timeTo{&b.SentAt}, &b.JobSeconds,
		}
	}
	found, err := read(ctx, s, into, query, append([]any{job}, openStates...)...)
	return found, s.explain("read batches", err)
}

// JobSeconds returns how long the background jobs of the last n settled batches that had one took, in seconds, the
// newest first; of all jobs where job is empty.
func (s *Store) JobSeconds(ctx context.Context, job string, n int) ([]float64, error) {
	condition, args := ofJob(job)
	query := "SELECT job_seconds FROM batches WHERE " + condition +
		" AND state = ? AND job_seconds > 0 ORDER BY updated_at DESC, id DESC LIMIT ?"
	into := func(seconds *float64) []any { return []any{seconds} }
	found, err := read(ctx, s, into, query, append(args, string(Settled), n)...)
	return found, s.explain("read batches", err)
}

func (w *writer) saveBatch(ctx context.Context, b Batch) error {
	now := w.Now()
	if b.CreatedAt.IsZero() {
		b.CreatedAt = now
	}
	if b.Kind == "" {
		b.Kind = Bulk
	}
	if b.State == Settled && b.Kind != Bulk { // its effect is in the ledger, and its pace tells nothing of jobs
		return w.exec(ctx, "DELETE FROM batches WHERE id = ?", b.ID)
	}
	if b.State == Settled {
		b.Items = nil // the ledger holds them now
	}
	items, err := encodeItems(b.Items)
	if err != nil {
		return fmt.Errorf("batch %s: %w", b.ID, err)
	}
	return w.upsert(ctx, batchTable, []any{
		b.ID, b.Job, b.RunID, string(b.Kind), string(b.State), b.JobID, items, stamp(b.SentAt), b.JobSeconds, stamp(now), stamp(b.CreatedAt),
	})
}

// An Entry and a CommentEntry as they are written down: with names that stay when the types' fields are renamed.
type (
	item struct {
		Key           exactText     `json:"key"`
		InteractionID exactText     `json:"interaction_id"`
		RemoteID      string        `json:"remote_id,omitempty"`
		Hash          string        `json:"hash"`
		Fields        string        `json:"fields,omitempty"`
		Comments      []itemComment `json:"comments,omitempty"`
	}
	itemComment struct {
		Key      exactText `json:"key"`
		RemoteID string    `json:"remote_id,omitempty"`
		Hash     string    `json:"hash"`
	}
)

// noItems is what encodeItems makes of none.
const noItems = "[]"

func encodeItems(entries []Entry) (string, error) {
	items := make([]item, len(entries))
	for i, e := range entries {
		items[i] = item{exactText(e.Key), exactText(e.InteractionID), e.RemoteID, e.Hash, e.Fields, nil}
		for _, c := range e.Comments {
			items[i].Comments = append(items[i].Comments, itemComment{exactText(c.Key), c.RemoteID, c.Hash})
		}
	}
	text, err := json.Marshal(items)
	return string(text), err
}

// itemsTo scans what encodeItems made.
type itemsTo struct{ to *[]Entry }

// Scan turns back what encodeItems made.
func (i itemsTo) Scan(value any) error {
	var items []item
	if err := json.Unmarshal([]byte(textOf(value)), &items); err != nil {
		return err
	}
	*i.to = nil
	for _, item := range items {
		entry := Entry{
			Key: string(item.Key), InteractionID: string(item.InteractionID), RemoteID: item.RemoteID, Hash: item.Hash, Fields: item.Fields,
		}
		for _, c := range item.Comments {
			entry.Comments = append(entry.Comments, CommentEntry{string(c.Key), c.RemoteID, c.Hash})
		}
		*i.to = append(*i.to, entry)
	}
	return nil
}
