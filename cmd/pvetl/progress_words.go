package main

import (
	"fmt"
	"strings"
	"time"

	"pvetl/internal/pipeline"
)

// progressLine leaves out what there is nothing of.
func progressLine(s pipeline.Summary, now time.Time) string {
	i := s.Interactions
	read := fmt.Sprintf("%d read", i.Read)
	if took := now.Sub(s.StartedAt).Seconds(); took >= 1 {
		read += " (" + rateOf(float64(i.Read)/took) + ")"
	}
	parts := []string{read, fmt.Sprintf("%d new, %d changed, %d unchanged, %d rejected", i.New, i.Changed, i.Unchanged, i.Rejected)}
	for _, part := range []struct {
		n    int64
		what string
	}{{i.Deleted, "deleted"}, {s.Comments.Read, "comments"}, {s.Attachments.Read, "files"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	parts = append(parts, fmt.Sprintf("%d requests", s.Requests.Total))
	return s.Job + ": " + strings.Join(parts, ", ")
}

// paceLine is the line below the bars of a backfill. What matters most fits into 80 columns.
func paceLine(b *pipeline.BackfillStatus, now time.Time) string {
	parts := paceOf(b, now)
	if b.State != pipeline.BackfillRunning || len(parts) == 0 {
		parts = append([]string{titleOf(b)}, parts...)
	}
	return strings.Join(parts, ", ")
}

// standing is where a backfill stands, in one line. One that nobody works on has no pace.
func standing(b *pipeline.BackfillStatus, now time.Time) string {
	parts := []string{titleOf(b), slicesOf(b), rowsOf(b.RowsSettled, b.Rows)}
	if b.State == pipeline.BackfillRunning || b.State == pipeline.BackfillWaiting {
		parts = append(parts, paceOf(b, now)...)
	}
	return strings.Join(parts, ", ")
}

func titleOf(b *pipeline.BackfillStatus) string {
	return "backfill " + b.ID + " of " + b.Job + ": " + b.State
}

func slicesOf(b *pipeline.BackfillStatus) string {
	return fmt.Sprintf("%d of %d slices", b.SlicesDone, b.Slices)
}

// paceOf says how fast a backfill goes on and when it will be over, as far as that is known.
func paceOf(b *pipeline.BackfillStatus, now time.Time) []string {
	var parts []string
	if b.EtaSeconds != nil {
		left := time.Duration(*b.EtaSeconds) * time.Second
		parts = append(parts, roughly(left)+" left ("+endOf(now, left)+")")
	}
	if b.RowsPerSecond != nil {
		parts = append(parts, rateOf(*b.RowsPerSecond))
	}
	if b.QuotaUse != nil {
		parts = append(parts, fmt.Sprintf("%.0f %% of the quota", *b.QuotaUse*100))
	}
	if b.RequestsLeft != nil {
		parts = append(parts, fmt.Sprintf("%d requests left", *b.RequestsLeft))
	}
	return parts
}

func rateOf(perSecond float64) string {
	if perSecond < 10 {
		return fmt.Sprintf("%.1f rows/s", perSecond)
	}
	return fmt.Sprintf("%.0f rows/s", perSecond)
}

// rowsOf counts rows, of how many where that is known.
func rowsOf(rows int64, of *int64) string {
	if of == nil {
		return fmt.Sprintf("%d rows", rows)
	}
	return fmt.Sprintf("%d of %d rows", rows, *of)
}

// roughly writes how long something takes, as people say it.
func roughly(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	minutes, hours := int(d.Round(time.Minute).Minutes()), int(d.Round(time.Hour).Hours())
	switch {
	case minutes < 60:
		return fmt.Sprintf("%d min", minutes)
	case minutes < 48*60:
		return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
	default:
		return fmt.Sprintf("%d days %d h", hours/24, hours%24)
	}
}

// endOf is when something that takes so long will be over, by the clock and in the zone of now.
func endOf(now time.Time, left time.Duration) string {
	end := now.Add(left)
	switch {
	case left >= 6*24*time.Hour:
		return end.Format("2006-01-02 15:04 MST")
	case end.YearDay() != now.YearDay():
		return end.Format("Mon 15:04 MST")
	default:
		return end.Format("15:04 MST")
	}
}
