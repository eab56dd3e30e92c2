package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"pvetl/load"
	"pvetl/state"
)

// conversations reads those of some interactions, by their keys.
func (v *verification) conversations(ctx context.Context, parents []string) (map[string]talk, error) {
	talks := make(map[string]talk, len(parents))
	if v.comments == nil || len(parents) == 0 {
		return talks, nil
	}
	rows, err := v.comments.children.Children(ctx, parents)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", StreamComments, err)
	}
	remarks := v.comments.read(rows.Rows)
	if err := v.knowRejects(ctx, remarks); err != nil {
		return nil, err
	}
	files, err := v.countFiles(ctx, remarks)
	if err != nil {
		return nil, err
	}
	known, err := v.store.Comments(ctx, v.job, parents)
	for _, m := range remarks {
		t := talks[m.parent]
		t.remarks, t.files = append(t.remarks, m), files
		talks[m.parent] = t
	}
	for parent, entries := range known {
		t := talks[parent]
		t.known = entries
		talks[parent] = t
	}
	return talks, err
}

// countFiles counts the files that go with comments, without reading them: those that are too large, or rejected, stay
// behind.
func (v *verification) countFiles(ctx context.Context, remarks []*remark) (map[string]int, error) {
	counts := make(map[string]int)
	if v.attachments == nil || len(remarks) == 0 {
		return counts, nil
	}
	parents := make([]string, len(remarks))
	for i, m := range remarks {
		parents[i] = m.key
	}
	children, err := v.attachments.rows.ChildKeys(ctx, parents, v.attachments.content)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", StreamAttachments, err)
	}
	keys := make([]string, len(children))
	for i, child := range children {
		keys[i] = child.Key
	}
	rejects, err := v.store.KnownRejects(ctx, v.job, StreamAttachments, keys)
	for _, child := range children {
		if _, rejected := rejects[child.Key]; !rejected && child.Size <= load.MaxFile {
			counts[child.Parent]++
		}
	}
	return counts, err
}

// spoken is what a comment says, without its files.
type spoken struct{ body, kind, author, at string }

func wordsOf(comment load.Comment) spoken {
	texts := make(map[string]string)
	for _, field := range comment.Fields {
		var text string
		_ = json.Unmarshal(field.Value, &text) // every field of a comment is a text; null is none
		texts[field.Name] = text
	}
	return spoken{texts[load.CommentBody], texts[load.CommentType], texts[load.CommentAuthor], texts[load.CommentAddedAt]}
}

func wordsOfShown(shown load.RemoteComment) spoken {
	return spoken{shown.Body, shown.Type, shown.AuthorID, shown.AddedAt}
}

// resembles reports whether one may be the other, edited: an edit changes the body or the time, and nothing else.
func (s spoken) resembles(other spoken) bool {
	return s.author == other.author && s.kind == other.kind && (s.at != "" && s.at == other.at || s.body != "" && s.body == other.body)
}

// judgeTalk compares a conversation with what Playvox shows of it. What others have written there is theirs.
func (v *verification) judgeTalk(ctx context.Context, parent string, remote load.RemoteInteraction, ours talk) error {
	if v.comments == nil || !remote.ShowsComments && !ours.any() {
		return nil
	}
	shown := remote.Comments
	nameless := slices.ContainsFunc(shown, func(c load.RemoteComment) bool { return c.ID == "" })
	if nameless || !remote.ShowsComments {
		var err error
		if shown, err = v.askComments(ctx, parent, remote.ID); err != nil {
			return err
		}
	}
	if v.counting {
		v.found.Comments.Playvox += int64(len(shown))
	}
	pairs, vanished, rest := ours.pair(shown)
	for _, m := range ours.remarks {
		if err := v.judgeRemarkShown(ctx, m, ours, pairs[m]); err != nil {
			return err
		}
	}
	for _, entry := range vanished {
		v.remarkDiffers(parent, entry.Key, Extra, "its row is in the source no more", false)
	}
	for _, m := range ours.remarks {
		if copies := countCopies(rest, m, pairs[m]); copies > 0 {
			v.remarkDiffers(parent, m.key, Extra, copiesOf(copies+1), false)
		}
	}
	return nil
}

