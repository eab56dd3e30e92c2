package pipeline_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/load"
	"pvetl/state"
)

// newTroubledWorld is a world whose server does what trouble says, and in which every request that changes something has
// to have its record.
func newTroubledWorld(t testing.TB, tickets int, options sandbox.Options, edits ...edit) (*world, *trouble) {
	t.Helper()
	bad := &trouble{}
	options.Intercept = bad.react
	w := newWorld(t, tickets, options, edits...)
	w.quicken()
	return w, bad
}

// quicken has jobs asked for at once, and every request watched.
func (w *world) quicken() {
	var store pipeline.State
	w.seenState = func(s pipeline.State) pipeline.State { store = s; return s }
	w.seenPlayvox = func(p pipeline.Playvox) pipeline.Playvox {
		return witness{quick{p, p.(jobs)}, w.t, func() pipeline.State { return store }}
	}
}

type jobs interface {
	Job(ctx context.Context, jobID string) (load.JobStatus, error)
}

// quick is Playvox whose jobs are asked for at once and often: how polls are paced is proven where that is done.
type quick struct {
	pipeline.Playvox
	jobs jobs
}

func (q quick) Await(ctx context.Context, jobID string, _ *load.Pace) (load.JobStatus, time.Duration, error) {
	began := time.Now()
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()
	for {
		status, err := q.jobs.Job(ctx, jobID)
		if err != nil || status.Over() {
			return status, time.Since(began), err
		}
		select {
		case <-ctx.Done():
			return load.JobStatus{}, 0, ctx.Err()
		case <-ticker.C:
		}
	}
}

// witness sees to it that a request that changes something has its record before it leaves (W2).
type witness struct {
	pipeline.Playvox
	t     testing.TB
	state func() pipeline.State
}

func (w witness) SubmitBulk(ctx context.Context, id string, batch []byte) (string, error) {
	var sent []struct {
		ID string `json:"interaction_id"`
	}
	if err := json.Unmarshal(batch, &sent); err != nil {
		w.t.Errorf("bulk request: %v", err)
	}
	var ids []string
	for _, one := range sent {
		ids = append(ids, one.ID)
	}
	w.requireRecord(ctx, state.Bulk, func(b state.Batch) bool {
		var recorded []string
		for _, item := range b.Items {
			recorded = append(recorded, item.InteractionID)
		}
		return slices.Equal(ids, recorded)
	})
	return w.Playvox.SubmitBulk(ctx, id, batch)
}

func (w witness) UpdateInteraction(ctx context.Context, id, remote string, fields []load.Field) error {
	w.requireRecord(ctx, state.Update, func(b state.Batch) bool { return b.Items[0].RemoteID == remote })
	return w.Playvox.UpdateInteraction(ctx, id, remote, fields)
}

func (w witness) CreateComment(ctx context.Context, id string, comment load.Comment) (string, error) {
	w.requireRecord(ctx, state.NewComment, func(b state.Batch) bool {
		return b.Items[0].RemoteID == id && b.Items[0].Comments[0].Key == comment.Key
	})
	return w.Playvox.CreateComment(ctx, id, comment)
}

func (w witness) UpdateComment(ctx context.Context, id, commentID string, comment load.Comment) error {
	w.requireRecord(ctx, state.EditComment, func(b state.Batch) bool { return b.Items[0].Comments[0].RemoteID == commentID })
	return w.Playvox.UpdateComment(ctx, id, commentID, comment)
}

func (w witness) requireRecord(ctx context.Context, kind state.BatchKind, is func(state.Batch) bool) {
	open, err := w.state().OpenBatches(context.WithoutCancel(ctx), "tickets")
	if err != nil {
		w.t.Errorf("the records cannot be read: %v", err)
		return
	}
	if !slices.ContainsFunc(open, func(b state.Batch) bool { return b.Kind == kind && b.State == state.Sending && is(b) }) {
		w.t.Errorf("a request of kind %s is sent without its record", kind)
	}
}

// trouble is what happens to requests; nothing until a test says so.
type trouble struct {
	mu  sync.Mutex
	now func(r *http.Request) sandbox.Reaction
}

func (f *trouble) react(r *http.Request, _ int) sandbox.Reaction {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now == nil {
		return sandbox.Reaction{}
	}
	return f.now(r)
}

// begin has something happen from now on; nil ends it.
func (f *trouble) begin(now func(*http.Request) sandbox.Reaction) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = now
}

// first lets the first n requests of a kind meet with something.
func (f *trouble) first(n int, of kind, reaction sandbox.Reaction) {
	f.begin(func(r *http.Request) sandbox.Reaction {
		if !of(r) || n == 0 {
			return sandbox.Reaction{}
		}
		n--
		return reaction
	})
}

// kind tells the requests of a kind from others.
type kind func(*http.Request) bool

func is(method, within string) kind {
	return func(r *http.Request) bool { return r.Method == method && strings.Contains(r.URL.Path, within) }
}

