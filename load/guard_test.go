package load_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

var errNotOurs = errors.New("another runner holds the job")

// everyWrite is each call that changes something.
var everyWrite = map[string]func(context.Context, *load.Client) error{
	"SubmitBulk": func(ctx context.Context, c *load.Client) error {
		_, err := c.SubmitBulk(ctx, "i1", []byte(`[]`))
		return err
	},
	"UpdateInteraction": func(ctx context.Context, c *load.Client) error { return c.UpdateInteraction(ctx, "i1", "r1", nil) },
	"DeleteInteraction": func(ctx context.Context, c *load.Client) error { return c.DeleteInteraction(ctx, "i1", "r1") },
	"CreateComment": func(ctx context.Context, c *load.Client) error {
		_, err := c.CreateComment(ctx, "r1", comment("a", morning))
		return err
	},
	"UpdateComment": func(ctx context.Context, c *load.Client) error {
		return c.UpdateComment(ctx, "r1", "c1", comment("a", morning))
	},
	"DeleteComment": func(ctx context.Context, c *load.Client) error { return c.DeleteComment(ctx, "r1", "c1") },
	"Upload": func(ctx context.Context, c *load.Client) error {
		_, err := c.Upload(ctx, load.File{Name: "a", Content: []byte("x")})
		return err
	},
}

const taken = `{"success": true, "result": {"_id": "x1", "url": "https://files.example/1", "status": "done"}}`

func TestNothingIsWrittenAgainstTheGuard(t *testing.T) {
	t.Parallel()
	for name, call := range everyWrite {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := live(t, replies(200, taken))
			var counts load.Requests
			asked := 0
			guarded := client.ForRun(load.RunOptions{Requests: &counts, Guard: func() error { asked++; return errNotOurs }})
			err := call(t.Context(), guarded)
			require.ErrorIs(t, err, errNotOurs)
			require.ErrorContains(t, err, "another runner holds the job")
			require.Equal(t, load.NotApplied, load.OutcomeOf(err))
			require.Equal(t, 1, asked, "what is forbidden is not tried again")
			require.Empty(t, server.received())
			require.Zero(t, counts.Total.Load())

			require.NoError(t, call(t.Context(), client.ForRun(load.RunOptions{Requests: &counts, Guard: func() error { return nil }})))
			require.NoError(t, call(t.Context(), client), "the guard is one run's own")
			require.Len(t, server.received(), 2)
		})
	}
	t.Run("a read", func(t *testing.T) {
		t.Parallel()
		client, server := live(t, replies(200, taken))
		_, err := client.ForRun(load.RunOptions{Requests: &load.Requests{}, Guard: func() error { return errNotOurs }}).Job(t.Context(), "j1")
		require.NoError(t, err, "looking is always allowed")
		require.Len(t, server.received(), 1)
	})
}

// What was ours before a wait need not be after it.
func TestTheGuardIsAskedAfterEveryWait(t *testing.T) {
	t.Parallel()
	t.Run("for a turn", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			client, server := bubbled(t, 1, replies(200, taken))
			_, err := client.Job(t.Context(), "j1")
			require.NoError(t, err)
			lost := time.Now().Add(30 * time.Second)
			guarded := client.ForRun(load.RunOptions{Requests: &load.Requests{}, Guard: func() error {
				if time.Now().After(lost) {
					return errNotOurs
				}
				return nil
			}})
			require.ErrorIs(t, guarded.DeleteComment(t.Context(), "r1", "c1"), errNotOurs)
			require.Len(t, server.received(), 1)
		})
	})
	t.Run("before a repetition", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			client, server := bubbled(t, 60_000, replies(429, "", "Retry-After", "60"))
			var asked atomic.Int64
			guarded := client.ForRun(load.RunOptions{Requests: &load.Requests{}, Guard: func() error {
				if asked.Add(1) > 1 {
					return errNotOurs
				}
				return nil
			}})
			_, err := guarded.SubmitBulk(t.Context(), "i1", []byte(`[]`))
			require.ErrorIs(t, err, errNotOurs)
			require.Len(t, server.received(), 1)
		})
	})
}
