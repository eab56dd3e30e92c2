package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
	"pvetl/internal/sandbox"
	"pvetl/internal/testdb"
)

const checkYAML = `version: 1
playvox: {base_url: "${PLAYVOX_BASE_URL}", uid: "${PLAYVOX_UID}", api_key: "${PLAYVOX_API_KEY}", requests_per_minute: 600000}
state: ${PVETL_STATE}
sources:
  helpdesk: {dsn: "${HELPDESK_DSN}", timezone: UTC}
integrations:
  helpdesk:
    name: Checked Helpdesk
    metadata:
      moved_date: {type: datetime, required: true}
      status: {type: string, allowed: [open, solved]}
jobs:
  tickets:
    source: helpdesk
    integration: helpdesk
    extract:
      interactions:
        query: |
          SELECT id, status, agent, updated_at
          FROM tickets
        key: id
        cursor: updated_at
    mapping:
      interaction:
        interaction_id: id
        assignee_id: agent
        metadata:
          moved_date: updated_at
          status: status
`

// helpDesks make a table on which there is nothing to say, in each kind of database.
var helpDesks = map[string][]string{
	"postgres": {
		"CREATE TABLE tickets (id integer PRIMARY KEY, status text, agent text, updated_at timestamptz NOT NULL)",
		"CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated_at = now(); RETURN NEW; END'",
		"CREATE TRIGGER touch BEFORE UPDATE ON tickets FOR EACH ROW EXECUTE FUNCTION touch()",
	},
	"mysql": {
		"CREATE TABLE tickets (id integer PRIMARY KEY, status varchar(20), agent varchar(50), updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)",
	},
	"sqlite": {
		"CREATE TABLE tickets (id integer PRIMARY KEY, status text, agent text, updated_at text NOT NULL)",
		"CREATE TRIGGER touch AFTER UPDATE ON tickets BEGIN UPDATE tickets SET updated_at = datetime('now') WHERE id = NEW.id; END",
	},
}

// checked is a workbench with a source that its job's user can only read.
type checked struct {
	*workbench

	kind string
	db   *sql.DB
	user string
}

func newChecked(t *testing.T, kind string) *checked {
	t.Helper()
	c := &checked{kind: kind, user: "reader"}
	var dsn, driver string
	switch kind {
	case "postgres":
		dsn, driver = testdb.Postgres(t), "pgx"
	case "mysql":
		dsn, driver = testdb.MySQL(t), "mysql"
	default:
		dsn, driver = testdb.SQLite(t), "sqlite"
	}
	var err error
	c.db, err = sql.Open(driver, testdb.DriverDSN(strings.TrimPrefix(dsn, "sqlite:")))
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.db.Close() })
	for _, statement := range helpDesks[kind] {
		execute(t, c.db, statement)
	}
	execute(t, c.db, "CREATE INDEX by_change ON tickets (updated_at, id)")
	execute(t, c.db, "INSERT INTO tickets VALUES (1, 'open', 'ana', '2026-01-01 10:00:00'), (2, 'solved', 'ben', '2026-01-02 10:00:00')")
	if kind != "sqlite" {
		dsn = c.reader(t, dsn)
	}
	c.workbench = newWorkbench(t, checkYAML, dsn, func(o *sandbox.Options) { o.Users = []string{"ana", "ben"} })
	c.mustRun(exitDone, "apply", "--yes")
	return c
}

// reader makes a user who can read the tickets, and returns the address with it.
func (c *checked) reader(t *testing.T, dsn string) string {
	t.Helper()
	address, err := url.Parse(dsn)
	require.NoError(t, err)
	c.user = "check_" + strings.ToLower(strings.TrimPrefix(address.Path, "/"))
	create, drop := "CREATE ROLE "+c.user+" LOGIN PASSWORD 'reader-pass'", []string{"DROP OWNED BY " + c.user, "DROP ROLE " + c.user}
	if c.kind == "mysql" {
		create, drop = "CREATE USER "+c.user+" IDENTIFIED BY 'reader-pass'", []string{"DROP USER " + c.user}
	}
	execute(t, c.db, create)
	t.Cleanup(func() {
		for _, statement := range drop {
			_, err := c.db.ExecContext(context.WithoutCancel(t.Context()), statement)
			require.NoError(t, err)
		}
	})
	execute(t, c.db, "GRANT SELECT ON tickets TO "+c.user)
	address.User = url.UserPassword(c.user, "reader-pass")
	return address.String()
}

