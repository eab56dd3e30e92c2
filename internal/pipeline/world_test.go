package pipeline_test

import (
	"cmp"
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
        metadata: {moved_date: updated_at, status: {column: status, map: {1: open, 2: solved, 3: strange}}}
      comment: {body: body, type: kind, added_at: written}
    load: {batch_size: 3}
`

// world is a source, a state and a server.
type world struct {
	t      testing.TB
	cfg    config.Config
	source *sql.DB
	box    *sandbox.Server

	options        pipeline.Options
	beforeBulk     func()                                  // called before each bulk request
	commentQueries *atomic.Int64                           // of the last process
	seenPlayvox    func(pipeline.Playvox) pipeline.Playvox // what a process sees of the server; nil: all of it
	seenState      func(pipeline.State) pipeline.State     // what it sees of the state
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

// edit replaces a part of the configuration.
type edit struct{ old, new string }

// byCursor finds comments by a cursor of their own.
var byCursor = edit{"key: id, parent: ticket_id}", "key: id, parent: ticket_id, cursor: updated_at}"}

// newState makes a state in which nothing has happened yet.
var newState = testdb.Template(func(dsn string) error {
	store, err := state.Open(context.Background(), secret.Text(dsn))
	if err != nil {
		return err
	}
	return store.Close()
})

func newWorld(t testing.TB, tickets int, options sandbox.Options, edits ...edit) *world {
	t.Helper()
	yaml := worldYAML
	for _, e := range edits {
		require.Contains(t, yaml, e.old)
		yaml = strings.ReplaceAll(yaml, e.old, e.new)
	}
	box, err := sandbox.New(options)
	require.NoError(t, err)
	server := httptest.NewServer(box)
	t.Cleanup(func() { server.Close(); _ = box.Close() })
	dsn := testdb.SQLite(t)
	env := map[string]string{"URL": server.URL + "/api/v1", "UID": "u", "KEY": "k", "DSN": dsn, "STATE": newState(t)}
	file, err := config.Load("jobs.yaml", []byte(yaml), config.Env{Lookup: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	require.NoError(t, err)
	db, err := sql.Open("sqlite", strings.TrimPrefix(dsn, "sqlite:")+"?_pragma=busy_timeout(10000)&_pragma=synchronous(0)")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	w := &world{t: t, cfg: file.Config, source: db, box: box}
	w.exec("CREATE TABLE tickets (id INTEGER PRIMARY KEY, status INTEGER, updated_at TEXT)")
	w.exec("CREATE TABLE messages (id INTEGER PRIMARY KEY, ticket_id INTEGER, body TEXT, kind TEXT, written TEXT, updated_at TEXT)")
	w.exec("CREATE TABLE files (id INTEGER PRIMARY KEY, message_id INTEGER, name TEXT, content BLOB)")
	for i := 1; i <= tickets; i++ {
		w.exec(fmt.Sprintf("INSERT INTO tickets VALUES (%d, %d, '2026-01-01 10:%02d:%02d')", i, i%2+1, i/180, i/3%60))
		w.message(i, i, fmt.Sprintf("hello %d", i), "2026-01-01 09:00:00")
	}
	client := w.client()
	defer client.Close()
	require.Eventually(t, func() bool {
		plan, err := client.Plan(t.Context(), w.cfg.Integrations[0], false)
		if err == nil {
			_, err = client.Apply(t.Context(), plan)
		}
		return err == nil
	}, time.Minute, time.Millisecond)
	return w
}

// message writes a comment, or writes over it.
func (w *world) message(id, ticket int, body, updated string) {
	w.t.Helper()
	w.exec(fmt.Sprintf("INSERT INTO messages VALUES (%d, %d, '%s', 'agent_comment', '2026-01-01 09:00:00', '%s') "+
		"ON CONFLICT (id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at", id, ticket, body, updated))
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

// with is one process that lives, for a run of another kind.
func (w *world) with(options pipeline.Options) (pipeline.Summary, error) {
	w.t.Helper()
	w.options = options
	defer func() { w.options = pipeline.Options{} }()
	return w.try()
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
	var playvox pipeline.Playvox = client
	if w.beforeBulk != nil {
		playvox = interposed{client, w.beforeBulk}
	}
	if w.seenPlayvox != nil {
		playvox = w.seenPlayvox(playvox)
	}
	var remembered pipeline.State = store
	if w.seenState != nil {
		remembered = w.seenState(store)
	}
	p := pipeline.New(w.cfg, w.cfg.Jobs[0], source, mortalState{remembered, m}, mortalPlayvox{playvox, m}, &load.Requests{}, log)
	options := w.options
	options.SettleDelay = cmp.Or(options.SettleDelay, 20*time.Millisecond)
	summary, err := p.Run(t.Context(), options)
	w.requireGrouped(summary)
	return summary, err
}
