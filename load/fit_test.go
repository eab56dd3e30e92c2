package load_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

func TestFit(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	type (
		have = load.RemoteField
		want = load.MetadataField
	)
	for name, tt := range map[string]struct {
		have   []have
		want   want
		filled bool
		fault  string
	}{
		"the same":                   {[]have{{FieldID: "one", Type: "float"}}, want{Type: "float"}, true, ""},
		"missing":                    {nil, want{Type: "float"}, true, "metadata field one: found none, expected one of type float"},
		"of another type":            {[]have{{FieldID: "one", Type: "string"}}, want{Type: "float"}, true, "metadata field one: found type string, expected float"},
		"all that is shown":          {[]have{{FieldID: "one"}}, want{Type: "float", Allowed: []string{"1"}}, true, ""},
		"values that it takes":       {[]have{{FieldID: "one", Type: "float", Allowed: []string{"1", "2", "3"}}}, want{Type: "float", Allowed: []string{"2.0", "1"}}, true, ""},
		"any value is taken":         {[]have{{FieldID: "one", Type: "string", Allowed: []string{}}}, want{Type: "string", Allowed: []string{"a"}}, true, ""},
		"values that it lacks":       {[]have{{FieldID: "one", Type: "string", Allowed: []string{"a"}}}, want{Type: "string", Allowed: []string{"a", "b", "c"}}, true, "metadata field one: found allowed a, expected also b, c"},
		"any value is sent":          {[]have{{FieldID: "one", Type: "string", Allowed: []string{"a"}}}, want{Type: "string"}, true, "metadata field one: found allowed a, expected any value"},
		"not required there":         {[]have{{FieldID: "one", Type: "string", Required: &no}}, want{Type: "string", Required: true}, true, ""},
		"required there, and filled": {[]have{{FieldID: "one", Type: "string", Required: &yes}}, want{Type: "string"}, true, ""},
		"required there, not filled": {
			[]have{{FieldID: "one", Type: "string", Required: &yes}},
			want{Type: "string"},
			false,
			"metadata field one: found it required, expected that it may be left out: no rule of the mapping fills it",
		},
		"not named": {[]have{{FieldID: "one", Type: "string"}, {FieldID: "two", Type: "string", Required: &no}}, want{Type: "string"}, true, ""},
		"required, and not named": {
			[]have{{FieldID: "one", Type: "string"}, {FieldID: "two", Required: &yes}},
			want{Type: "string"},
			true,
			"metadata field two: found it required, expected that it may be left out: no rule of the mapping fills it " +
				"(jobs.yaml does not name it: name and fill it there, or delete it with 'pvetl apply --prune')",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.want.FieldID = "one"
			var filled []string
			if tt.filled {
				filled = []string{"one"}
			}
			remote := load.RemoteIntegration{ID: "i1", Name: "Acme", Metadata: tt.have, ShowsMetadata: true}
			err := remote.Fit(load.Integration{Name: "Acme", Metadata: []load.MetadataField{tt.want}}, filled)
			if tt.fault == "" {
				require.NoError(t, err)
				return
			}
			var misfit *load.MisfitError
			require.ErrorAs(t, err, &misfit)
			require.Equal(t, []string{tt.fault}, misfit.Faults)
			require.EqualError(t, err, `the integration "Acme" in Playvox does not fit jobs.yaml: `+tt.fault+
				`: nothing is sent to it; see 'pvetl plan', then 'pvetl apply'`)
		})
	}
	t.Run("metadata are not shown", func(t *testing.T) {
		t.Parallel()
		require.NoError(t, load.RemoteIntegration{}.Fit(load.Integration{Metadata: []load.MetadataField{{FieldID: "one"}}}, nil))
	})
}
