package load

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxReason bounds the part of an answer that is kept as the reason of a failure.
const maxReason = 2 << 10

// maxRaw bounds the part of an answer that is looked through for words where it is no JSON.
const maxRaw = 64 << 10

// envelope is an answer as far as all endpoints have it in common.
type envelope struct {
	Success  json.RawMessage `json:"success"`
	Result   json.RawMessage `json:"result"`
	NextPage json.RawMessage `json:"next_page"`
	ID       json.RawMessage `json:"_id"`
}

// errNoJSON says that an answer is something else than what this API sends: a proxy's page, or half an answer.
var errNoJSON = errors.New("the answer is no JSON object")

// parseEnvelope reads an answer's body.
func parseEnvelope(body []byte) (envelope, error) {
	var e envelope
	if trimmed := bytes.TrimSpace(body); len(trimmed) == 0 || trimmed[0] != '{' || json.Unmarshal(body, &e) != nil {
		return envelope{}, errNoJSON
	}
	return e, nil
}

// refused reports whether the answer says that it is none, which it may do under a good status.
func (e envelope) refused() bool {
	return string(e.Success) == "false" || string(e.Success) == `"false"`
}

// object is the part of the answer that describes the thing asked for: below result, or at the top where there is none.
func (a answer) object() json.RawMessage {
	if len(a.Result) > 0 && a.Result[0] == '{' {
		return a.Result
	}
	return a.body
}

// id is the _id of what was created. [A] Where it stands differs by endpoint: below result or at the top.
func (e envelope) id() string {
	var below struct {
		ID json.RawMessage `json:"_id"`
	}
	if json.Unmarshal(e.Result, &below) == nil {
		if id := scalar(below.ID); id != "" {
			return id
		}
	}
	return scalar(e.ID)
}

// more reports whether a listing goes on. [A] next_page is a boolean; a number or a link counts too, and a listing that
// does not say has to be read until nothing comes.
func (e envelope) more() bool {
	switch string(e.NextPage) {
	case "null", "false", `""`, "0":
		return false
	default:
		return true
	}
}

// scalar is a string or a number as text: ids arrive as either.
func scalar(raw json.RawMessage) string {
	if text, ok := plain(raw); ok {
		return text
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var number json.Number
	if json.Unmarshal(raw, &number) == nil {
		return number.String()
	}
	return ""
}

// plain is a string that stands for itself: answers are full of such.
func plain(raw []byte) (text string, ok bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return "", false
	}
	inside := raw[1 : len(raw)-1]
	special := func(c byte) bool { return c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' }
	if slices.ContainsFunc(inside, special) {
		return "", false
	}
	return string(inside), true
}

// count is a number of things, 0 where it is none.
func count(raw json.RawMessage) int {
	n, err := strconv.ParseFloat(scalar(raw), 64)
	if err != nil || !(n > 0) {
		return 0
	}
	return int(min(n, math.MaxInt32))
}

// list is the elements of a list, none where it is something else.
func list(raw json.RawMessage) []json.RawMessage {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return nil
	}
	return items
}

// reason finds the server's own words in a failure's body, of any length: they stand in it or below its result, or it is
// nothing but them. Else it is the body as it is.
func reason(body []byte) string {
	var outer struct {
		Result json.RawMessage `json:"result"`
	}
	_ = json.Unmarshal(body, &outer) // what is no object has no result
	return cmp.Or(told(body), told(outer.Result), scalar(body), raw(body))
}

// told is what an object says of a failure. [A] The key is not documented: the likely ones are tried.
func told(object []byte) string {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(object, &fields) // what is no object tells nothing
	for _, key := range []string{"error", "errors", "message", "description"} {
		if words := flatten(fields[key]); words != "" {
			return words
		}
	}
	return ""
}

// raw is the beginning of a body in one line.
func raw(body []byte) string {
	text := strings.ToValidUTF8(string(body[:min(len(body), maxRaw)]), "\uFFFD")
	return cmp.Or(strings.Join(strings.Fields(text), " "), "no reason given")
}

// flatten makes one text of a string, a list or an object; it is empty where there is none.
func flatten(body json.RawMessage) string {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return ""
	}
	return strings.Join(words(value, ""), "; ")
}

// words lists the texts in a value, each after the key that it stands under.
func words(value any, name string) []string {
	prefix := ""
	if name != "" {
		prefix = name + ": "
	}
	var found []string
	switch v := value.(type) {
	case nil, bool:
	case string:
		if v != "" {
			found = append(found, prefix+v)
		}
	case []any:
		for _, element := range v {
			found = append(found, words(element, name)...)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			found = append(found, words(v[key], key)...)
		}
	default:
		if name != "" { // a number alone is no reason
			found = append(found, fmt.Sprintf("%s%v", prefix, v))
		}
	}
	return found
}

// cut bounds a text, between two characters.
func cut(text string) string {
	if len(text) <= maxReason {
		return text
	}
	end := maxReason
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
