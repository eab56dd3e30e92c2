package mapping_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pvetl/mapping"
)

// The way for simple HTML is a shortcut, nothing else: whatever comes reads as it does without.
func TestTheShortcutForSimpleHTMLChangesNothing(t *testing.T) {
	t.Parallel()
	parts := []string{
		"<p>", "</p>", "<p class=\"a b\">", "<P ALIGN='x' hidden>", "<br/>", "<br />", "<br / >", "<o:p>", "</o:p >", "<li\n>", "<td>", "<div a=b>", "<div a = \"b\">", "<div a=\"b\"c>",
		"<div a=\"<p>\">", "<div a='\"'>", "<div / b>", "<div =>", "<div a=\"", "<div a", "<", "</", "</ p>", "</>", "</3", "<!-- x -->", "<!--", "<!DOCTYPE html>", "<?xml?>", "<3",
		`<a href="https://x.example/a?b=1">`, `<a HREF='https://x.example/a?b=1&amp;c=2&copy=3'>`, `<a href="" href="https://y.example">`, `<a title="x" href="https://x.example/` + "\r\n" + ` z">`,
		`<a href>`, `<a href=https://z.example>`, "<a name=\"x\">", "</a>", "x.example/a?b=1", "<https://x.example>", "<https:>", "<ana@x.example>",
		"<pre>", "</pre>", "<title>", "</title>", "<script>", "</script>", "<script>a<b></script>", "<style>", "</style>", "<style>a<b></style>", "<textarea>", "<xmp>", "<noscript>", "<plaintext>", "<svg>",
		"a", "b c", " ", "\n", "\r\n", "\t", "\x00", "é", "\u00a0", "\xc2", "\xff", "&amp;", "&lt;p&gt;", "&nbsp;", "&am", "p;", "&copy", "\"", "'", ">", "=", "/",
	}
	same := func(t require.TestingT, source string) {
		with, without := string(mapping.HTMLToText([]byte(source))), string(mapping.HTMLToTextWithoutShortcut([]byte(source)))
		if with != without { // require would take longer to look at them than it takes to make them
			require.Equal(t, without, with, "%q", source)
		}
	}
	for _, first := range parts {
		for _, second := range parts {
			same(t, "a"+first+second+"b")
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		same(r, strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 12).Draw(r, "HTML"), ""))
	})
	files, err := filepath.Glob("testdata/html/*.html")
	require.NoError(t, err)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		same(t, string(source))
	}
}
