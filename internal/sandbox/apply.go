package sandbox

import (
	"encoding/json"
	"slices"
)

func (s *store) applyIntegration(c Change) error {
	at := slices.IndexFunc(s.integrations, func(i *Integration) bool { return i.ID == c.ID })
	switch {
	case c.Action == Created:
		integration := &Integration{}
		s.integrations = append(s.integrations, integration)
		s.shelves[c.ID] = &shelf{byID: map[string][]*Interaction{}}
		err := json.Unmarshal(c.Value, integration)
		integration.ID, integration.CreatedAt, integration.UpdatedAt = c.ID, c.second(), c.second()
		return err
	case at < 0:
		return missing("integration", c.ID)
	case c.Action == Updated:
		s.integrations[at].UpdatedAt = c.second()
		return json.Unmarshal(c.Value, s.integrations[at])
	}
	for _, interaction := range s.shelves[c.ID].all {
		delete(s.interactions, interaction.ID)
	}
	delete(s.shelves, c.ID)
	s.integrations = slices.Delete(s.integrations, at, at+1)
	return nil
}

func (s *store) applyMetadata(c Change) error {
	at := slices.IndexFunc(s.integrations, func(i *Integration) bool { return i.ID == c.Parent })
	if at < 0 {
		return missing("integration", c.Parent)
	}
	integration := s.integrations[at]
	integration.UpdatedAt = c.second()
	at = slices.IndexFunc(integration.Metadata, func(m Metadata) bool { return m.ID == c.ID })
	switch {
	case c.Action == Created:
		var field Metadata
		err := json.Unmarshal(c.Value, &field)
		field.ID = c.ID
		integration.Metadata = append(integration.Metadata, field)
		return err
	case at < 0:
		return missing("metadata", c.ID)
	case c.Action == Updated:
		return json.Unmarshal(c.Value, &integration.Metadata[at])
	}
	integration.Metadata = slices.Delete(integration.Metadata, at, at+1)
	return nil
}

func (s *store) applyInteraction(c Change) error {
	held, ok := s.shelves[c.Parent]
	if !ok {
		return missing("integration", c.Parent)
	}
	interaction, ok := s.interactions[c.ID]
	switch {
	case c.Action == Created:
		interaction = &Interaction{
			ID: c.ID, IntegrationID: c.Parent, Fields: Fields{}, Creates: 1, CreatedAt: c.second(), arrival: len(s.journal),
		}
		if err := interaction.merge(c); err != nil {
			return err
		}
		interaction.InteractionID = interaction.Fields.text("interaction_id")
		s.interactions[c.ID] = interaction
		held.add(interaction)
		return nil
	case !ok:
		return missing("interaction", c.ID)
	case c.Action == Deleted:
		delete(s.interactions, c.ID)
		held.remove(interaction)
		return nil
	case c.Action == Merged:
		interaction.Creates++
	default:
		interaction.Updates++
	}
	return interaction.merge(c)
}

// merge writes the change's fields over those held; null clears.
func (i *Interaction) merge(c Change) error {
	var fields Fields
	if err := json.Unmarshal(c.Value, &fields); err != nil {
		return err
	}
	for name, value := range fields {
		if isNull(value) {
			delete(i.Fields, name)
			continue
		}
		i.Fields[name] = value
	}
	i.UpdatedAt = c.second()
	return nil
}

func (s *store) applyComment(c Change) error {
	interaction, ok := s.interactions[c.Parent]
	if !ok {
		return missing("interaction", c.Parent)
	}
	at := slices.IndexFunc(interaction.Comments, func(comment Comment) bool { return comment.ID == c.ID })
	switch {
	case c.Action == Created:
		var comment Comment
		err := json.Unmarshal(c.Value, &comment)
		comment.ID, comment.CreatedAt, comment.UpdatedAt = c.ID, c.second(), c.second()
		if comment.AddedAt == "" {
			comment.AddedAt = c.At.Format(datetime)
		}
		interaction.Comments = append(interaction.Comments, comment)
		return err
	case at < 0:
		return missing("comment", c.ID)
	case c.Action == Updated:
		comment := &interaction.Comments[at]
		comment.Updates++
		comment.UpdatedAt = c.second()
		return json.Unmarshal(c.Value, comment)
	}
	interaction.Comments = slices.Delete(interaction.Comments, at, at+1)
	return nil
}

func (s *store) applyJob(c Change) error {
	job := &Job{}
	if err := json.Unmarshal(c.Value, job); err != nil {
		return err
	}
	job.ID, job.IntegrationID = c.ID, c.Parent
	job.accepted, job.CreatedAt, job.UpdatedAt = c.At, c.second(), c.second()
	if before, ok := s.jobs[c.ID]; ok {
		job.accepted, job.CreatedAt = before.accepted, before.CreatedAt
	}
	s.jobs[c.ID] = job
	return nil
}

func (s *store) applyFile(c Change) error {
	file := &File{}
	if err := json.Unmarshal(c.Value, file); err != nil {
		return err
	}
	file.ID, file.Data, file.CreatedAt = c.ID, c.Data, c.second()
	s.files[c.ID] = file
	return nil
}
