package main

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
)

// All of the help desk's history: every stamp that it ever gives out lies in these minutes.
const (
	deskBegins = "2020-01-01 00:00:00"
	deskEnds   = "2020-01-01 01:00:00"
)

// newHistoryWorld is a help desk with so many tickets, each with two messages, of which Playvox holds nothing yet.
func newHistoryWorld(t *testing.T, tickets int, change ...func(*sandbox.Options)) *crashWorld {
	t.Helper()
	w := newCrashWorld(t, change...)
	w.converge(mostRuns, "apply")
	for range tickets {
		w.must(w.desk.open(t.Context(), 2))
	}
	return w
}

// startAt has the job's runs begin at a time; what lies before is history.
func (w *crashWorld) startAt(stamp string) {
	w.t.Helper()
	w.edit("lag: 0s, page_size: 4", "lag: 0s, page_size: 4, start: "+wire(stamp))
}

// movedAt is the stamp of a ticket.
func (d *desk) movedAt(t *testing.T, ticket int) string {
	t.Helper()
	var stamp string
	require.NoError(t, d.db.QueryRowContext(t.Context(), "SELECT updated_at FROM tickets WHERE id = ?", ticket).Scan(&stamp))
	return stamp
}

// wantedIn is what wanted says of the tickets whose stamp is in [from, to).
func (d *desk) wantedIn(t *testing.T, from, to string) map[string]string {
	t.Helper()
	wanted := d.wanted(t)
	for _, row := range d.rows(t, "SELECT id, updated_at FROM tickets") {
		if row[1] < from || row[1] >= to {
			delete(wanted, row[0])
		}
	}
	return wanted
}

// holdsExactly compares all that is held with what has to be.
func (w *crashWorld) holdsExactly(wanted map[string]string) {
	w.t.Helper()
	require.Empty(w.t, compareHeld(wanted, w.box.Snapshot()))
}

// history is a backfill as somebody types it.
func history(from, to string, flags ...string) []string {
	return slices.Concat([]string{"backfill", "tickets", "--from", from, "--to", to}, flags)
}

// backfill carries out a backfill command in this process that has to end with a certain status.
func (w *workbench) backfill(want int, args ...string) pipeline.Summary {
	w.t.Helper()
	return sessionOf(w.t, w.mustRun(want, append(args, "--json")...))
}

// sessionOf reads what --json prints of a session of a backfill, and checks that its counts add up.
func sessionOf(t *testing.T, printed string) pipeline.Summary {
	t.Helper()
	var report struct {
		Jobs []pipeline.Summary `json:"jobs"`
	}
	require.NoError(t, json.Unmarshal([]byte(printed), &report), printed)
	require.Len(t, report.Jobs, 1, printed)
	session := report.Jobs[0]
	require.NotNil(t, session.Backfill, printed)
	for _, c := range []pipeline.Counts{session.Interactions, session.Comments} {
		require.Zero(t, c.Missing(), "the counts add up: %+v", c)
	}
	return session
}

// shown is what `backfill show` says of the only backfill there is, with its slices.
func (w *workbench) shown() (pipeline.BackfillStatus, []pipeline.SliceStatus) {
	w.t.Helper()
	var report struct {
		Backfill pipeline.BackfillStatus `json:"backfill"`
		Slices   []pipeline.SliceStatus  `json:"slices"`
	}
	stdout := w.mustRun(exitDone, "backfill", "show", "1", "--json")
	require.NoError(w.t, json.Unmarshal([]byte(stdout), &report), stdout)
	require.Equal(w.t, "1", report.Backfill.ID, stdout)
	return report.Backfill, report.Slices
}

// rowsLeft are those of the slices that are not done, and behind their positions.
func rowsLeft(t *testing.T, all []pipeline.SliceStatus) (left int64) {
	t.Helper()
	for _, s := range all {
		if s.Done {
			continue
		}
		require.NotNil(t, s.Rows, "the source could tell")
		left += *s.Rows - s.Settled
	}
	return left
}
