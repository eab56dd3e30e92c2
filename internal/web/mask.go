package web

import (
	"regexp"
	"strings"

	"pvetl/state"
)

// hidden stands for what may tell a row's content.
const hidden = "hidden"

// longestShown is how much of a text that others wrote a page shows.
const longestShown = 1500

// valueOf is a reject's value as it may be shown; empty where there is none.
func (s *server) valueOf(r state.Reject) string {
	if r.Value == "" || s.Values {
		return clip(r.Value, longestShown)
	}
	return hidden
}

// reasonOf is a reject's reason as it may be shown: not Playvox's own words, which may repeat the row, and not what the
// mapping says of the value.
func (s *server) reasonOf(r state.Reject) string {
	switch {
	case s.Values:
		return clip(s.Redact(r.Reason), longestShown)
	case r.Stage == "playvox", r.Rule == "refused", r.Value != "" && strings.Contains(r.Reason, r.Value):
		return hidden
	default:
		return clip(withoutValues(clip(s.Redact(r.Reason), 4*longestShown)), longestShown)
	}
}

var (
	quotedText    = regexp.MustCompile(`"(?:[^"\\]|\\.)*(?:"|\\?$)`)
	quotedSingly  = regexp.MustCompile(`(^|[^\pL\d])'.*?'($|[^\pL\d])`) // an apostrophe is none
	listElement   = regexp.MustCompile(`(?s)^.* is not allowed; allowed are `)
	refusalOfRows = regexp.MustCompile(`(?s)(it is not the rows that are wrong: )(?:.*(: mend the mapping)|.*$)`)
	answerWords   = regexp.MustCompile(`(status 4(?:00|09|13|15|22): )[^\n]*`)
)

// withoutValues takes out of a text of ours what may come from a row.
func withoutValues(text string) string {
	return quotedText.ReplaceAllString(listElement.ReplaceAllString(text, "an element is not allowed; allowed are "), "…")
}

// withoutQuoted hides what MySQL puts in quotes, and not what we advise.
func withoutQuoted(text string) string {
	if strings.Contains(text, "'pvetl ") {
		return text
	}
	return quotedSingly.ReplaceAllString(text, "$1…$2")
}

// errorOf is why a run failed, as it may be shown: without the server's words on what a request carried.
func (s *server) errorOf(text string) string {
	text = clip(s.Redact(text), 4*longestShown)
	if !s.Values {
		text = refusalOfRows.ReplaceAllString(text, "${1}…${2}")
		text = quotedText.ReplaceAllString(answerWords.ReplaceAllString(text, "${1}…"), "…")
		text = quotedSingly.ReplaceAllStringFunc(text, withoutQuoted)
	}
	return clip(text, longestShown)
}
