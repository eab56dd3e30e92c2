package main

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

// account holds what arrived against what the source says: every ticket and every message once, as they were last, and
// none of them twice at any moment in between.
func (w *crashWorld) account() {
	w.t.Helper()
	snapshot := w.box.Snapshot()
	faults := append(compareHeld(w.desk.wanted(w.t), snapshot), twice(w.t, snapshot.Journal)...)
	const most = 10 // say enough
	require.Empty(w.t, faults[:min(most, len(faults))], "%d faults", len(faults))
}

// nothingLeft is one more run, which must find nothing to do.
func (w *crashWorld) nothingLeft() {
	w.t.Helper()
	w.box.ResetRequests()
	last := w.process(0, "", "run")
	require.Equal(w.t, exitDone, last.code, last.said)
	require.Zero(w.t, w.box.Requests().Writes(), "a run after everything arrived sends something: %v\n%s", w.box.Requests().Kinds, last.said)
}

func compareHeld(wanted map[string]string, snapshot sandbox.Snapshot) (faults []string) {
	files := make(map[string]string)
	for _, file := range snapshot.Files {
		files[file.ID] = string(file.Data)
	}
	held := make(map[string]bool)
	for _, one := range snapshot.Interactions {
		id := one.InteractionID
		got := canonicalTicket(textOf(one.Fields["status"]), textOf(one.Fields["subject"]), textOf(one.Fields["moved_date"]), heldConversation(one, files))
		switch want, ok := wanted[id]; {
		case !ok:
			faults = append(faults, fmt.Sprintf("ticket %s is held and not in the source", id))
		case held[id]:
			faults = append(faults, fmt.Sprintf("ticket %s is held more than once", id))
		case one.Creates != 1:
			faults = append(faults, fmt.Sprintf("ticket %s was created %d times", id, one.Creates))
		case got != want:
			faults = append(faults, fmt.Sprintf("ticket %s: held is\n%s\nand the source says\n%s", id, got, want))
		}
		held[id] = true
	}
	for id := range wanted {
		if !held[id] {
			faults = append(faults, fmt.Sprintf("ticket %s is lost", id))
		}
	}
	return faults
}

func heldConversation(one sandbox.Interaction, files map[string]string) []string {
	var said []string
	for _, comment := range one.Comments {
		var enclosed []string
		for _, attachment := range comment.Attachments {
			enclosed = append(enclosed, attachment.Name+"="+files[path.Base(path.Dir(attachment.URL))])
		}
		said = append(said, canonicalMessage(comment.Body, comment.Type, comment.AuthorID, comment.AddedAt, enclosed))
	}
	return said
}

func textOf(raw json.RawMessage) string {
	var text string
	_ = json.Unmarshal(raw, &text) // what is no text is not what was wanted either
	return text
}

// twice walks through everything that the server ever accepted and tells what it held twice at a time.
func twice(t require.TestingT, journal []sandbox.Change) (faults []string) {
	alive := make(map[string]sandbox.Change) // by _id
	copies := make(map[string]int)           // by name
	for _, change := range journal {
		switch name := nameOf(t, change); {
		case change.Action == sandbox.Created && name != "":
			alive[change.ID] = change
			if copies[name]++; copies[name] > 1 {
				faults = append(faults, fmt.Sprintf("%s was held %d times at %s", name, copies[name], change.At))
			}
		case change.Action == sandbox.Deleted:
			for id, one := range alive {
				if id == change.ID || one.Parent == change.ID {
					copies[nameOf(t, one)]--
					delete(alive, id)
				}
			}
		}
	}
	return faults
}

// nameOf is what an object is in the source when it is created, empty for others than tickets and messages.
func nameOf(t require.TestingT, change sandbox.Change) string {
	if change.Action != sandbox.Created {
		return ""
	}
	var object struct {
		InteractionID string `json:"interaction_id"`
		Body          string `json:"body"`
	}
	switch change.Kind {
	case sandbox.InteractionChange:
		require.NoError(t, json.Unmarshal(change.Value, &object))
		return "ticket " + object.InteractionID
	case sandbox.CommentChange:
		require.NoError(t, json.Unmarshal(change.Value, &object))
		name, _, _ := strings.Cut(object.Body, " ")
		return "message " + name
	default:
		return ""
	}
}
