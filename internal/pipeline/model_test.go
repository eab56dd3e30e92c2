package pipeline_test

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
)

// A case takes a second or two. More of them: go test ./internal/pipeline -run Whatever -rapid.checks=600
func init() {
	_ = flag.Set("rapid.checks", "10") // the flag is there; what the command line says comes later
}

// tried is a test whose failures are those of one case, so that it can be made smaller.
type tried struct {
	testing.TB
	one *rapid.T
}

func (t tried) Helper()                           {}
func (t tried) Error(args ...any)                 { t.one.Error(args...) }
func (t tried) Errorf(format string, args ...any) { t.one.Errorf(format, args...) }
func (t tried) Fatal(args ...any)                 { t.one.Fatal(args...) }
func (t tried) Fatalf(format string, args ...any) { t.one.Fatalf(format, args...) }
func (t tried) FailNow()                          { t.one.FailNow() }
func (t tried) Cleanup(end func())                { t.one.Cleanup(end) }

// Whatever happens to a source, to the server and to the runs in between, in whatever order: once it is over, Playvox holds
// what the source says, each row once, and nothing is left to be sent.
func TestWhateverHappensPlayvoxHoldsWhatTheSourceSaysInTheEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		m := newModel(t, r)
		acts := m.acts()
		names := slices.Sorted(maps.Keys(acts))
		for range rapid.IntRange(3, 14).Draw(r, "acts") {
			acts[rapid.SampledFrom(names).Draw(r, "act")]()
		}
		m.bad.begin(nil)
		m.mend()
		m.converge()
		m.requireDelivered()
	})
}

// model is a world to which things happen.
type model struct {
	*world
	r        *rapid.T
	bad      *trouble
	cursor   bool // whether comments have one
	clock    int
	tickets  int
	messages int
}

func newModel(t *testing.T, r *rapid.T) *model {
	t.Helper()
	m := &model{r: r, tickets: 3, messages: 100, cursor: rapid.Bool().Draw(r, "comments have a cursor")}
	options := sandbox.Options{
		HideMetadata: true,
		Duplicates:   rapid.SampledFrom([]string{sandbox.RefuseDuplicates, sandbox.MergeDuplicates, sandbox.KeepDuplicates}).Draw(r, "duplicates"),
	}
	how := withoutCursor
	if m.cursor {
		how = byCursor
	}
	m.world, m.bad = newTroubledWorld(tried{t, r}, m.tickets, options, how, edit{"page_size: 4", "page_size: 2"})
	m.options.SettleDelay = 40 * time.Millisecond
	m.allowOnly("status", "open", "solved")
	return m
}

// acts are what may happen.
func (m *model) acts() map[string]func() {
	return map[string]func(){
		"a ticket comes":            m.addTicket,
		"a ticket changes":          func() { m.setStatus(m.number("status", 1, 2)) },
		"a ticket cannot be mapped": func() { m.setStatus(9) },
		"a ticket is refused":       func() { m.setStatus(3) },
		"a comment comes":           m.addComment,
		"a comment is edited":       func() { m.changeComment("body", m.body()) },
		"a comment is replaced": func() {
			m.changeComment("kind", rapid.SampledFrom([]string{"agent_comment", "internal_note", "customer_comment"}).Draw(m.r, "kind"))
		},
		"a comment cannot be mapped": func() { m.changeComment("kind", "fax") },
		"a run":                      func() { m.check(m.try()) },
		"a run dies":                 m.die,
		"a run is signed out":        m.beSignedOut,
		"a run without state":        func() { m.failAt(m.number("good writes", 0, 20), rapid.Bool().Draw(m.r, "once")) },
		"rejects are tried again":    func() { m.check(m.with(pipeline.Options{Retry: m.rejects(), SettleDelay: 40 * time.Millisecond})) },
		"requests go wrong":          m.goWrong,
	}
}

func (m *model) number(name string, least, most int) int {
	return rapid.IntRange(least, most).Draw(m.r, name)
}

