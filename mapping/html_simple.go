package mapping

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// readSimple reads HTML as far as nobody could read it in two ways: tags that are closed, with attributes in quotes or
// without a value. Most of what help desks keep is no more than that, and it goes twice as fast. It returns what is left,
// from the first thing on that is not so simple.
func (r *reader) readSimple(source []byte) []byte {
	for {
		start := nextTag(source)
		r.simpleText(source[:start])
		source = source[start:]
		length := simpleTag(source)
		if length == 0 {
			return source
		}
		tag := source[:length]
		if tag[1] == '/' {
			r.endTag(tagName(tag[len("</"):]))
		} else if name := tagName(tag[len("<"):]); !isPeculiar(name) {
			r.startTag(name, tag)
		} else {
			return source
		}
		source = source[length:]
	}
}

// isPeculiar reports whether what follows a tag is not read as everything else is.
func isPeculiar(name string) bool {
	return name == "script" || name == "style" || name == "title" || name == "pre"
}

func (r *reader) simpleText(text []byte) {
	if bytes.IndexByte(text, '&') >= 0 {
		text = []byte(html.UnescapeString(string(text)))
	}
	r.text(text)
}

// nextTag returns where the next < stands that is more than a character, or the length of source.
func nextTag(source []byte) int {
	for i := 0; ; i++ {
		next := bytes.IndexByte(source[i:], '<')
		if next < 0 || i+next+1 == len(source) {
			return len(source)
		}
		i += next
		if c := source[i+1]; isLetter(c) || c == '/' || c == '!' || c == '?' {
			return i
		}
	}
}

// simpleTag returns how long the tag is that source begins with, 0 where it is not simple.
func simpleTag(source []byte) int {
	rest := bytes.TrimPrefix(bytes.TrimPrefix(source, []byte("<")), []byte("/"))
	if len(rest) == 0 || !isLetter(rest[0]) {
		return 0
	}
	rest = behindName(rest)
	for {
		trimmed := bytes.TrimLeft(rest, htmlBlanks)
		switch {
		case bytes.HasPrefix(trimmed, []byte(">")):
			return len(source) - len(trimmed) + len(">")
		case bytes.HasPrefix(trimmed, []byte("/>")):
			return len(source) - len(trimmed) + len("/>")
		}
		_, _, behind := cutAttribute(trimmed)
		if behind == nil {
			return 0
		}
		rest = behind
	}
}

// simpleHref returns the address in a link's tag, if no rule is needed to read it.
func simpleHref(tag []byte) (href []byte, ok bool) {
	if simpleTag(tag) != len(tag) {
		return nil, false
	}
	for rest := behindName(tag[len("<"):]); ; {
		name, value, behind := cutAttribute(bytes.TrimLeft(rest, htmlBlanks))
		switch {
		case behind == nil:
			return nil, true
		case bytes.EqualFold(name, []byte("href")):
			return value, bytes.IndexByte(value, '&') < 0
		}
		rest = behind
	}
}

// cutAttribute cuts an attribute off that has a value in quotes, or none; rest is nil where there is no such attribute.
func cutAttribute(text []byte) (name, value, rest []byte) {
	rest = behindName(text)
	name = text[:len(text)-len(rest)]
	switch {
	case len(name) == 0:
		return nil, nil, nil
	case !bytes.HasPrefix(rest, []byte("=")):
		return name, nil, rest
	case len(rest) < 2 || rest[1] != '"' && rest[1] != '\'':
		return nil, nil, nil
	}
	quoted := rest[len(`="`):]
	end := bytes.IndexByte(quoted, rest[1])
	if end < 0 {
		return nil, nil, nil
	}
	return name, quoted[:end], quoted[end+1:]
}

const htmlBlanks = " \t\n\f\r"

// behindName cuts the characters off that names are made of.
func behindName(text []byte) []byte {
	for i, c := range text {
		if !isLetter(c) && (c < '0' || c > '9') && strings.IndexByte("-_:", c) < 0 {
			return text[i:]
		}
	}
	return nil
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
