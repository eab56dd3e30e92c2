package check

import (
	"fmt"
	"slices"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/internal/dsn"
	"pvetl/internal/pipeline"
	"pvetl/load"
	"pvetl/mapping"
)

// impossible are the types that no value of a kind of column can be converted to.
var impossible = map[extract.Kind][]string{
	extract.Boolean:   {load.TypeInteger, load.TypeFloat, load.TypeDatetime, load.TypeList},
	extract.Integer:   {load.TypeDatetime, load.TypeList},
	extract.Decimal:   {load.TypeDatetime, load.TypeList},
	extract.Date:      {load.TypeInteger, load.TypeFloat, load.TypeBoolean, load.TypeList},
	extract.Timestamp: {load.TypeInteger, load.TypeFloat, load.TypeBoolean, load.TypeList},
	extract.Instant:   {load.TypeInteger, load.TypeFloat, load.TypeBoolean, load.TypeList},
	extract.Array:     {load.TypeInteger, load.TypeFloat, load.TypeBoolean, load.TypeDatetime},
}

// checkKinds reports columns of a kind that their field cannot take, also while the table is empty. In SQLite a column's
// declaration says nothing about its values.
func (c *checker) checkKinds(s *stream) {
	if s.kind == dsn.SQLite || s.name != pipeline.StreamInteractions {
		return
	}
	integration, _ := c.file.Config.Integration(s.job.Integration)
	for _, field := range s.job.Mapping.Interaction.Metadata {
		at := slices.IndexFunc(s.rows.Columns(), func(column extract.Column) bool { return column.Name == field.Rule.Column })
		if at < 0 || isChanged(field.Rule) {
			continue
		}
		column, typ := s.rows.Columns()[at], typeOf(integration, field.Name)
		path := s.mappingPath() + "interaction.metadata." + field.Name
		switch {
		case slices.Contains(impossible[column.Kind], typ):
			c.say(config.SeverityError, path, fmt.Sprintf("column %s is of type %s, and none of its values is of the field's type %s", column.Name, column.Type, typ),
				"give the field another type, or let the query or a rule (map, split, expr) make one of it")
		case column.Kind == extract.Bytes && typ == load.TypeString:
			c.say(config.SeverityHint, path, fmt.Sprintf("column %s is binary (%s): what is not UTF-8 in it becomes U+FFFD", column.Name, column.Type),
				"where it holds text in another character set, let the query convert it")
		}
	}
}

// isChanged reports whether a rule makes something else of the column's value before it is converted.
func isChanged(rule mapping.Rule) bool {
	return rule.Map != nil || rule.Split != nil || rule.HTMLToText || len(rule.Redact) > 0 || rule.Truncate > 0
}
