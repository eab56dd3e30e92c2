package pipeline_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/internal/secret"
	"pvetl/internal/testdb"
	"pvetl/load"
	"pvetl/state"
)

const worldYAML = `version: 1
playvox: {base_url: "${URL}", uid: "${UID}", api_key: "${KEY}", requests_per_minute: 600000, max_in_flight: 1}
state: ${STATE}
sources: {helpdesk: {dsn: "${DSN}"}}
integrations:
  helpdesk: {name: Crash, metadata: {moved_date: {type: datetime}, status: {type: string}}}
jobs:
  tickets:
    source: helpdesk
    integration: helpdesk
    extract:
      interactions: {query: SELECT * FROM tickets, key: id, cursor: updated_at, page_size: 4}
      comments: {query: SELECT * FROM messages, key: id, parent: ticket_id}
    mapping:
      interaction:
        interaction_id: id
        metadata: {moved_date: updated_at, status: {column: status, map: {1: open, 2: solved}}}
      comment: {body: body, type: {value: agent_comment}, added_at: written}
    load: {batch_size: 3}
`

// world is a source, a state and a server.
type world struct {
	t      *testing.T
	cfg    config.Config
	source *sql.DB
	box    *sandbox.Server

	beforeBulk     func()        // called before each bulk request
	commentQueries *atomic.Int64 // of the last process
}

// interposed calls something before each bulk request.
type interposed struct {
	pipeline.Playvox
	before func()
}

func (i interposed) SubmitBulk(ctx context.Context, id string, batch []byte) (string, error) {
	i.before()
	return i.Playvox.SubmitBulk(ctx, id, batch)
}

func newWorld(t *testing.T, tickets int, options sandbox.Options) *world {
	t.Helper()
	box, err := sandbox.New(options)
	require.NoError(t, err)
	server := httptest.NewServer(box)
	t.Cleanup(func() { server.Close(); _ = box.Close() })
	dsn := testdb.SQLite(t)
	env := map[string]string{"URL": server.URL + "/api/v1", "UID": "u", "KEY": "k", "DSN": dsn, "STATE": testdb.SQLite(t)}
	file, err := config.Load("jobs.yaml", []byte(worldYAML), config.Env{Lookup: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	require.NoError(t, err)
	db, err := sql.Open("sqlite", strings.TrimPrefix(dsn, "sqlite:")+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	w := &world{t: t, cfg: file.Config, source: db, box: box}
	w.exec("CREATE TABLE tickets (id INTEGER PRIMARY KEY, status INTEGER, updated_at TEXT)")
	w.exec("CREATE TABLE messages (id INTEGER PRIMARY KEY, ticket_id INTEGER, body TEXT, written TEXT)")
	for i := 1; i <= tickets; i++ {
		w.exec(fmt.Sprintf("INSERT INTO tickets VALUES (%d, %d, '2026-01-01 10:%02d:%02d')", i, i%2+1, i/180, i/3%60))
		w.exec(fmt.Sprintf("INSERT INTO messages VALUES (%d, %d, 'hello %d', '2026-01-01 09:00:00')", i, i, i))
	}
	client := w.client()
	defer client.Close()
	require.Eventually(t, func() bool {
		_, err := client.Apply(t.Context(), w.cfg.Integrations[0])
		return err == nil
	}, time.Minute, time.Millisecond)
	return w
}

func (w *world) exec(statement string) {
	w.t.Helper()
	_, err := w.source.ExecContext(w.t.Context(), statement)
	require.NoError(w.t, err)
}

func (w *world) client() *load.Client {
	client, err := load.NewClient(load.Account{
		BaseURL: w.cfg.Playvox.BaseURL, UID: secret.Text("u"), APIKey: secret.Text("k"), RequestsPerMinute: 600000,
	})
	require.NoError(w.t, err)
	return client
}

// run is one process: it dies at a call if it is told to, and reports whether it did.
func (w *world) run(dieAt int, after bool) (pipeline.Summary, bool) {
	w.t.Helper()
	m := &mortal{left: dieAt, after: after}
	if dieAt == 0 {
		m.left = 1 << 30
	}
	summary, err := w.process(m)
	if !m.dead {
		require.NoError(w.t, err)
	}
	return summary, m.dead
}

// try is one process that lives.
func (w *world) try() (pipeline.Summary, error) {
	w.t.Helper()
	return w.process(&mortal{left: 1 << 30})
}

func (w *world) process(m *mortal) (pipeline.Summary, error) {
	t := w.t
	t.Helper()
	store, err := state.Open(t.Context(), w.cfg.State)
	require.NoError(t, err)
	defer store.Close()
	log := slog.New(slog.DiscardHandler)
	source, err := pipeline.OpenSource(t.Context(), w.cfg, w.cfg.Jobs[0], log)
	require.NoError(t, err)
	defer source.Close()
	w.commentQueries = pipeline.CountCommentQueries(source)
	client := w.client()
	defer client.Close()
	m.State, m.Playvox = store, client
	if w.beforeBulk != nil {
		m.Playvox = interposed{client, w.beforeBulk}
	}
	p, err := pipeline.New(w.cfg, w.cfg.Jobs[0], source, m, m, &load.Requests{}, log)
	require.NoError(t, err)
	return p.Run(t.Context(), pipeline.Options{SettleDelay: 20 * time.Millisecond})
}
