package sandbox

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
)

// Snapshot is a copy of everything the server holds.
type Snapshot struct {
	Integrations []Integration // in order of creation
	Interactions []Interaction // of all integrations, in order of arrival
	Jobs         []Job         // in order of acceptance
	Files        []File        // in order of upload
	Journal      []Change      // everything ever accepted, in order, also from before a restart
	Requests     Counters
}

// Find returns the interactions with the given interaction_id, of all integrations: more than one where duplicates
// are kept.
func (s Snapshot) Find(interactionID string) []Interaction {
	var found []Interaction
	for _, interaction := range s.Interactions {
		if interaction.InteractionID == interactionID {
			found = append(found, interaction)
		}
	}
	return found
}

// Count is how many changes of this action and kind the journal has.
func (s Snapshot) Count(action Action, kind ChangeKind) int {
	count := 0
	for _, change := range s.Journal {
		if change.Action == action && change.Kind == kind {
			count++
		}
	}
	return count
}

// Snapshot returns a deep copy of everything the server holds at one moment.
func (s *Server) Snapshot() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	snapshot := Snapshot{Journal: cloneJournal(s.store.journal), Requests: s.Requests()}
	for _, integration := range s.store.integrations {
		snapshot.Integrations = append(snapshot.Integrations, integration.clone())
	}
	for _, interaction := range s.store.interactions {
		snapshot.Interactions = append(snapshot.Interactions, interaction.clone())
	}
	for _, job := range s.store.jobs {
		snapshot.Jobs = append(snapshot.Jobs, job.clone())
	}
	for _, file := range s.store.files {
		snapshot.Files = append(snapshot.Files, *file)
		snapshot.Files[len(snapshot.Files)-1].Data = bytes.Clone(file.Data)
	}
	snapshot.sort()
	return snapshot
}

// sort puts what came out of maps in order: that of the journal.
func (s *Snapshot) sort() {
	slices.SortFunc(s.Interactions, func(a, b Interaction) int { return cmp.Compare(a.arrival, b.arrival) })
	at := make(map[string]int, len(s.Jobs)+len(s.Files))
	for i, change := range s.Journal {
		if change.Action == Created && (change.Kind == JobChange || change.Kind == FileChange) {
			at[change.ID] = i
		}
	}
	slices.SortFunc(s.Jobs, func(a, b Job) int { return cmp.Compare(at[a.ID], at[b.ID]) })
	slices.SortFunc(s.Files, func(a, b File) int { return cmp.Compare(at[a.ID], at[b.ID]) })
}

func (i *Integration) clone() Integration {
	clone := *i
	if i.Settings.DeleteOnlyNonAudited != nil {
		value := *i.Settings.DeleteOnlyNonAudited
		clone.Settings.DeleteOnlyNonAudited = &value
	}
	clone.Metadata = slices.Clone(i.Metadata)
	for n, field := range clone.Metadata {
		clone.Metadata[n].Allowed = cloneRaws(field.Allowed)
		clone.Metadata[n].AvailableIn = slices.Clone(field.AvailableIn)
	}
	return clone
}

func (i *Interaction) clone() Interaction {
	clone := *i
	clone.Fields = maps.Clone(i.Fields)
	for name, value := range clone.Fields {
		clone.Fields[name] = bytes.Clone(value)
	}
	clone.Comments = slices.Clone(i.Comments)
	for n, comment := range clone.Comments {
		clone.Comments[n].Attachments = slices.Clone(comment.Attachments)
	}
	return clone
}

func (j *Job) clone() Job {
	clone := *j
	clone.Completed = slices.Clone(j.Completed)
	clone.Failed = slices.Clone(j.Failed)
	clone.Rows = cloneRaws(j.Rows)
	return clone
}

func cloneRaws(raws []json.RawMessage) []json.RawMessage {
	clones := slices.Clone(raws)
	for i, raw := range clones {
		clones[i] = bytes.Clone(raw)
	}
	return clones
}
