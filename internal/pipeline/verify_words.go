package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"pvetl/load"
	"pvetl/state"
)

// clip cuts a value to what a report may show of it.
func clip(text string) string {
	const most = 80
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// maxNamed is how many fields of one interaction are named.
const maxNamed = 5

// valuesOf names the fields that differ, and how Playvox shows them.
func valuesOf(fields []load.Field, shown map[string]json.RawMessage) string {
	var parts []string
	for i, field := range fields {
		if i == maxNamed {
			parts = append(parts, fmt.Sprintf("and %d more fields", len(fields)-i))
			break
		}
		parts = append(parts, fmt.Sprintf("%s: %s instead of %s", field.Name, written(shown[field.Name]), written(field.Value)))
	}
	return strings.Join(parts, ", ")
}

func written(value json.RawMessage) string {
	if len(value) == 0 || string(value) == "null" {
		return "nothing"
	}
	return clip(strings.ToValidUTF8(string(value), "\uFFFD"))
}

func quoted(text string) string {
	if text == "" {
		return "nothing"
	}
	return fmt.Sprintf("%q", clip(text))
}

func copiesOf(n int) string { return fmt.Sprintf("%d copies", n) }

func withComments(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return ", with 1 comment"
	default:
		return fmt.Sprintf(", with %d comments", n)
	}
}

// sentAt says when the ledger's entry was sent, as far as it tells.
func sentAt(entry state.Entry) string {
	if at, ok := runBegan(entry.RunID); ok {
		return "sent by the run of " + at.Format("2006-01-02 15:04:05 UTC")
	}
	return "sent, and the ledger does not tell when"
}

func isChangedQuery(err error) bool {
	_, ok := errors.AsType[*ChangedQueryError](err)
	return ok
}
