package state

import (
	"context"
	"time"
)

// Pulse is a sign of life of a process that stays.
type Pulse struct {
	Owner string
	Since time.Time // of its first sign
	Last  time.Time // both by the database's clock,
	Now   time.Time // as this is
}

// memorable is how long a process is remembered that gives no sign of life.
const memorable = 24 * time.Hour

var pulseTable = upsert{key: []string{"owner"}, replace: []string{"last_at"}}

// Beat writes a sign of life of a process, which shows that the state can be written to. It is not fenced, and in no transaction
// with anything else: on a server it waits for no other write.
func (s *Store) Beat(ctx context.Context, owner string) error {
	const doing = "give a sign of life"
	if err := s.byItself(ctx, doing, "DELETE FROM pulses WHERE last_at < "+s.clock, -memorable.Milliseconds()); err != nil {
		return err
	}
	insert := "INSERT INTO pulses (owner, last_at, since_at) VALUES (?, " + s.clock + ", " + s.clock + ")"
	return s.byItself(ctx, doing, insert+pulseTable.onKey(s.dialect), cutTo(owner, maxName), 0, 0)
}

// Pulses returns the processes that gave a sign of life within the last day, ordered by owner.
func (s *Store) Pulses(ctx context.Context) ([]Pulse, error) {
	query := "SELECT owner, since_at, last_at, " + s.clock + " FROM pulses WHERE last_at >= " + s.clock + " ORDER BY owner"
	into := func(p *Pulse) []any { return []any{&p.Owner, timeTo{&p.Since}, timeTo{&p.Last}, timeTo{&p.Now}} }
	found, err := read(ctx, s, into, query, 0, -memorable.Milliseconds())
	return found, s.explain("read signs of life", err)
}

// StopBeating forgets a process that ends. It is not fenced.
func (s *Store) StopBeating(ctx context.Context, owner string) error {
	return s.byItself(ctx, "end the signs of life", "DELETE FROM pulses WHERE owner = ?", cutTo(owner, maxName))
}

// byItself writes with one statement outside of everything else. What it writes may get lost when the power fails.
func (s *Store) byItself(ctx context.Context, doing, query string, args ...any) error {
	if s.readOnly {
		return s.explain(doing, ErrReadOnly)
	}
	_, err := s.casual.ExecContext(ctx, s.rebind(query), args...)
	return s.explain(doing, err)
}
