package pipeline

import (
	"encoding/json"
	"hash/maphash"
	"strconv"
	"time"

	"pvetl/load"
)

// shelf is what Playvox shows, by interaction_id: hashes and not contents, some 150 bytes for an interaction of any size.
type shelf struct {
	interactions map[string]*shelved
	schema       map[string]bool // names of the metadata
	files        bool            // whether files are compared
}

func newShelf(schema []load.MetadataField, files bool) shelf {
	s := shelf{interactions: make(map[string]*shelved), schema: make(map[string]bool), files: files}
	for _, field := range schema {
		s.schema[field.FieldID] = true
	}
	return s
}

// shelved is one interaction on the shelf.
type shelved struct {
	remoteID string
	fields   fieldSums
	talk     talkSums
	shows    bool // whether its comments are shown with it
	copies   int32
	claimed  bool // whether a row or the ledger speaks of it
}

func (s shelf) put(remote load.RemoteInteraction) {
	if one, ok := s.interactions[remote.InteractionID]; ok {
		one.copies++
		return
	}
	one := &shelved{remoteID: remote.ID, shows: remote.ShowsComments, copies: 1, talk: s.sumsOfShown(remote.Comments)}
	for name, value := range remote.Fields {
		s.add(&one.fields, name, value)
	}
	s.interactions[remote.InteractionID] = one
}

// fieldSums are the hashes of an interaction's fields, added up so that their order does not matter.
type fieldSums struct{ assignee, metadata uint64 }

// assigneeField is compared only where the source names one.
const assigneeField = "assignee_id"

// add takes a field into the sums. What is neither the assignee nor metadata is Playvox's own.
func (s shelf) add(sums *fieldSums, name string, value json.RawMessage) {
	switch {
	case len(value) == 0, string(value) == "null":
	case name == assigneeField:
		sums.assignee += hashWords(plain(value))
	case s.schema[name]:
		sums.metadata += hashWords(name, plain(value))
	}
}

// sumsOf are the sums of what the source says.
func (s shelf) sumsOf(interaction load.Interaction) fieldSums {
	var sums fieldSums
	for _, field := range interaction.Fields {
		s.add(&sums, field.Name, field.Value)
	}
	return sums
}

// sameAs reports whether ours are shown so.
func (f fieldSums) sameAs(shown fieldSums) bool {
	return f.metadata == shown.metadata && (f.assignee == 0 || f.assignee == shown.assignee)
}

// talkSums are the hashes of some comments, added up likewise: once with their times and once without, because Playvox
// gives a time to one that has none.
type talkSums struct {
	timed, untimed uint64
	comments       int64
}

func (s shelf) sumsOfShown(comments []load.RemoteComment) talkSums {
	var sums talkSums
	for _, c := range comments {
		s.addWords(&sums, wordsOfShown(c), len(c.Attachments))
	}
	return sums
}

func (s shelf) addWords(sums *talkSums, w spoken, files int) {
	if !s.files {
		files = 0
	}
	n := strconv.Itoa(files)
	sums.timed += hashWords(w.body, w.kind, w.author, w.at, n)
	sums.untimed += hashWords(w.body, w.kind, w.author, "", n)
	sums.comments++
}

// plain writes a value so that what sameValue takes to be the same is the same.
func plain(value json.RawMessage) string {
	if n, ok := number(value); ok {
		return "number " + n.RatString()
	}
	var text string
	if json.Unmarshal(value, &text) != nil {
		return string(canonical(value))
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return "time " + at.UTC().Format(time.RFC3339Nano)
	}
	return "text " + text
}

// hashWords hashes texts for comparisons within this process.
func hashWords(texts ...string) uint64 {
	var h maphash.Hash
	h.SetSeed(keySeed)
	for _, text := range texts {
		_, _ = h.WriteString(text) // never fails
		_ = h.WriteByte(0)
	}
	return h.Sum64()
}
