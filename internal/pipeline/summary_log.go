package pipeline

import (
	"log/slog"
	"math"
)

// tell logs how a run ended: one line, however many rows there were. Why it failed is told by whoever began it.
func (s *Summary) tell(log *slog.Logger) {
	if s.FinishedAt == nil {
		return
	}
	seconds, i := s.FinishedAt.Sub(s.StartedAt).Seconds(), s.Interactions
	read := i.Read + s.Comments.Read + s.Attachments.Read
	rejected := i.Rejected + s.Comments.Rejected + s.Attachments.Rejected
	log.Info("run ended", "status", s.Status, "read", read, "new", i.New, "changed", i.Changed, "unchanged", i.Unchanged, "rejected", rejected,
		"comments", s.Comments.New+s.Comments.Changed, "requests", s.Requests.Total, "seconds", toMillis(seconds),
		"rows_per_second", math.Round(float64(read)/max(seconds, 0.001)))
}
