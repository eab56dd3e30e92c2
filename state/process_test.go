package state_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/secret"
	"pvetl/state"
)

// Where both are set, this binary is a process that holds a lease.
const (
	holderState = "PVETL_TEST_HOLDER_STATE"
	holderTTL   = "PVETL_TEST_HOLDER_TTL"
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(holderState); dsn != "" {
		if err := hold(context.Background(), secret.Text(dsn), os.Stdin, os.Stdout); err != nil {
			fmt.Println(err)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// hold takes a lease, says so, and when it is asked to, says of itself whether it is lost, and of every method that
// writes whether it was refused.
func hold(ctx context.Context, dsn secret.Text, asked io.Reader, out io.Writer) error {
	ttl, err := time.ParseDuration(os.Getenv(holderTTL))
	if err != nil {
		return err
	}
	store, err := state.Open(ctx, dsn)
	if err != nil {
		return err
	}
	state.SetLease(store, ttl, ttl/10, ttl/100)
	lease, err := store.Acquire(ctx, "tickets", "the child")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "held")
	if _, err := bufio.NewReader(asked).ReadString('\n'); err != nil {
		return err
	}
	fmt.Fprintln(out, "lost", errors.Is(lease.Check(), state.ErrLeaseLost))
	for _, name := range slices.Sorted(maps.Keys(writes)) {
		fmt.Fprintln(out, name, "refused", errors.Is(writes[name](ctx, lease.Store()), state.ErrLeaseLost))
	}
	return errors.Join(lease.Release(ctx), store.Close())
}

// child is another process that holds the lease of the job tickets.
type child struct {
	*exec.Cmd

	ask io.WriteCloser
	say *bufio.Scanner
}

func startChild(t *testing.T, d database, ttl time.Duration) child {
	t.Helper()
	binary, err := os.Executable()
	require.NoError(t, err)
	c := child{Cmd: exec.CommandContext(t.Context(), binary)}
	c.Env = append(os.Environ(), holderState+"="+d.dsn.Reveal(), holderTTL+"="+ttl.String())
	c.Stderr = os.Stderr
	c.ask, err = c.StdinPipe()
	require.NoError(t, err)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	c.say = bufio.NewScanner(out)
	require.NoError(t, c.Start())
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	require.True(t, c.say.Scan())
	require.Equal(t, "held", c.say.Text())
	return c
}

func TestAHolderThatWasKilledIsNoticedAtOnce(t *testing.T) {
	t.Parallel()
	d := newDatabase(t, "sqlite") // only there do the processes share a kernel
	store, reader := d.open(t), d.openReadOnly(t)
	c := startChild(t, d, time.Hour)
	require.Equal(t, "the child", requireHeld(t, store, "tickets").Owner)
	_, held, err := reader.Holder(t.Context(), "tickets")
	require.NoError(t, err)
	require.True(t, held)

	require.NoError(t, c.Process.Kill())
	require.Error(t, c.Wait())
	_, held, err = reader.Holder(t.Context(), "tickets")
	require.NoError(t, err)
	require.False(t, held)
	lease, err := store.Acquire(t.Context(), "tickets", "the next")
	require.NoError(t, err)
	require.Equal(t, 2, d.number(t, "SELECT epoch FROM locks"))
	require.NoError(t, lease.Release(t.Context()))
	requireNoLeaseFiles(t, d)
}

func TestAHolderThatWasStoppedPastItsLeaseIsRefusedWhenItGoesOn(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		prepareUntouched(t, store)
		c := startChild(t, d, 3*time.Second)
		require.NoError(t, c.Process.Signal(syscall.SIGSTOP))
		requireHeld(t, store, "tickets")

		var lease *state.Lease
		require.Eventually(t, func() (taken bool) {
			var err error
			lease, err = store.Acquire(t.Context(), "tickets", "the next")
			return err == nil
		}, soon, 10*tick)
		require.NoError(t, c.Process.Signal(syscall.SIGCONT))
		_, err := fmt.Fprintln(c.ask)
		require.NoError(t, err)
		var said []string
		for c.say.Scan() {
			said = append(said, c.say.Text())
		}
		require.NoError(t, c.Wait())
		expected := []string{"lost true"}
		for _, name := range slices.Sorted(maps.Keys(writes)) {
			expected = append(expected, name+" refused true")
		}
		require.Equal(t, expected, said, strings.Join(said, "\n"))
		requireUntouched(t, store)
		require.NoError(t, lease.Check())
		require.NoError(t, lease.Release(t.Context()))
		if d.kind == "sqlite" {
			requireNoLeaseFiles(t, d)
		}
	})
}
