// Package testdb gives each test an empty database of its own and takes it away when the test ends. Only tests use it. The
// servers are named by PVETL_TEST_POSTGRES and PVETL_TEST_MYSQL; the script with-servers beside it starts throwaway ones.
package testdb

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	postgresVariable = "PVETL_TEST_POSTGRES"
	mysqlVariable    = "PVETL_TEST_MYSQL"

	// patience bounds the work of one statement on a server.
	patience = 30 * time.Second
)

// SQLite returns the DSN, sqlite:PATH, of a database file that does not exist yet, in the test's own folder.
func SQLite(tb testing.TB) string {
	tb.Helper()
	return "sqlite:" + filepath.Join(tb.TempDir(), "test.db")
}

// Template returns what gives everybody who asks the DSN of a SQLite file of their own, with the content that fill makes once: where
// there are many, making each would take most of the time.
func Template(fill func(dsn string) error) func(testing.TB) string {
	content := sync.OnceValues(func() ([]byte, error) {
		folder, err := os.MkdirTemp("", "pvetl-template-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(folder)
		path := filepath.Join(folder, "template.db")
		if err := fill("sqlite:" + path); err != nil {
			return nil, err
		}
		return os.ReadFile(path)
	})
	return func(tb testing.TB) string {
		tb.Helper()
		made, err := content()
		if err != nil {
			tb.Fatal(err)
		}
		path := filepath.Join(tb.TempDir(), "copy.db")
		if err := os.WriteFile(path, made, 0o600); err != nil {
			tb.Fatal(err)
		}
		return "sqlite:" + path
	}
}

// server returns the URL of the server that a variable names. A test without its server fails: skipped, it would promise
// what nobody tried.
func server(tb testing.TB, variable, example string) *url.URL {
	tb.Helper()
	dsn := os.Getenv(variable)
	if dsn == "" {
		tb.Fatalf("%s is not set: `make test` starts throwaway servers, and so does `internal/testdb/with-servers go test ./...`; "+
			"or name any database on a server of yours, as in %s=%s", variable, variable, example)
	}
	address, err := url.Parse(dsn)
	if err != nil || address.Host == "" {
		tb.Fatalf("%s is no URL of the form %s", variable, example)
	}
	return address
}

// randomName returns the name of a database, legal without quotes on every server.
func randomName() string {
	return "pvetl_" + strings.ToLower(rand.Text())
}

// inDatabase returns the DSN of another database on the same server.
func inDatabase(server *url.URL, name string) string {
	other := *server
	other.Path = "/" + name
	return other.String()
}

// bounded returns a context that outlives the test's own, which is done before databases are dropped.
func bounded(tb testing.TB) (context.Context, context.CancelFunc) {
	tb.Helper()
	return context.WithTimeout(context.WithoutCancel(tb.Context()), patience)
}
