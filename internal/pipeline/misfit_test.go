package pipeline_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
	"pvetl/load"
)

// reshape makes the integration in Playvox another than the one of jobs.yaml.
func (w *world) reshape(change func(*load.Integration)) {
	w.t.Helper()
	want := w.cfg.Integrations[0]
	want.Metadata = append([]load.MetadataField{}, want.Metadata...)
	change(&want)
	client := w.client()
	defer client.Close()
	plan, err := client.Plan(w.t.Context(), want, true)
	require.NoError(w.t, err)
	_, err = client.Apply(w.t.Context(), plan)
	require.NoError(w.t, err)
	w.box.ResetRequests()
}

// What Playvox would refuse row by row is refused once, before anything is sent, for whatever is to be sent.
func TestNothingIsSentIntoAnIntegrationThatDoesNotFit(t *testing.T) {
	t.Parallel()
	anyStatus := edit{"status: {type: string}", "status: {type: string}"}
	some := edit{"status: {type: string}", "status: {type: string, allowed: [open, solved, strange]}"}
	status := func(change func(*load.MetadataField)) func(*load.Integration) {
		return func(i *load.Integration) { change(&i.Metadata[1]) }
	}
	for name, tt := range map[string]struct {
		how    edit
		change func(*load.Integration)
		fault  string
	}{
		"a field is missing": {
			anyStatus, func(i *load.Integration) { i.Metadata = i.Metadata[:1] },
			"metadata field status: found none, expected one of type string",
		},
		"a field of another type": {
			anyStatus, status(func(f *load.MetadataField) { f.Type = load.TypeInteger }),
			"metadata field status: found type integer, expected string",
		},
		"a list that lacks values": {
			some, status(func(f *load.MetadataField) { f.Allowed = []string{"solved", "closed"} }),
			"metadata field status: found allowed solved, closed, expected also open, strange",
		},
		"a list where any value may come": {
			anyStatus, status(func(f *load.MetadataField) { f.Allowed = []string{"open", "solved"} }),
			"metadata field status: found allowed open, solved, expected any value",
		},
		"a required field that no rule fills": {
			edit{", status: {column: status, map: {1: open, 2: solved, 3: strange}}", ""},
			status(func(f *load.MetadataField) { f.Required = true }),
			"metadata field status: found it required, expected that it may be left out: no rule of the mapping fills it",
		},
		"a required field that is not named": {
			anyStatus,
			func(i *load.Integration) {
				i.Metadata = append(i.Metadata, load.MetadataField{FieldID: "region", Type: load.TypeString, Required: true})
			},
			"metadata field region: found it required, expected that it may be left out: no rule of the mapping fills it " +
				"(jobs.yaml does not name it: name and fill it there, or delete it with 'pvetl apply --prune')",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 5, sandbox.Options{}, tt.how)
			w.quicken()
			w.reshape(tt.change)
			refused := `the integration "Crash" in Playvox does not fit jobs.yaml: ` + tt.fault + `: nothing is sent to it; see 'pvetl plan', then 'pvetl apply'`
			summary, err := w.try()
			require.EqualError(t, err, refused)
			require.Equal(t, pipeline.Failed, summary.Status)
			require.Equal(t, refused, *summary.Error)
			require.Zero(t, summary.Interactions.Rejected, "the rows are not to blame")
			require.Equal(t, 1, w.box.Requests().Total, "the listing says it all")
			require.Empty(t, w.box.Snapshot().Interactions)

			w.reshape(func(*load.Integration) {})
			w.mustRun()
			require.Len(t, w.box.Snapshot().Interactions, 5)
			w.reshape(tt.change)
			w.exec("UPDATE tickets SET status = 3, updated_at = '2026-01-02 10:00:00'")
			_, err = w.try()
			require.EqualError(t, err, refused, "an update is refused as well")
			require.Zero(t, w.box.Requests().Writes())
		})
	}
}

// What fits in another way than jobs.yaml says it, and what Playvox does not show, is no hindrance.
func TestAnIntegrationThatFitsWell(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*load.Integration){
		"more values and fields": func(i *load.Integration) {
			i.Metadata[1].Allowed = []string{"strange", "solved", "open", "spam"}
			i.Metadata = append(i.Metadata, load.MetadataField{FieldID: "region", Type: load.TypeString})
		},
		"required there, and filled": func(i *load.Integration) { i.Metadata[1].Required = true },
		"kept for a day only":        func(i *load.Integration) { i.DataStorageMinutes, i.Description = 1440, "by hand" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 5, sandbox.Options{}, edit{"status: {type: string}", "status: {type: string, allowed: [open, solved, strange]}"})
			w.quicken()
			w.reshape(change)
			w.mustRun()
			require.Len(t, w.box.Snapshot().Interactions, 5)
		})
	}
	t.Run("nothing is shown of its metadata", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, 5, sandbox.Options{HideMetadata: true})
		w.quicken()
		w.allowOnly("status", "open", "solved")
		w.mustRun()
		require.Len(t, w.box.Snapshot().Interactions, 5)
	})
}