// findings runs the check and returns what it found.
func (c *checked) findings(want int) []config.Finding {
	c.t.Helper()
	var report struct {
		OK       bool
		Findings []config.Finding
	}
	out := c.mustRun(want, "check", "--json")
	require.NoError(c.t, json.Unmarshal([]byte(out), &report))
	require.Equal(c.t, want == exitDone, report.OK)
	return report.Findings
}

var everyKind = []string{"postgres", "mysql", "sqlite"}

func TestACheckHasNothingToSayAboutASoundJob(t *testing.T) {
	t.Parallel()
	for _, kind := range everyKind {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			c := newChecked(t, kind)
			require.Empty(t, c.findings(exitDone))
			out := c.mustRun(exitDone, "check", "tickets")
			for _, want := range []string{
				`(?m)^ok       source helpdesk  (PostgreSQL|MySQL|MariaDB|SQLite) [\d.]+.*, reads only$`,
				`(?m)^ok       job tickets      interactions: 4 columns, key id is unique, cursor updated_at is never NULL, moved by updates$`,
				`the first 2 rows were mapped, none rejected`,
				`integration helpdesk is as jobs.yaml says`,
				`Playvox knows the 2 assignee`,
				`(?m)^ok       state `,
				`0 error\(s\), 0 warning\(s\), 0 hint\(s\)`,
			} {
				require.Regexp(t, want, out)
			}
		})
	}
}

func TestEachFaultIsFoundAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, fault := range faults {
		for _, kind := range fault.kinds {
			t.Run(name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				c := newChecked(t, kind)
				fault.make(t, c)
				want := exitDone
				if fault.severity == config.SeverityError {
					want = exitFailed
				}
				findings := c.findings(want)
				require.Len(t, findings, 1)
				found := findings[0]
				require.Equal(t, fault.severity, found.Severity, found)
				require.Equal(t, fault.path, found.Path, found)
				require.Contains(t, found.Message, fault.message)
				require.Contains(t, found.Suggestion, fault.suggestion)
				require.NotContains(t, found.String(), "-pass")
				require.Greater(t, found.Line, 1)
				require.Contains(t, c.mustRun(want, "check"), found.Message)
			})
		}
	}
}

func TestADatabasesComplaintIsShownAtItsPlaceInTheFile(t *testing.T) {
	t.Parallel()
	c := newChecked(t, "postgres")
	c.edit("FROM tickets\n", "FROM tickets WHERE nothing > 1\n")
	found := c.findings(exitFailed)[0]
	content, err := os.ReadFile(filepath.Join(c.dir, "jobs.yaml"))
	require.NoError(t, err)
	line := strings.Split(string(content), "\n")[found.Line-1]
	require.True(t, strings.HasPrefix(line[found.Column-1:], "nothing > 1"), line)
}

func TestOneStepThatFailsHidesNoOther(t *testing.T) {
	t.Parallel()
	c := newChecked(t, "sqlite")
	c.env["HELPDESK_DSN"] += ".not"
	c.env["PLAYVOX_API_KEY"] = "another-key-0123456789"
	c.env["PVETL_STATE"] = "sqlite:" + filepath.Join(c.dir, "jobs.yaml", "state.db")
	var paths []string
	for _, finding := range c.findings(exitFailed) {
		paths = append(paths, finding.Path)
	}
	require.Equal(t, []string{inDSN, "playvox.uid", "state"}, paths)
}

func TestACheckNeedsEveryVariableAndKnowsItsJobs(t *testing.T) {
	t.Parallel()
	c := newChecked(t, "sqlite")
	_, hint := c.failure(exitUsage, "check", "nosuchjob")
	_ = hint
	clear(c.env)
	message, _ := c.failure(exitUsage, "check")
	for _, name := range []string{"PLAYVOX_BASE_URL", "PLAYVOX_API_KEY", "PVETL_STATE", "HELPDESK_DSN"} {
		require.Contains(t, message, name)
	}
}