// now is a moment behind all others.
func (m *model) now() string {
	m.clock++
	return fmt.Sprintf("2026-01-02 %02d:%02d:%02d", m.clock/3600, m.clock/60%60, m.clock%60)
}

func (m *model) addTicket() {
	m.tickets++
	m.exec(fmt.Sprintf("INSERT INTO tickets VALUES (%d, %d, '%s')", m.tickets, m.number("status", 1, 2), m.now()))
}

func (m *model) setStatus(status int) {
	m.exec(fmt.Sprintf("UPDATE tickets SET status = %d, updated_at = '%s' WHERE id = %d", status, m.now(), m.number("ticket", 1, m.tickets)))
}

// body is a text that others may have too.
func (m *model) body() string {
	return rapid.SampledFrom([]string{"ok", "no", "thank you", fmt.Sprintf("unlike others %d", m.clock)}).Draw(m.r, "body")
}

func (m *model) addComment() {
	m.messages++
	parent := m.number("ticket", 1, m.tickets)
	m.exec(fmt.Sprintf("INSERT INTO messages VALUES (%d, %d, '%s', 'agent_comment', '2026-01-01 09:00:0%d', '%s')",
		m.messages, parent, m.body(), m.number("second", 0, 1), m.now()))
	m.touchParentOf(m.messages)
}

func (m *model) changeComment(column, value string) {
	id := m.number("comment", 1, m.messages-97)
	if id > 3 {
		id += 97 // the first three came with their tickets
	}
	m.exec(fmt.Sprintf("UPDATE messages SET %s = '%s', updated_at = '%s' WHERE id = %d", column, value, m.now(), id))
	m.touchParentOf(id)
}

// touchParentOf moves the cursor of a comment's ticket, where comments have none.
func (m *model) touchParentOf(message int) {
	if !m.cursor {
		m.exec(fmt.Sprintf("UPDATE tickets SET updated_at = '%s' WHERE id = (SELECT ticket_id FROM messages WHERE id = %d)", m.now(), message))
	}
}

func (m *model) check(summary pipeline.Summary, err error) { requireSane(m.t, summary, err) }

func (m *model) die() {
	m.check(m.process(&mortal{left: m.number("call", 1, 40), after: rapid.Bool().Draw(m.r, "after its effect")}))
}

var (
	kindsOfWrites = map[string]kind{"bulk": bulks, "update": updates, "comment": newComments, "edit": edits, "removal": removals}
	waysToGoWrong = map[string]sandbox.Reaction{
		"dropped before": dropBefore, "dropped after": dropAfter, "failing before": failBefore, "failing after": failAfter, "a page after": pageAfter,
	}
)

func drawn[T any](m *model, name string, from map[string]T) T {
	return from[rapid.SampledFrom(slices.Sorted(maps.Keys(from))).Draw(m.r, name)]
}

// beSignedOut is a run that loses an answer and cannot find out what became of the request.
func (m *model) beSignedOut() {
	m.bad.abandon(drawn(m, "of", kindsOfWrites), drawn(m, "how", waysToGoWrong))
	m.check(m.try())
	m.bad.begin(nil)
}

// goWrong has the next requests go wrong that bring something.
func (m *model) goWrong() {
	brings := func(r *http.Request) bool { return writes(r) && r.Method != http.MethodDelete }
	m.bad.first(m.number("requests", 1, 3), brings, drawn(m, "how", waysToGoWrong))
}

// mend makes all rows such that Playvox takes them.
func (m *model) mend() {
	if !m.cursor {
		m.exec(fmt.Sprintf("UPDATE tickets SET updated_at = '%s' WHERE id IN (SELECT ticket_id FROM messages WHERE kind = 'fax')", m.now()))
	}
	m.exec(fmt.Sprintf("UPDATE messages SET kind = 'internal_note', updated_at = '%s' WHERE kind = 'fax'", m.now()))
	m.exec(fmt.Sprintf("UPDATE tickets SET status = 1, updated_at = '%s' WHERE status NOT IN (1, 2)", m.now()))
}
