package mapping

import (
	"fmt"
	"strings"
)

// Fault says why a row cannot be sent: which field, from which column, what its value is, and which rule it breaks.
type Fault struct { //nolint:errname // what is wrong with a row is data first, and an error second
	Field  string
	Column string // or the text of the template or expression; empty for a constant
	Value  string // as the source has it, or as the template made it, cut to 200 characters; empty where it is NULL
	Rule   string // one short word: required, expr, map, split, allowed, max_length, comment_type, or the type it is no value of
	Reason string
}

// Error returns the fault in one line: field csat, column csat, value "4,5": a float is digits with …
func (f *Fault) Error() string {
	var text strings.Builder
	text.WriteString("field " + f.Field)
	if f.Column != "" {
		text.WriteString(", column " + f.Column)
	}
	if f.Rule != ruleRequired {
		fmt.Fprintf(&text, ", value %q", f.Value)
	}
	text.WriteString(": " + f.Reason)
	return text.String()
}

// The rules that are no type's name.
const (
	ruleRequired    = "required"
	ruleExpr        = "expr"
	ruleMap         = "map"
	ruleSplit       = "split"
	ruleAllowed     = "allowed"
	ruleMaxLength   = "max_length"
	ruleCommentType = "comment_type"
)

// The rules that change a value, beside map and split.
const (
	ruleElse       = "else"
	ruleHTMLToText = "html_to_text"
	ruleRedact     = "redact"
	ruleTruncate   = "truncate"
	ruleDefault    = "default"
	ruleTimezone   = "timezone"
)

// refusal is the part of a fault that does not depend on where it happened.
type refusal struct {
	rule   string
	reason string
}

// shownValue is how many characters of a value a fault shows.
const shownValue = 200

// shownAllowed is how many of the allowed values a fault names.
const shownAllowed = 20

func listed(values []string) string {
	if len(values) <= shownAllowed {
		return strings.Join(values, ", ")
	}
	return fmt.Sprintf("%s, … (%d in all)", strings.Join(values[:shownAllowed], ", "), len(values))
}
