package mapping_test

import (
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pvetl/mapping"
)

// TestRealHTMLBecomesText reads HTML as mail programs and help desks write it, each beside the text that it becomes.
func TestRealHTMLBecomesText(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/html/*.html")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	text := body(t, mapping.Rule{HTMLToText: true})
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			from, err := os.ReadFile(file)
			require.NoError(t, err)
			want, err := os.ReadFile(strings.TrimSuffix(file, "html") + "txt")
			require.NoError(t, err)
			require.Equal(t, strings.TrimSuffix(string(want), "\n"), text(t, string(from)))
		})
	}
}

// TestHTMLLosesNoWords builds HTML of words, elements and what is to vanish, and asks for the words, all and only they.
func TestHTMLLosesNoWords(t *testing.T) {
	t.Parallel()
	text := body(t, mapping.Rule{HTMLToText: true})
	rapid.Check(t, func(r *rapid.T) {
		page := page{t: r, words: []string{}}
		page.children(4)
		require.Equal(r, page.words, strings.Fields(text(t, page.html.String())), "%s", page.html.String())
	})
}

// page is random HTML and the words that are to be read in it.
type page struct {
	t     *rapid.T
	html  strings.Builder
	words []string
}

func (p *page) children(depth int) {
	for range rapid.IntRange(0, 4).Draw(p.t, "children") {
		switch rapid.IntRange(0, 3).Draw(p.t, "child") {
		case 0:
			p.html.WriteString(rapid.SampledFrom([]string{
				"<br>", "<hr/>", "\n", "&nbsp;", `<img alt="no" src="data:image/png;base64,bm8=">`, "<!-- no -->", "<!--[if mso]><p>no</p><![endif]-->",
				"<style>p { no: no }</style>", "<script>no('<p>no</p>')</script>", "<title>no</title>", "<![if !mso]>", "<o:p/>", "<input value=no>",
			}).Draw(p.t, "nothing"))
		case 1:
			if depth > 0 {
				p.element(depth)
			}
		default:
			p.word()
		}
	}
}

func (p *page) element(depth int) {
	name := rapid.SampledFrom([]string{
		"p", "div", "span", "b", "blockquote", "ul", "li", "table", "tr", "td", "pre", "a", "o:p", "font", "code", "h1", "center", "noscript", "select", "body",
	}).Draw(p.t, "element")
	p.html.WriteString("<" + name + rapid.SampledFrom([]string{"", ` class="no"`, " dir=rtl", ` href="#no"`, ` title='<no>'`, "\n"}).Draw(p.t, "attribute") + ">")
	p.children(depth - 1)
	if rapid.IntRange(0, 9).Draw(p.t, "closed") > 0 {
		p.html.WriteString("</" + name + ">")
	}
}

// word ends with a blank, so that it stays one whatever comes next.
func (p *page) word() {
	word := rapid.StringMatching(`[a-zé日<>&"';#]{1,4}|👩‍👧|שלום|a<b|x&y;`).Draw(p.t, "word")
	p.words = append(p.words, word)
	p.html.WriteString(html.EscapeString(word) + rapid.SampledFrom([]string{" ", "\n", "\t"}).Draw(p.t, "blank"))
}
