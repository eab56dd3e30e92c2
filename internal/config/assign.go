package config

import (
	"cmp"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"pvetl/extract"
	"pvetl/load"
)

// assign parses text into a scalar's value. It returns false if text is no such value or lies outside its bounds.
func assign(into reflect.Value, spec field, text string) bool {
	var ok bool
	switch target := into.Addr().Interface().(type) {
	case *time.Duration:
		*target, ok = duration(text)
		return ok && inside(*target, spec, duration)
	case *int:
		*target, ok = integer(text)
		return ok && inside(*target, spec, integer)
	case *bool:
		*target = strings.EqualFold(text, "true")
		return *target || strings.EqualFold(text, "false")
	case *extract.Lag:
		*target, ok = lag(text)
		return ok
	case *load.Limit:
		*target, ok = limit(text)
		return ok
	default:
		into.SetString(text)
		return len(spec.enum) == 0 || slices.Contains(spec.enum, text)
	}
}

// inside reports whether a value keeps to the bounds that its field has.
func inside[T cmp.Ordered](value T, spec field, parse func(string) (T, bool)) bool {
	least, hasLeast := parse(spec.min)
	most, hasMost := parse(spec.max)
	return (!hasLeast || value >= least) && (!hasMost || value <= most)
}

// expectation describes the values that assign takes.
func expectation(into reflect.Value, spec field) string {
	switch into.Addr().Interface().(type) {
	case *time.Duration:
		return "a duration such as 30s, 10m or 1d" + bounds(spec)
	case *int:
		if spec.min == spec.max && spec.min != "" {
			return spec.min
		}
		return "a whole number" + bounds(spec)
	case *bool:
		return "true or false"
	case *extract.Lag:
		return "a duration such as 10m, or a whole number for an integer cursor, not negative"
	case *load.Limit:
		return "a count such as 100, or a share from 0% to 100%"
	default:
		return "text"
	}
}

func bounds(spec field) string {
	switch {
	case spec.min != "" && spec.max != "":
		return " from " + spec.min + " to " + spec.max
	case spec.min != "":
		return " of at least " + spec.min
	case spec.max != "":
		return " of at most " + spec.max
	default:
		return ""
	}
}

// wholeNumber leaves no doubt about the base: 010 and 1_000 are none.
var wholeNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

func integer(text string) (int, bool) {
	value, err := strconv.Atoi(text)
	return value, err == nil && wholeNumber.MatchString(text)
}

// duration reads Go's notation, which may begin with days.
func duration(text string) (time.Duration, bool) {
	const day = 24 * time.Hour
	number, rest, hasDays := strings.Cut(text, "d")
	if !hasDays {
		value, err := time.ParseDuration(text)
		return value, err == nil
	}
	days, ok := integer(number)
	if !ok || days < 0 || int64(days) > int64(math.MaxInt64/day) {
		return 0, false
	}
	var more time.Duration
	if rest != "" {
		value, err := time.ParseDuration(rest)
		if err != nil || value < 0 {
			return 0, false
		}
		more = value
	}
	total := time.Duration(days)*day + more
	return total, total >= more // it is less where the sum overflows
}

func lag(text string) (extract.Lag, bool) {
	if units, ok := integer(text); ok {
		return extract.Lag{Set: true, Units: int64(units)}, units >= 0
	}
	value, ok := duration(text)
	return extract.Lag{Set: true, Duration: value}, ok && value >= 0
}

var decimal = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

func limit(text string) (load.Limit, bool) {
	if count, ok := integer(text); ok {
		return load.Limit{Set: true, Count: int64(count)}, count >= 0
	}
	share, isShare := strings.CutSuffix(text, "%")
	percent, err := strconv.ParseFloat(share, 64)
	return load.Limit{Set: true, Percent: percent}, isShare && err == nil && decimal.MatchString(share) && percent <= 100
}
