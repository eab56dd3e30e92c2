package state_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

const (
	soon = 15 * time.Second // how long a test waits for what has to happen
	tick = 10 * time.Millisecond
)

// acquire takes a lease until the test ends.
func acquire(t *testing.T, store *state.Store, job string) *state.Lease {
	t.Helper()
	lease, err := store.Acquire(t.Context(), job, "owner of "+job)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, lease.Release(context.WithoutCancel(t.Context()))) })
	return lease
}

func requireHeld(t *testing.T, store *state.Store, job string) state.HeldError {
	t.Helper()
	_, err := store.Acquire(t.Context(), job, "somebody else")
	held, ok := errors.AsType[*state.HeldError](err)
	require.True(t, ok, err)
	return *held
}

// requireLost waits until a lease is lost, and shows that everybody who may ask is told.
func requireLost(t *testing.T, lease *state.Lease) {
	t.Helper()
	ctx, cancel := lease.Context(t.Context())
	defer cancel()
	select {
	case <-ctx.Done():
	case <-time.After(soon):
		require.Fail(t, "the lease is not lost")
	}
	require.ErrorIs(t, context.Cause(ctx), state.ErrLeaseLost)
	require.ErrorIs(t, lease.Check(), state.ErrLeaseLost)
	late, cancel := lease.Context(t.Context())
	defer cancel()
	require.ErrorIs(t, context.Cause(late), state.ErrLeaseLost)
}

const expire = "UPDATE locks SET expires_at = '2026-11-22T00:00:00.000Z'"

func TestAJobIsHeldByOne(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store, other := d.open(t), d.open(t)
		lease := acquire(t, store, "tickets")
		require.NoError(t, lease.Check())
		acquire(t, other, "chats")

		held := requireHeld(t, other, "tickets")
		require.Equal(t, "tickets", held.Job)
		require.Equal(t, "owner of tickets", held.Owner)
		require.Equal(t, 30*time.Second, held.Expires.Sub(held.Since).Round(time.Second))
		require.Equal(t, held, requireHeld(t, store, "tickets"), "in the same process too")
		for _, reader := range []*state.Store{other, d.openReadOnly(t)} {
			by, ok, err := reader.Holder(t.Context(), "tickets")
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, state.HeldBy{Owner: held.Owner, Since: held.Since, Expires: held.Expires}, by)
			_, ok, err = reader.Holder(t.Context(), "nobody")
			require.NoError(t, err)
			require.False(t, ok)
		}
		require.WithinDuration(t, time.Now(), held.Since, time.Minute, "the servers of the tests are on this machine")
	})
}

func TestWhoIsRefusedLearnsWhoHoldsTheJobAndSinceWhen(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		acquire(t, store, "tickets")
		d.exec(t, "UPDATE locks SET owner = 'ñhost pid 123', acquired_at = '2026-11-22T10:00:00.123Z', expires_at = '2999-01-01T00:00:00.000Z'")
		held := requireHeld(t, store, "tickets")
		require.EqualError(t, &held,
			"job tickets is held by ñhost pid 123 since 2026-11-22 10:00:00 UTC: wait for it, or stop it")
		d.exec(t, "UPDATE locks SET owner = 'owner of tickets'")
	})
}

func TestOfManyAtTheSameInstantOneGetsTheLease(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		var stores [5]*state.Store
		for i := range stores {
			stores[i] = d.open(t)
		}
		for round := range 3 {
			var leases [len(stores)]*state.Lease
			var failures [len(stores)]error
			var group sync.WaitGroup
			for i, store := range stores {
				group.Go(func() { leases[i], failures[i] = store.Acquire(t.Context(), "tickets", fmt.Sprint(i)) })
			}
			group.Wait()
			winner := -1
			for i, lease := range leases {
				if lease != nil {
					require.Equal(t, -1, winner, "two have it")
					winner = i
				}
			}
			require.NotEqual(t, -1, winner, failures)
			for i, err := range failures {
				held, ok := errors.AsType[*state.HeldError](err)
				require.Equal(t, i != winner, ok, err)
				require.True(t, !ok || held.Owner == fmt.Sprint(winner))
			}
			require.Equal(t, round+1, d.number(t, "SELECT epoch FROM locks"))
			require.NoError(t, leases[winner].Release(t.Context()))
		}
	})
}

