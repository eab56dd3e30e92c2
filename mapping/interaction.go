// Package mapping turns rows into interactions, comments and attachments by the rules of jobs.yaml. Rules are compiled
// once per job; a row then goes in as the source's own text and comes out as JSON, or as a fault that names field,
// column, value and rule. It does no I/O and keeps nothing between rows.
package mapping

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"pvetl/extract"
	"pvetl/load"
)

// InteractionMapper makes interactions of the rows of one query. It is safe for concurrent use.
type InteractionMapper struct {
	fields  []*field // interaction_id first
	columns []int    // that the fields read
}

// CompileInteraction prepares the rules of spec for rows with these columns. Fields is the integration's schema, zone is
// how dates and times without a zone are read where the rule does not say. The error joins everything that is wrong:
// columns that are not there, rules that cannot work, metadata without a field or a required field without a rule.
func CompileInteraction(
	spec Interaction, fields []load.MetadataField, columns []extract.Column, zone *time.Location,
) (*InteractionMapper, error) {
	compiled, err := compileAll(spec.bindings(fields), columns, zone)
	if err := errors.Join(err, spec.fits(fields)); err != nil {
		return nil, err
	}
	m := &InteractionMapper{fields: compiled}
	for _, f := range compiled {
		m.columns = append(m.columns, f.columns...)
	}
	return m, nil
}

// Map returns the interaction that the row holds, without comments, or what is wrong with the first field that is. Field
// values share one buffer that belongs to the interaction; the row may be used again.
func (m *InteractionMapper) Map(row extract.Row) (load.Interaction, *Fault) {
	buffer := make([]byte, 0, m.size(row))
	fields := make([]load.Field, 0, len(m.fields))
	for _, f := range m.fields {
		start := len(buffer)
		out, fault := f.append(buffer, row)
		if fault != nil {
			return load.Interaction{}, fault
		}
		if buffer = out; len(buffer) > start {
			fields = append(fields, load.Field{Name: f.name, Value: buffer[start:]})
		}
	}
	share(buffer, fields)
	return load.Interaction{ID: unquote(fields[0].Value), Fields: fields}, nil
}

// size guesses how long the JSON gets: the text of the columns, and room for quotes and a datetime in each field.
func (m *InteractionMapper) size(row extract.Row) int {
	size := 24 * len(m.fields)
	for _, i := range m.columns {
		size += len(row[i])
	}
	return size
}

// share makes every value a part of the buffer as it ended up: it may have moved while it grew.
func share(buffer []byte, fields []load.Field) {
	start := 0
	for i := range fields {
		end := start + len(fields[i].Value)
		fields[i].Value = buffer[start:end:end]
		start = end
	}
}

// fits reports rules for metadata that the integration does not have, and required metadata that no rule fills.
func (i Interaction) fits(fields []load.MetadataField) error {
	var faults []error
	for _, rule := range i.Metadata {
		if !slices.ContainsFunc(fields, func(f load.MetadataField) bool { return f.FieldID == rule.Name }) {
			faults = append(faults, fmt.Errorf("field %s: the integration has no metadata of this name", rule.Name))
		}
	}
	for _, name := range i.unfilled(fields) {
		faults = append(faults, fmt.Errorf("field %s: required, and no rule fills it", name))
	}
	return errors.Join(faults...)
}

// unfilled returns the names of required metadata that no rule fills.
func (i Interaction) unfilled(fields []load.MetadataField) []string {
	var names []string
	for _, field := range fields {
		if _, ok := i.rule(field.FieldID); field.Required && !ok {
			names = append(names, field.FieldID)
		}
	}
	return names
}

func (i Interaction) rule(name string) (Rule, bool) {
	at := slices.IndexFunc(i.Metadata, func(r FieldRule) bool { return r.Name == name })
	if at < 0 {
		return Rule{}, false
	}
	return i.Metadata[at].Rule, true
}
