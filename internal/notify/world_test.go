package notify_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
	"pvetl/internal/notify"
	"pvetl/internal/pipeline"
	"pvetl/internal/secret"
	"pvetl/state"
)

// heard is a notice as its receiver has it.
type heard struct {
	Version int
	ID      string
	Kind    string
	Job     string
	Summary string
	Action  string
	Since   time.Time
	At      time.Time
	RunID   string `json:"run_id"`
	Status  string
	Counts  map[string]int64
	Error   string
	Rejects []struct {
		Stream, Stage, Field, Rule string
		Count                      int
	}
	Page string
	Text string
}

// world is a state, one job, and a receiver that answers as it is told to.
type world struct {
	tb        testing.TB
	job       string
	store     *state.Store
	notifiers []*notify.Notifier

	mu      sync.Mutex
	reading config.Reading
	answer  func() (int, http.Header) // nil: 204
	bodies  []string
	beats   []string
	log     bytes.Buffer
	runs    int
}

const (
	webhook   = "https://hooks.example/T1/webhook-secret-abcxyz"
	heartbeat = "https://beats.example/beat-secret-abcxyz/{job}"
)

func newWorld(tb testing.TB, notifiers int) *world {
	tb.Helper()
	return newWorldOn(tb, "sqlite::memory:", notifiers)
}

func newWorldOn(tb testing.TB, dsn secret.Text, notifiers int) *world {
	tb.Helper()
	store, err := state.Open(tb.Context(), dsn)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, store.Close()) })
	w := &world{tb: tb, job: "tickets", store: store}
	w.reading = config.Reading{ReadAt: time.Now(), File: &config.File{Config: config.Config{
		Jobs: []config.Job{{Name: "tickets", Schedule: "*/15 * * * *", Timezone: "UTC"}},
		Notify: config.Notify{
			Webhook: webhook, QuietAfter: 72 * time.Hour,
		},
	}}}
	for range notifiers {
		w.notifiers = append(w.notifiers, w.newNotifier())
	}
	return w
}

// newNotifier is another process, or this one begun again.
func (w *world) newNotifier() *notify.Notifier { return w.newNotifierAt(nil) }

func (w *world) newNotifierAt(clock func() time.Time) *notify.Notifier {
	redactor := secret.NewRedactor("planted-credential")
	return notify.New(notify.Options{
		Store: w.store, Settings: w.settings, Log: newLog(w), Redact: redactor.Redact,
		Now: clock, HTTP: &http.Client{Transport: w}, Page: "https://pvetl.example/",
	})
}

// inBubble runs a test in which time passes when everybody waits.
func inBubble(t *testing.T, notifiers int, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pass(9*time.Hour + 15*time.Minute)
		test(t, newWorld(t, notifiers))
	})
}

// pass lets the time of a bubble go by, which costs none.
func pass(d time.Duration) { time.Sleep(d) }

func newLog(w *world) *slog.Logger { return slog.New(slog.NewJSONHandler(w, nil)) }

func (w *world) settings() config.Reading {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.reading
}

func (w *world) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(line)
}

func (w *world) RoundTrip(in *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	status, header := http.StatusNoContent, http.Header{}
	if w.answer != nil {
		status, header = w.answer()
	}
	if status == 0 {
		return nil, errors.New("dialing " + in.URL.String())
	}
	if in.Method == http.MethodGet {
		w.beats = append(w.beats, in.URL.String())
	} else if text, err := io.ReadAll(in.Body); err == nil && status < 300 {
		w.bodies = append(w.bodies, string(text))
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader("planted-answer"))}, nil
}

// answering has the receiver answer with a status; 0: not at all.
func (w *world) answering(status int, header ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = func() (int, http.Header) {
		headers := http.Header{}
		for i := 0; i+1 < len(header); i += 2 {
			headers.Set(header[i], header[i+1])
		}
		return status, headers
	}
}

// deliver has everybody send what is due, and returns what has arrived.
func (w *world) deliver() (arrived []heard) {
	w.tb.Helper()
	for _, n := range w.notifiers {
		n.Deliver(w.tb.Context())
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, text := range w.bodies {
		var notice heard
		require.NoError(w.tb, json.Unmarshal([]byte(text), &notice))
		arrived = append(arrived, notice)
	}
	w.bodies = nil
	return arrived
}

func kinds(of []heard) (kinds []string) {
	for _, notice := range of {
		kinds = append(kinds, notice.Kind)
	}
	return kinds
}

// happen has one thing happen, seen by one of the notifiers.
func (w *world) happen(n *notify.Notifier, what string) {
	w.tb.Helper()
	what, detail, _ := strings.Cut(what, " ")
	switch what {
	case "good", "news", "fails", "skipped", "held":
		w.end(n, what, detail)
	case "reject", "heal":
		change := state.Settlement{Job: w.job}
		if what == "heal" {
			change.Healed = []state.RejectKey{{Stream: "interactions", Key: detail}}
		} else {
			change.Rejects = []state.Reject{{
				Stream: "interactions", Key: detail, Stage: "mapping", Field: detail, Rule: "map", Value: "planted-value", Reason: "planted-value",
			}}
		}
		require.NoError(w.tb, w.store.Settle(w.tb.Context(), change))
	case "pause", "resume":
		_, err := w.store.ChangeSchedule(w.tb.Context(), w.job, func(row *state.Schedule) bool {
			row.Paused = time.Time{}
			if what == "pause" {
				row.Paused = time.Now()
			}
			return true
		})
		require.NoError(w.tb, err)
	case "look":
		n.Look(w.tb.Context())
	case "break", "mend":
		w.mu.Lock()
		w.reading.Fault, w.reading.FaultSince = nil, time.Time{}
		if what == "break" {
			w.reading.Fault, w.reading.FaultSince = errors.New("jobs.yaml:7:3: found \"planted-value\", expected a number\nplanted-value"), time.Now()
		} else {
			w.reading.ReadAt = time.Now()
		}
		w.mu.Unlock()
		n.Look(w.tb.Context())
	case "limit":
		w.mu.Lock()
		defer w.mu.Unlock()
		limit, err := time.ParseDuration(detail)
		require.NoError(w.tb, err)
		w.reading.File.Config.Notify.BehindAfter = limit
	default:
		require.Fail(w.tb, "nothing is called "+what)
	}
}

// end has a run end that has taken a minute.
func (w *world) end(n *notify.Notifier, how, fault string) {
	now := time.Now()
	w.mu.Lock()
	w.runs++
	summary := pipeline.Summary{
		Job: w.job, RunID: fmt.Sprintf("run-%d", w.runs), Status: pipeline.Succeeded, StartedAt: now.Add(-time.Minute), FinishedAt: &now,
		RejectGroups: []pipeline.RejectGroup{{Reason: "planted-value", Keys: []string{"planted-key"}}},
	}
	w.mu.Unlock()
	summary.Interactions = pipeline.Counts{Read: 5, Unchanged: 5}
	switch how {
	case "news":
		summary.Interactions = pipeline.Counts{Read: 5, New: 2, Changed: 1, Unchanged: 2}
	case "fails":
		summary.Status, summary.Error = pipeline.Failed, &fault
	case "skipped":
		summary.Status = pipeline.Skipped
	case "held":
		summary.Status, summary.HeldBy = pipeline.Failed, &state.HeldError{Job: "tickets"}
	}
	n.Ended(w.tb.Context(), config.Job{Name: w.job}, summary)
}