func TestAReleasedJobCanBeTakenAtOnceAndTheEpochGrows(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store, other := d.open(t), d.open(t)
		for round := range 3 {
			lease := acquire(t, store, "tickets")
			require.Equal(t, round+1, d.number(t, "SELECT epoch FROM locks"))
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			require.NoError(t, lease.Release(ended), "though the context has ended")
			require.NoError(t, lease.Release(t.Context()), "twice")
			requireLost(t, lease)
			require.ErrorIs(t, lease.Store().SetWatermark(t.Context(), state.Watermark{Job: "tickets"}), state.ErrLeaseLost)
			_, ok, err := other.Holder(t.Context(), "tickets")
			require.NoError(t, err)
			require.False(t, ok)
			store, other = other, store
		}
		if d.kind == "sqlite" {
			requireNoLeaseFiles(t, d)
		}
	})
}

func requireNoLeaseFiles(t *testing.T, d database) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(filepath.Dir(d.own), "*.lease"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestWhoLostALeaseWritesNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store, other := d.open(t), d.open(t)
		prepareUntouched(t, store)
		lost := acquire(t, store, "tickets")
		ctx, cancel := lost.Context(t.Context())
		defer cancel()
		require.NoError(t, lost.Store().SaveJob(t.Context(), state.JobRecord{Job: "tickets"}))
		d.exec(t, expire)
		lease := acquire(t, other, "tickets")

		require.NoError(t, ctx.Err(), "nobody has told it yet")
		for name, write := range writes {
			err := write(t.Context(), lost.Store())
			require.ErrorIs(t, err, state.ErrLeaseLost, name)
			_, ok := errors.AsType[*state.Error](err)
			require.True(t, ok, name)
		}
		requireUntouched(t, lost.Store())
		_, ok, err := lost.Store().Watermark(t.Context(), "x", "")
		require.NoError(t, err, "reads are not fenced")
		require.False(t, ok)
		require.ErrorIs(t, context.Cause(ctx), state.ErrLeaseLost)
		requireLost(t, lost)

		require.NoError(t, lost.Release(t.Context()), "releasing a lost lease is no error,")
		require.NoError(t, lease.Check(), "and not the release of another's")
		for name, write := range writes {
			require.NoError(t, write(t.Context(), lease.Store()), name)
			require.NoError(t, write(t.Context(), store), name)
		}
		held := requireHeld(t, lost.Store(), "tickets")
		require.Equal(t, "owner of tickets", held.Owner)
	})
}

func TestATakeoverWaitsForAWriteThatHasBegun(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store, other := d.open(t), d.open(t)
		began, proceed := make(chan struct{}), make(chan struct{})
		var once sync.Once
		store.Now = func() time.Time {
			once.Do(func() { close(began); <-proceed })
			return time.Now()
		}
		lease := acquire(t, store, "tickets")
		d.exec(t, expire)

		written, taken := make(chan error, 1), make(chan *state.Lease, 1)
		go func() { written <- lease.Store().SetWatermark(t.Context(), state.Watermark{Job: "tickets"}) }()
		<-began
		go func() {
			lease, err := other.Acquire(t.Context(), "tickets", "other")
			written <- err
			taken <- lease
		}()
		select {
		case err := <-written:
			require.Fail(t, "taken in the middle of a write", err)
		case <-time.After(200 * time.Millisecond):
		}
		close(proceed)
		require.NoError(t, errors.Join(<-written, <-written))
		require.NoError(t, (<-taken).Release(t.Context()))
	})
}

func TestALivingHolderKeepsItsLease(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		const ttl = 5 * time.Second
		store, other := d.open(t), d.open(t)
		state.SetLease(store, ttl, ttl/10, ttl/100)
		lease := acquire(t, store, "tickets")
		before, _, err := other.Holder(t.Context(), "tickets")
		require.NoError(t, err)
		requireRenewed(t, other, before.Expires.Add(ttl))

		require.NoError(t, lease.Check())
		require.Equal(t, before.Since, requireHeld(t, other, "tickets").Since)
		require.NoError(t, lease.Store().SetWatermark(t.Context(), state.Watermark{Job: "tickets"}))
	})
}

// requireRenewed waits until a lease lasts longer than until.
func requireRenewed(t *testing.T, store *state.Store, until time.Time) {
	t.Helper()
	require.Eventually(t, func() bool {
		by, ok, err := store.Holder(t.Context(), "tickets")
		return err == nil && ok && by.Expires.After(until)
	}, soon, tick)
}

func TestARenewalThatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		const ttl = 6 * time.Second
		store, other := d.open(t), d.open(t)
		state.SetLease(store, ttl, ttl/10, ttl/100)
		lease := acquire(t, store, "tickets")
		before, _, err := other.Holder(t.Context(), "tickets")
		require.NoError(t, err)
		d.exec(t, "ALTER TABLE locks RENAME TO hidden")
		begun := time.Now()
		require.Eventually(t, func() bool { return time.Since(begun) > ttl/3+ttl/20 }, soon, tick)
		d.exec(t, "ALTER TABLE hidden RENAME TO locks")

		requireRenewed(t, other, before.Expires)
		require.Less(t, time.Since(begun), ttl*2/3, "sooner than at its usual time")
		require.NoError(t, lease.Check())
	})
}

