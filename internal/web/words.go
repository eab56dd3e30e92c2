package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// moment is an instant as pages show it.
type moment struct {
	ISO, Shown, Ago string
}

func momentOf(now, t time.Time) moment {
	t = t.UTC()
	return moment{ISO: t.Format(time.RFC3339), Shown: t.Format("2006-01-02 15:04:05 UTC"), Ago: relative(now, t)}
}

func relative(now, t time.Time) string {
	switch between := now.Sub(t); {
	case between > -time.Second && between < time.Second:
		return "now"
	case between > 0:
		return roughly(between) + " ago"
	default:
		return "in " + roughly(-between)
	}
}

// roughly is a duration in one word, or in two where the first alone says little.
func roughly(d time.Duration) string {
	const day = 24 * time.Hour
	switch d = max(d, 0); {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < day:
		return twoParts(d, time.Hour, "h", time.Minute, "min")
	default:
		return twoParts(d, day, "d", time.Hour, "h")
	}
}

func twoParts(d, unit time.Duration, name string, smaller time.Duration, smallerName string) string {
	text := fmt.Sprintf("%d %s", d/unit, name)
	if rest := d % unit / smaller; rest > 0 && d < 10*unit {
		text += fmt.Sprintf(" %d %s", rest, smallerName)
	}
	return text
}

// secondsOf is how long something took, as precisely as it matters.
func secondsOf(seconds float64) string {
	switch {
	case seconds < 1:
		return strconv.FormatFloat(math.Round(seconds*1000), 'f', -1, 64) + " ms"
	case seconds < 60:
		return strconv.FormatFloat(math.Round(seconds*10)/10, 'f', -1, 64) + " s"
	}
	return roughly(time.Duration(seconds * float64(time.Second)))
}

// grouped writes 1234567 as 1 234 567, with narrow spaces that do not break.
func grouped(n any) string {
	if known, ok := n.(*int64); ok {
		n = *known
	}
	digits := fmt.Sprint(n)
	var text strings.Builder
	for i, digit := range digits {
		if left := len(digits) - i; i > 0 && left%3 == 0 && digits[i-1] != '-' {
			text.WriteString("\u202f")
		}
		text.WriteRune(digit)
	}
	return text.String()
}

// plural is a count with its noun.
func plural(n any, one, many string) string {
	if fmt.Sprint(n) == "1" {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// partOf is n of total as whole hundredths, for a bar's width.
func partOf(n, total float64) int {
	if total <= 0 || n <= 0 {
		return 0
	}
	return min(100, max(1, int(math.Round(100*n/total))))
}

// lasting is a number of seconds in words.
func lasting(seconds int64) string { return roughly(time.Duration(seconds) * time.Second) }

// rateOf is how many rows a second something does.
func rateOf(perSecond float64) string {
	if perSecond < 10 {
		return fmt.Sprintf("%.1f rows a second", perSecond)
	}
	return grouped(int64(perSecond)) + " rows a second"
}

// list hands several values to a template.
func list(values ...any) []any { return values }

// clip cuts what others wrote to what fits on a page.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// shellWord writes a text as one word of a command line.
func shellWord(text string) string {
	isPlain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:@%+,", r)
	}
	if text != "" && !strings.ContainsFunc(text, func(r rune) bool { return !isPlain(r) }) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
