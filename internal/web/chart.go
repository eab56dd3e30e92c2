package web

import (
	"time"

	"pvetl/state"
)

const (
	chartDays   = 30
	chartHeight = 100 // in the chart's own units
	barStep     = 10
)

// chart is the rows of a job's last days, as bars.
type chart struct {
	Bars  []bar
	Total state.Moved
	Most  int64 // rows on one day
}

// bar is one day. Its parts stand on one another, and the smallest can still be seen.
type bar struct {
	Date string
	state.Moved
	X     int
	Parts []barPart
}

type barPart struct {
	Class     string
	Y, Height int
}

// chartOf has a bar for every day, also for those without rows.
func chartOf(now time.Time, days []state.Day) chart {
	byDate := make(map[string]state.Moved)
	var c chart
	for _, day := range days {
		byDate[day.Date] = day.Moved
		c.Total.New += day.New
		c.Total.Changed += day.Changed
		c.Total.Rejected += day.Rejected
		c.Most = max(c.Most, day.New+day.Changed+day.Rejected)
	}
	first := firstDay(now)
	for i := range chartDays {
		date := first.AddDate(0, 0, i).Format(time.DateOnly)
		moved := byDate[date]
		c.Bars = append(c.Bars, bar{Date: date, Moved: moved, X: i*barStep + 1, Parts: c.parts(moved)})
	}
	return c
}

func firstDay(now time.Time) time.Time {
	return now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-chartDays)
}

func (c chart) parts(moved state.Moved) []barPart {
	var parts []barPart
	top := chartHeight
	for _, part := range []struct {
		class string
		n     int64
	}{{"new", moved.New}, {"changed", moved.Changed}, {"rejected", moved.Rejected}} {
		if part.n == 0 {
			continue
		}
		height := max(2, int(part.n*(chartHeight-4)/c.Most))
		top = max(0, top-height)
		parts = append(parts, barPart{part.class, top, height})
	}
	return parts
}

// First is the date of the first bar.
func (c chart) First() string { return c.Bars[0].Date }

// Last is that of the last.
func (c chart) Last() string { return c.Bars[len(c.Bars)-1].Date }
