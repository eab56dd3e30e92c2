package load

import (
	"fmt"
	"slices"
	"strings"
)

// MisfitError says that what is sent by jobs.yaml does not fit an integration as it stands in Playvox.
type MisfitError struct {
	Name   string   // of the integration
	Faults []string // one for each field: what is found and what is expected
}

func (e *MisfitError) Error() string {
	return fmt.Sprintf("the integration %q in Playvox does not fit jobs.yaml: %s: nothing is sent to it; see 'pvetl plan', then 'pvetl apply'",
		e.Name, strings.Join(e.Faults, "; "))
}

// Fit returns a *MisfitError if interactions of the integration that is wanted would be refused there; filled are the
// metadata fields that get a value. What Playvox does not show is not held against it.
func (i RemoteIntegration) Fit(want Integration, filled []string) error {
	if !i.ShowsMetadata {
		return nil
	}
	var faults []string
	for _, field := range want.Metadata {
		have, ok := i.Field(field.FieldID)
		if !ok {
			faults = append(faults, fmt.Sprintf("metadata field %s: found none, expected one of type %s", field.FieldID, field.Type))
			continue
		}
		if fault := have.misfit(field); fault != "" {
			faults = append(faults, fmt.Sprintf("metadata field %s: %s", field.FieldID, fault))
		}
	}
	for _, have := range i.Metadata {
		if have.Required == nil || !*have.Required || slices.Contains(filled, have.FieldID) {
			continue
		}
		faults = append(faults, fmt.Sprintf("metadata field %s: found it required, expected that it may be left out: no rule of the mapping fills it%s",
			have.FieldID, unnamedHint(want, have)))
	}
	if faults == nil {
		return nil
	}
	return &MisfitError{Name: want.Name, Faults: faults}
}

// misfit is why values of the field that is wanted would be refused by the one that is there.
func (f RemoteField) misfit(want MetadataField) string {
	if !sameType(want, f) {
		return fmt.Sprintf("found type %s, expected %s", f.Type, want.Type)
	}
	if len(f.Allowed) == 0 {
		return ""
	}
	lacking := without(canonicals(want.Type, want.Allowed), canonicals(want.Type, f.Allowed))
	switch {
	case len(want.Allowed) == 0:
		return fmt.Sprintf("found allowed %s, expected any value", allowedText(f.Allowed))
	case len(lacking) > 0:
		return fmt.Sprintf("found allowed %s, expected also %s", allowedText(f.Allowed), allowedText(lacking))
	default:
		return ""
	}
}

// unnamedHint says what helps where apply alone does not.
func unnamedHint(want Integration, have RemoteField) string {
	if slices.ContainsFunc(want.Metadata, func(f MetadataField) bool { return f.FieldID == have.FieldID }) {
		return ""
	}
	return " (jobs.yaml does not name it: name and fill it there, or delete it with 'pvetl apply --prune')"
}
