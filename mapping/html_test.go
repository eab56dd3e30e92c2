package mapping_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
	"pvetl/load"
	"pvetl/mapping"
)

// body compiles a comment whose body goes through the rule, and returns what maps a text.
func body(tb testing.TB, rule mapping.Rule) func(tb testing.TB, text string) string {
	tb.Helper()
	fields := []load.MetadataField{{FieldID: "f", Type: "string"}}
	rule.Column = "c"
	spec := mapping.Interaction{
		InteractionID: mapping.Rule{Value: literal("1")}, Metadata: []mapping.FieldRule{{Name: "f", Rule: rule}},
	}
	m, err := mapping.CompileInteraction(spec, fields, []extract.Column{{Name: "c"}}, nil)
	require.NoError(tb, err)
	return func(tb testing.TB, text string) string {
		tb.Helper()
		source := extract.Cell(text)
		got, fault := m.Map(extract.Row{source})
		require.Nil(tb, fault)
		require.Equal(tb, text, string(source), "the row stays as it is")
		return unquoted(tb, got.Fields[1].Value)
	}
}

func TestHTMLBecomesText(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, from, want string }{
		{"tags leave no trace", `<b>bo</b>ld <span class="x">and</span> <font>more</font>`, "bold and more"},
		{"custom elements leave no trace", `<o:p>a</o:p><my-tag>b</my-tag>`, "ab"},
		{"scripts go with their content", `a<script>if (a < b) { "</p>" }</script>b`, "ab"},
		{"styles go with their content", `a<style>p { color: red }</style>b`, "ab"},
		{"comments go with their content", `a<!-- <p>hidden</p> -->b`, "ab"},
		{"empty comments", `a<!-->b<!--->c<!-- --!>d`, "abcd"},
		{"declarations", `<!DOCTYPE html><?xml version="1.0"?><![if !x]>a<![endif]>`, "a"},
		{"the head", `<html><head><title>Title</title><style>p{}</style></head><body><p>Text</p></body></html>`, "Text"},
		{"a head that is not closed", `<head><title>Title<p>Text`, "Text"},
		{"entities", `&lt;b&gt; &amp; &quot;&eacute;&#233;&#xe9;&quot; &euro;`, `<b> & "ééé" €`},
		{"entities are decoded once", `&amp;lt;p&amp;gt; &amp;amp;`, `&lt;p&gt; &amp;`},
		{"an ampersand alone", `a & b && c &nosuch; d`, `a & b && c &nosuch; d`},
		{"a no-break space is a blank that does not collapse", "a&nbsp;&nbsp;b\u00a0 c", "a  b  c"},
		{"a tag that only looks like one", "a<bloc\u212aquote>b", "ab"},
		{"a line break at br", "a<br>b<br/>c</br>d", "a\nb\nc\nd"},
		{"a line break at p", "a<p>b</p>c<p>d", "a\nb\nc\nd"},
		{"a line break at div", "<div>a</div><div>b</div>", "a\nb"},
		{"a line break at li", "<ul><li>a</li><li>b</li></ul>c", "a\nb\nc"},
		{"a line break at tr, a blank at td", "<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td>d</td></tr></table>e", "a b\nc d\ne"},
		{"a line break at headings and quotes", "<h1>a</h1>b<blockquote>c</blockquote>d", "a\nb\nc\nd"},
		{"tags in capitals", "a<BR>b<P>c</P><SCRIPT>x</SCRIPT>d", "a\nb\nc\nd"},
		{"a br before the end of a block is no line", "<p>a<br></p><p>b</p>", "a\nb"},
		{"an empty line as mail programs write it", "<div>a</div><div><br></div><div>b</div>", "a\n\nb"},
		{"an empty line as word processors write it", "<p>a</p><p>&nbsp;</p><p>b</p>", "a\n\nb"},
		{"an empty block is no line", "<p>a</p><p> </p><div></div><p>b</p>", "a\nb"},
		{"at most one blank line", "a<br><br><br> <br><p>&nbsp;</p>b", "a\n\nb"},
		{"white space collapses", "a \t\n\r\f  b", "a b"},
		{"white space collapses across tags", "a <b> b </b> c", "a b c"},
		{"white space around blocks vanishes", " <p> a </p> \n <p> b </p> ", "a\nb"},
		{"the result is trimmed", "<br><p> a </p><br>&nbsp;", "a"},
		{"pre keeps white space", "x<pre>\na\n  b\tc\n</pre>y  z", "x\na\n  b\tc\ny z"},
		{"pre keeps a blank line", "<pre>a\n\n\n\nb</pre>", "a\n\nb"},
		{"pre in pre", "<pre>a<pre>b  c</pre>d  e</pre></pre>f  g", "a\nb  c\nd  e\nf g"},
		{"what pre holds is HTML", "<pre>&lt;a <b>b</b></pre>", "<a b"},
		{"a link keeps its text and address", `see <a href="https://acme.example/x?a=1&amp;b=2">the page</a>, please`, "see the page (https://acme.example/x?a=1&b=2), please"},
		{"a link in capitals, its address in single quotes", `<A TITLE="no" HREF='https://acme.example/x'>a</A>`, "a (https://acme.example/x)"},
		{"a link with two addresses", `<a href="https://acme.example/x" href="https://acme.example/y">a</a>`, "a (https://acme.example/x)"},
		{"an address that reads like an entity", `<a href="https://acme.example/?a=1&copy=2">a</a>`, "a (https://acme.example/?a=1&copy=2)"},
		{"an address that is the text", `<a href="https://acme.example/">acme.example</a>`, "acme.example"},
		{"an address that is the whole text", `<a href="https://acme.example/x">https://acme.example/x</a>`, "https://acme.example/x"},
		{"an address of mail that is the text", `<a href="mailto:Ana@acme.example">ana@acme.example</a>`, "ana@acme.example"},
		{"an address of mail that is not", `<a href="mailto:ana@acme.example">Ana</a>`, "Ana (mailto:ana@acme.example)"},
		{"a number that is the text", `<a href="tel:+573001234567">+57 (300) 123-4567</a> <a href="tel:+573001234567">call</a>`, "+57 (300) 123-4567 call (tel:+573001234567)"},
		{"an address without its www", `<a href="http://www.acme.example">acme.example</a>`, "acme.example"},
		{"a link within the page", `<a href="#top">top</a> <a name="x">y</a> <a href="">z</a>`, "top y z"},
		{"a link that is a script", `<a href=" JavaScript:go()">go</a>`, "go"},
		{"a link without text", `a <a href="https://acme.example/x"><img src="logo.png"></a> b`, "a https://acme.example/x b"},
		{"a link around a block", `<a href="https://acme.example/x"><div>a</div></a>b`, "a (https://acme.example/x)\nb"},
		{"a link that is not closed", `<a href="https://acme.example/x">a <a href="https://acme.example/y">b`, "a (https://acme.example/x) b (https://acme.example/y)"},
		{"an address broken over lines", "<a href=\"https://acme.example/\n x\">a</a>", "a (https://acme.example/x)"},

		{"plain text", "plain text", "plain text"},
		{"nothing", "", ""},
		{"only tags", "<p><br></p>", ""},
		{"a < b survives", "a < b, 1<2, x <= y, <3, a<", "a < b, 1<2, x <= y, <3, a<"},
		{"a > b survives", "a > b -> c", "a > b -> c"},
		{"a broken heart survives", "I </3 you<br>more", "I </3 you\nmore"},
		{"an address in angle brackets survives", "Ana <ana@acme.example> <https://acme.example/x>", "Ana <ana@acme.example> <https://acme.example/x>"},
		{"a tag that never ends is text", "keep <b and all this &amp; that", "keep <b and all this & that"},
		{"an end tag that never ends is text", "keep </b and this", "keep </b and this"},
		{"a comment that never ends is text", "keep <!-- and <b>this</b> too", "keep <!-- and this too"},
		{"an instruction that never ends is text", "what <? is <!x this", "what <? is <!x this"},
		{"a script that never ends is text", "the <script> tag does <b>not</b> work", "the tag does not work"},
		{"a quote that is not closed", `<a href="x>text</a> and more`, "text and more"},
		{"tags that cross", "<b>a<p>b</b>c</p></div></i>d", "a\nbc\nd"},
		{"a noscript and a textarea", "<noscript><b>a</b></noscript> <textarea>b</textarea> <xmp>c</xmp> <plaintext>d", "a b c d"},
		{"no UTF-8", "<p>a\xffb</p>", "a\ufffdb"},
	}
	text := body(t, mapping.Rule{HTMLToText: true})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, text(t, tt.from))
		})
	}
}

