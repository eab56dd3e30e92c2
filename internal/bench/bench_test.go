package main

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Speed is worth nothing where something was lost, so the account has to notice.
func TestArrivalsAreAccountedFor(t *testing.T) {
	t.Parallel()
	const first, second = `{"interaction_id":"1","comments":[{"body":"#1 a"},{"body":"#2 b"}]}`, `{"interaction_id":"2","comments":[{"body":"#3 a"},{"body":"#4 b"}]}`
	for name, tt := range map[string]struct {
		bodies []string
		want   string
	}{
		"everything once":                   {[]string{`[` + first + `,` + second + `]`}, ""},
		"in two requests":                   {[]string{`[` + first + `]`, `[` + second + `]`}, ""},
		"an interaction is missing":         {[]string{`[` + first + `]`}, "1 tickets and 2 comments did not arrive"},
		"a comment is missing":              {[]string{`[` + first + `,{"interaction_id":"2","comments":[{"body":"#4 b"}]}]`}, "0 tickets and 1 comments did not arrive"},
		"an interaction came twice":         {[]string{`[` + first + `,` + second + `]`, `[{"interaction_id":"2"}]`}, "1 came twice"},
		"a comment came twice":              {[]string{`[` + first + `,` + second + `]`, `[{"interaction_id":"3","comments":[{"body":"#4 b"}]}]`}, "2 came twice or are nobody's"},
		"comments strayed":                  {[]string{`[` + strings.NewReplacer("#2", "#3", "#3", "#2").Replace(first+`,`+second) + `]`}, "2 comments strayed"},
		"marks within a text count nothing": {[]string{`[{"interaction_id":"1","subject":"\"interaction_id\":\"2\"","comments":[{"body":"#1 \"body\":\"#4"},{"body":"#2"}]},` + second + `]`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newArrivals(2, 2)
			for _, body := range tt.bodies {
				a.take([]byte(body))
			}
			if err := a.check(); tt.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tt.want)
			}
		})
	}
}

func TestTheBareLoopBringsEverything(t *testing.T) {
	t.Parallel()
	const tickets, perTicket = 1234, 2
	settings, err := readSettings(tickets, 1)
	require.NoError(t, err)
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			server := newServer(0)
			defer server.Close()
			dsn, drop, err := d.create(t.Context(), settings.servers[d.name], t.TempDir(), tickets, perTicket)
			require.NoError(t, err)
			defer func() { require.NoError(t, drop(context.WithoutCancel(t.Context()))) }()

			server.expect(tickets, perTicket)
			require.NoError(t, floor(t.Context(), d.name, dsn, server.base(), true))
			require.NoError(t, server.account().check())
			require.Equal(t, 13, server.account().requests)

			server.expect(tickets, 0)
			require.NoError(t, floor(t.Context(), d.name, dsn, server.base(), false))
			require.NoError(t, server.account().check())
		})
	}
}
