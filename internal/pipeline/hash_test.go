package pipeline_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pvetl/internal/pipeline"
)

// The hash of a comment is that of its texts, however they are written in JSON.
func TestAppendTextReadsWhatJSONSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		runes := rapid.SampledFrom([]rune("ab \"\\/\n\r\t\b\f<>&\x00\x1f\u2028é漢😀"))
		text := string(rapid.SliceOf(runes).Draw(t, "text"))
		value, err := json.Marshal(text)
		require.NoError(t, err)
		require.Equal(t, "before"+text, string(pipeline.AppendText([]byte("before"), value)))
	})
	require.Empty(t, pipeline.AppendText(nil, json.RawMessage("null")))
	require.Empty(t, pipeline.AppendText(nil, nil))
}
