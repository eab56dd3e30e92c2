package config

import (
	"regexp"
	"slices"

	"pvetl/load"
	"pvetl/mapping"
)

var (
	fieldID       = regexp.MustCompile(`^[a-z_]{3,30}$`)
	takenNames    = []string{"interaction_id", "assignee_id", "comments"} // stand beside the metadata in an interaction
	reservedDates = []string{"created_at", "updated_at"}
)

func (c *checker) checkIntegrations() {
	names := map[string]string{}
	for _, integration := range c.config.Integrations {
		at := path("integrations").key(integration.Key)
		c.checkName(at, integration.Key)
		c.checkOnce(at.key("name"), integration, names)
		for _, f := range integration.Metadata {
			c.checkMetadataField(at.key("metadata").key(f.FieldID), f)
		}
		if len(integration.Metadata) > 0 && !slices.ContainsFunc(integration.Metadata, mayBeDatetime) {
			c.fault(at.key("metadata"), "found no field of type datetime, expected at least one: Playvox requires it")
		}
	}
}

// checkOnce refuses two integrations of one name: in Playvox they are one, and each would undo what the other one wants.
func (c *checker) checkOnce(at path, integration load.Integration, keys map[string]string) {
	if c.unknown(at) || integration.Name == "" {
		return
	}
	if other, twice := keys[integration.Name]; twice {
		c.fault(at, c.found(at)+" again, expected a name of its own: integrations."+other+" has this one")
		return
	}
	keys[integration.Name] = integration.Key
}

// mayBeDatetime also holds for a field whose type is not known, which is reported for itself.
func mayBeDatetime(f load.MetadataField) bool {
	others := []string{load.TypeString, load.TypeInteger, load.TypeFloat, load.TypeList, load.TypeBoolean}
	return !slices.Contains(others, f.Type)
}

func (c *checker) checkMetadataField(at path, f load.MetadataField) {
	switch {
	case !fieldID.MatchString(f.FieldID):
		c.blameKey(at, "found the name "+quoted(f.FieldID)+", expected 3 to 30 letters a to z and _", "")
	case slices.Contains(takenNames, f.FieldID):
		c.blameKey(at, "found the name "+f.FieldID+", expected another: every interaction has a field of this name already", "")
	case f.Type == load.TypeDatetime && slices.Contains(reservedDates, f.FieldID):
		c.blameKey(at, "found the name "+f.FieldID+", expected another: Playvox reserves it", "")
	}
	for i, value := range f.Allowed {
		if c.unknown(at.key("type")) {
			break
		}
		if problem := notOfType(value, f); problem != "" {
			valueAt := at.key("allowed").index(i)
			c.fault(valueAt, c.conceal(valueAt, problem))
		}
	}
}

// notOfType returns why an allowed value can never be a field's value, or nothing: it asks the mapping, as if the value
// were a constant there.
func notOfType(value string, f load.MetadataField) string {
	if f.Type == load.TypeString || f.Type == load.TypeList || f.Type == "" {
		return ""
	}
	constant := mapping.FieldRule{Name: f.FieldID, Rule: mapping.Rule{Value: &mapping.Literal{Text: value}}}
	spec := mapping.Spec{Interaction: mapping.Interaction{
		InteractionID: mapping.Rule{Column: "id"}, Metadata: []mapping.FieldRule{constant},
	}}
	for _, problem := range spec.Check([]load.MetadataField{{FieldID: f.FieldID, Type: f.Type}}) {
		return problem.Message
	}
	return ""
}
