package pipeline

import (
	"slices"

	"pvetl/load"
	"pvetl/state"
)

// talk is a conversation as the source and the ledger have it.
type talk struct {
	remarks []*remark
	known   []state.CommentEntry
	files   map[string]int // how many go with a comment, by its key
}

// any reports whether Playvox should show comments, or may show some that were ours.
func (t talk) any() bool { return len(t.remarks)+len(t.known) > 0 }

func (t talk) entry(key string) (state.CommentEntry, bool) {
	i := slices.IndexFunc(t.known, func(entry state.CommentEntry) bool { return entry.Key == key })
	if i < 0 {
		return state.CommentEntry{}, false
	}
	return t.known[i], true
}

// pair finds for each comment of the source the one that Playvox shows, best knowledge first: by the _id that the ledger
// knows, by what the source says, by what was sent, and last by likeness. Vanished are those that Playvox shows and that
// were ours, and whose rows are gone; rest is what nobody claims.
func (t talk) pair(shown []load.RemoteComment) (pairs map[*remark]*load.RemoteComment, vanished []state.CommentEntry, rest *conversation) {
	pairs = make(map[*remark]*load.RemoteComment)
	rest = &conversation{free: slices.Clone(shown)}
	t.claim(pairs, func(_ *remark, entry state.CommentEntry) (load.RemoteComment, bool) {
		if entry.RemoteID == "" {
			return load.RemoteComment{}, false
		}
		return rest.takeID(entry.RemoteID)
	})
	t.claim(pairs, func(m *remark, _ state.CommentEntry) (load.RemoteComment, bool) {
		return rest.takeFirst(m.hash.shownAs)
	})
	t.claim(pairs, func(_ *remark, entry state.CommentEntry) (load.RemoteComment, bool) {
		return rest.takeFirst(parseHash(entry.Hash).shownAs)
	})
	for _, entry := range t.known {
		if slices.ContainsFunc(t.remarks, func(m *remark) bool { return m.key == entry.Key }) {
			continue
		}
		_, ok := rest.takeID(entry.RemoteID)
		if !ok {
			_, ok = rest.takeFirst(parseHash(entry.Hash).shownAs)
		}
		if ok {
			vanished = append(vanished, entry)
		}
	}
	t.claim(pairs, func(m *remark, _ state.CommentEntry) (load.RemoteComment, bool) {
		words := wordsOf(m.comment)
		return rest.takeFirst(func(c load.RemoteComment) bool { return words.resembles(wordsOfShown(c)) })
	})
	return pairs, vanished, rest
}

// claim pairs those that have no pair yet.
func (t talk) claim(pairs map[*remark]*load.RemoteComment, take func(*remark, state.CommentEntry) (load.RemoteComment, bool)) {
	for _, m := range t.remarks {
		if pairs[m] != nil {
			continue
		}
		entry, _ := t.entry(m.key)
		if found, ok := take(m, entry); ok {
			pairs[m] = &found
		}
	}
}
