package load_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

func BenchmarkAppendBatch(b *testing.B) {
	interactions := make([]load.Interaction, load.MaxBatch)
	for i := range interactions {
		said := comment(strings.Repeat("what somebody said ", 20), "2026-11-20T17:00:00Z")
		interactions[i] = interaction(fmt.Sprint(i), said, said, said)
	}
	b.ReportAllocs()
	for b.Loop() {
		load.AppendBatch(nil, interactions)
	}
}

func BenchmarkParseJob(b *testing.B) {
	var stored []string
	for i := range load.MaxBatch {
		stored = append(stored, fmt.Sprintf(`{"_id": "65f0c1d2e3a4b5c6d7e8f9%02d", "interaction_id": "482%02d"}`, i, i))
	}
	body := []byte(`{"success": true, "result": {"_id": "j1", "status": "completed", "total": 100, "total_completed": 100, "total_failed": 0,
		"completed": [` + strings.Join(stored, ", ") + `], "failed": [], "created_at": "2026-11-20T17:00:00Z", "updated_at": "2026-11-20T17:00:02Z"}}`)
	b.ReportAllocs()
	for b.Loop() {
		require.Len(b, load.ReadJob(body).Stored, load.MaxBatch)
	}
}
