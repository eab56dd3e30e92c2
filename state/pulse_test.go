package state_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

func pulses(t *testing.T, store *state.Store) []state.Pulse {
	t.Helper()
	found, err := store.Pulses(t.Context())
	require.NoError(t, err)
	return found
}

func TestAProcessShowsThatItLives(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		owners := []string{"b", "ñhost pid 1", "a\xff" + strings.Repeat("x", 1000)}
		for _, owner := range owners {
			require.NoError(t, store.Beat(t.Context(), owner))
		}
		d.exec(t, "UPDATE pulses SET since_at = '2026-11-22T10:00:00.123Z' WHERE owner = 'b'")
		require.NoError(t, store.Beat(t.Context(), "b"))
		found := pulses(t, d.openReadOnly(t))
		require.Len(t, found, 3)
		require.Equal(t, "b", found[1].Owner)
		require.Equal(t, at(t, "10:00:00.123"), found[1].Since, "of its first sign")
		require.Equal(t, "ñhost pid 1", found[2].Owner)
		for _, pulse := range found {
			require.WithinDuration(t, pulse.Now, pulse.Last, soon)
			require.False(t, pulse.Last.After(pulse.Now))
		}
		for _, owner := range owners {
			require.NoError(t, store.StopBeating(t.Context(), owner))
		}
		require.Empty(t, pulses(t, store))
	})
}

func TestAProcessThatIsNotHeardOfForADayIsForgotten(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		require.NoError(t, store.Beat(t.Context(), "dead"))
		require.NoError(t, store.Beat(t.Context(), "quiet"))
		aged := func(owner string, age time.Duration) string {
			return "UPDATE pulses SET last_at = '" + time.Now().Add(-age).UTC().Format("2006-01-02T15:04:05.000Z") + "' WHERE owner = '" + owner + "'"
		}
		d.exec(t, aged("dead", 25*time.Hour), aged("quiet", 23*time.Hour))
		require.Equal(t, "quiet", pulses(t, store)[0].Owner)
		require.Equal(t, 2, d.number(t, "SELECT count(*) FROM pulses"))
		require.NoError(t, store.Beat(t.Context(), "quiet"))
		require.Equal(t, 1, d.number(t, "SELECT count(*) FROM pulses"))
	})
}

func TestASignOfLifeIsNotFencedAndNotForReaders(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		lease := acquire(t, store, "tickets")
		require.NoError(t, lease.Release(t.Context()))
		require.NoError(t, lease.Store().Beat(t.Context(), "a"))
		require.NoError(t, lease.Store().StopBeating(t.Context(), "a"))
		reader := d.openReadOnly(t)
		require.ErrorIs(t, reader.Beat(t.Context(), "a"), state.ErrReadOnly)
		require.ErrorIs(t, reader.StopBeating(t.Context(), "a"), state.ErrReadOnly)
	})
}

func TestSignsOfLifeDoNotGetIntoEachOthersWay(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		together(t, d, func(ctx context.Context, store *state.Store) error {
			for _, owner := range []string{"a", "b", "c", "d"} {
				if err := store.Beat(ctx, owner); err != nil {
					return err
				}
			}
			return nil
		})
		require.Len(t, pulses(t, d.open(t)), 4)
	})
}

// On a server a sign of life waits for no write of another; a file has one who writes, and a sign of life that cannot be
// written is an error within the time that is given.
func TestASignOfLifeTellsWhetherTheStateCanBeWrittenTo(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		require.NoError(t, store.Beat(t.Context(), "a"))
		db, err := sql.Open(d.driver, d.own+d.patience())
		require.NoError(t, err)
		defer db.Close()
		tx, err := db.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		defer tx.Rollback()
		_, err = tx.ExecContext(t.Context(), "UPDATE pvetl_version SET tstamp = tstamp")
		require.NoError(t, err)

		begun := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		err = store.Beat(ctx, "a")
		require.Less(t, time.Since(begun), 5*time.Second)
		if d.kind == "sqlite" {
			require.Error(t, err)
		} else {
			require.NoError(t, err)
		}
	})
}