// BenchmarkLongHTML goes through shapes that make careless readers go over the same text again and again: four times the
// length has to take four times as long, not sixteen.
func BenchmarkLongHTML(b *testing.B) {
	for name, unit := range map[string]string{
		"words": "some <b>words</b> &amp; more ", "open tags": "<a ", "quotes": `<a href="`, "two quotes": `<a b='c"`,
		"comments": "<!-- ", "broken hearts": "</ ", "broken hearts that end": "</3 ", "scripts": "<script>", "links": `<a href="x">`, "pre": "<pre>\n",
		"declarations": "<!", "instructions": "<?", "breaks": "<br>", "blanks": " ", "ampersands": "&", "digits": "1", "groups": "12 ",
		"at": "a@", "dots": "a@b.", "no-break spaces": "&nbsp;", "attributes": "<a b=c d=e f g h>", "styles": "<style></style",
	} {
		for _, length := range []int{1 << 16, 1 << 18} {
			b.Run(fmt.Sprintf("%s/%d", name, length), func(b *testing.B) {
				spec := mapping.Comment{Body: mapping.Rule{Column: "c", HTMLToText: true, Redact: []string{"email", "phone", "card"}}, Type: mapping.Rule{Value: literal("agent_comment")}}
				mapper, err := mapping.CompileComment(spec, []extract.Column{{Name: "c"}}, nil)
				require.NoError(b, err)
				row := extract.Row{extract.Cell(strings.Repeat(unit, length/len(unit)))}
				b.SetBytes(int64(length))
				for b.Loop() {
					_, fault := mapper.Map("1", row)
					require.Nil(b, fault)
				}
			})
		}
	}
}