var (
	bulks        kind = is(http.MethodPost, "/bulk/interactions")
	polls        kind = is(http.MethodGet, "/jobs/")
	updates      kind = is(http.MethodPut, "/integrations/")
	newComments  kind = is(http.MethodPost, "/comments")
	edits        kind = is(http.MethodPut, "/comments/")
	removals     kind = is(http.MethodDelete, "/comments/")
	uploads      kind = is(http.MethodPost, "/files")
	looksAtTalks kind = is(http.MethodGet, "/comments")
	looks        kind = func(r *http.Request) bool {
		return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/interactions")
	}
	writes   kind = func(r *http.Request) bool { return r.Method != http.MethodGet }
	anything kind = func(*http.Request) bool { return true }
)

// What happens to requests.
var (
	dropBefore = sandbox.Reaction{Drop: true}
	dropAfter  = sandbox.Reaction{Drop: true, AfterEffect: true}
	failBefore = sandbox.Reaction{Status: http.StatusServiceUnavailable, Body: `{"success": false, "error": "busy"}`}
	failAfter  = sandbox.Reaction{Status: http.StatusBadGateway, Body: loginPage, AfterEffect: true}
	pageAfter  = sandbox.Reaction{Status: http.StatusOK, Body: loginPage, AfterEffect: true}
	pageBefore = sandbox.Reaction{Status: http.StatusOK, Body: loginPage}
)

const loginPage = "<html><head><title>Sign in</title></head><body><form>…</form></body></html>"

// ticket is one interaction, as it should be or as it is.
type ticket struct {
	Status, Moved string
	Comments      []remark // in the order of their times, and of their texts where those are the same
}

type remark struct{ AddedAt, Body, Type string }

// told is what the source tells of its tickets.
func (w *world) told() map[string]ticket {
	t := w.t
	t.Helper()
	all := make(map[string]ticket)
	statuses := map[int]string{1: "open", 2: "solved", 3: "strange"}
	w.query("SELECT id, status, updated_at FROM tickets", func(scan func(...any)) {
		var id, status int
		var moved string
		scan(&id, &status, &moved)
		all[fmt.Sprint(id)] = ticket{Status: statuses[status], Moved: strings.Replace(moved, " ", "T", 1) + "Z"}
	})
	w.query("SELECT ticket_id, body, kind, written FROM messages", func(scan func(...any)) {
		var parent string
		var m remark
		scan(&parent, &m.Body, &m.Type, &m.AddedAt)
		m.AddedAt = strings.Replace(m.AddedAt, " ", "T", 1) + "Z"
		if one, ok := all[parent]; ok {
			one.Comments = append(one.Comments, m)
			all[parent] = one
		}
	})
	return inOrder(all)
}

func (w *world) query(query string, row func(scan func(...any))) {
	w.t.Helper()
	rows, err := w.source.QueryContext(w.t.Context(), query)
	require.NoError(w.t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		row(func(into ...any) { require.NoError(w.t, rows.Scan(into...)) })
	}
	require.NoError(w.t, rows.Err())
}

// held is what the server holds; it has each ticket once.
func (w *world) held() map[string]ticket {
	w.t.Helper()
	all := make(map[string]ticket)
	for _, interaction := range w.box.Snapshot().Interactions {
		require.NotContains(w.t, all, interaction.InteractionID, "ticket %s is there twice", interaction.InteractionID)
		require.Equal(w.t, 1, interaction.Creates, "ticket %s was merged with another", interaction.InteractionID)
		text := func(name string) (value string) {
			_ = json.Unmarshal(interaction.Fields[name], &value) // empty where there is none
			return value
		}
		one := ticket{Status: text("status"), Moved: text("moved_date")}
		for _, comment := range interaction.Comments {
			one.Comments = append(one.Comments, remark{comment.AddedAt, comment.Body, comment.Type})
		}
		all[interaction.InteractionID] = one
	}
	return inOrder(all)
}

func inOrder(all map[string]ticket) map[string]ticket {
	for _, one := range all {
		slices.SortFunc(one.Comments, func(a, b remark) int {
			return cmp.Or(strings.Compare(a.AddedAt, b.AddedAt), strings.Compare(a.Body, b.Body), strings.Compare(a.Type, b.Type))
		})
	}
	return all
}

// requireDelivered says that the server holds what the source tells, each once, and that nothing is left to be sent.
func (w *world) requireDelivered() {
	w.t.Helper()
	require.Equal(w.t, w.told(), w.held())
	w.box.ResetRequests()
	w.mustRun()
	require.Zero(w.t, w.box.Requests().Total, "needless requests")
}

// creates are how often each ticket, and each text of a comment, was ever created.
func (w *world) creates() (tickets, comments map[string]int) {
	journal := w.box.Journal()
	return sandbox.CreatesByID(journal), sandbox.CommentCreatesByBody(journal)
}
