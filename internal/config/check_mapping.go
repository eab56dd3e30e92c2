package config

import (
	"slices"
	"strings"

	"pvetl/load"
	"pvetl/mapping"
)

// checkMapping compares a job's rules with the schema of its integration.
func (c *checker) checkMapping(at path, job Job) {
	rulesAt := at.key("interaction")
	if c.unknown(rulesAt) {
		return
	}
	integration, _ := c.config.Integration(job.Integration)
	if len(integration.Metadata) > 0 && !c.unknown(rulesAt.key("metadata")) {
		c.checkMetadataRules(rulesAt.key("metadata"), job.Mapping.Interaction.Metadata, integration.Metadata)
	}
	problems := job.Mapping.Check(c.knownFields(integration, job.Mapping.Interaction.Metadata))
	below := func(problem mapping.Problem) path { return path(strings.TrimSuffix(string(at)+"."+problem.Path, ".")) }
	// A rule with a fault of its own, or with an unset variable, is not held against it as well.
	problems = slices.DeleteFunc(problems, func(problem mapping.Problem) bool { return c.blemished[below(problem)] })
	for _, problem := range problems {
		at, severity := below(problem), SeverityError
		if problem.Warning {
			severity = SeverityWarning
		}
		c.sayIn(severity, at, problem.Offset, c.conceal(at, problem.Message), c.conceal(at, problem.Suggestion))
	}
}

// knownFields is the schema as far as rules can be held against it: without the fields whose type is unknown or that
// have no rule, and open where allowed is unknown.
func (c *checker) knownFields(integration load.Integration, rules []mapping.FieldRule) []load.MetadataField {
	var fields []load.MetadataField
	for _, f := range integration.Metadata {
		at := path("integrations").key(integration.Key).key("metadata").key(f.FieldID)
		hasRule := slices.ContainsFunc(rules, func(rule mapping.FieldRule) bool { return rule.Name == f.FieldID })
		if !hasRule || c.unknown(at.key("type")) {
			continue
		}
		if c.blemished[at.key("allowed")] {
			f.Allowed = nil
		}
		fields = append(fields, f)
	}
	return fields
}

// checkMetadataRules checks that there is a field for every rule, and a rule for every field.
func (c *checker) checkMetadataRules(at path, rules []mapping.FieldRule, fields []load.MetadataField) {
	var names []string
	for _, f := range fields {
		names = append(names, f.FieldID)
	}
	var meant []string
	for _, rule := range rules {
		if slices.Contains(names, rule.Name) {
			meant = append(meant, rule.Name)
			continue
		}
		meant = append(meant, nearest(rule.Name, names))
		c.blameKey(at.key(rule.Name),
			"found no metadata field of this name in the integration, expected one of "+strings.Join(names, ", "),
			didYouMean(rule.Name, names))
	}
	for _, f := range fields {
		switch {
		case slices.Contains(meant, f.FieldID):
		case f.Required:
			c.fault(at.key(f.FieldID), "found nothing, expected a rule: the integration requires this field")
		default:
			c.warn(at.key(f.FieldID), "found no rule for this field of the integration: it stays empty")
		}
	}
}
