package sandbox

import (
	"encoding/json"
	"slices"
)

func (l *listing) readFilter(text string, names []string) error {
	if err := checkJSON([]byte(text)); err != nil {
		return err
	}
	conditions, err := readObject([]byte(text))
	if err != nil {
		return err
	}
	l.filter = map[string][]json.RawMessage{}
	for field, condition := range conditions {
		if !slices.Contains(names, field) {
			return refuse("%q is no field of the listing", field)
		}
		if l.filter[field], err = readCondition(condition); err != nil {
			return within(field, err)
		}
	}
	return nil
}

// readCondition reads a value, or {"$in": […]}, into the values that fit.
func readCondition(raw json.RawMessage) ([]json.RawMessage, error) {
	if raw[0] != '{' {
		return []json.RawMessage{raw}, nil
	}
	operators, err := readObject(raw)
	if err != nil {
		return nil, err
	}
	for operator := range operators {
		if operator != "$in" {
			return nil, refuse("operator %q is not known; known here: $in", operator)
		}
	}
	if err := operators.need("$in"); err != nil {
		return nil, err
	}
	values, err := readArray(operators["$in"])
	return values, within("$in", err)
}

func (l listing) matches(item item) bool {
	for field, values := range l.filter {
		held := item.field(field)
		if !slices.ContainsFunc(values, func(value json.RawMessage) bool { return fitsCondition(held, value) }) {
			return false
		}
	}
	return true
}

// fitsCondition lets a list fit when one of its elements does, and null fit a field that is not there.
func fitsCondition(held, wanted json.RawMessage) bool {
	if held == nil {
		return isNull(wanted)
	}
	if held[0] == '[' && wanted[0] != '[' {
		elements, _ := readArray(held)
		return slices.ContainsFunc(elements, func(element json.RawMessage) bool { return same(element, wanted) })
	}
	return same(held, wanted)
}
