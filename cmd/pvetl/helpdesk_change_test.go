package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// old returns n of the tickets that are in Playvox and that a condition holds for, spread evenly over them, by their numbers.
func (h *helpdesk) old(n int, fits func(wanted) bool) []int {
	h.t.Helper()
	var all []int
	for i := range len(h.want) + len(h.bad) {
		if want, ok := h.want[strconv.FormatInt(ticketID(i), 10)]; ok && fits(want) {
			all = append(all, i)
		}
	}
	require.GreaterOrEqual(h.t, len(all), n)
	some := make([]int, n)
	for k := range some {
		some[k] = all[k*len(all)/n]
	}
	return some
}

func whichever(wanted) bool { return true }

// rewrite gives n tickets another subject and takes their labels away.
func (h *helpdesk) rewrite(n int, at time.Time) {
	for k, i := range h.old(n, whichever) {
		h.exec(fmt.Sprintf("UPDATE tickets SET subject = 'Rewritten %d', labels = NULL, updated_at = %s WHERE id = %d", k, h.stamp(at), ticketID(i)))
		want := h.want[strconv.FormatInt(ticketID(i), 10)]
		want.fields["subject"] = fmt.Sprintf(`"Rewritten %d"`, k)
		delete(want.fields, "labels")
	}
}

// answer adds a message to each of n tickets, whose own rows stay as they are.
func (h *helpdesk) answer(n int, at time.Time) {
	written := time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC)
	for k, i := range h.old(n, whichever) {
		h.exec(fmt.Sprintf("INSERT INTO messages VALUES (%d, %d, '<i>One more</i> thing: %d', 'out', 'Latecomer', %s, %s)",
			int64(5_000_000_000)+int64(k), ticketID(i), k, h.stamp(written), h.stamp(at)))
		id := strconv.FormatInt(ticketID(i), 10)
		want := h.want[id]
		want.comments = append(want.comments, fmt.Sprintf("One more thing: %d|agent_comment|Latecomer|%s", k, h.arrives(written)))
		h.want[id] = want
	}
}

// correct edits the first message of each of n tickets, whose own rows stay as they are.
func (h *helpdesk) correct(n int, at time.Time) {
	for k, i := range h.old(n, func(w wanted) bool { return len(w.comments) > 1 }) {
		h.exec(fmt.Sprintf("UPDATE messages SET body = 'Corrected %d', edited = %s WHERE id = %d", k, h.stamp(at), messageID(i, 0)))
		want := h.want[strconv.FormatInt(ticketID(i), 10)]
		_, rest, _ := strings.Cut(want.comments[0], "|")
		want.comments[0] = fmt.Sprintf("Corrected %d|%s", k, rest)
	}
}

// comments counts those that must be in Playvox.
func (h *helpdesk) comments() int {
	n := 0
	for _, want := range h.want {
		n += len(want.comments)
	}
	return n
}