var markup = regexp.MustCompile(`[<>&]`)

// FuzzHTMLToText asks that text without markup keeps its words, and that the layout is what it promises whatever comes.
func FuzzHTMLToText(f *testing.F) {
	for _, text := range []string{
		"<p>a</p>", "a < b", "a<br><br><br>b", "<script>x", "<pre>\n a", `<a href="https://x.example">x</a>`, "</3", "<!-- a", "&amp;lt;", "&nbsp;",
	} {
		f.Add(text)
	}
	convert := body(f, mapping.Rule{HTMLToText: true})
	f.Fuzz(func(t *testing.T, text string) {
		got := convert(t, text)
		require.True(t, utf8.ValidString(got))
		require.Equal(t, strings.TrimSpace(got), got)
		require.NotContains(t, got, "\n\n\n")
		if !markup.MatchString(text) {
			blank := func(r rune) bool { return r == '\u00a0' || r < utf8.RuneSelf && unicode.IsSpace(r) && r != '\v' }
			want := strings.FieldsFunc(strings.TrimSpace(string([]rune(text))), blank)
			require.Equal(t, want, strings.FieldsFunc(got, blank))
		}
		// Without a > nothing is ever closed, so nothing is markup.
		if words := strings.Fields(text); !strings.ContainsAny(text, ">&\u00a0") && utf8.ValidString(text) {
			require.Equal(t, words, strings.Fields(got))
		}
	})
}
