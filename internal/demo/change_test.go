package demo_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/demo"
)

func TestChangeDoesWhatItSays(t *testing.T) {
	t.Parallel()
	path := build(t)
	before := number(t, path, "SELECT max(updated_at) FROM tickets")
	open := number(t, path, "SELECT count(*) FROM tickets WHERE solved_at IS NULL")
	started := time.Now().UTC().Truncate(time.Second)

	changes, err := demo.Change(t.Context(), path)
	require.NoError(t, err)
	require.Equal(t, demo.Changes{New: 7, Edited: 4, Repaired: 1, Answered: 3, Corrected: 2}, changes)

	count := func(statement string) int {
		n, err := strconv.Atoi(number(t, path, statement))
		require.NoError(t, err)
		return n
	}
	since := " updated_at > '" + before + "'"
	require.Equal(t, 507, count("SELECT count(*) FROM tickets"))
	require.Equal(t, 7, count("SELECT count(*) FROM tickets WHERE created_at > '"+before+"'"))
	require.Equal(t, 7+4+1, count("SELECT count(*) FROM tickets WHERE"+since), "the watermark's column tells all of them and no others")
	require.Equal(t, 7, count("SELECT count(DISTINCT ticket_id) FROM messages WHERE CAST(ticket_id AS INTEGER) > 10500"))
	old := "CAST(ticket_id AS INTEGER) <= 10500 AND" + since
	require.Equal(t, 3, count("SELECT count(*) FROM messages WHERE created_at > '"+before+"' AND "+old))
	require.Equal(t, 2, count("SELECT count(*) FROM messages WHERE created_at <= '"+before+"' AND "+old))
	require.Equal(t, 0, count("SELECT count(*) FROM tickets WHERE"+since+" AND id IN (SELECT ticket_id FROM messages WHERE "+old+")"),
		"their tickets stay as they are")
	wasOpen, err := strconv.Atoi(open)
	require.NoError(t, err)
	require.Equal(t, wasOpen-4, count("SELECT count(*) FROM tickets WHERE solved_at IS NULL AND created_at <= '"+before+"'"))
	require.Equal(t, 0, count("SELECT count(*) FROM tickets WHERE csat = '4,5'"))

	newest, err := time.Parse(time.DateTime, number(t, path, "SELECT max(updated_at) FROM tickets"))
	require.NoError(t, err)
	require.WithinRange(t, newest, started, time.Now(), "a row from the future would wait for its time")
}

func TestChangeNeedsAHelpDesk(t *testing.T) {
	t.Parallel()
	_, err := demo.Change(t.Context(), t.TempDir()+"/none.db")
	require.ErrorContains(t, err, "none.db")
}
