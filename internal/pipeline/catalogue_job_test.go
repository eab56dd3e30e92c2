package pipeline_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/load"
)

// Where a job's account of its rows does not add up, Playvox itself is asked for those in doubt.
func TestRowsThatAJobDoesNotAccountForAreLookedUp(t *testing.T) {
	t.Parallel()
	rows := func(job map[string]any, list string) []any { all, _ := job[list].([]any); return all }
	for name, edit := range map[string]func(job map[string]any){
		"it lists fewer than it has": func(job map[string]any) {
			if all := rows(job, "completed"); len(all) > 1 {
				job["completed"], job["total_completed"] = all[1:], len(all)-1
			}
		},
		"it lists none": func(job map[string]any) { job["completed"] = nil },
		"one is in both lists": func(job map[string]any) {
			if all := rows(job, "completed"); len(all) > 0 {
				job["failed"] = []any{map[string]any{"interaction_id": "1", "error": "no"}}
			}
		},
		"some were never sent": func(job map[string]any) {
			if all := rows(job, "completed"); len(all) > 0 {
				job["completed"] = append(all, map[string]any{"_id": "x", "interaction_id": "never sent"})
				job["failed"] = []any{map[string]any{"interaction_id": "nor this", "error": "no"}}
			}
		},
		"some are there twice": func(job map[string]any) {
			all := rows(job, "completed")
			job["completed"] = append(all, all...)
		},
		"ids are numbers": func(job map[string]any) {
			for _, row := range rows(job, "completed") {
				one := row.(map[string]any)
				var id int
				_, _ = fmt.Sscan(fmt.Sprint(one["interaction_id"]), &id)
				one["interaction_id"] = id
			}
		},
		"rows without an _id": func(job map[string]any) {
			for _, row := range rows(job, "completed") {
				delete(row.(map[string]any), "_id")
			}
		},
		"an unknown word for its end": func(job map[string]any) {
			if len(rows(job, "completed")) > 0 {
				job["status"] = "archived"
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := keepAll
			options.EditJob = edit
			w, _ := newTroubledWorld(t, 5, options, inHundreds...)
			w.box.ResetRequests()
			summary := w.mustRun()
			require.Equal(t, pipeline.Counts{Read: 5, New: 5}, summary.Interactions)
			require.Equal(t, 1, w.box.Requests().Kinds[sandbox.Bulk])
			w.requireDelivered()
		})
	}
}

// A job that Playvox has forgotten tells nothing: its rows are looked up, and are not sent again.
func TestTheRowsOfAForgottenJobAreLookedUp(t *testing.T) {
	t.Parallel()
	w, bad := newTroubledWorld(t, 5, keepAll, inHundreds...)
	w.box.ResetRequests()
	bad.first(1000, polls, sandbox.Reaction{Status: http.StatusNotFound, Body: `{"success": false, "error": "no such job"}`})
	require.EqualValues(t, 5, w.mustRun().Interactions.New)
	require.Equal(t, 1, w.box.Requests().Kinds[sandbox.Bulk])
	w.requireDelivered()
}

// stuck is Playvox whose jobs do not end within the time that anyone waits.
type stuck struct{ pipeline.Playvox }

func (stuck) Await(_ context.Context, jobID string, _ *load.Pace) (load.JobStatus, time.Duration, error) {
	return load.JobStatus{}, 0, &load.StuckError{JobID: jobID, Status: "running", Waited: time.Hour}
}

// A job that does not end holds up its own rows only. The run says that it does not know, and the next one asks again.
func TestAJobThatDoesNotEndIsLeftToTheNextRun(t *testing.T) {
	t.Parallel()
	w, _ := newTroubledWorld(t, 5, keepAll)
	see := w.seenPlayvox
	w.seenPlayvox = func(p pipeline.Playvox) pipeline.Playvox { return stuck{see(p)} }
	w.box.ResetRequests()
	first := w.mustEnd(pipeline.Partial)
	require.Equal(t, pipeline.Counts{Read: 5, Unknown: 5}, first.Interactions)
	require.Nil(t, first.Watermark.Interactions)
	again := w.mustEnd(pipeline.Partial)
	require.Equal(t, pipeline.Counts{Read: 5, Unknown: 5}, again.Interactions)
	w.seenPlayvox = see
	w.mustRun()
	require.Equal(t, 2, w.box.Requests().Kinds[sandbox.Bulk])
	w.requireDelivered()
}
