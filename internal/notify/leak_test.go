package notify_test

import (
	"database/sql"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/secret"
)

// An error of a run may repeat what a row holds, or what a server says.
func TestAnErrorTellsNoValues(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]string{
		"no connection to the source":                                      "no connection to the source",
		"reading page 3: it doesn't end, and can't":                        "reading page 3: it doesn't end, and can't",
		`invalid input for type integer: "4711"`:                           "invalid input for type integer: …",
		`duplicate entry 'ana' for key 'PRIMARY'`:                          "duplicate entry … for key …",
		`bad value "a \"quoted\" one" and "one` + "\n" + `more"`:           "bad value … and …",
		"near `planted` and “planted”":                                     "near … and …",
		"violates a constraint: Key (email)=(ana planted)":                 "violates a constraint: Key (email)=(…)",
		"mail of ana@planted.example bounced":                              "mail of … bounced",
		"GET /interactions: status 400: planted words":                     "GET /interactions: status 400",
		"Playvox does not accept the credentials (GET /x: status 401): oh": "Playvox does not accept the credentials (GET /x: status 401)",
		"asking https://ana:planted@acme.example/api/v1/x?id=planted ends": "asking https://acme.example/… ends",
		"the row with key 4711-A is twice there":                           "the row with key … is twice there",
		"a planted-credential in it":                                       "a *** in it",
		"source s: failed to connect to `user=u`: db.acme.example:5432 (10.1.2.3): dial error: dial tcp 10.1.2.3:5432: connect: connection refused": "source s: failed to connect to …: …: dial error: dial tcp …: connect: connection refused",
		"GET integrations: read tcp 10.0.0.9:37418->[2001:db8::1]:443: read: connection reset by peer":                                              "GET integrations: read tcp …: read: connection reset by peer",
		"source s: dial tcp: lookup db.internal on 10.0.0.2:53: no such host":                                                                       "source s: dial tcp: lookup … on …: no such host",
		"hostname resolving error: lookup db.internal: no such host":                                                                                "hostname resolving error: lookup …: no such host",
		"jobs.yaml:7:3: found 1.5 (integer)":                                                                                                        "jobs.yaml:7:3: found 1.5 (integer)",
		"replacing the comment with key planted words: status":                                                                                      "replacing the comment with key …: status",
		"holds 2 (keys planted, 4711, 4712), lost? 'pvetl run tickets --adopt' takes over":                                                          "holds 2 (keys …), lost? pvetl run tickets --adopt takes over",
		"one\nplanted":           "one",
		"a\x1b[31mb":             "a [31mb",
		strings.Repeat("x", 400): strings.Repeat("x", 299) + "…",
	} {
		t.Run(want, func(t *testing.T) {
			inBubble(t, 1, func(t *testing.T, w *world) {
				w.happen(w.notifiers[0], "fails "+fault)
				arrived := w.deliver()
				require.Len(t, arrived, 1)
				require.Equal(t, want, arrived[0].Error)
				require.Contains(t, arrived[0].Text, want)
			})
		})
	}
}

// Whatever happens, nothing that was planted in rows, answers, credentials and addresses is told or kept.
func TestNothingLeaks(t *testing.T) {
	inBubble(t, 1, func(t *testing.T, w *world) {
		w.reading.File.Config.Notify.Heartbeat = heartbeat
		n := w.notifiers[0]
		for i, what := range []string{
			"reject status", "good", "fails \"planted-value\" of planted-credential in " + webhook, "break", "mend", "heal status", "good",
		} {
			w.answering([]int{204, 500, 0}[i%3])
			w.happen(n, what)
			n.Deliver(t.Context())
			pass(2 * time.Hour)
			w.happen(n, "look")
		}
		kept, err := w.store.Standing(t.Context(), "tickets")
		require.NoError(t, err)
		w.answering(204)
		claimed, err := w.store.ClaimNotices(t.Context(), time.Now().Add(24*time.Hour), 0, 99)
		require.NoError(t, err)
		written, err := json.Marshal(claimed)
		require.NoError(t, err)
		all := w.log.String() + strings.Join(w.bodies, "\n") + string(kept) + string(written)
		for _, kind := range []string{"failed", "recovered", "rejects", "config_broken", "config_mended"} {
			require.Contains(t, all, kind)
		}
		for _, planted := range []string{"planted", "abcxyz", "hooks.example/T1", "beats.example"} {
			require.NotContains(t, all, planted)
		}
	})
}

// A state that is away is a line in the log, and nothing else.
func TestAStateThatIsAwayIsAWarning(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	require.NoError(t, w.store.Close())
	for range 3 {
		for _, what := range []string{"fails gone", "look", "good"} {
			w.happen(w.notifiers[0], what)
		}
		w.notifiers[0].Deliver(t.Context())
	}
	require.Equal(t, 1, strings.Count(w.log.String(), "\n"), w.log.String())
	require.Contains(t, w.log.String(), "what changes cannot be noted")
}

// A disk that is full can be read: that nobody is to be told anything is no sign that changes can be noted.
func TestAStateThatCanOnlyBeReadIsNotWellAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	w := newWorldOn(t, secret.Text("sqlite:"+path), 1)
	full, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, full.Close()) })
	_, err = full.ExecContext(t.Context(), "CREATE TRIGGER full BEFORE INSERT ON standings BEGIN SELECT RAISE(ABORT, 'full'); END")
	require.NoError(t, err)
	w.happen(w.notifiers[0], "fails gone")
	w.notifiers[0].Deliver(t.Context())
	require.Contains(t, w.log.String(), "what changes cannot be noted")
	require.NotContains(t, w.log.String(), "can be noted again")
	_, err = full.ExecContext(t.Context(), "DROP TRIGGER full")
	require.NoError(t, err)
	w.happen(w.notifiers[0], "fails gone")
	require.Contains(t, w.log.String(), "can be noted again")
}
