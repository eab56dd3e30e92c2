package main

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

// The quota of the tests: as that of a tenant, in less time and with smaller batches.
const (
	quotaRequests = 60
	quotaWindow   = 2 * time.Second
	quotaMinute   = quotaRequests * int(time.Minute/quotaWindow)
	quotaBatch    = 10
)

// quotaYAML is a job whose history is large, and another one of the same integration's account.
const quotaYAML = `version: 1
playvox: {base_url: "${PLAYVOX_BASE_URL}", uid: "${PLAYVOX_UID}", api_key: "${PLAYVOX_API_KEY}", requests_per_minute: PER_MINUTE}
state: ${PVETL_STATE}
sources:
  helpdesk: {dsn: "${HELPDESK_DSN}"}
integrations:
  helpdesk: {name: Large Helpdesk, metadata: {moved_date: {type: datetime}}}
  nightly: {name: Nightly Helpdesk, metadata: {moved_date: {type: datetime}}}
jobs:
  tickets:
    source: helpdesk
    integration: helpdesk
    extract:
      interactions: {query: "SELECT id, moved FROM tickets WHERE id < 1000000", key: id, cursor: moved}
      comments: {query: "SELECT id, ticket_id, body FROM messages", key: id, parent: ticket_id}
    mapping:
      interaction: {interaction_id: id, metadata: {moved_date: moved}}
      comment: {body: body, type: {value: agent_comment}, added_at: {value: "2026-01-01T00:00:00Z"}}
    load: {batch_size: 10}
  nightly:
    source: helpdesk
    integration: nightly
    extract:
      interactions: {query: "SELECT id, moved FROM tickets WHERE id >= 1000000", key: id, cursor: moved}
    mapping:
      interaction: {interaction_id: id, metadata: {moved_date: moved}}
    load: {batch_size: 10}
`

// newQuotaWorld is a source of so many tickets with three messages each, and a server that enforces its quota: with a tenth
// to spare, because on a machine that is busy requests arrive closer together than they left.
func newQuotaWorld(t *testing.T, tickets, perMinute int, change ...func(*sandbox.Options)) *workbench {
	t.Helper()
	dsn, db := openSource(t, onSQLite)
	execute(t, db, "CREATE TABLE tickets (id INTEGER PRIMARY KEY, moved TEXT)")
	execute(t, db, "CREATE TABLE messages (id INTEGER PRIMARY KEY, ticket_id INTEGER, body TEXT)")
	const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
	execute(t, db, fmt.Sprintf("INSERT INTO tickets "+numbers+"SELECT i, datetime('2024-01-01', i || ' minutes') FROM n", tickets))
	execute(t, db, fmt.Sprintf("INSERT INTO messages "+numbers+"SELECT i, (i + 2) / 3, 'message ' || i FROM n", 3*tickets))
	execute(t, db, "CREATE INDEX tickets_moved ON tickets (moved, id)")
	execute(t, db, "CREATE INDEX messages_ticket ON messages (ticket_id)")
	w := newWorkbench(t, quotaYAML, dsn, append([]func(*sandbox.Options){func(o *sandbox.Options) {
		o.RateLimit, o.RateWindow, o.JobDuration = quotaRequests+quotaRequests/10, quotaWindow, 50*time.Millisecond
	}}, change...)...)
	w.edit("PER_MINUTE", fmt.Sprint(perMinute))
	return w
}

// A backfill costs two requests for a batch and keeps to the quota; one that is lower than configured it learns.
func TestABackfillKeepsToTheQuota(t *testing.T) {
	t.Parallel()
	const tickets = 500
	for name, perMinute := range map[string]int{"that is configured": quotaMinute, "that is lower than configured": 3 * quotaMinute} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newQuotaWorld(t, tickets, perMinute)
			w.mustRun(exitDone, "apply")
			pause(t.Context(), quotaWindow) // what that used up
			w.box.ResetRequests()
			session := w.backfill(exitDone, history("2024-01-01", "2025-01-01")...)
			made := w.box.Requests()
			t.Logf("%d requests: %v, %d of them refused", made.Total, made.Kinds, made.Throttled)
			require.EqualValues(t, tickets, session.Interactions.New)
			require.EqualValues(t, 3*tickets, session.Comments.New)
			require.LessOrEqual(t, made.Throttled, 1)
			const lookAround = 4 // the integration, and whether it holds anything
			require.LessOrEqual(t, float64(made.Total), 2.1*tickets/quotaBatch+lookAround)
			require.Len(t, w.box.Snapshot().Interactions, tickets)
		})
	}
}

// Two processes on one state have one quota, and the run goes before the backfill.
func TestABackfillAndAnotherJobShareOneQuota(t *testing.T) {
	t.Parallel()
	const tickets, nightly = 800, 60
	w := newQuotaWorld(t, tickets, quotaMinute)
	db, err := sql.Open("sqlite", strings.TrimPrefix(w.env["HELPDESK_DSN"], "sqlite:")+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	defer db.Close()
	w.mustRun(exitDone, "apply")
	pause(t.Context(), quotaWindow)
	w.box.ResetRequests()
	backfill := w.start(history("2024-01-01", "2025-01-01")...)
	require.Eventually(t, func() bool { return w.box.Requests().Kinds[sandbox.Bulk] > 10 }, aWhile, 5*time.Millisecond)
	execute(t, db, fmt.Sprintf("INSERT INTO tickets SELECT id + 1000000, moved FROM tickets WHERE id <= %d", nightly))
	code, said := w.start("run", "nightly").end(aWhile)
	require.Equal(t, exitDone, code, said)
	require.False(t, backfill.isOver(), "the run waited for the backfill")
	code, said = backfill.end(aWhile)
	require.Equal(t, exitDone, code, said)
	made := w.box.Requests()
	require.LessOrEqual(t, made.Throttled, 1)
	require.Len(t, w.box.Snapshot().Interactions, tickets+nightly)
}
