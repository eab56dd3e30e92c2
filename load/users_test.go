package load_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
	"pvetl/load"
)

func TestUsers(t *testing.T) {
	t.Parallel()
	many := make([]string, 250)
	for i := range many {
		many[i] = fmt.Sprintf("agent%d@acme.example", i)
	}
	h := hold(t, sandbox.Options{Users: many})
	users, err := h.Users(t.Context())
	require.NoError(t, err)
	require.Len(t, users, 250)
	require.Equal(t, load.User{Email: many[0], Username: many[0], Name: many[0]}, users[0])
	require.Equal(t, 3, h.server.Requests().Total)

	client, _ := live(t, replies(200, `{"result": [{"_id": 1, "username": 7}, {"email": "a@b.example", "name": {"first": "A"}}, {"name": "nobody"}, "x"]}`))
	users, err = client.Users(t.Context())
	require.NoError(t, err)
	require.Equal(t, []load.User{{Username: "7"}, {Email: "a@b.example"}}, users)
}

func TestUsersThatAreNotTold(t *testing.T) {
	t.Parallel()
	h := hold(t, sandbox.Options{})
	_, err := h.Users(t.Context())
	require.ErrorIs(t, err, load.ErrNoUsers)
	require.Equal(t, 1, h.server.Requests().Total)
	for name, tt := range map[string]struct {
		status int
		body   string
	}{
		"forbidden":               {403, ""},
		"no such call":            {404, ""},
		"another method":          {405, ""},
		"refused under 200":       {200, `{"success": false, "error": "not for you"}`},
		"an object":               {200, `{"result": {"a": 1}}`},
		"nobody":                  {200, `{"result": []}`},
		"a listing of what else?": {200, `{"result": [{"id": 1}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := live(t, replies(tt.status, tt.body))
			_, err := client.Users(t.Context())
			require.ErrorIs(t, err, load.ErrNoUsers)
		})
	}
	for name, status := range map[string]int{"credentials that are not accepted": 401, "a filter that is refused": 400} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := live(t, replies(status, ""))
			_, err := client.Users(t.Context())
			require.Error(t, err)
			require.NotErrorIs(t, err, load.ErrNoUsers)
		})
	}
}
