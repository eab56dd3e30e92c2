package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"pvetl/load"
	"pvetl/state"
)

// commentHash recognises a comment. It has parts because Playvox can change some of them and shows some: body and time, which
// an edit can change, type and author, which only a new comment in its place can, and the files, which Playvox shows under
// addresses of its own.
type commentHash struct {
	body  string
	time  string
	fixed string
	files string // empty where there are none
}

// untimed is the time of a comment that has none: Playvox gives it one.
var untimed = hashTexts("")

// hashOf hashes what a comment says, without its files.
func hashOf(comment load.Comment) commentHash {
	texts := make(map[string]string)
	for _, field := range comment.Fields {
		var text string
		_ = json.Unmarshal(field.Value, &text) // every field of a comment is a text; null is none
		texts[field.Name] = text
	}
	return commentHash{
		body: hashTexts(texts[load.CommentBody]), time: hashTexts(texts[load.CommentAddedAt]),
		fixed: hashTexts(texts[load.CommentType], texts[load.CommentAuthor]),
	}
}

// parseHash reads the text of a hash back; of another text only the zero hash comes.
func parseHash(text string) commentHash {
	parts := append(strings.Split(text, "."), "")
	if len(parts) < 4 || len(parts) > 5 {
		return commentHash{}
	}
	return commentHash{parts[0], parts[1], parts[2], parts[3]}
}

func (h commentHash) String() string {
	text := strings.Join([]string{h.body, h.time, h.fixed}, ".")
	if h.files != "" {
		text += "." + h.files
	}
	return text
}

// says reports whether two comments read alike, whatever their files.
func (h commentHash) says(other commentHash) bool {
	return h.body == other.body && h.time == other.time && h.fixed == other.fixed
}

// shownAs reports whether Playvox shows the comment so.
func (h commentHash) shownAs(shown load.RemoteComment) bool {
	return h.fixed == hashTexts(shown.Type, shown.AuthorID) && h.body == hashTexts(shown.Body) &&
		(h.time == untimed || h.time == hashTexts(shown.AddedAt))
}

// sharesFrame reports whether two comments have their time, type and author in common.
func (h commentHash) sharesFrame(other commentHash) bool {
	return h.time == other.time && h.fixed == other.fixed
}

// isLike reports whether Playvox shows a comment of the same time, type and author: another version of it, or one whose text
// a server has tidied up.
func (h commentHash) isLike(shown load.RemoteComment) bool {
	return h.time != untimed && h.time == hashTexts(shown.AddedAt) && h.fixed == hashTexts(shown.Type, shown.AuthorID)
}

func hashTexts(texts ...string) string {
	sum := sha256.New()
	for _, text := range texts {
		sum.Write([]byte(text))
		sum.Write([]byte{0})
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// conversation is what Playvox shows of the comments of an interaction, less those that are spoken for.
type conversation struct{ free []load.RemoteComment }

// unclaimed takes the comments that the ledger knows, but for one of them, out of those that Playvox shows.
func unclaimed(shown []load.RemoteComment, known []state.CommentEntry, but string) *conversation {
	c := &conversation{free: slices.Clone(shown)}
	for _, entry := range known {
		if entry.Key != but && entry.RemoteID != "" {
			c.takeID(entry.RemoteID)
		}
	}
	for _, entry := range known {
		if entry.Key != but && entry.RemoteID == "" {
			c.takeFirst(parseHash(entry.Hash).shownAs)
		}
	}
	return c
}

func (c *conversation) takeID(id string) (load.RemoteComment, bool) {
	return c.takeFirst(func(shown load.RemoteComment) bool { return shown.ID == id })
}

// takeLike finds the only comment that is like one. Which of several is meant nobody can tell.
func (c *conversation) takeLike(hash commentHash) (load.RemoteComment, bool) {
	like := 0
	for _, shown := range c.free {
		if hash.isLike(shown) {
			like++
		}
	}
	if like != 1 {
		return load.RemoteComment{}, false
	}
	return c.takeFirst(hash.isLike)
}

func (c *conversation) takeFirst(is func(load.RemoteComment) bool) (load.RemoteComment, bool) {
	i := slices.IndexFunc(c.free, is)
	if i < 0 {
		return load.RemoteComment{}, false
	}
	found := c.free[i]
	c.free = slices.Delete(c.free, i, i+1)
	return found, true
}
