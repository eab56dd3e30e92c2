package demo_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/demo"
)

func TestTheHelpDeskIsTheSameEveryTimeApartFromItsDates(t *testing.T) {
	t.Parallel()
	// Everything but the dates, and of these how far apart they are.
	const tickets = `SELECT json_array(id, subject, status_code, channel, csat, tags, agent_id, customer_email,
		unixepoch(updated_at) - unixepoch(created_at), unixepoch(solved_at) - unixepoch(created_at)) FROM tickets ORDER BY rowid`
	const messages = `SELECT json_array(id, ticket_id, author, kind, body_html,
		unixepoch(created_at) - unixepoch(lag(created_at) OVER (ORDER BY id))) FROM messages ORDER BY id`
	synctest.Test(t, func(t *testing.T) {
		first := build(t)
		time.Sleep(1000 * time.Hour) // of the test's own clock
		second := build(t)
		require.Equal(t, query(t, first, tickets), query(t, second, tickets))
		require.Equal(t, query(t, first, messages), query(t, second, messages))
		require.NotEqual(t, query(t, first, "SELECT updated_at FROM tickets"), query(t, second, "SELECT updated_at FROM tickets"))
	})
}

func TestTheHelpDeskEndsShortlyBeforeNow(t *testing.T) {
	t.Parallel()
	path := build(t)
	newest, err := time.Parse(time.DateTime, number(t, path, "SELECT max(updated_at) FROM tickets"))
	require.NoError(t, err)
	require.WithinRange(t, newest, time.Now().Add(-6*time.Hour), time.Now())
}

func TestTheHelpDeskIsAsVariedAsRealOnes(t *testing.T) {
	t.Parallel()
	path := build(t)
	const (
		lengths  = "SELECT count(m.id) AS n FROM tickets t LEFT JOIN messages m ON m.ticket_id = t.id GROUP BY t.id"
		together = "SELECT count(*) FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE "
	)
	for name, test := range map[string]struct{ query, want string }{
		"500 tickets":                           {"SELECT count(*) FROM tickets", "500"},
		"1 to 8 messages each":                  {"SELECT min(n) || '-' || max(n) FROM (" + lengths + ")", "1-8"},
		"every message has its ticket":          {"SELECT count(*) FROM messages WHERE ticket_id NOT IN (SELECT id FROM tickets)", "0"},
		"no message before its ticket":          {together + "m.created_at < t.created_at", "0"},
		"no ticket changed before its messages": {together + "m.created_at > t.updated_at", "0"},
		"no placeholder left":                   {together + "t.subject || m.body_html GLOB '*{[a-z]*}*'", "0"},
		"no HTML in a subject":                  {"SELECT count(*) FROM tickets WHERE subject LIKE '%&%;%'", "0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, number(t, path, test.query))
		})
	}
	for name, condition := range map[string]string{
		"without an agent":  "agent_id IS NULL",
		"without a rating":  "csat IS NULL AND solved_at IS NOT NULL",
		"with half a point": "csat = 4.5",
		"without tags":      "tags IS NULL",
		"open":              "status_code = 1 AND solved_at IS NULL",
		"pending":           "status_code = 2 AND solved_at IS NULL",
		"solved":            "status_code = 3",
		"by mail":           "channel = 'mail'",
		"by chat":           "channel = 'chat'",
		"with long subject": "length(subject) > 80",
		"English":           "subject LIKE 'Where is my order%'",
		"Spanish":           "subject LIKE 'Mi pedido%'",
		"Portuguese":        "subject LIKE 'Quero devolver%'",
		"German":            "subject LIKE 'Reklamation%'",
		"French":            "subject LIKE 'Colis%'",
		"Japanese":          "subject LIKE '%キャンセル%'",
		"Arabic":            "subject LIKE '%طلبي%'",
	} {
		t.Run("tickets "+name, func(t *testing.T) {
			t.Parallel()
			require.Greater(t, len(query(t, path, "SELECT id FROM tickets WHERE "+condition)), 2)
		})
	}
	all := strings.Join(query(t, path, "SELECT body_html FROM messages"), "\n")
	for _, markup := range []string{
		"<p>", "<br>", "<ul>", "<ol>", "<table>", "<blockquote>", `<a href="https://`, "<style>", "<script>", "<!--",
		"&nbsp;", "&quot;", "&#39;", "&amp;", "🎁",
	} {
		t.Run("messages with "+markup, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, all, markup)
		})
	}
}

func TestAFileThatExistsIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := build(t)
	require.ErrorContains(t, demo.Build(t.Context(), path), path)
	require.Equal(t, "500", number(t, path, "SELECT count(*) FROM tickets"))
}
