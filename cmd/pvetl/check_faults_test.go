package main

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
	"pvetl/internal/secret"
	"pvetl/state"
)

// fault is something wrong with a sound job, and the one finding that it makes.
type fault struct {
	kinds      []string
	make       func(t *testing.T, c *checked)
	severity   config.Severity
	path       string
	message    string // a piece of it
	suggestion string
}

func runs(statements ...string) func(*testing.T, *checked) {
	return func(t *testing.T, c *checked) {
		t.Helper()
		for _, statement := range statements {
			execute(t, c.db, strings.ReplaceAll(statement, "USER", c.user))
		}
	}
}

func edits(before, after string) func(*testing.T, *checked) {
	return func(_ *testing.T, c *checked) { c.edit(before, after) }
}

var checkServers = []string{"postgres", "mysql"}

const (
	plainQuery = "SELECT id, status, agent, updated_at\n          FROM tickets"

	inQuery  = "jobs.tickets.extract.interactions.query"
	inKey    = "jobs.tickets.extract.interactions.key"
	inCursor = "jobs.tickets.extract.interactions.cursor"
	inDSN    = "sources.helpdesk.dsn"
)

var faults = map[string]fault{
	"the user can write to the table": {
		checkServers, runs("GRANT UPDATE ON tickets TO USER"), config.SeverityWarning, inDSN, "can write to tickets", "GRANT SELECT",
	},
	"no index on a large table": {
		everyKind, withoutIndex, config.SeverityWarning, inCursor, "no index of tickets begins with updated_at", "(updated_at, id)",
	},
	"rows without a cursor": {
		[]string{"postgres"},
		runs("ALTER TABLE tickets ALTER updated_at DROP NOT NULL", "INSERT INTO tickets VALUES (3, 'open', 'ana', NULL)"),
		config.SeverityWarning, inCursor, "updated_at is NULL in 1 row", "coalesce",
	},
	"a join that doubles keys": {
		everyKind, edits("FROM tickets\n", "FROM tickets CROSS JOIN (SELECT 1 AS one UNION SELECT 2) x\n"),
		config.SeverityError, inKey, `id is not unique: 2 rows have another row's, such as "`, "join",
	},
	"keys that are NULL": {
		everyKind, edits("SELECT id,", "SELECT CASE WHEN id > 1 THEN id END AS id,"), config.SeverityError, inKey, "id is NULL in 1 row", "WHERE id IS NOT NULL",
	},
	"a cursor that nothing moves": {
		[]string{"postgres", "sqlite"}, dropTrigger, config.SeverityHint, inCursor, "nothing in the database moves updated_at", "trigger",
	},
	"a cursor that nothing moves, by MySQL's own means": {
		[]string{"mysql"},
		runs("ALTER TABLE tickets MODIFY updated_at timestamp NOT NULL"), config.SeverityHint, inCursor,
		"nothing in the database moves updated_at", "ON UPDATE CURRENT_TIMESTAMP",
	},
	"a cursor that says when a row was made": {
		everyKind, created, config.SeverityWarning, inCursor, "nothing in the database moves created_at", "leave the cursor out",
	},
	"times without a zone": {
		everyKind, func(t *testing.T, c *checked) {
			t.Helper()
			c.edit(", timezone: UTC", "")
			if c.kind == "postgres" {
				execute(t, c.db, "ALTER TABLE tickets ALTER updated_at TYPE timestamp")
			}
			if c.kind == "mysql" {
				execute(t, c.db, "ALTER TABLE tickets MODIFY updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")
			}
		}, config.SeverityWarning, "sources.helpdesk", "have no zone", "timezone: America/Bogota",
	},
	"a rule that reads a column there is none of": {
		everyKind, edits(plainQuery, "SELECT * FROM (SELECT id, status AS state, agent, updated_at FROM tickets) t"), config.SeverityError, "jobs.tickets.mapping.interaction.metadata.status.column",
		`has no column "status"`, "it has id, state",
	},
	"a cursor that is no column": {
		everyKind, edits(plainQuery, "SELECT * FROM (SELECT id, status, agent, updated_at AS updated_on FROM tickets) t"), config.SeverityError, inCursor,
		"updated_at is no column", "",
	},
	"a query that is no SQL": {
		everyKind, edits("FROM tickets\n", "FROMM tickets x y\n"), config.SeverityError, inQuery, "does not take the query", "own client",
	},
	"a query of a table there is none of": {
		everyKind, edits("FROM tickets\n", "FROM nowhere\n"), config.SeverityError, inQuery, "nowhere", "own client",
	},
	"a column that its field cannot take": {
		checkServers, edits("moved_date: updated_at", "moved_date: id"), config.SeverityError,
		"jobs.tickets.mapping.interaction.metadata.moved_date", "none of its values is of the field's type datetime", "expr",
	},
	"values that cannot be mapped": {
		everyKind, runs("INSERT INTO tickets VALUES (3, 'lost', 'ana', '2026-01-03 10:00:00')"), config.SeverityWarning,
		"jobs.tickets.mapping.interaction.metadata.status", `1 of the interactions of the first 3 rows would be rejected, such as 3, column status, value "lost"`, "preview",
	},
	"no value can be mapped": {
		everyKind, runs("UPDATE tickets SET status = 'lost'"), config.SeverityError, "jobs.tickets.mapping.interaction.metadata.status", "2 of the", "preview",
	},
	"a database that is not there": {
		checkServers, func(t *testing.T, c *checked) {
			t.Helper()
			address, err := url.Parse(c.env["HELPDESK_DSN"])
			require.NoError(t, err)
			address.Host = "127.0.0.1:1"
			c.env["HELPDESK_DSN"] = address.String()
		}, config.SeverityError, inDSN, "refused", "host, port",
	},
	"a wrong password": {
		checkServers, func(_ *testing.T, c *checked) {
			c.env["HELPDESK_DSN"] = strings.Replace(c.env["HELPDESK_DSN"], "reader-pass", "wrong-pass", 1)
		}, config.SeverityError, inDSN, "does not let us in", "password",
	},
	"a file that is not there": {
		[]string{"sqlite"}, func(_ *testing.T, c *checked) { c.env["HELPDESK_DSN"] += ".not" }, config.SeverityError, inDSN, "there is no SQLite file", "",
	},
	"an assignee that Playvox does not know": {
		everyKind, runs("INSERT INTO tickets VALUES (3, 'open', 'zoe', '2026-01-03 10:00:00')"), config.SeverityWarning,
		"jobs.tickets.mapping.interaction.assignee_id", "Playvox knows no user zoe (row 3)", "create these users",
	},
	"credentials that are refused": {
		[]string{"sqlite"},
		func(_ *testing.T, c *checked) { c.env["PLAYVOX_API_KEY"] = "another-key-0123456789" }, config.SeverityError,
		"playvox.uid", "playvox.uid and playvox.api_key", "Settings > API Keys",
	},
	"more rows than are counted, and no index that tells them apart": {
		[]string{"postgres"},
		runs("ALTER TABLE tickets DROP CONSTRAINT tickets_pkey",
			"INSERT INTO tickets SELECT i, 'open', 'ana', '2026-01-01 10:00:00' FROM generate_series(3, 200001) i"),
		config.SeverityWarning, inKey, "it is not known whether id is unique", "CREATE UNIQUE INDEX pvetl_id ON tickets (id)",
	},
	"a run that is at work": {
		[]string{"sqlite"}, func(t *testing.T, c *checked) {
			t.Helper()
			store, err := state.Open(t.Context(), secret.Text(c.env["PVETL_STATE"]))
			require.NoError(t, err)
			lease, err := store.Acquire(t.Context(), "tickets", "somebody else")
			require.NoError(t, err)
			t.Cleanup(func() {
				require.NoError(t, lease.Release(context.WithoutCancel(t.Context())))
				require.NoError(t, store.Close())
			})
		}, config.SeverityHint, "jobs.tickets", "somebody else runs it since", "waits",
	},
	"an integration that is not there": {
		[]string{"sqlite"},
		edits("name: Checked Helpdesk", "name: Another Helpdesk"), config.SeverityError, "integrations.helpdesk",
		`no integration named "Another Helpdesk"`, "pvetl apply",
	},
	"an integration that is described otherwise": {
		[]string{"sqlite"},
		edits("name: Checked Helpdesk", "name: Checked Helpdesk\n    description: Tickets"), config.SeverityWarning, "integrations.helpdesk",
		"differs from jobs.yaml", "pvetl plan",
	},
	"a state that cannot be written": {
		[]string{"sqlite"}, func(t *testing.T, c *checked) {
			t.Helper()
			file := filepath.Join(c.dir, "file")
			require.NoError(t, os.WriteFile(file, nil, 0o600))
			c.env["PVETL_STATE"] = "sqlite:" + filepath.Join(file, "state.db")
		}, config.SeverityError, "state", "state", "",
	},
}