// askComments asks for the comments of one interaction. One that has gone meanwhile has none.
func (v *verification) askComments(ctx context.Context, key, remoteID string) ([]load.RemoteComment, error) {
	shown, err := v.playvox.Comments(ctx, remoteID)
	switch {
	case err == nil:
		return shown, nil
	case load.OutcomeOf(err) == load.Missing:
		return nil, nil
	default:
		return nil, fmt.Errorf("asking for the comments of the interaction with key %s: %w", key, err)
	}
}

// countCopies counts, and takes away, those that say the same as one that is shown already.
func countCopies(rest *conversation, m *remark, shown *load.RemoteComment) int {
	copies := 0
	for shown != nil && m.fault == nil && m.hash.shownAs(*shown) {
		if _, ok := rest.takeFirst(m.hash.shownAs); !ok {
			break
		}
		copies++
	}
	return copies
}

// judgeRemarkShown judges one comment of the source by what Playvox shows of it.
func (v *verification) judgeRemarkShown(ctx context.Context, m *remark, ours talk, shown *load.RemoteComment) error {
	entry, sent := ours.entry(m.key)
	switch {
	case m.fault != nil && rejection(m.fault, m.reject) == isDismissed:
		v.found.Dismissed++
	case m.fault != nil && shown != nil:
		v.remarkDiffers(m.parent, m.key, Altered, "the row cannot be mapped any more: "+reasonFor(m.fault), false)
	case m.fault != nil && sent:
		v.remarkDiffers(m.parent, m.key, Missing, "the row cannot be mapped any more: "+reasonFor(m.fault), false)
	case m.fault != nil:
		v.remarkDiffers(m.parent, m.key, NotSent, "rejected: "+reasonFor(m.fault), false)
	case shown != nil:
		v.judgeWords(m, entry, sent, *shown, ours.files[m.key])
	case sent:
		v.remarkDiffers(m.parent, m.key, Missing, "sent, and not there", true)
	case m.reject != nil && !m.reject.Dismissed.IsZero() && m.hash.says(parseHash(m.reject.Hash)):
		v.found.Dismissed++
	default:
		why, err := v.whyNotSent(ctx, v.remarks, m.key, m.parent, m.name(), m.reject, func(known state.Reject) bool {
			return m.hash.says(parseHash(known.Hash))
		})
		v.remarkDiffers(m.parent, m.key, NotSent, why, true)
		return err
	}
	return nil
}

// judgeWords compares what a comment says, never showing its body.
func (v *verification) judgeWords(m *remark, entry state.CommentEntry, sent bool, shown load.RemoteComment, files int) {
	if !v.loading.Updates && sent && parseHash(entry.Hash).shownAs(shown) { // changes are not to be sent
		return
	}
	ours, theirs := wordsOf(m.comment), wordsOfShown(shown)
	var details []string
	if ours.body != theirs.body {
		details = append(details, "body differs")
	}
	for _, field := range []struct{ name, ours, theirs string }{
		{load.CommentType, ours.kind, theirs.kind}, {load.CommentAuthor, ours.author, theirs.author}, {load.CommentAddedAt, ours.at, theirs.at},
	} {
		given := field.name == load.CommentAddedAt && field.ours == "" // by Playvox
		if field.ours != field.theirs && !given {
			details = append(details, fmt.Sprintf("%s: %s instead of %s", field.name, quoted(field.theirs), quoted(field.ours)))
		}
	}
	if v.attachments != nil && files != len(shown.Attachments) {
		details = append(details, fmt.Sprintf("files: %d instead of %d", len(shown.Attachments), files))
	}
	if len(details) > 0 {
		v.remarkDiffers(m.parent, m.key, Altered, strings.Join(details, ", "), true)
	}
}
