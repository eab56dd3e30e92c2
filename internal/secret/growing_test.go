package secret_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/secret"
)

func TestARedactorThatGrowsForgetsNothing(t *testing.T) {
	t.Parallel()
	var growing secret.Growing
	require.Equal(t, "old-key-1 new-key-2", growing.Redact("old-key-1 new-key-2"))
	growing.Learn(secret.NewRedactor("old-key-1"))
	growing.Learn(secret.NewRedactor("new-key-2", "postgres://ana:new-key-2@db/desk"))
	require.Equal(t, "*** *** ***", growing.Redact("old-key-1 new-key-2 postgres://ana:new-key-2@db/desk"))
	growing.Learn(secret.Redactor{})
	require.Equal(t, "***", growing.Redact("old-key-1"))
}

func TestARedactorGrowsWhileItIsUsed(t *testing.T) {
	t.Parallel()
	var growing secret.Growing
	var users sync.WaitGroup
	for range 4 {
		users.Go(func() {
			growing.Learn(secret.NewRedactor("old-key-1"))
			growing.Redact("old-key-1")
		})
	}
	users.Wait()
	require.Equal(t, "***", growing.Redact("old-key-1"))
}
