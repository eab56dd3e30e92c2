package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
)

// Journal returns a copy of everything ever accepted, in order, also from before a restart.
func (s *Server) Journal() []Change {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cloneJournal(s.store.journal)
}

func cloneJournal(journal []Change) []Change {
	clones := slices.Clone(journal)
	for i, change := range clones {
		clones[i].Value = bytes.Clone(change.Value)
		clones[i].Data = bytes.Clone(change.Data)
	}
	return clones
}

// ReadJournal reads the journal out of a data file, which a server may be writing to at the same time: what has no end
// yet is left out.
func ReadJournal(path string) ([]Change, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data file: %w", err)
	}
	defer file.Close()
	var journal []Change
	_, err = eachLine(file, func(number int, line []byte) error {
		changes, err := readChanges(number, line)
		journal = append(journal, changes...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("data file %s: %w", path, err)
	}
	return journal, nil
}

// readChanges reads one line of a data file; the first has none.
func readChanges(number int, line []byte) (changes []Change, err error) {
	if number > 1 {
		return changes, json.Unmarshal(line, &changes)
	}
	if string(line) != header {
		return nil, errors.New("this is not a data file of the sandbox; name another file, or remove this one")
	}
	return nil, nil
}

// CreatesByID counts the creates of interactions that were accepted by their interaction_id, those that were merged
// into another one included.
func CreatesByID(journal []Change) map[string]int {
	return count(journal, "interaction_id", func(c Change) bool {
		return c.Kind == InteractionChange && (c.Action == Created || c.Action == Merged)
	})
}

// CommentCreatesByBody counts the comments that were ever created by their bodies, nested ones included.
func CommentCreatesByBody(journal []Change) map[string]int {
	return count(journal, "body", func(c Change) bool { return c.Kind == CommentChange && c.Action == Created })
}

func count(journal []Change, field string, counts func(Change) bool) map[string]int {
	found := map[string]int{}
	for _, change := range journal {
		if counts(change) {
			found[change.Text(field)]++
		}
	}
	return found
}

// Text is a field of the change's value if that is a string, else empty.
func (c Change) Text(field string) string {
	var fields Fields
	if json.Unmarshal(c.Value, &fields) != nil {
		return ""
	}
	return fields.text(field)
}
