package main

import (
	"log/slog"
	"math"
	"time"

	"pvetl/internal/pipeline"
)

// logNowAndThen writes a line about what is under way until there is nothing left to tell. What is over before the first
// line is due has its summary.
func (p *progress) logNowAndThen(log *slog.Logger) {
	ticker := time.NewTicker(logEvery)
	defer ticker.Stop()
	var before pipeline.Summary
	for {
		select {
		case <-p.stop:
			return
		case <-ticker.C:
		}
		p.mu.Lock()
		last := p.last
		p.mu.Unlock()
		if last != nil {
			log.Info("progress", p.attributes(*last, before)...)
			before = *last
		}
	}
}

// attributes are what is known of a run, whose line before said something else.
func (p *progress) attributes(s, before pipeline.Summary) []any {
	i := s.Interactions
	all := []any{"job", s.Job, "run", s.RunID, "read", i.Read, "new", i.New, "changed", i.Changed, "unchanged", i.Unchanged, "rejected", i.Rejected, "requests", s.Requests.Total}
	if s.Backfill != nil {
		return append(all, ofBackfill(s.Backfill)...)
	}
	if before.RunID != s.RunID {
		before.Interactions.Read = 0
	}
	all = append(all, "rows_per_second", rounded(float64(i.Read-before.Interactions.Read)/logEvery.Seconds()))
	if p.usage != nil {
		if used := p.usage(); used.Allowed > 0 {
			all = append(all, "quota_use", rounded(used.PerMinute/used.Allowed))
		}
	}
	return all
}

func ofBackfill(b *pipeline.BackfillStatus) []any {
	all := []any{"backfill", b.ID, "state", b.State, "slices", b.Slices, "slices_done", b.SlicesDone, "rows_settled", b.RowsSettled}
	for _, known := range []struct {
		name  string
		count *int64
	}{{"rows", b.Rows}, {"requests_left", b.RequestsLeft}, {"eta_seconds", b.EtaSeconds}} {
		if known.count != nil {
			all = append(all, known.name, *known.count)
		}
	}
	for _, known := range []struct {
		name  string
		share *float64
	}{{"rows_per_second", b.RowsPerSecond}, {"quota_use", b.QuotaUse}} {
		if known.share != nil {
			all = append(all, known.name, rounded(*known.share))
		}
	}
	return all
}

func rounded(x float64) float64 { return math.Round(x*100) / 100 }
