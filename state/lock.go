package state

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// lockRow is who holds a job, or held it last. The row of a job is never deleted, so that its epoch only grows.
type lockRow struct {
	job     string
	owner   string
	epoch   int64
	since   time.Time
	expires time.Time
	yields  int64     // whether it steps aside when somebody wants the job: 1 or 0
	wanter  string    // who wants it, until
	wanted  time.Time // then
	now     time.Time // by the database's clock, when the row was read
}

// newLock makes the row of a job that was never held, and locks one that is there.
var newLock = upsert{
	table: "locks",
	key:   []string{"job"},
	keep:  []string{"owner", "epoch", "acquired_at", "expires_at"},
	also:  "job = locks.job",
}

// HeldBy is who holds a job. The times are those of the state's clock.
type HeldBy struct {
	Owner   string
	Since   time.Time
	Expires time.Time // unless it is renewed, which a living holder does
}

// Holder returns who holds a job now, and whether anybody does.
func (s *Store) Holder(ctx context.Context, job string) (HeldBy, bool, error) {
	row, held, err := s.holder(ctx, job)
	if err != nil || !held {
		return HeldBy{}, false, err
	}
	return HeldBy{Owner: row.owner, Since: row.since, Expires: row.expires}, true, nil
}

func (s *Store) holder(ctx context.Context, job string) (lockRow, bool, error) {
	found, err := read(ctx, s, intoLock, s.selectLock(), 0, job)
	if err != nil || len(found) == 0 || !s.alive(found[0]) {
		return lockRow{}, false, s.explain("read holder of job "+job, err)
	}
	return found[0], true, nil
}

func (d dialect) selectLock() string {
	return "SELECT job, owner, epoch, acquired_at, expires_at, yields, wanted_by, wanted_until, " + d.clock + " FROM locks WHERE job = ?"
}

func intoLock(r *lockRow) []any {
	return []any{&r.job, &r.owner, &r.epoch, timeTo{&r.since}, timeTo{&r.expires}, &r.yields, &r.wanter, timeTo{&r.wanted}, timeTo{&r.now}}
}

// alive says whether a row keeps others off: it has not run out, and its holder is not known to be dead.
func (s *Store) alive(row lockRow) bool {
	return row.expires.After(row.now) && !s.holderIsDead(row)
}

// isWanted says whether somebody waits for the job.
func (r lockRow) isWanted() bool { return r.wanted.After(r.now) }

// held is what keeps others off.
func (r lockRow) held() *HeldError {
	return &HeldError{Job: r.job, Owner: r.owner, Since: r.since, Expires: r.expires, yields: r.yields != 0}
}

// lockedRow returns the row of a job, which stays locked until the transaction ends.
func (w *writer) lockedRow(ctx context.Context, job string) (row lockRow, err error) {
	if err := w.upsert(ctx, newLock, []any{job, "", 0, "", ""}); err != nil {
		return lockRow{}, err
	}
	query := w.rebind(w.selectLock() + w.forUpdate)
	return row, w.tx.QueryRowContext(ctx, query, 0, job).Scan(intoLock(&row)...)
}

func (w *writer) take(ctx context.Context, row lockRow) error {
	query := "UPDATE locks SET owner = ?, epoch = ?, yields = ?, wanted_by = '', wanted_until = '', acquired_at = " + w.clock +
		", expires_at = " + w.clock + " WHERE job = ?"
	return w.exec(ctx, query, row.owner, row.epoch, row.yields, 0, w.lease.ttl.Milliseconds(), row.job)
}

// want asks the holder of a job to step aside.
func (s *Store) want(ctx context.Context, job, owner string) error {
	return s.unfenced().write(ctx, "ask for job "+job, func(w *writer) error {
		query := "UPDATE locks SET wanted_by = ?, wanted_until = " + w.clock + " WHERE job = ?"
		return w.exec(ctx, query, cutTo(owner, maxName), w.lease.wish.Milliseconds(), job)
	})
}

// maxName is how many bytes of the name of a process are kept.
const maxName = 200

func cutTo(text string, bytes int) string { return clean(text[:min(len(text), bytes)]) }

// ourLock finds the row of a lease that nobody has taken over.
const ourLock = "SELECT epoch FROM locks WHERE job = ? AND epoch = ? AND owner = ?"

// holds locks the row of a lease, if it is still there.
func (w *writer) holds(ctx context.Context, row lockRow) (bool, error) {
	return there(w.tx.QueryRowContext(ctx, w.rebind(ourLock+w.forUpdate), row.job, row.epoch, row.owner))
}

// renew says whether the lease is still there. It takes one statement of its own, so that it waits for no other job.
func (s *Store) renew(ctx context.Context, row lockRow) (ours bool, err error) {
	query := "UPDATE locks SET expires_at = " + s.clock + " WHERE job = ? AND epoch = ? AND owner = ?"
	result, err := s.db.ExecContext(ctx, s.rebind(query), s.lease.ttl.Milliseconds(), row.job, row.epoch, row.owner)
	if err != nil {
		return false, err
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return n > 0, err
	}
	// MySQL does not count a row that an update leaves as it was, such as in the same millisecond.
	return there(s.db.QueryRowContext(ctx, s.rebind(ourLock), row.job, row.epoch, row.owner))
}

func there(found *sql.Row) (bool, error) {
	var epoch int64
	err := found.Scan(&epoch)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// giveUp lets the next one have a job at once. Without an owner the row fences writes that come late.
func (s *Store) giveUp(ctx context.Context, row lockRow) error {
	const query = "UPDATE locks SET owner = '', expires_at = '' WHERE job = ? AND epoch = ? AND owner = ?"
	_, err := s.db.ExecContext(ctx, s.rebind(query), row.job, row.epoch, row.owner)
	return err
}
