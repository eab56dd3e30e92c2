package sandbox

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// Action is what a change does to its object.
type Action string

// The actions. A merge is a create that was merged into the interaction that had the same interaction_id.
const (
	Created Action = "create"
	Merged  Action = "merge"
	Updated Action = "update"
	Deleted Action = "delete"
)

// ChangeKind is the kind of object that a change is about.
type ChangeKind string

// The kinds of objects.
const (
	IntegrationChange ChangeKind = "integration"
	MetadataChange    ChangeKind = "metadata"
	InteractionChange ChangeKind = "interaction"
	CommentChange     ChangeKind = "comment"
	JobChange         ChangeKind = "job"
	FileChange        ChangeKind = "file"
)

// Change is one thing that was accepted. What the server holds is the sum of its changes, in their order.
type Change struct {
	At     time.Time       `json:"at"`
	Action Action          `json:"action"`
	Kind   ChangeKind      `json:"kind"`
	ID     string          `json:"id"`              // the object's _id
	Parent string          `json:"parent"`          // the _id of the integration or interaction it belongs to
	Value  json.RawMessage `json:"value,omitempty"` // of a create the whole object, of an update the fields that were sent
	Data   []byte          `json:"data,omitempty"`  // of a file
}

// shelf holds the interactions of one integration.
type shelf struct {
	all  []*Interaction // in order of arrival
	byID map[string][]*Interaction
}

// store is everything the server holds. Its users hold the server's lock.
type store struct {
	integrations []*Integration
	shelves      map[string]*shelf // by integration
	interactions map[string]*Interaction
	jobs         map[string]*Job
	files        map[string]*File

	journal []Change
	written int // changes of the journal that are in the file
	file    *os.File
	broken  error // once set, nothing is accepted any more
}

func newStore() store {
	return store{
		shelves:      map[string]*shelf{},
		interactions: map[string]*Interaction{},
		jobs:         map[string]*Job{},
		files:        map[string]*File{},
	}
}

// newID cannot be guessed: whoever knows a file's may fetch it.
func newID() string {
	id := make([]byte, 12)
	_, _ = rand.Read(id) // never returns an error
	return hex.EncodeToString(id)
}

// record makes a change; commit makes it last.
func (s *store) record(action Action, kind ChangeKind, id, parent string, value any) {
	change := Change{At: time.Now().UTC(), Action: action, Kind: kind, ID: id, Parent: parent}
	if value != nil {
		encoded, err := encode(value)
		if err != nil {
			s.broken = err
			return
		}
		change.Value = encoded
	}
	if file, ok := value.(File); ok {
		change.Data = file.Data
	}
	if err := s.apply(change); err != nil {
		s.broken = err
	}
}

// apply is the only place where what the store holds changes.
func (s *store) apply(c Change) error {
	if err := s.applyTo(c); err != nil {
		return fmt.Errorf("%s of %s %s: %w", c.Action, c.Kind, c.ID, err)
	}
	s.journal = append(s.journal, c)
	return nil
}

func (s *store) applyTo(c Change) error {
	switch c.Kind {
	case IntegrationChange:
		return s.applyIntegration(c)
	case MetadataChange:
		return s.applyMetadata(c)
	case InteractionChange:
		return s.applyInteraction(c)
	case CommentChange:
		return s.applyComment(c)
	case JobChange:
		return s.applyJob(c)
	case FileChange:
		return s.applyFile(c)
	}
	return errors.New("this kind of object is not known")
}

// second is when the change was made, as answers show it.
func (c Change) second() time.Time { return c.At.Truncate(time.Second) }

func (h *shelf) add(interaction *Interaction) {
	h.all = append(h.all, interaction)
	h.byID[interaction.InteractionID] = append(h.byID[interaction.InteractionID], interaction)
}

func (h *shelf) remove(interaction *Interaction) {
	gone := func(other *Interaction) bool { return other == interaction }
	h.all = slices.DeleteFunc(h.all, gone)
	h.byID[interaction.InteractionID] = slices.DeleteFunc(h.byID[interaction.InteractionID], gone)
}

// find returns the interactions with one of the ids, in order of arrival.
func (h *shelf) find(ids []json.RawMessage) []*Interaction {
	var found []*Interaction
	for _, raw := range ids {
		var id string
		if json.Unmarshal(raw, &id) == nil {
			found = append(found, h.byID[id]...)
		}
	}
	slices.SortFunc(found, func(a, b *Interaction) int { return cmp.Compare(a.arrival, b.arrival) })
	return slices.Compact(found)
}
