package state_test

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

// tell writes a standing and notices down.
func tell(t *testing.T, store *state.Store, job, standing string, notices ...string) {
	t.Helper()
	require.NoError(t, store.Tell(t.Context(), job, func(json.RawMessage) (json.RawMessage, []json.RawMessage, error) {
		bodies := make([]json.RawMessage, len(notices))
		for i, notice := range notices {
			bodies[i] = json.RawMessage(notice)
		}
		return json.RawMessage(standing), bodies, nil
	}))
}

func standing(t *testing.T, store *state.Store, job string) string {
	t.Helper()
	kept, err := store.Standing(t.Context(), job)
	require.NoError(t, err)
	return string(kept)
}

func claim(t *testing.T, store *state.Store, now time.Time, limit int) (bodies []string) {
	t.Helper()
	notices, err := store.ClaimNotices(t.Context(), now, time.Minute, limit)
	require.NoError(t, err)
	for _, notice := range notices {
		bodies = append(bodies, string(notice.Body))
	}
	return bodies
}

func TestAStandingAndItsNoticesAreToldAtOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		now := at(t, "02:15:00.123")
		clock(store, now)
		const kept = `"ñ🙂 \u0000 1.50"`
		require.NoError(t, store.Tell(t.Context(), "tickets", func(was json.RawMessage) (json.RawMessage, []json.RawMessage, error) {
			require.Nil(t, was)
			return json.RawMessage(kept), []json.RawMessage{[]byte(`"one"`), []byte(`"two"`)}, nil
		}))
		tell(t, store, "chats", `{}`, `"three"`)
		require.Equal(t, kept, standing(t, d.openReadOnly(t), "tickets"), "as it is")
		require.Empty(t, standing(t, store, "nobody"))

		notices, err := store.ClaimNotices(t.Context(), now, time.Minute, 10)
		require.NoError(t, err)
		require.Equal(t, []state.Notice{
			{ID: 1, Job: "tickets", Body: json.RawMessage(`"one"`), CreatedAt: now, DueAt: now.Add(time.Minute), Attempts: 1},
			{ID: 2, Job: "tickets", Body: json.RawMessage(`"two"`), CreatedAt: now, DueAt: now.Add(time.Minute), Attempts: 1},
			{ID: 3, Job: "chats", Body: json.RawMessage(`"three"`), CreatedAt: now, DueAt: now.Add(time.Minute), Attempts: 1},
		}, notices)
	})
}

func TestAChangeThatFailsTellsNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		tell(t, store, "tickets", `"before"`)
		refusal := errors.New("no")
		for _, job := range []string{"tickets", "chats"} {
			err := store.Tell(t.Context(), job, func(json.RawMessage) (json.RawMessage, []json.RawMessage, error) {
				return json.RawMessage(`"after"`), []json.RawMessage{[]byte(`"notice"`)}, refusal
			})
			require.Equal(t, refusal, err, "as it is")
		}
		require.Equal(t, `"before"`, standing(t, store, "tickets"))
		require.Equal(t, 1, d.number(t, "SELECT count(*) FROM standings"))
		waiting, err := store.CountNotices(t.Context())
		require.NoError(t, err)
		require.Zero(t, waiting)
	})
}

func TestANoticeWaitsForItsTimeAndIsClaimedByOne(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		now := at(t, "02:00:00.000")
		clock(store, now)
		tell(t, store, "tickets", "1", `"a"`, `"b"`, `"c"`)
		require.Empty(t, claim(t, store, now.Add(-time.Millisecond), 10), "too early")
		require.Equal(t, []string{`"a"`, `"b"`}, claim(t, store, now, 2), "the oldest first")
		require.Equal(t, []string{`"c"`}, claim(t, store, now, 2), "what nobody has")

		require.NoError(t, store.DropNotice(t.Context(), 1))
		require.NoError(t, store.DropNotice(t.Context(), 99))
		require.NoError(t, store.PutOffNotice(t.Context(), 2, now.Add(time.Hour)))
		require.Empty(t, claim(t, store, now.Add(59*time.Second), 10))
		require.Equal(t, []string{`"c"`}, claim(t, store, now.Add(time.Minute), 10), "its claimer's patience is over")
		notices, err := store.ClaimNotices(t.Context(), now.Add(time.Hour), time.Minute, 1)
		require.NoError(t, err)
		require.Len(t, notices, 1)
		require.Equal(t, 2, notices[0].Attempts)
		waiting, err := store.CountNotices(t.Context())
		require.NoError(t, err)
		require.Equal(t, 2, waiting)
	})
}

// A repetition is recognised by its id, so that no other notice may have it.
func TestTheIDOfANoticeIsNeverGivenAgain(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		tell(t, store, "tickets", "1", `"a"`, `"b"`)
		require.NoError(t, store.DropNotice(t.Context(), 2))
		tell(t, d.open(t), "tickets", "2", `"c"`)
		require.Equal(t, 3, d.number(t, "SELECT max(id) FROM notices"))
	})
}

func TestNothingToldIsLostAndNoNoticeIsClaimedTwice(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		const each = 5
		var mu sync.Mutex
		claimed := make(map[int64]int)
		claimSome := func(ctx context.Context, store *state.Store) error {
			notices, err := store.ClaimNotices(ctx, time.Now(), time.Hour, 2)
			mu.Lock()
			defer mu.Unlock()
			for _, notice := range notices {
				claimed[notice.ID]++
			}
			return err
		}
		workers := together(t, d, func(ctx context.Context, store *state.Store) error {
			for range each {
				err := store.Tell(ctx, "tickets", func(was json.RawMessage) (json.RawMessage, []json.RawMessage, error) {
					n, _ := strconv.Atoi(string(was)) // none is 0
					next := json.RawMessage(strconv.Itoa(n + 1))
					return next, []json.RawMessage{next}, nil
				})
				if err := errors.Join(err, claimSome(ctx, store)); err != nil {
					return err
				}
			}
			return nil
		})
		store := d.open(t)
		require.Equal(t, strconv.Itoa(workers*each), standing(t, store, "tickets"))
		for len(claimed) < workers*each {
			before := len(claimed)
			require.NoError(t, claimSome(t.Context(), store))
			require.Greater(t, len(claimed), before, "some are lost")
		}
		for id, times := range claimed {
			require.Equal(t, 1, times, id)
		}
	})
}

func TestClaimsAreFencedAndNotForReaders(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		tell(t, store, "tickets", "1", `"a"`)
		lease := acquire(t, store, "tickets")
		require.NoError(t, lease.Release(t.Context()))
		_, err := lease.Store().ClaimNotices(t.Context(), time.Now(), time.Minute, 1)
		require.ErrorIs(t, err, state.ErrLeaseLost)
		_, err = d.openReadOnly(t).ClaimNotices(t.Context(), time.Now(), time.Minute, 1)
		require.ErrorIs(t, err, state.ErrReadOnly)
		require.Len(t, claim(t, store, time.Now(), 1), 1)
	})
}
