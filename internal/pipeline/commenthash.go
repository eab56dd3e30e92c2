package pipeline

import (
	"bytes"
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
	var body, added, kind, author json.RawMessage
	for _, field := range comment.Fields {
		switch field.Name {
		case load.CommentBody:
			body = field.Value
		case load.CommentAddedAt:
			added = field.Value
		case load.CommentType:
			kind = field.Value
		case load.CommentAuthor:
			author = field.Value
		}
	}
	return commentHash{body: hashValues(body), time: hashValues(added), fixed: hashValues(kind, author)}
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
	var buffer [512]byte
	content := buffer[:0]
	for _, text := range texts {
		content = append(append(content, text...), 0)
	}
	return shortSum(content)
}

// hashValues is hashTexts of texts in JSON.
func hashValues(values ...json.RawMessage) string {
	var buffer [2048]byte
	content := buffer[:0]
	for _, value := range values {
		content = append(appendText(content, value), 0)
	}
	return shortSum(content)
}

func shortSum(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:12])
}

// escapes are those that stand for one byte each.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}

// appendText appends the text that a value in JSON stands for; null is none. What json.Unmarshal would do, at a tenth of
// its cost for the bodies of comments.
func appendText(dst []byte, value json.RawMessage) []byte {
	if len(value) < 2 || value[0] != '"' {
		return dst
	}
	start, rest := len(dst), value[1:len(value)-1]
	for {
		at := bytes.IndexByte(rest, '\\')
		if at < 0 {
			return append(dst, rest...)
		}
		plain := escapes[rest[at+1]]
		if plain == 0 { // \u0000 and its like
			var text string
			_ = json.Unmarshal(value, &text)
			return append(dst[:start], text...)
		}
		dst = append(append(dst, rest[:at]...), plain)
		rest = rest[at+2:]
	}
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
