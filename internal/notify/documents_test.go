package notify_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/notify"
)

func TestEveryNoticeIsDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/notices.md")
	require.NoError(t, err)
	for _, kind := range []string{
		notify.Failed, notify.Recovered, notify.Rejects, notify.Quiet, notify.News, notify.Behind, notify.CaughtUp, notify.ConfigBroken, notify.ConfigMended,
	} {
		require.Regexp(t, "(?m)^\\| `"+kind+"` \\| .*\\|\\n", string(page))
	}
}
