package state_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/state"
)

// manyRuns writes n runs of a job past the store, a minute apart from the start on, ended at once.
func manyRuns(t *testing.T, d database, job string, start time.Time, n int) {
	t.Helper()
	many(t, d, "runs", n, func(i int) string {
		when := start.Add(time.Duration(i) * time.Minute).Format("2006-01-02T15:04:05.000Z")
		return fmt.Sprintf("('%s %d', '%s', 'run', 'succeeded', '%s', '%s', '')", job, i, job, when, when)
	})
}

// manyBatches does so with settled batches whose jobs took so long.
func manyBatches(t *testing.T, d database, start time.Time, n, seconds int) {
	t.Helper()
	many(t, d, "batches (id, job, run_id, state, remote_job_id, items, created_at, sent_at, job_seconds, updated_at)", n, func(i int) string {
		when := start.Add(time.Duration(i) * time.Minute).Format("2006-01-02T15:04:05.000Z")
		return fmt.Sprintf("('%d %d', 'tickets', '', 'settled', '', '[]', '%s', '', %d, '%s')", seconds, i, when, seconds, when)
	})
}

func many(t *testing.T, d database, into string, n int, row func(int) string) {
	t.Helper()
	rows := make([]string, n)
	for i := range rows {
		rows[i] = row(i)
	}
	d.exec(t, "INSERT INTO "+into+" VALUES "+strings.Join(rows, ", "))
}

func prune(t *testing.T, store *state.Store, before time.Time) int64 {
	t.Helper()
	n, err := store.Prune(t.Context(), before)
	require.NoError(t, err)
	return n
}

func TestWhatIsOldIsForgottenButForTheLastOfEachJob(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		start := at(t, "00:00:00.000")
		manyRuns(t, d, "busy", start, 130)
		manyRuns(t, d, "rare", start, 100)
		settle(t, store, everything()) // with an open batch
		d.exec(t, "UPDATE batches SET updated_at = '2020-01-01T00:00:00.000Z'",
			"UPDATE runs SET finished_at = '' WHERE id IN ('busy 1', 'busy 29')",
			"UPDATE runs SET finished_at = '2026-11-22T12:00:00.000Z' WHERE id = 'busy 2'")

		require.Zero(t, prune(t, store, start))
		require.EqualValues(t, 9, prune(t, store, start.Add(10*time.Minute)), "one of the ten was not over by then")
		require.Equal(t, 1, d.number(t, "SELECT count(*) FROM runs WHERE id = 'busy 2'"))
		require.EqualValues(t, 21, prune(t, store, start.Add(24*time.Hour)), "of thirty that are older than the last hundred")
		require.Equal(t, 1, d.number(t, "SELECT count(*) FROM runs WHERE id = 'busy 30'"))
		require.Equal(t, 100, d.number(t, "SELECT count(*) FROM runs WHERE job = 'busy'"))
		require.Equal(t, 100, d.number(t, "SELECT count(*) FROM runs WHERE job = 'rare'"))

		rejects, err := store.Rejects(t.Context(), "")
		require.NoError(t, err)
		require.Len(t, rejects, 1)
		open, err := store.OpenBatches(t.Context(), "tickets")
		require.NoError(t, err)
		require.Len(t, open, 1)
	})
}

func TestTheBatchesThatTellHowLongPlayvoxTakesAreKept(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		start := at(t, "00:00:00.000")
		manyBatches(t, d, start, 210, 7)
		manyBatches(t, d, start, 50, 0)
		require.EqualValues(t, 5+5, prune(t, store, start.Add(5*time.Minute)))
		require.EqualValues(t, 5+45, prune(t, store, start.Add(24*time.Hour)))
		seconds, err := store.JobSeconds(t.Context(), "", 1000)
		require.NoError(t, err)
		require.Len(t, seconds, 200)
		require.Equal(t, 1, d.number(t, "SELECT count(*) FROM batches WHERE id = '7 10'"))
	})
}

func TestForgettingIsDoneInPortions(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		start := at(t, "00:00:00.000")
		manyRuns(t, d, "a", start, 1500)
		manyRuns(t, d, "b", start, 1500)
		manyBatches(t, d, start, 2100, 0)
		later := start.AddDate(0, 1, 0)
		require.EqualValues(t, 2000+2000, prune(t, store, later))
		require.EqualValues(t, 800+100, prune(t, store, later))
		require.Zero(t, prune(t, store, later))
	})
}

func TestDaysAreForgottenAfterMoreThanAYear(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		store := d.open(t)
		now := at(t, "12:00:00.000")
		clock(store, now)
		for _, age := range []int{401, 400, 0} {
			finish(t, store, fmt.Sprint(age), "tickets", now.AddDate(0, 0, -age), state.Moved{New: int64(age) + 1})
		}
		require.Zero(t, prune(t, store, now))
		kept := days(t, store, "", time.Time{})
		require.Len(t, kept, 2)
		require.EqualValues(t, 401, kept[0].New)
	})
}