func TestALeaseThatCannotBeRenewedIsLostThoughNobodyTookIt(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store, other := d.open(t), d.open(t)
		state.SetLease(store, 900*time.Millisecond, 100*time.Millisecond, 10*time.Millisecond)
		lease := acquire(t, store, "tickets")
		d.exec(t, "ALTER TABLE locks RENAME TO hidden")
		requireLost(t, lease)
		d.exec(t, "ALTER TABLE hidden RENAME TO locks")

		require.ErrorIs(t, lease.Check(), state.ErrLeaseLost, "for good")
		require.NoError(t, lease.Store().SetWatermark(t.Context(), state.Watermark{Job: "tickets"}),
			"what it wrote to its end does not disturb anybody")
		require.NoError(t, lease.Release(t.Context()))
		acquire(t, other, "tickets")
		require.Equal(t, 2, d.number(t, "SELECT epoch FROM locks"))
	})
}

func TestARenewalThatIsHeardOfTooLateDoesNotBringALeaseBack(t *testing.T) {
	t.Parallel()
	store := database{dsn: "sqlite::memory:"}.open(t)
	state.SetLease(store, time.Hour, time.Hour-tick, time.Hour)
	lease := acquire(t, store, "tickets")
	requireLost(t, lease)
	state.ExtendLease(lease, time.Now().Add(time.Hour))
	require.ErrorIs(t, lease.Check(), state.ErrLeaseLost)
}

func TestAHolderNoticesByItselfThatItWasTakenOver(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		const ttl = 5 * time.Second
		store, other := d.open(t), d.open(t)
		state.SetLease(store, ttl, ttl/10, ttl/100)
		lost := acquire(t, store, "tickets")
		begun := time.Now()
		d.exec(t, "UPDATE locks SET epoch = epoch + 1, expires_at = '2026-11-22T00:00:00.000Z'")
		acquire(t, other, "tickets")
		requireLost(t, lost)
		require.Less(t, time.Since(begun), ttl*2/3, "sooner than it would have run out")
	})
}

func TestAnEndedContextOfALeaseIsNotToldOfItsLoss(t *testing.T) {
	t.Parallel()
	lease := acquire(t, newDatabase(t, "sqlite").open(t), "tickets")
	ctx, cancel := lease.Context(t.Context())
	cancel()
	require.NoError(t, lease.Release(t.Context()))
	require.Equal(t, context.Canceled, context.Cause(ctx))
}

func TestAStateOpenForReadingCannotHoldAJob(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		for range 2 { // there is none, and there is one
			_, err := d.openReadOnly(t).Acquire(t.Context(), "tickets", "reader")
			require.ErrorIs(t, err, state.ErrReadOnly)
			d.open(t)
		}
	})
}

func TestAStateInMemoryHasLeases(t *testing.T) {
	t.Parallel()
	store := database{dsn: "sqlite::memory:"}.open(t)
	lease := acquire(t, store, "tickets")
	requireHeld(t, store, "tickets")
	require.NoError(t, lease.Store().SetWatermark(t.Context(), state.Watermark{Job: "tickets"}))
	require.NoError(t, lease.Release(t.Context()))
	acquire(t, store, "tickets")
	require.NoFileExists(t, ":memory:.tickets.1.lease")
}

func TestTheFileOfALeaseIsNamedAfterItsJobAndNeedsNoOther(t *testing.T) {
	t.Parallel()
	d := newDatabase(t, "sqlite")
	store, other := d.open(t), d.open(t)
	lease := acquire(t, store, "../50% ñ")
	file := d.own + "...%2F50%25%20%C3%B1.1.lease"
	require.FileExists(t, file)

	require.NoError(t, os.Remove(file))
	requireHeld(t, other, "../50% ñ")
	d.exec(t, expire)
	again := acquire(t, other, "../50% ñ")
	require.NoError(t, lease.Release(t.Context()))
	require.NoError(t, again.Release(t.Context()))
	requireNoLeaseFiles(t, d)
}

func TestAHolderOfAStateThatIsNoMoreIsInTheWay(t *testing.T) {
	t.Parallel()
	d := newDatabase(t, "sqlite")
	acquire(t, d.open(t), "tickets")
	for _, suffix := range []string{"", "-wal", "-shm"} {
		require.NoError(t, os.Rename(d.own+suffix, d.own+".old"+suffix))
	}
	_, err := d.open(t).Acquire(t.Context(), "tickets", "somebody else")
	require.ErrorContains(t, err, d.own+".tickets.1.lease locked")
	require.ErrorContains(t, err, "stop it")
}
