package main

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/internal/testdb"
)

// cursorYAML is a job over any cursor, whose conversations are found by their tickets.
const cursorYAML = `version: 1
playvox: {base_url: "${PLAYVOX_BASE_URL}", uid: "${PLAYVOX_UID}", api_key: "${PLAYVOX_API_KEY}", requests_per_minute: 600000}
state: ${PVETL_STATE}
sources:
  helpdesk: {dsn: "${HELPDESK_DSN}", timezone: Europe/Rome}
integrations:
  helpdesk: {name: Old Helpdesk, metadata: {brought_date: {type: datetime}}}
jobs:
  tickets:
    source: helpdesk
    integration: helpdesk
    extract:
      interactions: {query: "SELECT id, moved FROM tickets", key: id, cursor: moved, page_size: 2}
      comments: {query: "SELECT id, ticket_id, body FROM messages", key: id, parent: ticket_id}
    mapping:
      interaction: {interaction_id: id, metadata: {brought_date: {value: "2026-01-01T00:00:00Z"}}}
      comment: {body: body, type: {value: agent_comment}, added_at: {value: "2026-01-01T00:00:00Z"}}
    load: {batch_size: 3}
`

// span is a range of a cursor with the values at its edges, as the source is told them.
type span struct {
	from, to string
	slice    string
	inside   []string // some stand twice
	outside  []string
}

var (
	inUTC = span{
		from: "2026-01-02T00:00:00Z", to: "2026-01-04T12:00:00Z", slice: "24h",
		inside:  []string{"2026-01-02 00:00:00", "2026-01-02 00:00:00", "2026-01-03 00:00:00", "2026-01-03 00:00:00", "2026-01-03 08:15:00", "2026-01-04 11:59:59"},
		outside: []string{"2026-01-01 23:59:59", "2026-01-04 12:00:00", "2026-01-04 12:00:00", "2026-01-05 00:00:00"},
	}
	inRome = span{
		from: "2026-01-02", to: "2026-01-04 12:00", slice: "13h",
		inside: inUTC.inside, outside: inUTC.outside,
	}
	exactly = span{ // to the microsecond
		from: "2026-01-02T00:00:00.000001Z", to: "2026-01-02T00:00:00.000004Z", slice: "1s",
		inside:  []string{"2026-01-02 00:00:00.000001", "2026-01-02 00:00:00.000001", "2026-01-02 00:00:00.000003"},
		outside: []string{"2026-01-02 00:00:00", "2026-01-02 00:00:00.000004", "2026-01-02 00:00:00.000005"},
	}
	byDay = span{
		from: "2026-01-02", to: "2026-01-05", slice: "24h",
		inside:  []string{"2026-01-02", "2026-01-02", "2026-01-03", "2026-01-04", "2026-01-04"},
		outside: []string{"2026-01-01", "2026-01-05", "2026-01-05"},
	}
	byNumber = span{
		from: "9007199254740993", to: "9007199254741993", slice: "300",
		inside:  []string{"9007199254740993", "9007199254740993", "9007199254741500", "9007199254741992"},
		outside: []string{"9007199254740992", "9007199254741993", "9007199254741994"},
	}
	since1970 = span{ // seconds
		from: "2026-01-02T00:00:00Z", to: "2026-01-03T00:00:00Z", slice: "6h",
		inside:  []string{"1767312000", "1767312000", "1767398399"},
		outside: []string{"1767311999", "1767398400"},
	}
)

// Bounds are half open whatever the cursor is, in every database.
func TestABackfillIsHalfOpenForEveryKindOfCursor(t *testing.T) {
	t.Parallel()
	for _, cursor := range []struct {
		kind, column string
		span         span
	}{
		{onPostgres, "timestamptz", inUTC},
		{onPostgres, "timestamp", inRome},
		{onPostgres, "timestamptz", exactly},
		{onPostgres, "date", byDay},
		{onPostgres, "bigint", byNumber},
		{onPostgres, "numeric(20,0)", byNumber},
		{onMySQL, "TIMESTAMP(6) NULL", inUTC},
		{onMySQL, "DATETIME", inRome},
		{onMySQL, "TIMESTAMP(6) NULL", exactly},
		{onMySQL, "DATE", byDay},
		{onMySQL, "BIGINT UNSIGNED", byNumber},
		{onSQLite, "TEXT", inRome},
		{onSQLite, "DATE", byDay},
		{onSQLite, "INTEGER", byNumber},
		{onSQLite, "INTEGER", since1970},
	} {
		t.Run(strings.Join([]string{cursor.kind, cursor.column, cursor.span.from}, " "), func(t *testing.T) {
			t.Parallel()
			dsn, db := openSource(t, cursor.kind)
			inside, all := fillTickets(t, db, cursor.kind, cursor.column, cursor.span)
			w := newWorkbench(t, cursorYAML, dsn)
			w.mustRun(exitDone, "apply")
			for range 2 { // the second finds it all there
				session := w.backfill(exitDone, history(cursor.span.from, cursor.span.to, "--slice", cursor.span.slice)...)
				require.EqualValues(t, len(inside), session.Interactions.Read)
				require.Equal(t, pipeline.BackfillDone, session.Backfill.State)
				require.ElementsMatch(t, inside, w.talks(t))
			}
			require.Equal(t, (len(inside)+2)/3, w.box.Requests().Kinds[sandbox.Bulk])
			w.runJob(exitDone)
			require.ElementsMatch(t, all, w.talks(t))
		})
	}
}

// openSource opens an empty database of a kind.
func openSource(t *testing.T, kind string) (dsn string, db *sql.DB) {
	t.Helper()
	var err error
	switch kind {
	case onPostgres:
		dsn = testdb.Postgres(t)
		db, err = sql.Open("pgx", dsn)
	case onMySQL:
		dsn = testdb.MySQL(t)
		db, err = sql.Open("mysql", testdb.DriverDSN(dsn)+"?time_zone=%27%2B00%3A00%27")
	case onSQLite:
		dsn = testdb.SQLite(t)
		db, err = sql.Open("sqlite", strings.TrimPrefix(dsn, "sqlite:")+"?_pragma=busy_timeout(10000)")
	}
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return dsn, db
}

// fillTickets makes a ticket with one message for each value, and names those of the span and all.
func fillTickets(t *testing.T, db *sql.DB, kind, column string, s span) (inside, all []string) {
	t.Helper()
	execute(t, db, fmt.Sprintf("CREATE TABLE tickets (id INTEGER PRIMARY KEY, moved %s)", column))
	execute(t, db, "CREATE TABLE messages (id INTEGER PRIMARY KEY, ticket_id INTEGER, body VARCHAR(20))")
	zone := ""
	if kind == onPostgres && column == "timestamptz" {
		zone = "+00"
	}
	for i, value := range append(append([]string{}, s.inside...), s.outside...) {
		execute(t, db, fmt.Sprintf("INSERT INTO tickets VALUES (%d, '%s%s')", i, value, zone))
		execute(t, db, fmt.Sprintf("INSERT INTO messages VALUES (%d, %d, 'about %d')", i, i, i))
		name := fmt.Sprintf("%d: about %d", i, i)
		if all = append(all, name); i < len(s.inside) {
			inside = append(inside, name)
		}
	}
	return inside, all
}

// talks are the interactions that Playvox holds with what is said in them.
func (w *workbench) talks(t *testing.T) (all []string) {
	t.Helper()
	for _, one := range w.box.Snapshot().Interactions {
		require.Len(t, one.Comments, 1, one.InteractionID)
		all = append(all, one.InteractionID+": "+one.Comments[0].Body)
	}
	return all
}
