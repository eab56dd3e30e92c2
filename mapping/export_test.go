package mapping

// HTMLToText is html_to_text.
func HTMLToText(source []byte) []byte { return htmlToText(source) }

// HTMLToTextWithoutShortcut is html_to_text without the way for simple HTML.
func HTMLToTextWithoutShortcut(source []byte) []byte {
	r := newReader(source)
	r.read(source)
	return r.end()
}
