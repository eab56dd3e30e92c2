package state

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	backfillTable = upsert{
		table: "backfills",
		key:   []string{"id"},
		keep: []string{
			"job", "from_text", "to_text", "asked", "cursor_type", "fingerprint", "newest_first", "parallel", "state", "progress",
			"created_at", "updated_at", "finished_at",
		},
	}
	sliceTable = upsert{
		table: "slices",
		key:   []string{"backfill_id", "number"},
		keep: []string{
			"from_text", "to_text", "cursor_type", "expected", "cursor_text", "row_key", "position_type", "settled", "done",
		},
	}
)

var selectBackfills = "SELECT " + strings.Join(backfillTable.columns(), ", ") + " FROM backfills WHERE "

func intoBackfill(b *Backfill) []any {
	return []any{
		&b.ID, &b.Job, (*exactText)(&b.From), (*exactText)(&b.To), &b.Asked, &b.Type, &b.Fingerprint, &b.NewestFirst, &b.Parallel, &b.State,
		jsonTo{&b.Progress},
		timeTo{&b.CreatedAt},
		timeTo{&b.UpdatedAt},
		timeTo{&b.FinishedAt},
	}
}

// CreateBackfill writes a new backfill with its slices, gives it the next id and returns it. It is active unless it says
// otherwise, and created now.
func (s *Store) CreateBackfill(ctx context.Context, backfill Backfill, slices []Slice) (Backfill, error) {
	err := s.write(ctx, "create backfill of job "+backfill.Job, func(w *writer) error {
		id, err := w.nextBackfill(ctx)
		if err != nil {
			return err
		}
		if backfill.State == "" {
			backfill.State = BackfillActive
		}
		backfill.ID = strconv.FormatInt(id, 10)
		backfill.CreatedAt = w.Now().UTC().Truncate(time.Millisecond)
		backfill.UpdatedAt = backfill.CreatedAt
		if err := w.insert(ctx, backfillTable, backfillRow(id, backfill)); err != nil {
			return err
		}
		rows := make([][]any, len(slices))
		for i, slice := range slices {
			rows[i] = sliceRow(id, slice)
		}
		return w.insert(ctx, sliceTable, rows...)
	})
	if err != nil {
		return Backfill{}, err
	}
	return backfill, nil
}

// nextBackfill returns the number of the next backfill, which nobody else gets: whoever makes one waits here until the
// transaction ends.
func (w *writer) nextBackfill(ctx context.Context) (id int64, err error) {
	if err := w.exec(ctx, "SELECT version_id FROM "+versionTable+w.forUpdate); err != nil {
		return 0, err
	}
	err = w.tx.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) + 1 FROM backfills").Scan(&id)
	return id, err
}

func backfillRow(id int64, b Backfill) []any {
	return []any{
		id, b.Job, exact(b.From), exact(b.To), b.Asked, b.Type, b.Fingerprint, bit(b.NewestFirst), b.Parallel, string(b.State), string(b.Progress),
		stamp(b.CreatedAt), stamp(b.UpdatedAt), stamp(b.FinishedAt),
	}
}

func sliceRow(id int64, s Slice) []any {
	return []any{id, int64(s.Number), exact(s.From), exact(s.To), s.Type, s.Rows, exact(s.Cursor), exact(s.Key), s.At, s.Settled, bit(s.Done)}
}

// bit is a truth as every database has it.
func bit(truth bool) int {
	if truth {
		return 1
	}
	return 0
}

// Backfill returns a backfill by its id, and whether there is one.
func (s *Store) Backfill(ctx context.Context, id string) (Backfill, bool, error) {
	found, err := read(ctx, s, intoBackfill, selectBackfills+"id = ?", numberOf(id))
	if err != nil || len(found) == 0 {
		return Backfill{}, false, s.explain("read backfill "+id, err)
	}
	return found[0], true, nil
}

// numberOf returns the number that an id is, and one that no backfill has for what is none.
func numberOf(id string) int64 {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return number
}

// Backfills returns the backfills of a job, of all jobs where job is empty, the newest first.
func (s *Store) Backfills(ctx context.Context, job string) ([]Backfill, error) {
	condition, args := ofJob(job)
	found, err := read(ctx, s, intoBackfill, selectBackfills+condition+" ORDER BY id DESC", args...)
	return found, s.explain("read backfills", err)
}

// Slices returns the slices of a backfill by their numbers.
func (s *Store) Slices(ctx context.Context, id string) ([]Slice, error) {
	const query = `SELECT number, from_text, to_text, cursor_type, expected, cursor_text, row_key, position_type, settled, done
		FROM slices WHERE backfill_id = ? ORDER BY number`
	into := func(s *Slice) []any {
		return []any{
			&s.Number, (*exactText)(&s.From), (*exactText)(&s.To), &s.Type, &s.Rows, (*exactText)(&s.Cursor), (*exactText)(&s.Key), &s.At,
			&s.Settled, &s.Done,
		}
	}
	found, err := read(ctx, s, into, query, numberOf(id))
	return found, s.explain("read slices of backfill "+id, err)
}

// SetBackfillState changes where a backfill stands, unless it stands there or is done or cancelled already: then changed
// is false.
func (s *Store) SetBackfillState(ctx context.Context, id string, to BackfillState) (changed bool, err error) {
	err = s.write(ctx, "set state of backfill "+id, func(w *writer) error {
		finished := ""
		if to == BackfillDone || to == BackfillCancelled {
			finished = stamp(w.Now())
		}
		const query = "UPDATE backfills SET state = ?, updated_at = ?, finished_at = ? WHERE id = ? AND state NOT IN (?, ?, ?)"
		n, err := w.change(ctx, query,
			string(to), stamp(w.Now()), finished, numberOf(id), string(to), string(BackfillDone), string(BackfillCancelled))
		changed = n > 0
		return err
	})
	return changed && err == nil, err
}

// SaveBackfillProgress writes down what a backfill reports.
func (s *Store) SaveBackfillProgress(ctx context.Context, id string, progress json.RawMessage) error {
	return s.write(ctx, "save progress of backfill "+id, func(w *writer) error {
		return w.exec(ctx, "UPDATE backfills SET progress = ?, updated_at = ? WHERE id = ?",
			clean(string(progress)), stamp(w.Now()), numberOf(id))
	})
}

// advance moves slices on, in an order that is the same for everybody who locks them.
func (w *writer) advance(ctx context.Context, moved []SliceProgress) error {
	moved = slices.SortedStableFunc(slices.Values(moved), func(a, b SliceProgress) int {
		return cmp.Or(cmp.Compare(numberOf(a.Backfill), numberOf(b.Backfill)), cmp.Compare(a.Number, b.Number))
	})
	for _, m := range moved {
		query, args := "UPDATE slices SET settled = settled + ?", []any{m.Settled}
		if m.Cursor != "" || m.Key != "" || m.At != "" {
			query += ", cursor_text = ?, row_key = ?, position_type = ?"
			args = append(args, exact(m.Cursor), exact(m.Key), clean(m.At))
		}
		if m.Done {
			query += ", done = 1"
		}
		if err := w.exec(ctx, query+" WHERE backfill_id = ? AND number = ?", append(args, numberOf(m.Backfill), m.Number)...); err != nil {
			return err
		}
	}
	return nil
}
