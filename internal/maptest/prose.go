package maptest

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"pvetl/mapping"
)

// prose masks every word and number of a text, and keeps its shape: blanks, signs, HTML tags and entities, and the given
// words.
func (m *masker) prose(text string, keep ...string) string {
	h := &held{masker: m}
	text = strings.Map(withoutHolders, text)
	text = webLink.ReplaceAllStringFunc(text, func(found string) string { return h.hold(m.webAddress(found)) })
	text = string(mapping.Personal([]byte(text), func(kind, found string) string { return h.hold(m.personal(kind, found)) }))
	text = tag.ReplaceAllStringFunc(text, h.tag)
	text = entity.ReplaceAllStringFunc(text, h.hold)
	return h.release(m.tokens(text, keep...))
}

// tokens masks words and numbers alone.
func (m *masker) tokens(text string, keep ...string) string {
	var out strings.Builder
	for token := range tokens(text) {
		switch {
		case slices.Contains(keep, token.text):
			out.WriteString(token.text)
		case token.kind == isWord:
			out.WriteString(m.words.coin(token.text))
		case token.kind == isNumber:
			out.WriteString(m.numbers.coin(token.text))
		default:
			out.WriteString(token.text)
		}
	}
	return out.String()
}

var (
	webLink = regexp.MustCompile(`(?i)\bhttps?://[^\s"'<>]+`)
	webHost = regexp.MustCompile(`(?i)^(https?://)([^/?#]*)(.*)$`)
	escaped = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
)

// webAddress keeps the scheme and the shape of an address.
func (m *masker) webAddress(value string) string {
	parts := webHost.FindStringSubmatch(value)
	if parts == nil {
		return m.fileName(value)
	}
	h := &held{masker: m}
	rest := escaped.ReplaceAllStringFunc(strings.Map(withoutHolders, parts[3]), h.hold)
	rest = entity.ReplaceAllStringFunc(rest, h.hold)
	return parts[1] + "example.com" + h.release(m.tokens(rest))
}

// extensions say of what type a file is, and nothing else.
var extensions = strings.Fields(`.pdf .png .jpg .jpeg .gif .bmp .webp .svg .heic .tif .tiff .txt .log .csv .rtf .doc .docx .xls .xlsx .ppt
	.pptx .odt .ods .zip .gz .7z .eml .msg .ics .vcf .htm .html .xml .json .mp3 .mp4 .wav .ogg .m4a .mov .avi`)

// fileName keeps what says of which type a file is.
func (m *masker) fileName(value string) string {
	extension := path.Ext(value)
	if !slices.Contains(extensions, strings.ToLower(extension)) {
		extension = ""
	}
	return m.prose(strings.TrimSuffix(value, extension)) + extension
}

var (
	tag       = regexp.MustCompile(`<(/?)([A-Za-z][A-Za-z0-9]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>`)
	attribute = regexp.MustCompile(`([A-Za-z][-A-Za-z]*)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)`)
	entity    = regexp.MustCompile(`&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`)
)

// shaping attributes say how a text looks. What their values are may decide what becomes of it: class="gmail_quote".
var shaping = strings.Fields("class style dir lang type rel target width height align valign border cellpadding cellspacing colspan rowspan")

// tag holds a tag with its name, and masks what is in it. A name that HTML does not know is text in angle brackets.
func (h *held) tag(found string) string {
	parts := tag.FindStringSubmatch(found)
	if atom.Lookup([]byte(strings.ToLower(parts[2]))) == 0 {
		return found
	}
	return h.hold("<" + parts[1] + parts[2] + h.attributes(parts[3]) + ">")
}

func (h *held) attributes(text string) string {
	var out strings.Builder
	done := 0
	for _, at := range attribute.FindAllStringSubmatchIndex(text, -1) {
		out.WriteString(h.masker.tokens(text[done:at[0]]))
		name, value := text[at[2]:at[3]], text[at[6]:at[7]]
		if atom.Lookup([]byte(strings.ToLower(name))) == 0 {
			name = h.masker.tokens(name)
		}
		if !slices.Contains(shaping, strings.ToLower(name)) {
			value = h.masker.tokens(value)
		}
		out.WriteString(name + text[at[4]:at[5]] + value)
		done = at[1]
	}
	out.WriteString(h.masker.tokens(text[done:]))
	return out.String()
}

// held are parts of a text that have their mask already. Characters of no meaning stand for them meanwhile.
type held struct {
	masker *masker
	parts  []string
}

const (
	holderStart = '\ue000'
	holderDigit = '\ue100'
	holderEnd   = '\ue001'
)

var holder = regexp.MustCompile("\ue000[\ue100-\ue109]+\ue001")

func withoutHolders(r rune) rune {
	if r == holderStart || r == holderEnd || r >= holderDigit && r < holderDigit+10 {
		return '\ufffd'
	}
	return r
}

func (h *held) hold(mask string) string {
	var out strings.Builder
	out.WriteRune(holderStart)
	for n := len(h.parts); ; n /= 10 {
		out.WriteRune(holderDigit + rune(n%10)) // the least first
		if n < 10 {
			break
		}
	}
	out.WriteRune(holderEnd)
	h.parts = append(h.parts, mask)
	return out.String()
}

// release puts the parts back, those within others too.
func (h *held) release(text string) string {
	return holder.ReplaceAllStringFunc(text, func(found string) string {
		n, unit := 0, 1
		for _, r := range found {
			if r != holderStart && r != holderEnd {
				n, unit = n+int(r-holderDigit)*unit, unit*10
			}
		}
		return h.release(h.parts[n])
	})
}
