package load

import (
	"fmt"
	"strings"
)

// noteCreation says what a new field means for what is there.
func (c *Change) noteCreation(have RemoteIntegration, field MetadataField) {
	if have.ID != "" && !have.ShowsMetadata {
		c.note("Playvox does not show which metadata fields there are: if it is there already, it is left as it is")
	}
	if have.ID != "" && field.Required {
		c.note("interactions that are there do not have it: Playvox may refuse to change them until they are sent with it")
	}
}

// noteUpdate says what Playvox may refuse, and what hides data.
func (c *Change) noteUpdate(want MetadataField, have RemoteField) {
	if _, ok := c.Fields["type"]; ok {
		c.note(fmt.Sprintf("Playvox may refuse another type; interactions that are there keep their values of type %s", have.Type))
	}
	if _, ok := c.Fields["required"]; ok && want.Required {
		c.note("interactions that are there may be without it: Playvox may refuse to change them until they are sent with it")
	}
	if _, ok := c.Fields["allowed"]; ok && len(have.Allowed) == 0 {
		c.note("it took any value until now: interactions that are there may have others, which they keep")
	}
	if hidden := without(have.AvailableIn, want.AvailableIn); len(hidden) > 0 {
		c.note("it is no longer offered in " + strings.Join(hidden, " and "))
	}
}

// noteMissingID tells beforehand of what cannot be carried out.
func (c *Change) noteMissingID() {
	if c.id == "" {
		c.note("Playvox does not show its _id, without which it cannot be changed from here: change it in Playvox")
	}
}

func storageNote(before, after int) string {
	if after < before {
		return fmt.Sprintf("Playvox deletes what it has stored for more than %s", period(after))
	}
	return fmt.Sprintf("Playvox keeps conversations for longer than now, %s: jobs.yaml says so, or leaves data_storage_minutes at its default", period(after))
}

// period writes minutes as people count them.
func period(minutes int) string {
	const hour, day = 60, 24 * 60
	switch {
	case minutes > day && minutes%day == 0:
		return fmt.Sprintf("%d days", minutes/day)
	case minutes > hour && minutes%hour == 0:
		return fmt.Sprintf("%d hours", minutes/hour)
	default:
		return fmt.Sprintf("%d minutes", minutes)
	}
}
