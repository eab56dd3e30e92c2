package pipeline_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/state"
)

// requireGrouped checks that the groups of a summary hold each rejected row once: every run of every world is asked.
func (w *world) requireGrouped(summary pipeline.Summary) {
	w.t.Helper()
	counts := make(map[string]int64)
	for _, group := range summary.RejectGroups {
		counts[group.Stream] += group.Count
		require.NotEmpty(w.t, group.Reason)
		require.NotEmpty(w.t, group.Rule)
		require.LessOrEqual(w.t, len(group.Keys), 3)
	}
	for stream, of := range map[string]pipeline.Counts{
		pipeline.StreamInteractions: summary.Interactions, pipeline.StreamComments: summary.Comments, pipeline.StreamAttachments: summary.Attachments,
	} {
		require.Equal(w.t, of.Rejected, counts[stream], "the rejected %s by their causes: %+v", stream, summary.RejectGroups)
	}
}

func TestRejectsAreGroupedByTheirCause(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 9, sandbox.Options{HideMetadata: true}, edit{"batch_size: 3", "batch_size: 3, max_rejects: 100"})
	w.exec("UPDATE tickets SET status = 7 WHERE id IN (2, 4, 6, 8)")
	w.exec("UPDATE tickets SET status = 3 WHERE id = 5")
	w.exec("UPDATE messages SET kind = 'fax' WHERE id IN (1, 3)")
	w.allowOnly("status", "open", "solved")
	want := []pipeline.RejectGroup{
		{Stream: "interactions", Stage: "mapping", Field: "status", Column: "status", Rule: "map", Count: 4, Keys: []string{"2", "4", "6"}},
		{Stream: "comments", Stage: "mapping", Field: "type", Column: "kind", Rule: "comment_type", Count: 2, Keys: []string{"1", "3"}},
		{Stream: "interactions", Stage: "playvox", Field: "interaction_id", Rule: "refused", Count: 1, Keys: []string{"5"}},
	}
	for _, run := range []string{"the first time", "again, unchanged"} {
		summary, err := w.try()
		require.NoError(t, err)
		require.EqualValues(t, 5, summary.Interactions.Rejected, run)
		for i := range summary.RejectGroups {
			require.NotEmpty(t, summary.RejectGroups[i].Reason)
			summary.RejectGroups[i].Reason = ""
		}
		require.Equal(t, want, summary.RejectGroups, run)
	}
}

func TestASummaryWithoutRejectsSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, sandbox.Options{})
	summary, err := w.try()
	require.NoError(t, err)
	text, err := json.Marshal(summary)
	require.NoError(t, err)
	require.Contains(t, string(text), `"reject_groups":[]`)
}

// Each stage is charged for what it asks of others, and for nothing else.
func TestASummarySaysWhereTheTimeWent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 6, sandbox.Options{Latency: 15 * time.Millisecond, JobDuration: 30 * time.Millisecond})
	summary, err := w.try()
	require.NoError(t, err)
	took := summary.FinishedAt.Sub(summary.StartedAt).Seconds()
	timings := summary.Timings
	require.GreaterOrEqual(t, timings.Send, 0.030, "two bulk requests")
	require.GreaterOrEqual(t, timings.Poll, 0.030, "two jobs")
	require.LessOrEqual(t, timings.Send, took)
	for stage, seconds := range map[string]float64{"read": timings.Read, "settle": timings.Settle, "compare": timings.Compare, "map": timings.Map} {
		require.Less(t, seconds, took, stage)
	}
	require.Positive(t, timings.Read)
	require.Positive(t, timings.Settle)
}

func TestTheDayOfARunCountsInteractions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5, sandbox.Options{})
	w.exec("UPDATE tickets SET status = 7 WHERE id = 2")
	var moved state.Moved
	w.seenState = func(s pipeline.State) pipeline.State { return finishes{s, &moved} }
	_, err := w.try()
	require.NoError(t, err)
	require.Equal(t, state.Moved{New: 4, Rejected: 1}, moved)
}

// However many causes there are, a summary stays short, and tells of those that matter most.
func TestASummaryNamesTheMostFrequentCauses(t *testing.T) {
	t.Parallel()
	var rejects []state.Reject
	for i := range 60 {
		for range i + 1 {
			rejects = append(rejects, state.Reject{Stream: "comments", Field: fmt.Sprint(i), Key: fmt.Sprint(len(rejects))})
		}
	}
	groups := pipeline.GroupRejects(rejects)
	require.Len(t, groups, 50)
	for i, group := range groups {
		require.EqualValues(t, 60-i, group.Count)
	}
}

func TestABackfillTellsOfAllItsTurns(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 60, sandbox.Options{Latency: 2 * time.Millisecond})
	h.exec("UPDATE tickets SET status = 7 WHERE id IN (20, 21)")
	var log bytes.Buffer
	h.log = slog.New(slog.NewJSONHandler(&log, nil))
	summary, err := h.resume(t.Context(), h.begin(pipeline.BackfillOptions{From: "10:00:05", To: "10:00:15"}), pipeline.Options{})
	require.NoError(t, err)
	require.Len(t, summary.RejectGroups, 1)
	require.Equal(t, []string{"20", "21"}, summary.RejectGroups[0].Keys)
	require.Positive(t, summary.Timings.Read)
	require.Positive(t, summary.Timings.Send)
	require.Equal(t, 1, bytes.Count(log.Bytes(), []byte(`"msg":"run ended"`)), log.String())
}

func TestTheEndOfARunIsOneLine(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 5, sandbox.Options{})
	var log bytes.Buffer
	h.log = slog.New(slog.NewJSONHandler(&log, nil))
	summary, err := h.run()
	require.NoError(t, err)
	var line map[string]any
	require.NoError(t, json.Unmarshal(log.Bytes(), &line), log.String())
	require.Equal(t, "run ended", line["msg"])
	require.Equal(t, []any{"tickets", summary.RunID, pipeline.Succeeded}, []any{line["job"], line["run"], line["status"]})
	require.EqualValues(t, 5, line["new"])
	require.EqualValues(t, 10, line["read"], "with their comments")
	require.EqualValues(t, summary.Requests.Total, line["requests"])
	require.Positive(t, line["rows_per_second"])
}
