package state_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

// yield takes a lease that steps aside.
func yield(t *testing.T, store *state.Store, job string) *state.Lease {
	t.Helper()
	lease, err := store.AcquireYielding(t.Context(), job, "backfill of "+job)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, lease.Release(context.WithoutCancel(t.Context()))) })
	return lease
}

func requireYieldingHeld(t *testing.T, store *state.Store, job, by string) {
	t.Helper()
	_, err := store.AcquireYielding(t.Context(), job, "backfill")
	held, ok := errors.AsType[*state.HeldError](err)
	require.True(t, ok, err)
	require.Equal(t, by, held.Owner)
}

func TestWhoStepsAsideIsAskedToAndWaitedFor(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store, other := d.open(t), d.open(t)
		state.SetPatience(store, soon, soon)
		state.SetPatience(other, soon, soon)
		backfill := yield(t, store, "tickets")
		select {
		case <-backfill.Wanted():
			require.Fail(t, "nobody wants it yet")
		default:
		}
		run := make(chan *state.Lease, 1)
		go func() {
			lease, err := other.Acquire(t.Context(), "tickets", "run")
			if err != nil {
				t.Error(err)
			}
			run <- lease
		}()
		select {
		case <-backfill.Wanted():
		case <-time.After(soon):
			require.Fail(t, "nobody said that the job is wanted")
		}
		require.NoError(t, backfill.Check(), "it steps aside when it is ready to")
		require.NoError(t, backfill.Release(t.Context()))
		requireYieldingHeld(t, store, "tickets", "run")
		lease := <-run
		require.ErrorIs(t, backfill.Store().SaveBatch(t.Context(), state.Batch{ID: "late", Job: "tickets"}), state.ErrLeaseLost)
		require.NoError(t, lease.Release(t.Context()))
		yield(t, store, "tickets")
	})
}

func TestWhoeverWaitsComesFirst(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		state.SetPatience(store, 0, 3*time.Second)
		backfill := yield(t, store, "tickets")
		held := requireHeld(t, store, "tickets") // it does not wait, but it has said what it wants
		require.Equal(t, "backfill of tickets", held.Owner)
		state.SetPatience(store, 100*time.Millisecond, 3*time.Second)
		require.Eventually(t, func() bool {
			requireHeld(t, store, "tickets")
			select {
			case <-backfill.Wanted():
				return true
			default:
				return false
			}
		}, soon, tick)
		require.NoError(t, backfill.Release(t.Context()))
		requireYieldingHeld(t, store, "tickets", "somebody else")
		require.Eventually(t, func() bool { // a wish that nobody repeats ends
			lease, err := store.AcquireYielding(t.Context(), "tickets", "backfill")
			return err == nil && lease.Release(t.Context()) == nil
		}, soon, tick)
	})
}

func TestWhoDoesNotStepAsideIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		lease := acquire(t, store, "tickets")
		require.Nil(t, lease.Wanted())
		began := time.Now()
		requireHeld(t, store, "tickets")
		requireYieldingHeld(t, store, "tickets", "owner of tickets")
		require.Less(t, time.Since(began), soon)
	})
}

func TestOfTwoWhoWaitOneGetsTheJobAndTheOtherIsToldWho(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		state.SetPatience(store, soon, soon)
		backfill := yield(t, store, "tickets")
		type outcome struct {
			lease *state.Lease
			err   error
		}
		outcomes := make(chan outcome, 2)
		for _, owner := range []string{"run", "run by hand"} {
			other := d.open(t)
			state.SetPatience(other, soon, soon)
			go func() {
				lease, err := other.Acquire(t.Context(), "tickets", owner)
				outcomes <- outcome{lease, err}
			}()
		}
		<-backfill.Wanted()
		require.NoError(t, backfill.Release(t.Context()))
		first, second := <-outcomes, <-outcomes
		if first.lease == nil {
			first, second = second, first
		}
		require.NoError(t, first.err)
		held, ok := errors.AsType[*state.HeldError](second.err)
		require.True(t, ok, second.err)
		requireYieldingHeld(t, store, "tickets", held.Owner)
		require.NoError(t, first.lease.Release(t.Context()))
	})
}

func TestWhoWaitsNoticesThatTheHolderIsNoMore(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store, other := d.open(t), d.open(t)
		state.SetPatience(other, soon, soon)
		silent := yield(t, store, "tickets")
		taken := make(chan *state.Lease, 1)
		go func() {
			lease, err := other.Acquire(t.Context(), "tickets", "run")
			if err != nil {
				t.Error(err)
			}
			taken <- lease
		}()
		<-silent.Wanted() // and does nothing about it
		d.exec(t, expire)
		lease := <-taken
		require.ErrorIs(t, silent.Store().SetWatermark(t.Context(), state.Watermark{Job: "tickets"}), state.ErrLeaseLost)
		require.NoError(t, lease.Release(t.Context()))
	})
}

func TestAStateOpenForReadingAsksNobodyToStepAside(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		yield(t, d.open(t), "tickets")
		_, err := d.openReadOnly(t).Acquire(t.Context(), "tickets", "reader")
		require.ErrorIs(t, err, state.ErrReadOnly)
	})
}

func TestTheWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	store := newDatabase(t, "sqlite").open(t)
	yield(t, store, "tickets")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err := store.Acquire(ctx, "tickets", "run")
	require.ErrorIs(t, err, context.Canceled)
}
