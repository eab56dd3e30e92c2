package state

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// quotaRow is how much of an account's quota is given away. Instants are microseconds by the database's clock.
type quotaRow struct {
	next      int64   // nobody's turn is before
	paused    int64   // nor before
	perMinute float64 // what the server was seen to allow,
	limited   int64   // until then
	now       int64
}

// newQuota makes the row of an account that nobody has asked for yet.
var newQuota = upsert{
	table: "quotas",
	key:   []string{"account"},
	keep:  []string{"next_turn", "paused_until", "per_minute", "limited_until"},
	also:  "account = quotas.account",
}

// TakeQuota takes up to most of the requests that an account may send, and at most a second's worth, perMinute evenly spread
// over all who share this state. The first of those granted may go after wait, the others each every later. A yielding taker gets none, and is
// told to ask again after wait, while others have the next turn.
func (s *Store) TakeQuota(ctx context.Context, account string, perMinute float64, most int, yielding bool) (granted int, wait, every time.Duration, err error) {
	err = s.shareQuota(ctx, "take quota", account, func(row *quotaRow) {
		granted, wait, every = row.take(perMinute, most, yielding)
	})
	if err != nil {
		return 0, 0, 0, err
	}
	return granted, wait, every, nil
}

// LimitQuota has everybody who shares this state pause, and keep to a lower rate for some time; zero is neither. A pause is
// never cut short, and a rate gives way only to a lower one before its time is over.
func (s *Store) LimitQuota(ctx context.Context, account string, pause time.Duration, perMinute float64, lasting time.Duration) error {
	return s.shareQuota(ctx, "limit quota", account, func(row *quotaRow) { row.limit(pause, perMinute, lasting) })
}

// longestQueue bounds how far ahead turns are given away: further ahead than that, the clock was set back since.
const longestQueue = int64(5 * time.Minute / time.Microsecond)

// take grants turns from the earliest that is free, no more than a second's worth: a rate that falls is to be kept to soon.
// What was not used in time is not saved up.
func (r *quotaRow) take(perMinute float64, most int, yielding bool) (granted int, wait, every time.Duration) {
	if r.limited > r.now {
		perMinute = min(perMinute, r.perMinute)
	}
	every = time.Duration(float64(time.Minute) / perMinute)
	if r.next-r.now > longestQueue {
		r.next = r.now
	}
	start := max(r.now, r.next, r.paused)
	wait = time.Duration(start-r.now) * time.Microsecond
	if yielding && wait > 0 {
		return 0, wait, every
	}
	granted = min(most, max(1, int(time.Second/max(1, every))))
	r.next = start + (time.Duration(granted)*every + time.Microsecond - 1).Microseconds()
	return granted, wait, every
}

func (r *quotaRow) limit(pause time.Duration, perMinute float64, lasting time.Duration) {
	r.paused = max(r.paused, r.now+pause.Microseconds())
	if perMinute > 0 && (r.limited <= r.now || perMinute < r.perMinute) {
		r.perMinute, r.limited = perMinute, r.now+lasting.Microseconds()
	}
}

// shareQuota changes the row of an account, as the only one who does. It is no part of the books: it is not fenced, it waits
// for no other write on a server, and its loss in a power failure costs nothing.
func (s *Store) shareQuota(ctx context.Context, doing, account string, change func(*quotaRow)) error {
	if s.readOnly {
		return s.explain(doing, ErrReadOnly)
	}
	err := s.changeQuota(ctx, account, change)
	if errors.Is(err, sql.ErrNoRows) {
		err = s.unfenced().transact(ctx, func(w *writer) error { return w.upsert(ctx, newQuota, []any{account, 0, 0, 0.0, 0}) })
		if err == nil {
			err = s.changeQuota(ctx, account, change)
		}
	}
	return s.explain(doing, err)
}

func (s *Store) changeQuota(ctx context.Context, account string, change func(*quotaRow)) error {
	tx, err := s.casual.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	w := &writer{Store: s.unprepared(), tx: tx}
	if err := w.prelude(ctx, s.first); err != nil {
		return err
	}
	var row quotaRow
	query := "SELECT next_turn, paused_until, per_minute, limited_until, " + s.microseconds + " FROM quotas WHERE account = ?" + s.forUpdate
	err = tx.QueryRowContext(ctx, s.rebind(query), account).Scan(&row.next, &row.paused, &row.perMinute, &row.limited, &row.now)
	if err != nil {
		return err
	}
	was := row
	if change(&row); row == was {
		return nil
	}
	const update = "UPDATE quotas SET next_turn = ?, paused_until = ?, per_minute = ?, limited_until = ? WHERE account = ?"
	if err := w.exec(ctx, update, row.next, row.paused, row.perMinute, row.limited, account); err != nil {
		return err
	}
	return tx.Commit()
}
