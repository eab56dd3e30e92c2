package config

import (
	"iter"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"pvetl/internal/secret"
)

// document is what is known about one file while it is read: where each value stands, and what there is to say.
type document struct {
	name      string
	places    map[path]place
	findings  []Finding
	unset     []Unset
	blemished map[path]bool
	held      []secret.Text // what the references stand for
	aliases   bool          // have been reported
	source    source
	marks     []mark              // what stands in the file, in its order
	open      map[*yaml.Node]bool // the values that excerpts may show
}

func newDocument(name string, content []byte) *document {
	return &document{
		name: name, source: newSource(content[:min(len(content), MaxSize)]),
		places: map[path]place{}, blemished: map[path]bool{}, open: map[*yaml.Node]bool{},
	}
}

// place is where a value stands and what messages may say about it.
type place struct {
	node         *yaml.Node // nil where the place is that of its key
	key          *yaml.Node // nil where it has none
	line, column int
	shown        string // the value for messages: as written, never what a variable holds
	own          string // the text without what its references stand for
	referring    bool   // the text has references
	unknown      bool   // the value is not there to be checked: it is unset, or has been refused
}

// path names a value of the file: jobs.tickets.load.batch_size, jobs["odd name"].source, redact[1].
type path string

var plainKey = regexp.MustCompile(`^[\pL\pN_-]{1,100}$`)

func (p path) key(name string) path {
	switch {
	case !plainKey.MatchString(name):
		return p + path("["+quoted(name)+"]")
	case p == "":
		return path(name)
	default:
		return p + "." + path(name)
	}
}

func (p path) index(i int) path { return p + path("["+strconv.Itoa(i)+"]") }

// covers reports whether other is p or lies below it.
func (p path) covers(other path) bool {
	rest, below := strings.CutPrefix(string(other), string(p))
	return below && (rest == "" || p == "" || rest[0] == '.' || rest[0] == '[')
}

// outwards yields p and what encloses it, up to the whole file. Among that are paths of nothing, where a key has a dot.
func (p path) outwards() iter.Seq[path] {
	return func(yield func(path) bool) {
		for yield(p) && p != "" {
			p = p[:max(0, strings.LastIndexAny(string(p), ".["))]
		}
	}
}

// put records where a value stands.
func (d *document) put(at path, node *yaml.Node) {
	d.places[at] = place{node: node, line: node.Line, column: node.Column, shown: shown(node)}
}

// where returns the place of the value at a path, or of what encloses it most closely if the file does not have it.
func (d *document) where(at path) place {
	for around := range at.outwards() {
		if known, ok := d.places[around]; ok {
			return known
		}
	}
	return place{line: 1, column: 1}
}

// unknown reports whether the value at a path, or what encloses it, is not there to be checked.
func (d *document) unknown(at path) bool { return d.where(at).unknown }

// doubt makes a value unknown.
func (d *document) doubt(at path) {
	known := d.where(at)
	known.unknown = true
	d.places[at] = known
}

// found begins a message about the value at a path.
func (d *document) found(at path) string {
	if known, ok := d.places[at]; ok {
		return "found " + known.shown
	}
	return "found nothing"
}

// refuse reports a value that no other check can make sense of.
func (d *document) refuse(at path, message string) {
	d.fault(at, message)
	d.doubt(at)
}

func (d *document) fault(at path, message string) { d.say(SeverityError, at, message, "") }

func (d *document) warn(at path, message string) { d.say(SeverityWarning, at, message, "") }

func (d *document) hint(at path, message string) { d.say(SeverityHint, at, message, "") }

// expected reports that the value at a path is not what it should be.
func (d *document) expected(at path, what string) { d.fault(at, d.found(at)+", expected "+what) }

// misnamed reports a text that is none of those it should be, with the one that was probably meant.
func (d *document) misnamed(at path, text, what string, names []string) {
	d.say(SeverityError, at, d.found(at)+", expected "+what+listed(names), didYouMean(text, names))
}

func (d *document) say(severity Severity, at path, message, suggestion string) {
	d.sayIn(severity, at, 0, message, suggestion)
}

// sayIn keeps quiet about a value that is unknown: one fault is one finding, and what is unset is no fault.
func (d *document) sayIn(severity Severity, at path, offset int, message, suggestion string) {
	if d.unknown(at) {
		return
	}
	d.findings = append(d.findings, d.findingIn(severity, at, offset, message, suggestion))
	if severity == SeverityError {
		d.blemish(at)
	}
}

// blameKey reports what is wrong with the key of the value at a path.
func (d *document) blameKey(at path, message, suggestion string) {
	if d.unknown(at) {
		return
	}
	finding := d.finding(SeverityError, at, message, suggestion)
	if key := d.places[at].key; key != nil {
		finding.Line, finding.Column = key.Line, key.Column
	}
	d.findings = append(d.findings, finding)
	d.blemish(at)
}

// blemish remembers that something at a path, and so in all that encloses it, is wrong or unset.
func (d *document) blemish(at path) {
	for around := range at.outwards() {
		d.blemished[around] = true
	}
}

func (d *document) finding(severity Severity, at path, message, suggestion string) Finding {
	where := d.where(at)
	return Finding{
		Severity: severity, File: d.name, Line: where.line, Column: where.column,
		Path: string(at), Message: oneLine(message), Suggestion: oneLine(suggestion),
	}
}

// oneLine keeps what a file contains from breaking a message up, or from steering a terminal.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}

// shown is how messages show a node. Of a list or mapping, of a tagged or an empty node it is the kind alone.
func shown(node *yaml.Node) string {
	switch {
	case node.Kind == yaml.SequenceNode:
		return "a list"
	case node.Kind == yaml.MappingNode:
		return "a mapping"
	case isNull(node):
		return "nothing"
	case node.Kind != yaml.ScalarNode:
		return "an alias"
	case node.Value == "":
		return "an empty text"
	case node.Tag == "!!str":
		return quoted(node.Value)
	default:
		return cut(node.Value)
	}
}

// quoted shows a text in one line, unless it may hold a credential that ended up in the wrong place.
func quoted(text string) string {
	if mayHoldCredential(text) {
		return "an address that may hold a credential"
	}
	return strconv.Quote(cut(text))
}

// mayHoldCredential reports whether a text looks like a DSN or an address with a token.
func mayHoldCredential(text string) bool {
	address, err := url.Parse(text)
	return len(passwords(text)) > 0 || err == nil && address.Host != "" && (address.User != nil || address.RawQuery != "")
}

// cut keeps messages readable.
func cut(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
