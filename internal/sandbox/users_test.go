package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

func TestUsersAreListedWhereThereAreAny(t *testing.T) {
	t.Parallel()
	got := start(t, sandbox.Options{}).call(http.MethodGet, "users", "")
	require.Equal(t, http.StatusNotFound, got.Status)
	require.Contains(t, got.Error, "no such call")

	c := start(t, sandbox.Options{Users: []string{"ana@acme.example", "bob"}})
	require.Equal(t, []map[string]any{
		{"_id": "user1", "email": "ana@acme.example", "username": "ana@acme.example", "name": "ana@acme.example"},
		{"_id": "user2", "username": "bob", "name": "bob"},
	}, c.listed("users"))
	require.Len(t, c.listed("users?per_page=1&page=2"), 1)
	require.Empty(t, start(t, sandbox.Options{Users: []string{}}).listed("users"))
}

func TestMetadataCanBeHidden(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{HideMetadata: true})
	c.schema()
	require.NotContains(t, c.listed("integrations")[0], "metadata")
	require.Contains(t, c.listed("integrations")[0], "settings")
	require.Len(t, c.server.Snapshot().Integrations[0].Metadata, 6)
}
