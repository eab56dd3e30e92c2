package check

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/internal/dsn"
)

type kind = dsn.Kind

// clockTolerance is how much clocks may differ without a word.
const clockTolerance = 30 * time.Second

// openSource reports on a source and returns it, or nil where it cannot be reached.
func (c *checker) openSource(ctx context.Context, name string) *source {
	settings, _ := c.file.Config.Source(name)
	path := string(config.NeedSource(name))
	zone, err := time.LoadLocation(settings.Timezone)
	if err != nil {
		c.say(config.SeverityError, path+".timezone", err.Error(), "write an IANA name, such as America/Bogota")
		return nil
	}
	db, warnings, err := extract.Open(ctx, extract.Options{
		DSN: settings.DSN, Timezone: zone, StatementTimeout: min(queryTime, cmp.Or(settings.StatementTimeout, queryTime)),
	})
	if err != nil {
		c.say(config.SeverityError, path+".dsn", "the database does not let us in: "+err.Error(), "check host, port, user, password and database name")
		return nil
	}
	for _, warning := range warnings {
		c.say(config.SeverityWarning, path+".dsn", warning, "let the DSN demand it: sslmode=verify-full (Postgres), tls=true (MySQL)")
	}
	s := &source{name: name, db: db, kind: dsn.KindOf(settings.DSN.Reveal()), zoneGiven: c.stands(path+".timezone", path)}
	if err := c.checkAccess(ctx, s, path); err != nil {
		c.say(config.SeverityError, path+".dsn", "the database answers, and fails: "+err.Error(), "run pvetl check again; if it stays so, see the database's log")
		db.Close()
		return nil
	}
	if s.tables, err = db.Tables(ctx); err != nil {
		c.say(config.SeverityHint, path, "the catalogue cannot be read: "+err.Error(), "what indexes and constraints would tell is left out below")
	}
	return s
}

// stands reports whether jobs.yaml has a value at a path: what it has not is placed at what encloses it.
func (c *checker) stands(at, enclosing string) bool {
	a, b := c.file.Finding("", at, "", ""), c.file.Finding("", enclosing, "", "")
	return a.Line != b.Line || a.Column != b.Column
}

// checkAccess reports on the connection and on what its user may do.
func (c *checker) checkAccess(ctx context.Context, s *source, path string) error {
	access, err := s.db.Access(ctx)
	if err != nil {
		return err
	}
	facts := []string{access.Server}
	switch {
	case access.TLS != "":
		facts = append(facts, strings.Replace(access.TLS, "TLSv", "TLS ", 1))
	case s.kind != dsn.SQLite:
		facts = append(facts, "no TLS")
	}
	writes := access.Anything || len(access.Writable) > 0
	if !writes {
		facts = append(facts, "reads only")
	}
	c.good("%s", strings.Join(facts, ", "))
	if writes {
		c.say(config.SeverityWarning, path+".dsn", "the user can write to "+writable(access)+", and pvetl only reads", "give pvetl a user of its own: "+s.grant())
	}
	if access.Ahead.Abs() > clockTolerance {
		c.say(config.SeverityWarning, path+".dsn", clockMessage(access.Ahead), "let NTP set both clocks; on a replica, see how far it lags behind")
	}
	return nil
}

func writable(access extract.Access) string {
	const shown = 3
	switch n := len(access.Writable); {
	case access.Anything:
		return "everything"
	case n > shown:
		return fmt.Sprintf("%s and %d more", strings.Join(access.Writable[:shown], ", "), n-shown)
	default:
		return strings.Join(access.Writable, ", ")
	}
}

func clockMessage(ahead time.Duration) string {
	if ahead < 0 {
		return fmt.Sprintf("the database's clock is %s behind this machine's: rows stamped later than it says wait until it gets there", (-ahead).Round(time.Second))
	}
	return fmt.Sprintf("the database's clock is %s ahead of this machine's: rows that are stamped by the right time after a run are read only as far as lag reaches back",
		ahead.Round(time.Second))
}

// grant writes how to make a user that can only read.
func (s *source) grant() string {
	if s.kind == dsn.MySQL {
		return "CREATE USER pvetl IDENTIFIED BY '…'; GRANT SELECT ON your_database.* TO pvetl"
	}
	schemas := []string{}
	for _, table := range s.tables {
		if schema := cmp.Or(table.Schema, "public"); !slices.Contains(schemas, schema) {
			schemas = append(schemas, schema)
		}
	}
	return "CREATE ROLE pvetl LOGIN PASSWORD '…'; GRANT SELECT ON ALL TABLES IN SCHEMA " + cmp.Or(strings.Join(schemas, ", "), "public") + " TO pvetl"
}