// many adds more rows than a database reads without an index and without anybody noticing.
const many = "INSERT INTO tickets WITH RECURSIVE r (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 200) " +
	"SELECT a.i * 200 + b.i, 'open', 'ana', '2026-02-01 10:00:00' FROM r a, r b WHERE a.i > 1 AND a.i < 60"

func withoutIndex(t *testing.T, c *checked) {
	t.Helper()
	statement := "DROP INDEX by_change"
	if c.kind == "mysql" {
		statement += " ON tickets"
	}
	execute(t, c.db, statement)
	execute(t, c.db, many)
}

func dropTrigger(t *testing.T, c *checked) {
	t.Helper()
	statement := "DROP TRIGGER touch"
	if c.kind == "postgres" {
		statement += " ON tickets"
	}
	execute(t, c.db, statement)
}

// created renames the cursor, and takes away what moves it.
func created(t *testing.T, c *checked) {
	t.Helper()
	if c.kind == "mysql" {
		execute(t, c.db, "ALTER TABLE tickets CHANGE updated_at created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP")
	} else {
		dropTrigger(t, c)
		execute(t, c.db, "ALTER TABLE tickets RENAME updated_at TO created_at")
	}
	c.edit("agent, updated_at", "agent, created_at")
	c.edit("cursor: updated_at", "cursor: created_at")
	c.edit("moved_date: updated_at", "moved_date: created_at")
}
