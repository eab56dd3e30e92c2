package mapping

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// htmlToText makes plain text of HTML: tags vanish, blocks begin new lines, white space collapses as in a browser. What
// is never closed is text, so that malformed HTML loses no words.
func htmlToText(source []byte) []byte {
	r := newReader(source)
	r.read(r.readSimple(source))
	return r.end()
}

func newReader(source []byte) *reader {
	r := &reader{link: -1, budget: 16 * len(source)}
	r.out = make([]byte, 0, len(source))
	return r
}

func (r *reader) end() []byte {
	r.closeLink()
	return bytes.TrimSpace(r.out)
}

// reader walks through HTML and writes its text.
type reader struct {
	prose
	link   int    // where the text of the open link begins in out; -1: none is open
	href   string // of the open link
	title  bool   // the text that comes next is the document's title
	budget int    // how many bytes may be read again where something was not closed; past it, they are text as they are
}

// read reads any HTML.
func (r *reader) read(source []byte) {
	if len(source) == 0 {
		return
	}
	z := html.NewTokenizer(bytes.NewReader(source))
	var code []byte // of the script or style that is open
	for {
		kind := z.Next()
		raw := source[:len(z.Raw())]
		if kind == html.ErrorToken {
			r.unclosed(code, source)
			return
		}
		source = source[len(raw):]
		if code != nil && kind == html.TextToken {
			code = raw
			continue
		}
		code = nil
		switch kind {
		case html.TextToken:
			r.words(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			if code = r.startTag(tagName(raw[len("<"):]), raw); code == nil {
				z.NextIsNotRawText()
			}
		case html.EndTagToken:
			r.endTag(tagName(raw[len("</"):]))
		case html.CommentToken:
			r.comment(raw)
		}
	}
}

func (r *reader) words(text []byte) {
	if !r.title {
		r.text(text)
	}
	r.title = false
}

// unclosed keeps what a script that does not end, or a tag that does not, would swallow.
func (r *reader) unclosed(code, tag []byte) {
	if len(code) > 0 {
		r.repair(code, 0)
	}
	if len(tag) == 0 {
		return
	}
	if _, behind, found := bytes.Cut(tag, []byte(">")); found {
		r.repair(behind, 0) // an attribute's quote is not closed
		return
	}
	r.text([]byte(html.UnescapeString(string(tag))))
}

// repair writes the first bytes of source as they are and reads the rest as HTML again.
func (r *reader) repair(source []byte, literal int) {
	if r.budget -= len(source); r.budget < 0 {
		literal = len(source)
	}
	r.text([]byte(html.UnescapeString(string(source[:literal]))))
	if literal < len(source) {
		r.read(source[literal:])
	}
}

// comment drops a comment, an instruction such as <?xml …>, or a declaration, unless it is not really one: </3.
func (r *reader) comment(raw []byte) {
	switch {
	case bytes.HasPrefix(raw, []byte("<!--")):
		if !bytes.HasSuffix(raw, []byte("-->")) && !bytes.HasSuffix(raw, []byte("--!>")) && !emptyComment(raw) {
			r.repair(raw, len("<!--"))
		}
	case len(raw) > len("</>") && bytes.HasPrefix(raw, []byte("</")), !bytes.HasSuffix(raw, []byte(">")):
		r.repair(raw, len("</"))
	}
}

func emptyComment(raw []byte) bool { return string(raw) == "<!-->" || string(raw) == "<!--->" }

// startTag returns a non-nil text if what follows is code, up to the end tag.
func (r *reader) startTag(name string, raw []byte) []byte {
	r.title = false
	switch name {
	case "script", "style":
		return []byte{}
	case "a":
		r.openLink(raw)
	case "br":
		r.lineBreak()
	case "td", "th":
		r.text([]byte(" "))
	case "pre":
		r.block()
		r.pre++
		r.begun = true
	case "title":
		r.title = true
	default:
		switch {
		case blocks[name]:
			r.block()
		case isAddress(name):
			r.text(raw)
		}
	}
	return nil
}

// tagName returns the name that the inside of a tag begins with, its ASCII letters in lower case.
func tagName(inside []byte) string {
	name := make([]byte, 0, len("blockquote"))
	for _, c := range inside {
		if strings.IndexByte(htmlBlanks+"/>", c) >= 0 {
			break
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		name = append(name, c)
	}
	return string(name)
}

// isAddress tells <ana@acme.example> and <https://acme.example> from tags.
func isAddress(name string) bool {
	return strings.Contains(name, "@") || name == "http:" || name == "https:"
}

func (r *reader) endTag(name string) {
	r.title = false
	switch {
	case name == "a":
		r.closeLink()
	case name == "br":
		r.lineBreak() // browsers read </br> as <br>
	case name == "pre":
		r.pre = max(0, r.pre-1)
		r.block()
	case blocks[name]:
		r.block()
	}
}

// blocks are the elements that stand on lines of their own.
var blocks = map[string]bool{
	"address": true, "article": true, "aside": true, "blockquote": true, "body": true, "caption": true, "center": true,
	"dd": true, "details": true, "dialog": true, "div": true, "dl": true, "dt": true, "fieldset": true,
	"figcaption": true, "figure": true, "footer": true, "form": true, "h1": true, "h2": true, "h3": true, "h4": true,
	"h5": true, "h6": true, "head": true, "header": true, "hr": true, "html": true, "legend": true, "li": true,
	"main": true, "nav": true, "ol": true, "option": true, "p": true, "section": true, "summary": true, "table": true,
	"tbody": true, "tfoot": true, "thead": true, "tr": true, "ul": true,
}

func (r *reader) openLink(raw []byte) {
	r.closeLink()
	r.link = len(r.out)
	if href, ok := simpleHref(raw); ok {
		r.href = withoutBlanks(href)
		return
	}
	r.href = ""
	z := html.NewTokenizer(bytes.NewReader(raw))
	z.Next()
	for _, more := z.TagName(); more; {
		var key, value []byte
		key, value, more = z.TagAttr()
		if string(key) == "href" {
			r.href = withoutBlanks(value)
		}
	}
}

// withoutBlanks takes out of an address what broke it over lines.
func withoutBlanks(address []byte) string { return strings.Join(strings.Fields(string(address)), "") }

// closeLink adds the address of the open link where it says more than the link's text.
func (r *reader) closeLink() {
	if r.link < 0 {
		return
	}
	label := string(bytes.TrimSpace(r.out[r.link:]))
	r.link = -1
	switch {
	case !leadsAway(r.href) || strings.EqualFold(bare(label), bare(r.href)):
	case label == "":
		r.text([]byte(r.href))
	default:
		r.out = append(append(append(r.out, " ("...), r.href...), ')')
	}
}

// leadsAway reports whether an address names something outside the text it stands in.
func leadsAway(href string) bool {
	lower := strings.ToLower(href[:min(len(href), len("javascript:"))])
	return href != "" && href[0] != '#' && !strings.HasPrefix(lower, "javascript:") && !strings.HasPrefix(lower, "data:")
}

// bare returns an address without what people leave out when they write it.
func bare(address string) string {
	if number, ok := strings.CutPrefix(address, "tel:"); ok || dialled.MatchString(address) {
		return notDialled.Replace(number)
	}
	for _, scheme := range []string{"http://", "https://", "mailto:"} {
		if len(address) >= len(scheme) && strings.EqualFold(address[:len(scheme)], scheme) {
			address = address[len(scheme):]
			break
		}
	}
	return strings.TrimSuffix(strings.TrimPrefix(address, "www."), "/")
}

// A phone number is the same with and without what makes it easier to read.
var (
	dialled    = regexp.MustCompile(`^\+?[0-9 ().-]+$`)
	notDialled = strings.NewReplacer(" ", "", "(", "", ")", "", ".", "", "-", "")
)
