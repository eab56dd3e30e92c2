package mapping

import (
	"fmt"
	"time"

	"pvetl/extract"
	"pvetl/load"
)

// check judges the JSON of a converted value.
type check func(json []byte) *refusal

// compileCheck returns what a target demands of a value beyond its type, nil if nothing. The error is a value that the
// integration allows although it is none of the field's type.
func compileCheck(to target, zone *time.Location) (check, error) {
	switch {
	case to.filled:
		return func(json []byte) *refusal { return checkFilled(json, to.longest) }, nil
	case len(to.allowed) == 0:
		return nil, nil
	case to.typ == load.TypeList:
		return listCheck(to), nil
	}
	convert := scalarConversion(to.typ, extract.Text, zone)
	set := make(map[string]bool, len(to.allowed))
	for _, text := range to.allowed {
		json, refused := convert(nil, []byte(text))
		if refused != nil {
			return nil, fmt.Errorf("allowed value %q: %s", text, refused.reason)
		}
		set[string(json)] = true
	}
	refused := &refusal{to.refusal, "allowed are " + listed(to.allowed)}
	return func(json []byte) *refusal {
		if set[string(json)] {
			return nil
		}
		return refused
	}, nil
}

// listCheck looks at each element. A text has to be allowed as it is written, a number by what it is worth.
func listCheck(to target) check {
	set := make(map[string]bool, 2*len(to.allowed))
	for _, text := range to.allowed {
		set[string(appendString(nil, []byte(text)))] = true
		set[string(scalar([]byte(text)))] = true
	}
	return func(json []byte) *refusal {
		for rest := json[1:]; rest[0] != ']'; {
			end := elementEnd(rest)
			if element := rest[:end]; !set[string(scalar(element))] {
				return &refusal{to.refusal, fmt.Sprintf("%s is not allowed; allowed are %s", shown(element), listed(to.allowed))}
			}
			if rest = rest[end:]; rest[0] == ',' {
				rest = rest[1:]
			}
		}
		return nil
	}
}

func shown(element []byte) string { return valid(truncate(element, shownValue)) }

// scalar returns the one form of a number, and everything else as it is.
func scalar(element []byte) []byte {
	if number, ok := appendNumber(nil, element); ok {
		return number
	}
	return element
}

var (
	refuseEmpty = &refusal{ruleRequired, "the field is required and the value is empty"}
	refuseLong  = &refusal{ruleMaxLength, fmt.Sprintf("an interaction_id has at most %d characters", maxID)}
)

// checkFilled judges a JSON string that may not be empty, nor longer than longest characters unless that is 0.
func checkFilled(json []byte, longest int) *refusal {
	switch {
	case string(json) == `""`:
		return refuseEmpty
	case longest == 0 || len(json) <= longest+len(`""`):
		return nil
	case len([]rune(unquote(json))) > longest:
		return refuseLong
	}
	return nil
}
